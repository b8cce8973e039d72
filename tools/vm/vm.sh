#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Boot one test VM and wait for it.
#
#	vm.sh <image> <initramfs> <log prefix> <seconds> <kernel arguments>
#
# The kernel's console goes to <log prefix>.console, what the VM reports to
# <log prefix>.report.  VM_IOMMU=1 gives it an IOMMU, VM_CPUS, VM_MEMORY (MiB),
# VM_SRIOV and VM_PORT (properties of QEMU's nvme and of its root port) are for
# more or less of these than usual; VM_HOTPLUG=off is for root ports without slots
# that PCIe hotplug controls.  With VM_ICOUNT (options of QEMU's -icount)
# the VM's time is the instructions that it runs, whatever the host is busy with.
# VM_QEMU is another QEMU than this machine's, VM_DEVICES more of its options.
# MACHINE=arm64 boots another architecture; VM_UEFI=1 has firmware describe that
# to the kernel, by ACPI, instead of QEMU by a device tree.
#
# Always under TCG: it is the same everywhere, and /dev/kvm may be there and
# yet not work.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
image=$1 initramfs=$2 log=$3 seconds=$4 args=$5

sriov=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8
sriov=${VM_SRIOV:-$sriov,max_ioqpairs=26,msix_qsize=30}
hotplug=hotplug=${VM_HOTPLUG:-on}

iommu=
if [ "${VM_IOMMU:-0}" = 1 ]; then
	iommu="-device intel-iommu,intremap=on,device-iotlb=on"
	args="$args intel_iommu=on"
fi

case ${MACHINE:-x86_64} in
arm64)	machine="qemu-system-aarch64 -machine virt -cpu cortex-a57"
	console=ttyAMA0
	report="-device virtio-serial-device -device virtconsole,chardev=report"
	if [ "${VM_UEFI:-0}" = 1 ]; then
		machine="$machine -bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
		args="$args acpi=force"
	fi ;;
*)	machine="${VM_QEMU:-qemu-system-x86_64} -machine q35 -cpu max,la57=off"
	console=ttyS0
	report="-serial chardev:report" ;;
esac

# On a busy host half a minute is nothing
fatal="oops=panic hung_task_panic=1 sysctl.kernel.hung_task_timeout_secs=90"
fatal="$fatal watchdog_thresh=45 pci_sriov.seconds=$((seconds - 90))"

# Two PFs, and one device without SR-IOV
qemu()
{
	exec timeout -s KILL "$seconds" $machine -accel tcg \
		-smp "${VM_CPUS:-2}" -m "${VM_MEMORY:-512}" \
		-display none -no-reboot -nodefaults -no-user-config \
		$iommu ${VM_ICOUNT:+-icount "$VM_ICOUNT"} \
		-kernel "$image" -initrd "$initramfs" \
		-append "console=$console no_timer_check tsc=unstable panic=-1 $fatal $args" \
		-chardev "file,id=report,path=$log.report" \
		-serial "file:$log.console" $report \
		-device "pcie-root-port,id=rp0,slot=0,$hotplug${VM_PORT:-}" \
		-device nvme-subsys,id=ss0 \
		-device "nvme,serial=a,subsys=ss0,bus=rp0,$sriov" \
		-device "pcie-root-port,id=rp1,slot=1,$hotplug" \
		-device nvme-subsys,id=ss1 \
		-device "nvme,serial=b,subsys=ss1,bus=rp1,$sriov" \
		-device "pcie-root-port,id=rp2,slot=2,$hotplug" \
		-device nvme,serial=c,bus=rp2 ${VM_DEVICES:-} < /dev/null
}

# lost_timer: a CPU gets no timer interrupt any more, by RCU's word
lost_timer() { grep -qs 'rcu: .*Possible timer handling issue' "$log.console"; }

# booted: the kernel got as far as its unit tests, which may take long, or init
booted() { grep -qs -E 'KTAP version|Run /init' "$log.console"; }

alive() { kill -0 $pid 2> /dev/null; }

# again <why> <name for the console>: unless the kernel complains, in what is on
# standard input
again()
{
	kill $pid 2> /dev/null || :
	wait $pid || :
	! "$here/complaints.sh" - || exit 1
	echo "$1" >> "$log.restarts"
	mv "$log.console" "$log.$2-$try"
}

# The emulator has failings of its own: on a busy host a kernel may miss its
# first timer interrupts under TCG (no_timer_check keeps it from giving up), and
# QEMU 7.2 can die of a segmentation fault.  Or it takes the clock of the CPU for
# one of another speed, so that a VM keeps the time of its HPET (tsc=unstable).  A
# VM that silently never got to init or whose QEMU crashed is tried again, and
# noted.  So is one with a CPU that sleeps while its timer should have gone off: an
# interrupt that QEMU loses is never made good, as the kernel waits for it before it
# sets that timer anew.  A kernel that complains of anything else is not.
: > "$log.restarts"
pid=
trap 'kill $pid 2> /dev/null' INT TERM
for try in 1 2 3; do
	rm -f "$log.console" "$log.report"
	qemu &
	pid=$!
	waited=0
	while [ $waited -lt $((seconds * 3 / 8)) ] && ! booted && alive; do
		sleep 1
		waited=$((waited + 1))
	done
	if ! booted; then
		again "did not boot" console < "$log.console"
		continue
	fi
	while alive && ! lost_timer; do
		sleep 2
	done
	if lost_timer; then
		# What it said before that is no doing of the emulator
		sed '/rcu: INFO: .*stall/,$d' "$log.console" > "$log.before"
		again "lost a timer interrupt" lost-timer < "$log.before"
		continue
	fi
	status=0
	wait $pid || status=$?
	case $status in
	134|139) again "QEMU crashed" console < /dev/null ;;
	*)	exit $status ;;
	esac
done
echo "vm.sh: given up after $try tries" >&2
exit 1
