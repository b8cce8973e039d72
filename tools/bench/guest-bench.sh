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

sim=/sys/kernel/config/pci_sim
devices=/sys/bus/pci/devices
tracing=/sys/kernel/debug/tracing

# create <bridge> <VF BAR, if any>: a PF with room for many VFs
create()
{
	mkdir "$sim/$1" "$sim/$1/pf" || return
	cd "$sim/$1/pf" || return
	echo 144d > vendor
	echo a824 > device
	echo 010802 > class
	echo none > driver_override
	echo 16384 > sriov/total_vfs
	[ -z "$2" ] || echo "$2 mem64 prefetch" > bars/vf_bar0
	echo 1 > ../live || echo "error $1 does not go live"
	cd /tests || return
}

destroy()
{
	echo 0 > "$sim/$1/live"
	rmdir "$sim/$1/pf" "$sim/$1"
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
echo 1 > /sys/module/vfio/parameters/enable_unsafe_noiommu_mode
echo 1 > /sys/module/vfio_pci/parameters/enable_sriov

# others <VFs>: of a PF of their own
others()
{
	create other 4K
	pf=$(cat $sim/other/pf/address)
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
		[ "$what" = nvme ] || destroy other
		continue
		;;
	pfs)
		pfs=$(seq 16)
		addresses=
		for pf in $pfs; do
			create "$pf" 4K
			addresses="$addresses+$(cat "$sim/$pf/pf/address")"
		done
		# shellcheck disable=SC2086 # drivers are words
		./bench pfs "$addresses" "$vfs" "$rounds" $drivers
		for pf in $pfs; do
			destroy "$pf"
		done
		continue
		;;
	plain)	create one '' ;;
	beside)	others "$vfs"
		create one 4K ;;
	*)	create one 4K ;;
	esac
	pf=$(cat $sim/one/pf/address)
	if [ "$what" = profile ]; then
		profile bar "$pf" "$vfs" "$drivers"
	else
		# shellcheck disable=SC2086 # drivers are words
		./bench "$what" "$pf" "$vfs" "$rounds" $drivers
	fi
	destroy one
	[ "$what" != beside ] || destroy other
done
