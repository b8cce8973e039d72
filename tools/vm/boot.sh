#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# boot.sh <VM> <image> <initramfs> <log prefix> [tests]: one VM of vms.tsv, with its
# tests or with others.
#
# MACHINE	x86_64 or arm64
# VM_SECONDS	how long it may take
# FUZZ_WRITES	random writes of one VM in a unit test; a quarter as many go through
#		sysfs.  Three kernels make more than a million
# VM_TABLE	another table than vms.tsv
# FAULT_STEP	1 to try every allocation, 6 for every sixth
set -u

here=$(cd "$(dirname "$0")" && pwd)
export FUZZ_WRITES=${FUZZ_WRITES:-420000} FAULT_STEP=${FAULT_STEP:-1}
seconds=${VM_SECONDS:-420} table=${VM_TABLE:-$here/vms.tsv} image=$2 initramfs=$3 log=$4

IFS=$'\t' read -r _ _ has tests args < <(grep -P "^${MACHINE:-x86_64}\t$1\t" "$table") || {
	echo "boot.sh: there is no VM $1 for ${MACHINE:-x86_64} in $table" >&2
	exit 2
}
[ "$args" != - ] || args=
case $has in
iommu)	export VM_IOMMU=1 ;;
uefi)	export VM_UEFI=1 ;;
guest*)	# shellcheck source=tools/guests/machine.sh
	. "$here/../guests/machine.sh" ;;
noplug)	export VM_HOTPLUG=off ;;
# It sleeps for an hour of its own time, and then has more to do than the others
icount=*) export VM_CPUS=1 VM_ICOUNT=shift=${has#*=},sleep=off
	seconds=$((seconds * 2)) ;;
esac
eval "args=\"$args\""
exec "$here/vm.sh" "$image" "$initramfs" "$log" "$seconds" "pci_sriov.run=${5:-$tests} $args"
