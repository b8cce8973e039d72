#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest-bench.sh <part,...>: the bench, inside the VM.  A part is
#
#	<what>:<VFs>:<rounds>:<drivers, separated by +>
#	profile:<VFs>::<driver>
#	nvme-profile:<VFs>::<driver>
#	boot
#
# where what is plain, bar (VFs with a BAR of 4 KiB), pfs (the same, of one PF and
# of 16 at a time, as many VFs each), beside (as many VFs of another PF are on),
# nvme (all VFs of QEMU's) or nvme-beside (the same while so many VFs of another PF
# are on; with an IOMMU, it is about nvme's VFs).  Profiles are of bar and of
# nvme-beside.  Reports "time" lines, see bench.c, and profiles.

# shellcheck disable=SC1091 # stands there in the VM
. ./pci_sim.sh
devices=/sys/bus/pci/devices
tracing=/sys/kernel/tracing

# create <bridge> <VF BAR, if any>: a PF with room for many VFs
create()
{
	pci_sim_create "$1" vendor=144d device=a824 class=010802 \
		driver_override=none sriov/total_vfs=16384 \
		${2:+"bars/vf_bar0=$2 mem64 prefetch"}
}

# reserve <address> <driver>: for a driver, named as bench.c names it
reserve()
{
	probe=0
	case $2 in
	*+probe|vfio-pci)
		probe=1 ;;
	esac
	[ ! -e "$devices/$1/driver" ] || echo "$1" > "$devices/$1/driver/unbind"
	echo "${2%+probe}" > "$devices/$1/driver_override"
	echo "$1" > "/sys/bus/pci/drivers/${2%+probe}/bind"
	echo $probe > "$devices/$1/sriov_drivers_autoprobe"
}

# profile <case> <PF> <VFs> <driver>: the functions that take the time, each
# without those that it calls
profile()
{
	reserve "$2" "$4"
	echo 0 > $tracing/options/sleep-time
	echo 0 > $tracing/options/graph-time
	for step in "enable $3" "disable 0"; do
		echo "profile begin $1 ${step% *} $3 $4"
		echo 1 > $tracing/function_profile_enabled
		echo "${step#* }" > "$devices/$2/sriov_numvfs"
		echo 0 > $tracing/function_profile_enabled
		head -n 32 $tracing/trace_stat/function0
		echo "profile end"
	done
}

dmesg -n 1
insmod ./pci-sim.ko
mount -t configfs none /sys/kernel/config
mount -t tracefs none $tracing || echo "error: no profile without tracefs"
echo 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode
echo 1 > /sys/module/vfio_pci/parameters/enable_sriov

# others <VFs>: of a PF of their own
others()
{
	create other 4K
	pf=$(pci_sim_address other)
	reserve "$pf" pci-pf-stub
	echo "$1" > "$devices/$pf/sriov_numvfs"
}

for part in $(echo "$1" | tr , ' '); do
	IFS=: read -r what vfs rounds drivers <<- END
		$part
	END
	drivers=$(echo "$drivers" | tr + ' ' | sed 's/ probe/+probe/')
	case $what in
	boot)	continue ;;
	nvme*)
		for pf in "$devices"/*; do
			[ ! -e "$pf/sriov_totalvfs" ] || break
		done
		nvme=${pf##*/}
		most=$(cat "$devices/$nvme/sriov_totalvfs")
		[ "$what" = nvme ] || others "$vfs"
		if [ "$what" = nvme-profile ]; then
			profile "nvme-beside-$vfs" "$nvme" "$most" "$drivers"
		else
			# shellcheck disable=SC2086 # drivers are words
			./bench "$what${vfs:+-$vfs}" "$nvme" "$most" "$rounds" \
				$drivers
		fi
		[ "$what" = nvme ] || pci_sim_destroy other
		continue
		;;
	pfs)
		pfs=$(seq 16)
		addresses=
		for pf in $pfs; do
			create "$pf" 4K
			addresses="$addresses+$(pci_sim_address "$pf")"
		done
		# shellcheck disable=SC2086 # drivers are words
		./bench pfs "$addresses" "$vfs" "$rounds" $drivers
		# shellcheck disable=SC2086 # a word for each
		pci_sim_destroy $pfs
		continue
		;;
	plain)	create one '' ;;
	beside)	others "$vfs"
		create one 4K ;;
	*)	create one 4K ;;
	esac
	pf=$(pci_sim_address one)
	if [ "$what" = profile ]; then
		profile bar "$pf" "$vfs" "$drivers"
	else
		# shellcheck disable=SC2086 # drivers are words
		./bench "$what" "$pf" "$vfs" "$rounds" $drivers
	fi
	pci_sim_destroy one
	[ "$what" != beside ] || pci_sim_destroy other
done
