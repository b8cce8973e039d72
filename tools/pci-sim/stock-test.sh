#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stock-test.sh <build directory> [version...]: build the PCI simulator as a
# module against Debian's headers, boot Debian's kernel with it in a VM, and show
# what that kernel makes of an 82599 that is not there.
#
# A kernel that apt does not know is skipped and counted.  The packages are
# downloaded and unpacked below the build directory, nothing is installed, and what
# is there already is used again.  STOCK_ABI=<name>, such as 6.1.0-56, takes that
# build of the kernel instead of the newest one.
set -eu

die() { echo "stock-test.sh: $*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: stock-test.sh <build directory> [version...]"
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $("$here/../kernels/list.sh")

# tool		package that brings it
missing=$(while read -r tool package; do
	command -v "$tool" > /dev/null || echo "$package"
done <<- END
	apt-get		apt
	busybox		busybox-static
	cpio		cpio
	dpkg-deb	dpkg
	gcc		gcc
	lspci		pciutils
	make		make
	qemu-system-x86_64	qemu-system-x86
	xz		xz-utils
END
)
[ -z "$missing" ] || die "please install: $(echo "$missing" | tr '\n' ' ')"
if ldd "$(command -v busybox)" > /dev/null 2>&1; then
	die "please install: busybox-static"
fi

# abi <version>: the newest build of this version that Debian has for a PC
abi()
{
	apt-cache pkgnames "linux-image-$1." |
		sed -n 's/^linux-image-\([0-9.]*[-+][0-9a-z+~]*\)-amd64$/\1/p' |
		sort -V | tail -n 1
}

# unpack <package> <directory>
unpack()
{
	[ -e "$2/.$1" ] && return
	mkdir -p "$2" "$build/debs"
	if ! ls "$build/debs/$1"_*.deb > /dev/null 2>&1; then
		echo "stock-test: downloading $1" >&2
		(cd "$build/debs" && apt-get -qq -o APT::Sandbox::User=root \
			download "$1") >&2
	fi
	dpkg-deb -x "$build/debs/$1"_*.deb "$2"
	: > "$2/.$1"
}

# headers <abi> <root>: make unpacked headers usable where they are
headers()
{
	dir=$2/usr/src/linux-headers-$1-amd64

	unpack "linux-headers-$1-amd64" "$2"
	unpack "linux-headers-$1-common" "$2"
	kbuild=$(dpkg-deb -f "$build/debs/linux-headers-$1-amd64"_*.deb Depends |
		grep -o 'linux-kbuild-[^ ,]*')
	unpack "$kbuild" "$2"
	sed -i "s|\([ =]\)/usr/|\1$2/usr/|g" "$dir/Makefile"
	echo "$dir"
}

# module <name> <root> <directory>: one of the kernel's, uncompressed
module()
{
	file=$(find "$2/lib/modules" "$2/usr/lib/modules" -name "$1.ko*" \
		2> /dev/null | head -n 1)
	case $file in
	*.xz)	xz -dc "$file" > "$3/$1.ko" ;;
	*.ko)	cp "$file" "$3/$1.ko" ;;
	*)	die "no module $1 in $2" ;;
	esac
}

# binary <program> <directory>: with the libraries that it needs
binary()
{
	path=$(command -v "$1")
	cp -L "$path" "$2/bin/$1"
	ldd "$path" | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$2$(dirname "$lib")"
		cp -L "$lib" "$2$lib"
	done
}

# initramfs <root> <module> <output>
initramfs()
{
	tree=$(mktemp -d)
	mkdir -p "$tree/bin" "$tree/modules" "$tree/proc" "$tree/sys" \
		"$tree/dev" "$tree/usr/share/misc"
	cp "$(command -v busybox)" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	binary lspci "$tree"
	for ids in /usr/share/misc/pci.ids /usr/share/hwdata/pci.ids; do
		[ -e $ids ] && cp -L $ids "$tree/usr/share/misc/pci.ids"
	done
	for name in configfs uio uio_pci_generic pci-stub pci-pf-stub; do
		module $name "$1" "$tree/modules"
	done
	cp "$2" "$tree/modules/pci-sim.ko"
	cp "$here/stock-guest.sh" "$tree/init"
	chmod +x "$tree/init"
	(cd "$tree" && find . | LC_ALL=C sort |
		cpio -o -H newc --quiet) > "$3"
	rm -rf "$tree"
}

passed=0 failed=0 skipped=0
for version; do
	abi=${STOCK_ABI:-$(abi "$version")}
	if [ -z "$abi" ]; then
		echo "skipped: $version: apt knows no package of that kernel"
		skipped=$((skipped + 1))
		continue
	fi
	root=$build/stock-$abi
	out=$build/pci-sim-$abi

	unpack "linux-image-$abi-amd64" "$root"
	kdir=$(headers "$abi" "$root")
	mkdir -p "$out"
	echo "stock-test: building pci-sim.ko for $abi" >&2
	make -s -f "$here/Makefile" KDIR="$kdir" OUTPUT="$out" \
		> "$out/build.log" 2>&1 || {
		cat "$out/build.log" >&2
		die "pci-sim.ko does not build for $abi"
	}
	initramfs "$root" "$out/pci-sim.ko" "$out/initramfs.cpio"

	echo "stock-test: booting $abi" >&2
	timeout -s KILL "${STOCK_TIMEOUT:-600}" qemu-system-x86_64 \
		-machine q35 -accel tcg -cpu max,la57=off -smp 2 -m 1024 \
		-display none -no-reboot -nodefaults -no-user-config \
		-kernel "$root/boot/vmlinuz-$abi-amd64" \
		-initrd "$out/initramfs.cpio" \
		-append "console=ttyS0 panic=-1 oops=panic quiet" \
		-serial "file:$out/console" -serial "file:$out/report" \
		< /dev/null || echo "not ok the VM ended badly" >> "$out/report"

	echo "# Linux $abi"
	cat "$out/report"
	if grep -q '^not ok' "$out/report" ||
	   ! grep -q '^# end' "$out/report"; then
		failed=$((failed + 1))
		tail -n 20 "$out/console" >&2
	else
		passed=$((passed + 1))
	fi
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
