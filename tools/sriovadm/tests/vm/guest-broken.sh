#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A file has an error, in the initramfs too.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
is 'the boot goes on' "$(systemctl is-active multi-user.target)" active
has 'the initramfs says where' "$(dmesg)" 'zz-broken.conf:4: unknown key Drivers'
is 'the others count in the initramfs' "$(nvme_had "$pf")" ''
is 'the others count' "$(state $pf)" "$reserved"
is 'the other PF has its own driver' "$(driver $other)" nvme
has 'the unit says where' \
	"$(journalctl -b -u sriovadm.service --no-pager)" 'zz-broken.conf:4:'
try sriovadm restore
is 'sriovadm restore' $status 2
has 'sriovadm restore says where' "$said" 'zz-broken.conf:4:'
show journalctl -b -u sriovadm.service --no-pager
show sriovadm
rm /etc/sriovadm/pf.d/zz-broken.conf
sync
echo 'done'
