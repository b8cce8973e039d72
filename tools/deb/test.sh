#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh <directory of build.sh> <patched tree> [suite...]: the packages as users have
# them, in the root file systems of tools/rootfs: installed, after a reboot, upgraded
# and purged with VFs on, beside another kernel, and where the kernel loads signed
# modules only; and the selftests of the tree, unchanged, after that reboot.
#
# DKMS builds in a chroot on this machine, everything else happens in VMs.  A suite
# that cannot be had is skipped and counted.
set -u

here=$(cd "$(dirname "$0")" && pwd)
rootfs=$here/../rootfs
debs=$1 tree=$2
shift 2
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $(awk -F '\t' '!/^#/ { print $1 }' "$rootfs/suites")
passed=0 failed=0 skipped=0
more=()
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30
devices=(-device "pcie-root-port,id=rp0,slot=0" -device "nvme-subsys,id=ss0"
	-device "nvme,serial=a,subsys=ss0,bus=rp0,$nvme")
# What tools/vm/vm.sh has for the selftests
second=(-device "pcie-root-port,id=rp1,slot=1" -device "nvme-subsys,id=ss1"
	-device "nvme,serial=b,subsys=ss1,bus=rp1,$nvme"
	-device "pcie-root-port,id=rp2,slot=2" -device "nvme,serial=c,bus=rp2")

fail()
{
	failed=$((failed + 1))
	echo "not ok $*"
}

# vm <script> <option...>: run it, count what it checks
vm()
{
	local script=$1 line status=0
	shift

	"$rootfs/boot.sh" -t 1800 -f "$work/files" "$@" "$image" "$here/$script" \
		-- "${devices[@]}" "${more[@]}" > "$work/output" 2> "$work/errors" ||
		status=$?
	grep '^boot.sh: .*the script ran' "$work/errors"
	while read -r line; do
		case $line in
		'ok '*)		passed=$((passed + 1))
				echo "ok $suite: ${line#ok }" ;;
		'not ok '*)	fail "$suite: ${line#not ok }" ;;
		esac
	done < "$work/output"
	if [ $status = 124 ] || [ $status = 125 ] || ! grep -q '^ok' "$work/output"; then
		fail "$suite: $script did not run to its end"
		cat "$work/output" "$work/errors" >&2
	fi
}

mkdir -p "$work/files/new"
cp "$debs"/*.deb "$here/guest-lib.sh" "$work/files/"
rm -f "$work"/files/*-dbgsym_*
DEB_VERSION=$(dpkg-parsechangelog -l "$here/../../debian/changelog" -S Version).1 \
	"$here/build.sh" "$work/new" > "$work/built" || exit 1
mv "$work"/new/*.deb "$work/files/new/"
rm -f "$work"/files/new/*-dbgsym_*

selftests=$tree/tools/testing/selftests/pci_sriov
mkdir "$work/tests"
make -C "$selftests" OUTPUT="$work/tests" LDFLAGS=-static > "$work/built" 2>&1 || {
	tail "$work/built" >&2
	exit 1
}

for suite; do
	base=$("$rootfs/image.sh" "$suite" dkms "$here/chroot-base.sh") || {
		echo "skipped: $suite"
		skipped=$((skipped + 1))
		continue
	}
	image=$("$rootfs/image.sh" "$base" deb "$here/chroot-install.sh" \
		"$work"/files/*.deb) || {
		fail "$suite: the packages cannot be installed"
		continue
	}
	passed=$((passed + 1))
	echo "ok $suite: the packages are installed, and DKMS has built"
	if "$rootfs/image.sh" "$image" upgrade "$here/chroot-upgrade.sh" \
	     "$work"/files/new/*.deb > /dev/null; then
		passed=$((passed + 1))
		echo "ok $suite: upgrade, a second kernel, purge"
	else
		fail "$suite: upgrade, a second kernel, purge"
	fi
	rm -rf "$work/machine"
	vm guest-installed.sh -d "$work/machine" -a sriov_unmanaged.override=aaaa:bbbb=allow
	vm guest-purged.sh -d "$work/machine"
	vm guest-locked.sh -a lockdown=integrity
	image=$("$rootfs/image.sh" "$image" selftests "$here/chroot-selftests.sh" \
		"$selftests/kmod/pci_sriov_test.c" \
		"$work"/tests/{gate,scope,state,param,probe}) || {
		fail "$suite: the selftests cannot be installed"
		continue
	}
	more=("${second[@]}")
	vm guest-selftests.sh
	more=()
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
