#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh packages <directory of build.sh> <patched tree> [suite...]
# test.sh clients <directory of build.sh> [suite...]
#
# The packages as users have them, in the root file systems of tools/rootfs.  Installed,
# after a reboot, upgraded and purged with VFs on, beside another kernel, and where the
# kernel loads signed modules only; and the selftests of the tree, unchanged, after that
# reboot.  Or udev, libvirt, DPDK, nvme-cli and driverctl, with unmanaged VFs.
#
# DKMS builds in a chroot on this machine, everything else happens in VMs.  A suite
# that cannot be had is skipped and counted.  What the machines said is in a directory
# of that name beside that of the packages.
set -u

here=$(cd "$(dirname "$0")" && pwd)
tools=$here/..
what=$1 debs=$2
logs=$(realpath "$(dirname "$debs")")/$what
shift 2
if [ "$what" = packages ]; then
	selftests=$(realpath "$1")/tools/testing/selftests/pci_sriov
	shift
fi
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $(awk -F '\t' '!/^#/ { print $1 }' "$tools/rootfs/suites")
passed=0 failed=0 skipped=0

ok() { passed=$((passed + 1)); echo "ok $suite: $*"; }
not_ok() { failed=$((failed + 1)); echo "not ok $suite: $*"; }
skip() { skipped=$((skipped + 1)); echo "skipped: $*"; }

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30
devices=()
slot()		# <number> <QEMU's device in it> [option...]
{
	local number=$1 device=$2
	shift 2
	devices+=(-device "pcie-root-port,id=rp$number,slot=$number" "$@"
		-device "$device,bus=rp$number")
}
pf() { slot "$1" "nvme,serial=$1,subsys=ss$1,$nvme" -device "nvme-subsys,id=ss$1"; }

# made <what> <image> <name> <script> [file...]: image.sh makes it, which is a verdict; its
# path is $made
made()
{
	local what=$1
	shift

	if made=$("$tools/rootfs/image.sh" "$@"); then
		ok "$what"
	else
		not_ok "$what"
		return 1
	fi
}

# vm <script> <option of boot.sh...>: in $image; what it checks counts, and that it ends
vm()
{
	local script=$1 log line status=0
	shift

	log=$logs/$suite-$(basename "$script" .sh)
	"$tools/rootfs/boot.sh" -t 1800 -f "$logs/files" "$@" "$image" "$script" \
		-- "${devices[@]}" > "$log" 2> "$log.errors" || status=$?
	grep '^boot.sh: .*the script ran' "$log.errors"
	while read -r line; do
		case $line in
		'ok '*)		ok "${line#ok }" ;;
		'not ok '*)	not_ok "${line#not ok }" ;;
		'# '*)		echo "# $suite: ${line#??}" ;;
		esac
	done < "$log"
	if [ $status = 124 ] || [ $status = 125 ] || ! grep -q '^ok' "$log"; then
		not_ok "${script##*/} did not run to its end, see $log and $log.errors"
		cat "$log" "$log.errors" >&2
	fi
}

# Another version of them, and the selftests
prepare_packages()
{
	mkdir "$logs/tests" "$logs/files/new"
	DEB_VERSION=$(dpkg-parsechangelog -l "$tools/../debian/changelog" -S Version).1 \
		"$here/build.sh" "$logs/new" > "$logs/built" || exit 1
	rm -f "$logs"/new/*-dbgsym_*
	mv "$logs"/new/*.deb "$logs/files/new/"
	make -C "$selftests" OUTPUT="$logs/tests" LDFLAGS=-static > "$logs/built" 2>&1 || {
		tail "$logs/built" >&2
		exit 1
	}
}

packages()
{
	made "upgrade, a second kernel, purge" \
		"$image" upgrade "$here/chroot-upgrade.sh" "$logs"/files/new/*.deb
	devices=()
	pf 0
	vm "$here/guest-installed.sh" -d "$logs/machine" -a sriov_unmanaged.override=aaaa:bbbb=allow
	vm "$here/guest-purged.sh" -d "$logs/machine"
	vm "$here/guest-locked.sh" -a lockdown=integrity
	made "the selftests are installed" "$image" selftests "$here/chroot-selftests.sh" \
		"$selftests/kmod/pci_sriov_test.c" \
		"$logs"/tests/{gate,scope,state,param,probe} || return
	image=$made
	# As tools/vm/vm.sh has it for them
	pf 1
	slot 2 nvme,serial=c
	vm "$here/guest-selftests.sh"
}

prepare_clients()
{
	cp "$tools/clients/domain.xml" "$logs/files/"
	devices=(-device "intel-iommu,intremap=on,device-iotlb=on")
	pf 0
	pf 1
	# Network cards with VFs are in QEMU 10 only
	if QEMU=$("$tools/guests/qemu.sh"); then
		export QEMU
		slot 2 igb,netdev=net -netdev "user,id=net,restrict=on"
	else
		unset QEMU
		skip "dpdk-devbind, which needs a QEMU with igb"
	fi
}

clients()
{
	made "the clients are installed" "$image" clients "$tools/clients/chroot-clients.sh" ||
		return
	image=$made
	vm "$tools/clients/guest-clients.sh" -d "$logs/machine" -m 1536 -a intel_iommu=on
	mv "$logs/machine/console" "$logs/$suite.console"
}

rm -rf "$logs"
mkdir -p "$logs/files"
cp "$here/guest-lib.sh" "$debs"/*.deb "$logs/files/"
rm -f "$logs"/files/*-dbgsym_*
"prepare_$what"
for suite; do
	base=$("$tools/rootfs/image.sh" "$suite" dkms "$here/chroot-base.sh") || {
		skip "$suite"
		continue
	}
	made "the packages are installed, and DKMS has built" \
		"$base" deb "$here/chroot-install.sh" "$logs"/files/*.deb || continue
	image=$made
	"$what"
	rm -rf "$logs/machine"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
