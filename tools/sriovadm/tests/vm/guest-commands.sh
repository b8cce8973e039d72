#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nothing is configured yet.  Every command, and every exit status but 8, for which
# guest-initramfs.sh has a VF in use.  At the end a PF is reserved.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
wait_for has_driver $pf
is 'nothing configured: the unit does nothing' \
	"$(systemctl show -P ConditionResult sriovadm.service)" no
is 'nothing configured: PFs have their own driver' \
	"$(driver $pf) $(driver $other)" 'nvme nvme'
show systemd-analyze time

wait_for bash -c 'ls /dev/disk/by-id/nvme-*_b'
mount /dev/disk/by-id/nvme-*_b /mnt

# What is refused, and what only reads: everything is as before
as_is()
{
	state $pf
	state $other
	ls -R /etc/sriovadm
	cat $devices/$pf/driver_override $devices/$other/driver_override
	cat /sys/module/sriov_unmanaged/parameters/* 2> /dev/null
}
before=$(as_is)
[ "$feature" = absent ] && absent=9 || absent=0
exits << END
0|^PF .*DEVICE|
0|^kernel .*feature|list
0|$pf.*nvme|list $pf
0|"feature":"$feature".*"numvfs":0|list --json nvme0
0|mailbox|explain 8086:10fb
0|allow|explain $pf
0|refuse|explain 8086:ffff --class 020000
0|as configured|diff
0|override|override
0|nothing is configured|restore
$absent||doctor
0|1.0|--version
0|usage|--help
2|neither a command|nonsense
2|usage|reserve
2|no option|list --no-such-option
2|leave nothing to do|reserve $pf --runtime --boot
2|no such check|reserve $pf --force=everything
2|is needed|vfs $pf many
2|nonsense|override allow nonsense
3|no such PF|reserve 0000:09:00.0
3|no such PF|release 9:0.0
3|is no PF|vfs 0000:00:1d.0 1
5|--force=mounted|reserve $other
5|mounted|reserve $other --force=swap,root-fs
7|no driver nosuch|reserve $pf --driver nosuch
0|numvfs|-n reserve $pf --vfs 2 --vf-driver vfio-pci
END
is 'refusals and questions change nothing' "$(as_is)" "$before"
while read -r words; do
	# shellcheck disable=SC2086 # a word for each
	try setpriv --reuid=65534 --clear-groups sriovadm $words
	is "nobody: sriovadm $words" $status 6
done << END
reserve $pf
release $pf
vfs $pf 1
autoprobe $pf on
override allow 1234:5678
unlisted refuse
restore
END
is 'nobody changes nothing' "$(as_is)" "$before"
show sriovadm reserve $other
umount /mnt

exits << END
0||override refuse 1b36:0010
4|override|reserve $pf --vfs 2
0|refuse|explain $pf
0||override clear 1b36:0010
0||override allow 1234:5678
0|1234:5678=allow  config|override
0||override clear
0||unlisted refuse
0||unlisted allow
$gate||scope any
$gate||scope stub
0|2 of 4 VFs on|reserve $pf --vfs 2 --vf-driver vfio-pci
0|nothing to do|reserve $pf --vfs 2 --vf-driver vfio-pci
0|as configured|diff
5|--recreate|vfs $pf 3
0|3 of 4 VFs on|vfs $pf 3 --recreate --runtime
9|3 VFs, not 2|diff
5|--recreate|restore
0|2 of 4 VFs on|vfs $pf 2 --recreate
$gate||autoprobe $pf on
$gate||autoprobe $pf off
1|restore $pf brings|vfs $pf 1 --recreate --vf-driver virtio-pci
0||restore
0|as configured|diff
END
is 'after a step that failed: as before' "$(state $pf)" "$reserved"
is 'the other PF is untouched' "$(driver $other)" nvme
exits << END
0|driver nvme|release $pf
0|nothing to do|release $pf
END
is 'released' "$(state $pf)" 'nvme 0'
is 'released: no file is left' "$(ls /etc/sriovadm/pf.d)" ''

show sriovadm
show sriovadm explain 8086:10fb
show sriovadm reserve $pf -n --vfs 4 --vf-driver vfio-pci
show sriovadm reserve $pf --vfs 4 --vf-driver vfio-pci
is 'reserved' "$(state $pf)" "$stub 4 vfio-pci vfio-pci vfio-pci vfio-pci"
show sriovadm
show sriovadm --vfs
show cat /etc/sriovadm/pf.d/*.conf
show sriovadm doctor

# For the boots that follow
try sriovadm vfs $pf 2 --recreate
is 'two in place of four' "$status $(state $pf)" "0 $reserved"
sync
echo 'done'
