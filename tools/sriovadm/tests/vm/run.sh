#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <directory> <sriovadm> <suite>...: does what sriovadm configures come about at
# boot?  Machines of tools/rootfs, with systemd and udev, that are booted again and again.
#
# The directory holds their disks, consoles and what they said.  DEBS, if it is given,
# is a folder with packages to be installed in place of the program.  ONLY=<boot>,...
# boots some only; a machine that is there goes on with its disk.
set -u

here=$(cd "$(dirname "$0")" && pwd)
rootfs=${ROOTFS:-$here/../../../rootfs}
work=$1 program=$2
shift 2
passed=0 failed=0 skipped=0

mkdir -p "$work/files"
work=$(cd "$work" && pwd)
cp "$here/guest.sh" "$work/files/"

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30

# slot <number> <serial> [properties]: a root port, and a PF below it with a disk
slot()
{
	[ -e "$machine/$2.img" ] || truncate -s 64M "$machine/$2.img"
	qemu+=(-device "pcie-root-port,id=rp$1,slot=$1"
		-device "nvme-subsys,id=ss$1"
		-drive "file=$machine/$2.img,format=raw,if=none,id=disk$1"
		-device "nvme,id=nvme$1,serial=$2,subsys=ss$1,bus=rp$1,$nvme${3:-}"
		-device "nvme-ns,bus=nvme$1,drive=disk$1")
}

# boot <name> <script> [argument...]: one boot of the machine
boot()
{
	local name=$1 script=$2 status=0

	shift 2
	[ -z "${ONLY:-}" ] || [[ ,$ONLY, == *,$name,* ]] || return
	"$rootfs/boot.sh" -d "$machine" -f "$work/files" -t "${VM_SECONDS:-900}" \
		-m 1024 -a "intel_iommu=on $*" "$image" "$here/$script" -- \
		-device intel-iommu,intremap=on,device-iotlb=on "${qemu[@]}" \
		> "$machine/$name.log" 2>&1 || status=$?
	cp "$machine/console" "$machine/$name.console"
	sed -n "s/^\(ok\|not ok\) /&$suite: $name: /p" "$machine/$name.log"
	passed=$((passed + $(grep -c '^ok ' "$machine/$name.log")))
	failed=$((failed + $(grep -c '^not ok ' "$machine/$name.log")))
	if [ $status = 124 ] || [ $status = 125 ]; then
		failed=$((failed + 1))
		echo "not ok $suite: $name: did not get to the end of its script:"
		tail -n 20 "$machine/$name.log"
	fi
}

scenario()
{
	machine=$work/$suite
	mkdir -p "$machine"
	qemu=()
	slot 0 a
	slot 1 b
	boot configure guest-configure.sh
	boot module guest-module.sh
	boot initramfs guest-initramfs.sh
	boot break guest-broken.sh sriovadm.break
	boot broken guest-broken.sh
	boot off guest-broken.sh sriovadm=off
	qemu=()
	slot 0 b ,use-intel-id=on
	slot 1 a
	boot moved guest-moved.sh

	# A machine that has the root file system on an NVMe disk, and one network card
	machine=$work/$suite-root
	mkdir -p "$machine"
	qemu=()
	[ -e "$machine/root.img" ] || cp --sparse=always "$image/disk" \
		"$machine/root.img"
	slot 0 root
	boot root-initramfs guest-root.sh
	[ -z "$igb" ] || qemu+=(-device "pcie-root-port,id=rp1,slot=1"
		-netdev "user,id=net" -device "igb,bus=rp1,netdev=net")
	QEMU=${igb:-qemu-system-x86_64} boot root guest-root.sh root=/dev/nvme0n1
}

# What goes into the image; nothing new is no reason to make it anew
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
if [ -n "${DEBS:-}" ]; then
	cp "$DEBS"/*.deb "$tree/"
else
	make -s -f "$here/../../install.mk" install DESTDIR="$tree/root" \
		SRIOVADM="$program"
	hwdb=$(dirname "$program")/60-pci-sriov-unmanaged.hwdb
	install -D -m 644 "$hwdb" "$tree/root/usr/lib/udev/hwdb.d/${hwdb##*/}"
	tar -C "$tree/root" --sort=name --mtime=@0 --owner=0 --group=0 \
		-cf "$tree/sriovadm.tar" usr etc
	rm -r "$tree/root"
fi

# Of the models of network cards only igb has VFs
igb=$("$here/../../../guests/qemu.sh") || {
	[ $? = 3 ] || exit 1
	echo "skipped: the only default route"
	skipped=$((skipped + 1))
}

for suite; do
	image=$("$rootfs/image.sh" "$suite" sriovadm "$here/image.sh" "$tree"/*) || {
		[ $? = 3 ] || exit 1
		echo "skipped: $suite"
		skipped=$((skipped + 1))
		continue
	}
	scenario
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
