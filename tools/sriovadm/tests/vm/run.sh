#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <directory> <folder of packages> <suite>...: does what sriovadm configures
# come about at boot, and do its commands do what they say?  Machines of tools/rootfs,
# with systemd and udev, that are booted again and again: boots.tsv.
#
# The directory holds their disks, consoles and what they said.  ONLY=<machine or
# machine/boot>,... boots some only; a machine that is there goes on with its disk.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../.." && pwd)
rootfs=${ROOTFS:-$top/tools/rootfs}
work=$1 debs=$2
shift 2
passed=0 failed=0 skipped=0

skip()		# <what> <why>
{
	echo "skipped: $1: $2"
	skipped=$((skipped + 1))
}

mkdir -p "$work/files"
work=$(cd "$work" && pwd)
cp "$here/guest.sh" "$work/files/"
files=$work/files
make -s --no-print-directory -C "$top/tools/sriov-quirks" quirks-tsv > "$files/table"

# Of the models of network cards only igb has VFs
igb=$("$top/tools/guests/qemu.sh" 2> "$work/igb") || igb=

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30

# add_pf <number> <name>: a root port, and a PF below it, with a disk
add_pf()
{
	local disk=$machine/${2#+}.img id=

	qemu+=(-device "pcie-root-port,id=rp$1,slot=$1")
	case $2 in
	igb)	qemu+=(-netdev "user,id=net" -device "igb,bus=rp$1,netdev=net")
		return ;;
	root)	[ -e "$disk" ] || cp --sparse=always "$image/disk" "$disk" ;;
	+*)	id=,use-intel-id=on ;;
	esac
	# A disk with a file system that nobody uses may be taken
	[ -e "$disk" ] || { truncate -s 64M "$disk" && mkfs.ext4 -q "$disk"; }
	qemu+=(-device "nvme-subsys,id=ss$1"
		-drive "file=$disk,format=raw,if=none,id=disk$1"
		-device "nvme,id=nvme$1,serial=${2#+},subsys=ss$1,bus=rp$1,$nvme$id"
		-device "nvme-ns,bus=nvme$1,drive=disk$1")
}

# had <kernel>: the image of this suite that has it, into "image", and how it is booted
# into "how"; false if it cannot be had, and that is said
had()
{
	how=()
	case $1 in
	patched) image=$stock
		bzimage=$(make -s -C "$top" -f tools/vm/Makefile VARIANT=rootfs \
			KERNEL="$version" image 2> "$work/$suite-kernel.log") || {
			tail -n 20 "$work/$suite-kernel.log"
			return 1
		}
		how=(-k "$bzimage") ;;
	root)	image=$stock
		how=(-k "$image/vmlinuz" -i "$image/root/root/initrd-nvme") ;;
	module)	image=$("$rootfs/image.sh" "$stock" module "$here/image-module.sh" \
			"$debs"/*-dkms_*.deb) ;;
	dracut)	image=$("$rootfs/image.sh" "$stock" dracut "$here/image-dracut.sh") ;;
	stock)	image=$stock ;;
	esac
}

# one_boot <machine> <boot> <kernel> <PFs> <script> [kernel argument]
one_boot()
{
	local name=$2 log status=0 number=0 pf program='qemu-system-x86_64'

	machine=$work/$suite-$1
	log=$machine/$name.log
	mkdir -p "$machine"
	had "$3" || {
		failed=$((failed + 1))
		echo "not ok $suite: $1: $name: no such system"
		return
	}
	qemu=(-device "intel-iommu,intremap=on,device-iotlb=on")
	for pf in $4; do
		case $pf in
		-)	continue ;;
		igb)	program=$igb
			if [ -z "$igb" ]; then
				skip "$suite: $1: $name: the only default route" \
					"$(cat "$work/igb")"
				program='qemu-system-x86_64'
				continue
			fi ;;
		esac
		add_pf $number "$pf"
		number=$((number + 1))
	done
	echo "$3" > "$files/kernel"
	QEMU=$program "$rootfs/boot.sh" -d "$machine" -f "$files" "${how[@]}" \
		-t "${VM_SECONDS:-1200}" -m 1024 -a "intel_iommu=on ${6:-}" \
		"$image" "$here/$5" -- "${qemu[@]}" > "$log" 2>&1 || status=$?
	cp "$machine/console" "$machine/$name.console"
	sed -n "s/^\(ok\|not ok\) /&$suite: $1: $name: /p" "$log"
	grep '^boot.sh: .*the script ran' "$log"
	passed=$((passed + $(grep -c '^ok ' "$log")))
	failed=$((failed + $(grep -c '^not ok ' "$log")))
	# The last thing that each script says
	if [ $status != 0 ] || ! grep -qx 'done' "$log"; then
		failed=$((failed + 1))
		echo "not ok $suite: $1: $name: did not get to the end of its script:"
		tail -n 20 "$log"
	fi
}

is_wanted()	# <machine> <boot>
{
	[ -z "${ONLY:-}" ] || [[ ,$ONLY, == *,$1,* || ,$ONLY, == *,$1/$2,* ]]
}

for suite; do
	version=$(awk -F '\t' -v suite="$suite" '$1 == suite { print $3 }' \
		"$rootfs/suites")
	stock=$("$rootfs/image.sh" "$suite" sriovadm "$here/image.sh" \
		"$debs"/sriovadm_*.deb "$debs"/sriov-unmanaged-hwdb_*.deb) || {
		[ $? = 3 ] || exit 1
		skip "$suite" "see above"
		continue
	}
	while IFS=$'\t' read -r -a field <&3; do
		[[ ${field[0]} != '#'* ]] || continue
		! is_wanted "${field[@]:0:2}" || one_boot "${field[@]}"
	done 3< "$here/boots.tsv"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
