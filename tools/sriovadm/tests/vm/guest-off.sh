#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sriovadm=off on the kernel command line.  Then the package is purged, while VFs are on.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
wait_for has_driver $pf
is 'nothing is reserved' "$(state $pf) $(state $other)" 'nvme 0 nvme 0'
is 'no unit has failed' "$(systemctl --failed --no-legend)" ''

try sriovadm restore
is 'restore' "$status $(state $pf)" "0 $reserved"
dpkg --purge sriovadm > /tmp/log 2>&1
is 'purge' $? 0
is 'purged: devices are as they were' "$(state $pf)" "$reserved"
is 'purged: no configuration is left' "$(ls -d /etc/sriovadm 2> /dev/null)" ''
# Its initramfs would go on without it
initrd=$(lsinitramfs "$(readlink -f /initrd.img)")
has 'purged: there is an initramfs' "$initrd" 'drivers/nvme/host/nvme\.ko'
lacks 'purged: nothing is in it' "$initrd" sriovadm
show cat /tmp/log
sync
echo 'done'
