#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# machine.sh <what> <image> <initramfs> <log prefix>: what the VMs of this folder have
# beyond those of other tests, as shell assignments for the script that boots them: what
# vm.sh takes from its environment, $initramfs, and $times, by which the time that such a
# VM may take is more.
#
#	guest		an IOMMU, a namespace of the first nvme, a QEMU inside
#	guest-linux	the same, with an 82576
#	guest-igb	an 82576, no IOMMU, memory as the BAR of a device, and a monitor of
#			QEMU on ttyS2
set -eu

what=$1 image=$2 initramfs=$3 log=$4
here=$(cd "$(dirname "$0")" && pwd)

qemu=$("$here/qemu.sh" 2> /dev/null) || qemu="qemu-system-x86_64"
initramfs=$("$here/initramfs.sh" "$image" "$initramfs" "$qemu")

# An 82576, on a network that has 10.0.2.2
nic="-netdev user,id=net0,restrict=on -device pcie-root-port,id=rp3,slot=3
	-device igb,id=igb0,bus=rp3,netdev=net0"

case $what in
guest|guest-linux)
	iommu=1
	rm -f "$log.disk"
	truncate -s 1M "$log.disk"
	# Without an id of its own the controller's bus has this name
	devices="-drive file=$log.disk,format=raw,if=none,id=disk
		-device nvme-ns,drive=disk,bus=nvme-bus.0"
	[ "$what" = guest ] || devices="$devices $nic" ;;
guest-igb)
	iommu=0
	# Both ends of a socket without a file: the monitor, and the serial line.  The
	# button of the PCIe slot, and not ACPI
	socket="path=pci-sriov-$$,abstract=on"
	devices="$nic -chardev socket,id=monitor,$socket,server=on,wait=off
		-object memory-backend-ram,id=shared,size=1M,share=on
		-device ivshmem-plain,memdev=shared -mon chardev=monitor
		-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
		-chardev socket,id=line,$socket -serial chardev:line" ;;
esac

cat << END
export VM_QEMU='$qemu' VM_MEMORY=1024 VM_IOMMU=$iommu
export VM_DEVICES='$devices'
initramfs='$initramfs'
# An emulator that is emulated takes its time, beside other VMs even more of it
times=2
END
