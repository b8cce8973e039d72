#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh <directory of tools/deb/build.sh> [suite...]: udev, libvirt, DPDK, nvme-cli and
# driverctl, with unmanaged VFs, in Debian as users have it: tools/rootfs with the
# packages.  A suite that cannot be had is skipped and counted.
#
# The directory "clients" beside that of the packages has what the machines said.
set -u

here=$(cd "$(dirname "$0")" && pwd)
rootfs=$here/../rootfs
deb=$here/../deb
debs=$1
logs=$(dirname "$debs")/clients
shift
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $(awk -F '\t' '!/^#/ { print $1 }' "$rootfs/suites")
passed=0 failed=0 skipped=0

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30
devices=(-device "intel-iommu,intremap=on,device-iotlb=on")
for pf in 0 1; do
	devices+=(-device "pcie-root-port,id=rp$pf,slot=$pf" -device "nvme-subsys,id=ss$pf"
		-device "nvme,serial=$pf,subsys=ss$pf,bus=rp$pf,$nvme")
done

# image <suite>: with the packages of tools/deb, and the clients
image()
{
	local image

	image=$("$rootfs/image.sh" "$1" dkms "$deb/chroot-base.sh") || return
	image=$("$rootfs/image.sh" "$image" deb "$deb/chroot-install.sh" "$debs"/*.deb) || return
	"$rootfs/image.sh" "$image" clients "$here/chroot-clients.sh"
}

# Network cards with VFs are in QEMU 10 only
if QEMU=$("$here/../guests/qemu.sh"); then
	export QEMU
	devices+=(-device "pcie-root-port,id=rp2,slot=2" -netdev "user,id=net,restrict=on"
		-device "igb,bus=rp2,netdev=net")
else
	unset QEMU
	echo "skipped: dpdk-devbind, which needs a QEMU with igb"
	skipped=$((skipped + 1))
fi

rm -rf "$logs"
mkdir -p "$logs/files"
cp "$here/domain.xml" "$deb/guest-lib.sh" "$logs/files/"
for suite; do
	log=$logs/$suite
	image=$(image "$suite")
	case $? in
	0)	;;
	3)	echo "skipped: $suite"
		skipped=$((skipped + 1))
		continue ;;
	*)	echo "not ok $suite: its image cannot be made"
		failed=$((failed + 1))
		continue ;;
	esac
	"$rootfs/boot.sh" -d "$logs/machine" -f "$logs/files" -t 1500 -m 1536 -a intel_iommu=on \
		"$image" "$here/guest-clients.sh" -- "${devices[@]}" > "$log" 2> "$log.errors"
	status=$?
	mv "$logs/machine/console" "$log.console"
	rm -rf "$logs/machine"
	grep '^boot.sh: .*the script ran' "$log.errors"
	sed -n "s/^\(ok\|not ok\|#\) /&$suite: /p" "$log"
	passed=$((passed + $(grep -c '^ok ' "$log")))
	failed=$((failed + $(grep -c '^not ok ' "$log")))
	if [ $status = 124 ] || [ $status = 125 ]; then
		echo "not ok $suite: did not get to the end, see $log.errors and $log.console"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
