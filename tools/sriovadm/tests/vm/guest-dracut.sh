#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dracut has made the initramfs, and nvme is in it.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

has 'dracut was here' "$(dmesg; journalctl -b --no-pager)" 'dracut'
has 'the initramfs has what it needs' "$(cat /root/lsinitrd)" \
	'etc/sriovadm/pf.d/pf.conf' 'usr/share/sriovadm/early.sh' \
	'pre-udev/.*sriovadm.sh' 'bin/od' 'drivers/nvme/host/nvme\.ko'
is 'nvme is there before the root file system' \
	"$(dmesg | grep -nE 'nvme nvme|EXT4-fs .vda.' | head -n 1 | grep -c nvme)" 1
booted 'dracut'
is 'nvme has never had it' "$(nvme_had $pf)" ''
echo 'done'
