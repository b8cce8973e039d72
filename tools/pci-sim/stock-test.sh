#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock-test.sh <build directory> [version...]: build the PCI simulator as a
# module against Debian's headers, boot Debian's kernel with it in a VM, run the
# simulator's own tests there, and show what that kernel makes of an 82599.
#
# A kernel that cannot be had is skipped and counted.  dkms/stock-kernel.sh downloads
# and unpacks the packages below build/stock.  The tests come from
# build/linux-<version>, which `make trees` makes.
set -eu

die() { echo "stock-test.sh: $*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: stock-test.sh <build directory> [version...]"
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
selftests=tools/testing/selftests/pci_sim
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $("$top/tools/kernels/list.sh")

# compile <version>: pci-sim.ko, and the simulator's tests, from a tree with their harness
compile()
{
	# shellcheck disable=SC2086 # options
	make -s -f "$here/Makefile" KDIR="$kdir" OUTPUT="$out" $kflags &&
		make -s -C "${BUILD:-$top/build}/linux-$1/$selftests" \
			OUTPUT="$out/tests" LDFLAGS=-static
}

# binary <program>: with the libraries that it needs
binary()
{
	local file

	for file in $(command -v "$1") $(ldd "$(command -v "$1")" | grep -o '/[^ ]*'); do
		install -D "$file" "$tree$file"
	done
	ln -s "$(command -v "$1")" "$tree/bin/$1"
}

# initramfs: one that begins with stock-guest.sh
initramfs()
{
	local tree name file

	tree=$(mktemp -d)
	mkdir -p "$tree/bin" "$tree/modules" "$tree/proc" "$tree/sys" "$tree/dev"
	cp "$(command -v busybox)" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	binary lspci
	for name in /usr/share/misc/pci.ids /usr/share/hwdata/pci.ids; do
		[ ! -e $name ] || install -D $name "$tree/usr/share/misc/pci.ids"
	done
	for name in configfs uio uio_pci_generic pci-stub pci-pf-stub; do
		file=$(/sbin/modinfo -b "$root" -k "$release" -F filename $name)
		case $file in
		*.xz)	xz -dc "$file" > "$tree/modules/$name.ko" ;;
		*.ko)	cp "$file" "$tree/modules/$name.ko" ;;
		*builtin*) ;;
		*)	die "no module $name in $root" ;;
		esac
	done
	cp "$out/pci-sim.ko" "$tree/modules/"
	cp "$out"/tests/sim_* "$tree/bin"
	cp "$top/$selftests/pci_sim.sh" "$tree/"
	install "$here/stock-guest.sh" "$tree/init"
	(cd "$tree" && find . | LC_ALL=C sort | cpio -o -H newc --quiet)
	rm -rf "$tree"
}

passed=0 failed=0 skipped=0
# From stock-kernel.sh
image='' root='' release='' kdir='' kflags=''
for version; do
	known=$("$top/dkms/stock-kernel.sh" "$version" "${BUILD:-$top/build}/stock") || {
		[ $? = 3 ] || exit 1
		echo "skipped: $version: it cannot be had"
		skipped=$((skipped + 1))
		continue
	}
	eval "$known"
	out=$build/$version
	mkdir -p "$out/tests"
	echo "stock-test: building pci-sim.ko for $release" >&2
	compile "$version" > "$out/build.log" 2>&1 || {
		cat "$out/build.log" >&2
		die "pci-sim.ko or its tests do not build for $release"
	}
	initramfs > "$out/initramfs.cpio"

	echo "stock-test: booting $release" >&2
	rm -f "$out/report"
	timeout -s KILL 600 qemu-system-x86_64 \
		-machine q35 -accel tcg -cpu max,la57=off -smp 2 -m 1024 \
		-display none -no-reboot -nodefaults -no-user-config \
		-kernel "$image" -initrd "$out/initramfs.cpio" \
		-append "console=ttyS0 no_timer_check tsc=unstable panic=-1 oops=panic quiet" \
		-serial "file:$out/console" -serial "file:$out/report" \
		< /dev/null || echo "not ok the VM ended badly" >> "$out/report"

	echo "# Linux $release"
	tr -d '\r' < "$out/report"
	grep -q '^# end' "$out/report" ||
		echo "not ok the VM did not finish" | tee -a "$out/report"
	passed=$((passed + $(grep -c '^ok' "$out/report")))
	not=$(grep -c '^not ok' "$out/report" || :)
	failed=$((failed + not))
	[ "$not" = 0 ] || tail -n 20 "$out/console" >&2
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
