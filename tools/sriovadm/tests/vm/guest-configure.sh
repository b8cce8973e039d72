#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing is configured yet: a PF is reserved.  What is in use is refused.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

is 'nothing configured: the unit does nothing' \
	"$(systemctl show -P ConditionResult sriovadm.service)" no
is 'nothing configured: PFs have their own driver' \
	"$(driver $pf) $(driver $other)" 'nvme nvme'
show systemd-analyze time
show sriovadm

mkfs.ext4 -q /dev/disk/by-id/nvme-*_b
mount /dev/disk/by-id/nvme-*_b /mnt
before=$(state $other; ls /etc/sriovadm/pf.d; cat $devices/$other/driver_override)
try sriovadm reserve $other
is 'a disk with a file system that is mounted: refused' $status 5
has 'a disk with a file system that is mounted: why, and how' "$said" mounted /mnt \
	--force=mounted
is 'a disk with a file system that is mounted: as before' "$before" \
	"$(state $other; ls /etc/sriovadm/pf.d; cat $devices/$other/driver_override)"
show sriovadm reserve $other
umount /mnt

show sriovadm reserve -n $pf --vfs 2 --vf-driver vfio-pci
show sriovadm reserve $pf --vfs 2 --vf-driver vfio-pci
is 'reserve' "$(state $pf)" "$reserved"
is 'reserve: the other PF is untouched' "$(driver $other)" nvme
show sriovadm --vfs
show cat /etc/sriovadm/pf.d/*.conf
try sriovadm diff
is 'reserve: sriovadm diff' $status 0

try sriovadm vfs $pf 0 --runtime
is 'disabled until the next boot' "$status $(state $pf)" "0 $stub 0"
is 'disabled until the next boot: the file' \
	"$(grep -h VFs= /etc/sriovadm/pf.d/*.conf)" VFs=2
show sriovadm doctor
