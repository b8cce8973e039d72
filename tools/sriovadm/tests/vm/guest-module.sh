#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nvme is a module that udev loads, and the initramfs is from before the configuration.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

booted 'a module'
is 'nvme has never had it' "$(nvme_had $pf)" ''
show systemctl status --no-pager sriovadm.service

# Stock kernels do not survive VFs that are on when pci-pf-stub's PF goes
[ "$stub" = pci-stub ] || echo 0 > $devices/$pf/sriov_numvfs
echo 1 > $devices/$pf/remove
sleep 1
echo 1 > /sys/bus/pci/rescan
becomes 'the PF was gone and comes back' "$reserved"

echo 0 > $devices/$pf/sriov_numvfs
echo 2 > $devices/$pf/sriov_numvfs
becomes 'VFs were gone and come back' "$reserved"

trigger
sleep 2
is 'triggers change nothing' "$(state $pf)" "$reserved"

try sriovadm release $pf --runtime
is 'released until the next boot' "$status $(state $pf)" '0 nvme 0'
trigger
sleep 2
is 'triggers do not take it again' "$(state $pf)" 'nvme 0'
try sriovadm diff
is 'released until the next boot: sriovadm diff' $status 9
show sriovadm diff
try sriovadm restore
is 'restore' "$status $(state $pf)" "0 $reserved"

# From now on the initramfs has the driver, and the configuration, with an error in one
# file.  It takes more than a minute to make, so it is made once for all boots.
broken=/etc/sriovadm/pf.d/zz-broken.conf
echo nvme >> /etc/initramfs-tools/modules
printf '[Match]\nId=1b36:0010\n[PF]\nDrivers=pci-stub\n' > $broken
update-initramfs -u > /dev/null
rm $broken
initrd=$(lsinitramfs "$(readlink -f /initrd.img)")
has 'the initramfs has what it needs' "$initrd" 'etc/sriovadm/pf.d/.*\.conf$' \
	'usr/share/sriovadm/early.sh$' 'scripts/init-top/sriovadm$' 'bin/od$' \
	'drivers/nvme/host/nvme\.ko'
sync
echo 'done'
