#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# stock-test.sh <build directory> [version...]: build the PCI simulator as a
# module against Debian's headers, boot Debian's kernel with it in a VM, run the
# simulator's own tests there, and show what that kernel makes of an 82599.
#
# A kernel that apt does not know is skipped and counted.  The packages are
# downloaded and unpacked below the build directory, nothing is installed, and what
# is there already is used again.  The tests come from build/linux-<version>, which
# `make trees` makes.  STOCK_ABI=<name>, such as 6.1.0-56, takes that build of the
# kernel instead of the newest one.
set -eu

die() { echo "stock-test.sh: $*" >&2; exit 1; }

[ $# -ge 1 ] || die "usage: stock-test.sh <build directory> [version...]"
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck disable=SC1091 # is checked by itself
. "$top/tools/kernels/apt.sh"
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $("$top/tools/kernels/list.sh")

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

# abi <version>: the newest build of this version that apt has for a PC
abi()
{
	# shellcheck disable=SC2086 # options
	apt-cache $options pkgnames "linux-image-$1." |
		sed -n 's/^linux-image-\([0-9.]*[-+][0-9a-z+~]*\)-amd64$/\1/p' |
		sort -V | tail -n 1
}

# find_abi <version>: set $abi, and $options with which apt has it: this machine's
# package sources, or else the suite that patches/kernels names
find_abi()
{
	options=
	abi=${STOCK_ABI:-$(abi "$1")}
	[ -z "$abi" ] || return 0
	suite=$("$top/tools/kernels/list.sh" "$1" suite)
	options=$(apt_suite "$build/apt-$suite" "$suite") || return 0
	# shellcheck disable=SC2086 # options
	apt-get -qq $options update >&2 || :
	abi=$(abi "$1")
}

# unpack <package> <directory>
unpack()
{
	[ -e "$2/.$1" ] && return
	mkdir -p "$2" "$build/debs"
	if ! ls "$build/debs/$1"_*.deb > /dev/null 2>&1; then
		echo "stock-test: downloading $1" >&2
		# shellcheck disable=SC2086 # options
		(cd "$build/debs" && apt-get -qq -o APT::Sandbox::User=root \
			$options download "$1") >&2
	fi
	dpkg-deb -x "$build/debs/$1"_*.deb "$2"
	: > "$2/.$1"
}

# image <abi> <root>: the kernel and its modules, which newer packages have apart
image()
{
	unpack "linux-image-$1-amd64" "$2"
	for part in $(dpkg-deb -f "$build/debs/linux-image-$1-amd64"_*.deb Depends |
			grep -o "linux-[a-z]*-$1-amd64" | grep -v linux-base); do
		unpack "$part" "$2"
	done
}

# program <version> <program> <one of Debian's>: where that needs a newer C library
# than there is here, put what the test kernel of this version was built with
program()
{
	ours=${BUILD:-$top/build}/kernel-$1/$2

	"$3" 2>&1 | grep -q GLIBC_ || return 0
	[ -x "$ours" ] || make -f "$top/tools/vm/Makefile" \
		KERNEL="$1" kernel >&2
	cp "$ours" "$3"
}

# headers <version> <abi> <root>: make unpacked headers usable where they are
headers()
{
	kernel=$1
	shift
	dir=$2/usr/src/linux-headers-$1-amd64

	unpack "linux-headers-$1-amd64" "$2"
	unpack "linux-headers-$1-common" "$2"
	kbuild=$(dpkg-deb -f "$build/debs/linux-headers-$1-amd64"_*.deb Depends |
		grep -o 'linux-kbuild-[^ ,]*')
	unpack "$kbuild" "$2"
	sed -i "s|\([ =]\)/usr/|\1$2/usr/|g" "$dir/Makefile"
	program "$kernel" scripts/mod/modpost "$dir/scripts/mod/modpost.real-lsb-64"
	program "$kernel" tools/objtool/objtool "$dir/tools/objtool/objtool.real-x86"
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
	# One that is built in needs no loading
	*)	grep -qs "/$1.ko" "$2"/lib/modules/*/modules.builtin \
			"$2"/usr/lib/modules/*/modules.builtin ||
			die "no module $1 in $2" ;;
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

# initramfs <root> <module> <tests> <output>
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
	cp "$3"/sim_* "$tree/bin"
	cp "$top/tools/testing/selftests/pci_sim/pci_sim.sh" "$tree/"
	cp "$here/stock-guest.sh" "$tree/init"
	chmod +x "$tree/init"
	(cd "$tree" && find . | LC_ALL=C sort |
		cpio -o -H newc --quiet) > "$4"
	rm -rf "$tree"
}

# tests <version> <output>: the simulator's own, from a tree with the harness
tests()
{
	tree=${BUILD:-$top/build}/linux-$1
	[ -d "$tree/tools/testing/selftests/pci_sim" ] ||
		die "there is no $tree: make trees KERNEL=$1"
	make -s -C "$tree/tools/testing/selftests/pci_sim" OUTPUT="$2" \
		LDFLAGS=-static
}

# compile <headers> <output>: pci-sim.ko.  The compiler is this machine's; the
# kernel's may be a newer one, with more options
compile()
{
	set -- "$1" "$2" CC=gcc
	gcc -fmin-function-alignment=16 -E -x c /dev/null > /dev/null 2>&1 ||
		set -- "$@" CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT=
	kdir=$1 out=$2
	shift 2
	make -s -f "$here/Makefile" KDIR="$kdir" OUTPUT="$out" "$@"
}

passed=0 failed=0 skipped=0
for version; do
	find_abi "$version"
	if [ -z "$abi" ]; then
		echo "skipped: $version: apt knows no package of that kernel"
		skipped=$((skipped + 1))
		continue
	fi
	root=$build/stock-$abi
	out=$build/pci-sim-$abi

	image "$abi" "$root"
	vmlinuz=$root/boot/vmlinuz-$abi-amd64
	[ -e "$vmlinuz" ] || vmlinuz=$root/usr/lib/modules/$abi-amd64/vmlinuz
	kdir=$(headers "$version" "$abi" "$root")
	mkdir -p "$out/tests"
	echo "stock-test: building pci-sim.ko for $abi" >&2
	(compile "$kdir" "$out" && tests "$version" "$out/tests") \
		> "$out/build.log" 2>&1 || {
		cat "$out/build.log" >&2
		die "pci-sim.ko or its tests do not build for $abi"
	}
	initramfs "$root" "$out/pci-sim.ko" "$out/tests" "$out/initramfs.cpio"

	echo "stock-test: booting $abi" >&2
	rm -f "$out/report"
	timeout -s KILL "${STOCK_TIMEOUT:-600}" qemu-system-x86_64 \
		-machine q35 -accel tcg -cpu max,la57=off -smp 2 -m 1024 \
		-display none -no-reboot -nodefaults -no-user-config \
		-kernel "$vmlinuz" \
		-initrd "$out/initramfs.cpio" \
		-append "console=ttyS0 panic=-1 oops=panic quiet" \
		-serial "file:$out/console" -serial "file:$out/report" \
		< /dev/null || echo "not ok the VM ended badly" >> "$out/report"

	echo "# Linux $abi"
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
