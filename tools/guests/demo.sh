#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh <image> <initramfs> <log prefix>: boot a VM with an NVMe controller, and show on
# the terminal how guest_nvme has a guest boot from a VF of it there.
set -eu

image=$1 initramfs=$2 log=$3
here=$(cd "$(dirname "$0")" && pwd)

times=1
eval "$("$here/machine.sh" guest "$image" "$initramfs" "$log")"

echo "demo-guest: booting a VM with an SR-IOV PF (QEMU's nvme), in which a VM boots" >&2
: > "$log.report"
# By name: every start of the VM makes a new file
tail -n +1 -F "$log.report" 2> /dev/null &
tail=$!
trap 'kill $tail 2> /dev/null' EXIT
"$here/../vm/vm.sh" "$image" "$initramfs" "$log" $((300 * times)) pci_sriov.run=guest_nvme
sleep 1
if ! grep -q '^# end guest_nvme 0' "$log.report"; then
	echo "demo-guest: something in it went wrong; the kernel's log is $log.console" >&2
	exit 1
fi
