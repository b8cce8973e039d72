#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh <demo|guest_nvme> <image> <initramfs> <log prefix>: boot a VM and show on the
# terminal what guest-demo.sh, or the test with a guest, does there.
set -eu

what=$1 image=$2 initramfs=$3 log=$4
here=$(cd "$(dirname "$0")" && pwd)
tools=$here/..

case $what in
guest_nvme) echo "demo: booting a VM with an SR-IOV PF (QEMU's nvme), in which a VM boots" >&2
	end='# end guest_nvme 0' ;;
*)	echo "demo: booting a VM with two SR-IOV PFs (QEMU's nvme) and an IOMMU" >&2
	end='demo: done' ;;
esac
: > "$log.report"
# By name: every start of the VM makes a new file
tail -n +1 -F "$log.report" 2> /dev/null &
tail=$!
trap 'kill $tail 2> /dev/null' EXIT
if [ "$what" = guest_nvme ]; then
	VM_SECONDS=300 "$tools/vm/boot.sh" guest "$image" "$initramfs" "$log" "$what"
else
	VM_IOMMU=1 "$tools/vm/vm.sh" "$image" "$initramfs" "$log" 300 "pci_sriov.run=$what"
fi
sleep 1
grep -q "^$end" "$log.report" || {
	echo "demo: it did not run to its end; the kernel's log is $log.console" >&2
	exit 1
}
