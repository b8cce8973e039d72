#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh <image> <initramfs> <log prefix>: boot a VM and show on the terminal
# what guest-demo.sh does there.
#
# DEMO_SECONDS	how long it may take
set -eu

image=$1 initramfs=$2 log=$3
here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm

echo "demo: booting a VM with two SR-IOV PFs (QEMU's nvme) and an IOMMU" >&2
: > "$log.report"
# By name: every start of the VM makes a new file
tail -n +1 -F "$log.report" 2> /dev/null &
tail=$!
trap 'kill $tail 2> /dev/null' EXIT
VM_IOMMU=1 "$vm/vm.sh" "$image" "$initramfs" "$log" "${DEMO_SECONDS:-240}" pci_sriov.run=demo
sleep 1
grep -q '^demo: done' "$log.report" || {
	echo "demo: it did not run to its end; the kernel's log is $log.console" >&2
	exit 1
}
