# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # boot.sh has the others
#
# What the VMs of this folder have beyond those of other tests, for tools/vm/boot.sh, which
# sources this: what vm.sh takes from its environment, and $initramfs.
#
#	guest		an IOMMU, a namespace of the first nvme, a QEMU inside
#	guest-linux	the same, with an 82576
#	guest-igb	an 82576, no IOMMU, memory as the BAR of a device, and a monitor of
#			QEMU on ttyS2
VM_QEMU=$("$here/../guests/qemu.sh" 2> /dev/null) || VM_QEMU=qemu-system-x86_64
initramfs=$("$here/../guests/initramfs.sh" "$image" "$initramfs" "$VM_QEMU") || exit

# An 82576, on a network that has 10.0.2.2
nic="-netdev user,id=net0,restrict=on -device pcie-root-port,id=rp3,slot=3
	-device igb,id=igb0,bus=rp3,netdev=net0"

case $has in
guest|guest-linux)
	export VM_IOMMU=1
	rm -f "$log.disk"
	truncate -s 1M "$log.disk"
	# Without an id of its own the controller's bus has this name
	VM_DEVICES="-drive file=$log.disk,format=raw,if=none,id=disk
		-device nvme-ns,drive=disk,bus=nvme-bus.0"
	[ "$has" = guest ] || VM_DEVICES="$VM_DEVICES $nic" ;;
guest-igb)
	export VM_IOMMU=0
	# Both ends of a socket without a file: the monitor, and the serial line.  The
	# button of the PCIe slot, and not ACPI
	socket="path=pci-sriov-$$,abstract=on"
	VM_DEVICES="$nic -chardev socket,id=monitor,$socket,server=on,wait=off
		-object memory-backend-ram,id=shared,size=1M,share=on
		-device ivshmem-plain,memdev=shared -mon chardev=monitor
		-global ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off
		-chardev socket,id=line,$socket -serial chardev:line" ;;
esac
export VM_QEMU VM_DEVICES VM_MEMORY=1024
# An emulator that is emulated takes its time, beside other VMs even more of it
seconds=$((seconds * 2))
