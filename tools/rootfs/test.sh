#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh rootfs [suite...]: do the root file systems boot, is all well in them, and does
#	boot.sh keep what it promises?
# test.sh packages <directory of tools/deb/build.sh> <patched tree> [suite...]: the packages
#	as users have them: installed, after a reboot, upgraded and purged with VFs on,
#	beside another kernel, and where the kernel loads signed modules only; and the
#	selftests of the tree, unchanged, after that reboot
# test.sh clients <directory of tools/deb/build.sh> [suite...]: udev, libvirt, DPDK, nvme-cli
#	and driverctl, with unmanaged VFs
#
# DKMS builds in a chroot on this machine, everything else happens in VMs.  A suite
# that cannot be had is skipped and counted.  What the machines said is in build/ in
# test-rootfs, test-packages or test-clients.
set -u

here=$(cd "$(dirname "$0")" && pwd)
tools=$here/..
what=$1
logs=$(realpath "$tools/..")/build/test-$what
shift
case $what in
packages) debs=$1 selftests=$(realpath "$2")/tools/testing/selftests/pci_sriov; shift 2 ;;
clients) debs=$1; shift ;;
esac
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $(awk -F '\t' '!/^#/ { print $1 }' "$here/suites")
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

# made <what> <image> <name> <script> [file...]: $image is what image.sh makes of these, and
# that it does is a verdict
made()
{
	local what=$1 made
	shift

	if ! made=$("$here/image.sh" "$@"); then
		not_ok "$what"
		return 1
	fi
	ok "$what"
	image=$made
}

# vm <script> <option of boot.sh...>: in $image; what it checks counts, and that it ends, with
# the status $ends, if there is one
vm()
{
	local script=$1 log line status=0
	shift

	log=$logs/$suite-$(basename "$script" .sh)
	"$here/boot.sh" -t 1800 -f "$logs/files" "$@" "$image" "$script" -- "${devices[@]}" \
		> "$log" 2> "$log.errors" || status=$?
	grep '^boot.sh: .*the script ran' "$log.errors"
	while read -r line; do
		case $line in
		'ok '*)		ok "${line#ok }" ;;
		'not ok '*)	not_ok "${line#not ok }" ;;
		'# '*)		echo "# $suite: ${line#??}" ;;
		esac
	done < "$log"
	if [ $status = "${ends:-}" ]; then
		ok "${script##*/} ends with $status"
	elif [ -n "${ends:-}" ] || [ $status = 124 ] || [ $status = 125 ] ||
	     ! grep -q '^ok' "$log"; then
		not_ok "${script##*/} ends with $status, see $log and $log.errors"
		cat "$log" "$log.errors" >&2
	fi
}

prepare_rootfs()
{
	echo brought > "$logs/files/word"
	cat > "$logs/first" <<- 'END'
		#!/bin/bash
		. /run/files/guest-lib.sh
		check kernel "$(uname -r)" "$(cat /run/files/release)"
		check state "$(timeout 60 systemctl is-system-running --wait)" running
		systemctl --failed --no-legend
		check "udev has seen the disk" \
			"$(udevadm info -q property /dev/vda | grep -c '^ID_PATH=')" 1
		check folder "$(cat /run/files/word) $(touch /run/files/new 2> /dev/null ||
			echo read-only)" "brought read-only"
		echo "# time $(systemd-analyze time | head -n 1)"
		echo kept > /root/word
		# In no initramfs by itself
		echo dummy >> /etc/initramfs-tools/modules
		update-initramfs -u > /dev/null
		exit 7
	END
	cat > "$logs/second" <<- 'END'
		#!/bin/bash
		. /run/files/guest-lib.sh
		check "disk after a reboot" "$(cat /root/word)" kept
		check "its new initramfs" "$(grep -c '^dummy ' /proc/modules)" 1
		check "kernel argument" "$(grep -o 'rootfs.word=.' /proc/cmdline)" rootfs.word=2
		check "PF, VFs, driver" "$pf $(cat $bus/devices/$pf/sriov_totalvfs) $(driver $pf)" \
			"0000:01:00.0 4 nvme"
		echo left > /run/rootfs-test/left
	END
	printf '#!/bin/sh\npoweroff -ff\n' > "$logs/power-off"
	pf 0
}

rootfs()
{
	cp "$image/release" "$logs/files/"
	ends=7 vm "$logs/first" -d "$logs/machine" -a rootfs.word=1
	ends=0 vm "$logs/second" -d "$logs/machine" -a rootfs.word=2
	grep -qsx left "$logs/machine/share/left" || not_ok "what it left is not there"
	# What goes wrong is told apart
	ends=125 vm "$logs/power-off" -d "$logs/machine"
	ends=124 vm "$logs/power-off" -d "$logs/machine" -t 3
}

# installed: $image has the packages
installed()
{
	made "the packages are installed, and DKMS has built" \
		"$image" deb "$tools/deb/chroot-install.sh" "$logs"/files/*.deb
}

prepare_packages()
{
	mkdir "$logs/tests" "$logs/files/new"
	cp "$debs"/*.deb "$logs/files/"
	# Another version of them
	DEB_VERSION=$(dpkg-parsechangelog -l "$tools/../debian/changelog" -S Version).1 \
		"$tools/deb/build.sh" "$logs/new" > "$logs/built" || exit 1
	mv "$logs"/new/*.deb "$logs/files/new/"
	rm -f "$logs"/files/{,new/}*-dbgsym_*
	make -C "$selftests" OUTPUT="$logs/tests" LDFLAGS=-static > "$logs/built" 2>&1 || {
		tail "$logs/built" >&2
		exit 1
	}
}

packages()
{
	local packages

	installed || return
	packages=$image
	made "upgrade, a second kernel, purge" \
		"$image" upgrade "$tools/deb/chroot-upgrade.sh" "$logs"/files/new/*.deb
	image=$packages devices=()
	pf 0
	vm "$tools/deb/guest-installed.sh" -d "$logs/machine" \
		-a sriov_unmanaged.override=aaaa:bbbb=allow
	vm "$tools/deb/guest-purged.sh" -d "$logs/machine"
	vm "$tools/deb/guest-locked.sh" -a lockdown=integrity
	made "the selftests are installed" "$image" selftests "$tools/deb/chroot-selftests.sh" \
		"$selftests/kmod/pci_sriov_test.c" \
		"$logs"/tests/{gate,scope,state,param,probe} || return
	# As tools/vm/vm.sh has it for them
	pf 1
	slot 2 nvme,serial=c
	vm "$tools/deb/guest-selftests.sh"
}

prepare_clients()
{
	cp "$debs"/*.deb "$tools/clients/domain.xml" "$logs/files/"
	rm -f "$logs"/files/*-dbgsym_*
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
	installed || return
	made "the clients are installed" "$image" clients "$tools/clients/chroot-clients.sh" ||
		return
	vm "$tools/clients/guest-clients.sh" -d "$logs/machine" -m 1536 -a intel_iommu=on
	mv "$logs/machine/console" "$logs/$suite.console"
}

rm -rf "$logs"
mkdir -p "$logs/files"
cp "$tools/deb/guest-lib.sh" "$logs/files/"
"prepare_$what"
base=(dkms "$tools/deb/chroot-base.sh")
[ "$what" != rootfs ] || base=()
for suite; do
	if ! image=$("$here/image.sh" "$suite" "${base[@]}"); then
		skip "$suite"
		continue
	fi
	"$what"
	rm -rf "$logs/machine"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
