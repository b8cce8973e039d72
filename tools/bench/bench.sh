#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# bench.sh <kernel...>: what enabling and disabling VFs costs, on each kernel as
# it comes and with our patches; ends with the figures to reach.  Results are in
# build/bench/, where those of other kernels, and what is not measured again, stay.
#
# BENCH		quick: a subset of three minutes; parallel: that of many PFs at a
#		time alone
#
# Time is taken twice.  By the host's clock, with a stock and a patched kernel
# side by side or in turn, so that the machine's load meets both; memory that is
# far costs what it costs here.  And counted, for small differences between two drivers: a
# nanosecond per instruction of the VM, which is the same on every machine and
# whatever it is busy with.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
tests=$top/tools/testing/selftests/pci_sriov
build=${BUILD:-$top/build}/bench
# A stock kernel's stubs cannot enable VFs
stock=pci-pf-stub+pci-pf-stub+probe+vfio-pci
all=pci-stub+uio_pci_generic+$stock
pair=pci-stub+pci-pf-stub
rounds=3
[ "${BENCH:-}" != quick ] || rounds=1	# 16 PFs of a stock kernel take 20 s

# plan <stock|patched>: the parts for guest-bench.sh, by the host's clock
plan()
{
	local part vfs drivers=$all most=$pair

	# The most VFs take minutes with drivers of theirs, on a stock kernel without, too
	if [ "$1" = stock ]; then
		drivers=$stock
		most=pci-pf-stub
	fi
	if [ "${BENCH:-}" = quick ]; then
		echo "bar:256:2:pci-pf-stub,profile:1024::pci-pf-stub"
		return
	fi

	for part in plain bar; do
		for vfs in 1 16 64 256 1024; do
			printf '%s:%s:5:%s,' $part $vfs $drivers
		done
		printf '%s:4096:3:%s,' $part $drivers
		printf '%s:16384:3:%s,' $part "$most"
	done
	# Of the core alone, and with drivers of the VFs
	for part in pci-pf-stub pci-pf-stub+probe vfio-pci; do
		printf 'profile:4096::%s,' $part
	done
	echo "nvme::3:$drivers,beside:4096:3:pci-pf-stub"
}

# counted: the parts for guest-bench.sh, counted
counted()
{
	local part vfs

	if [ "${BENCH:-}" = quick ]; then
		echo "plain:1:3:$pair,bar:16:3:$pair,bar:256:3:$pair"
		return
	fi

	for part in plain bar; do
		for vfs in 1 16 64 256 1024 4096 16384; do
			printf '%s:%s:3:%s,' $part $vfs $pair
		done
	done
	echo "nvme::3:$pair"
}

# iommu <stock|patched>: the parts under an IOMMU, which only QEMU's device is
# behind
iommu()
{
	local drivers=$all

	[ "$1" = patched ] || drivers=$stock
	echo "nvme::3:$drivers,nvme-beside:4096:3:pci-pf-stub,nvme-profile:4096::pci-pf-stub"
}

# vm <name> <stock|patched> <kernel> <seconds> <parts> [arguments]
vm()
{
	sriov=sriov_max_vfs=127,sriov_vq_flexible=254,sriov_vi_flexible=127
	VM_CPUS=1 VM_MEMORY=3072 VM_PORT=,mem-reserve=8M \
	VM_SRIOV=$sriov,max_ioqpairs=256,msix_qsize=257 \
	"$vm/vm.sh" "$build/$2/kernel-$3/arch/x86/boot/bzImage" \
		"$build/$2/initramfs-$3.cpio" "$build/run/$1-$2-$3" "$4" \
		"pci_sriov.run=bench,$5 ${6:-}" ||
		echo "bench: VM $1-$2-$3 ended badly" >&2
}

# side <name> <kernel> <seconds> <stock's parts> <patched's> [arguments]: both at a
# time, so that the machine's load meets both
side()
{
	local pids

	vm "$1" stock "$2" "$3" "$4" "${6:-}" &
	pids=$!
	vm "$1" patched "$2" "$3" "$5" "${6:-}" &
	pids="$pids $!"
	# shellcheck disable=SC2086 # several
	wait $pids
	echo "bench: $2: $1 done after $SECONDS s" >&2
}

for kernel; do
	if [ "$kernel" = ksrc ]; then
		echo "bench: KSRC= is for other targets; here KERNEL=<version>" >&2
		exit 2
	fi
done

"$vm/setup.sh" bench
for kernel; do
	for set in stock patched; do
		patches=all configs=$here/bench.config
		major=$here/bench-${kernel%%.*}.config
		[ ! -e "$major" ] || configs="$configs $major"
		if [ $set = stock ]; then
			patches=none
			configs="$configs $vm/kernel-off.config"
		fi
		dir=$build/$set
		mkdir -p "$dir/tests" "$build/run"
		TREE_PATCHES=$patches make --no-print-directory \
			-f "$vm/Makefile" KERNEL="$kernel" BUILD="$dir" \
			EXTRA_CONFIG="$configs" kernel
		"$vm/progress.sh" "pci-sim $kernel" "$dir/pci-sim-$kernel.log" \
			make -f "$top/tools/pci-sim/Makefile" \
			KDIR="$dir/kernel-$kernel" OUTPUT="$dir/pci-sim-$kernel"
		gcc -O2 -Wall -Wextra -static -o "$dir/tests/bench" \
			-I"$tests" "$here/bench.c" "$tests/sriov.c" \
			"$tests/../pci_sim/pci_sim.c"
		"$vm/initramfs.sh" "$dir/initramfs-$kernel.cpio" "$dir/tests" \
			"$dir/pci-sim-$kernel/pci-sim.ko"
	done
done

rm -f "$build"/plot-* "$build"/bench.* "$build/samples.tsv"
for kernel; do
	if [ "${BENCH:-}" = parallel ]; then
		rm -f "$build"/run/pfs-*-"$kernel".*
	else
		rm -f "$build"/run/*-"$kernel".* "$build"/profile-"$kernel"-*
	fi
	side pfs "$kernel" 300 pfs:4:$rounds:pci-pf-stub pfs:4:$rounds:$pair
	[ "${BENCH:-}" != parallel ] || continue
	side main "$kernel" 3000 "$(plan stock)" "$(plan patched)"
	# The gain, in VMs that have the machine to themselves: a stock kernel's walks
	# leave less of the memory's bandwidth to whoever is beside it.  In turn, so
	# that the machine's load meets both
	tries="1 2 3 4 5"
	[ "${BENCH:-}" != quick ] || tries=1
	for try in $tries; do
		vm "gain$try" stock "$kernel" 300 bar:4096:2:pci-pf-stub
		vm "gain$try" patched "$kernel" 300 bar:4096:4:pci-pf-stub
	done
	echo "bench: $kernel: gain done after $SECONDS s" >&2
	[ "${BENCH:-}" != quick ] || continue
	# Without KUnit, which runs at boot
	parts=boot
	for try in 1 2 3; do
		side "boot$try" "$kernel" 120 $parts $parts kunit.filter_glob=none
	done
	export VM_IOMMU=1
	side iommu "$kernel" 1500 "$(iommu stock)" "$(iommu patched)"
	unset VM_IOMMU
done

# These do not disturb each other
pids=
for kernel; do
	[ "${BENCH:-}" != parallel ] || continue
	VM_ICOUNT=shift=0,sleep=off vm counted patched "$kernel" 3000 "$(counted)" &
	pids="$pids $!"
done
# shellcheck disable=SC2086 # several
wait $pids
echo "bench: counted after $SECONDS s" >&2

exec "$here/report.py" "$build" "$@"
