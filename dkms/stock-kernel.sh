#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock-kernel.sh <version> <directory>: have Debian's kernel of that version, its
# modules and its headers below the directory, unpacked and not installed; with
# DEBUG=1, one that is built there of Debian's source package, without our patches,
# and looks for bad memory and wrong locking.  Prints what a shell can evaluate:
#
#	image=	what to boot
#	root=	where lib/modules is
#	release= as uname -r says
#	kdir=	what to build modules against, and kflags= how
#
# Exit status 3: the archive does not have it.
#
# It is the newest of what a machine of that release gets: tools/rootfs/suites has
# which suites of the archive that are.  apt works on lists and a cache of its own;
# the archive's address is that of this machine's own Debian.  Programs in the headers
# of a newer Debian want a newer C library than Debian 12 has: they get that one
# beside them.
set -eu

version=$1
here=$(cd "$(dirname "$0")" && pwd)
tools=$here/../tools
mkdir -p "$2"
dir=$(cd "$2" && pwd)

if [ -n "${DEBUG:-}" ]; then
	root=$dir/debug/$version obj=$dir/debug/kernel-$version-kasan
	make --no-print-directory -f "$tools/vm/Makefile" BUILD="$dir/debug" KERNEL="$version" \
		TREE_PATCHES=none VARIANT=kasan EXTRA_CONFIG="$here/stock-debug.config" \
		kernel >&2
	make -s -C "$obj" INSTALL_MOD_PATH="$root" modules_install >&2
	echo "image=$obj/arch/x86/boot/bzImage root=$root" \
		"release=$(cat "$obj/include/config/kernel.release") kdir=$obj kflags="
	exit
fi

suites=$(awk -F '\t' -v version="$version" '
	!/^#/ && $3 == version { print $2 "," $4 }' "$tools/rootfs/suites")
[ -n "$suites" ] || {
	echo "stock-kernel.sh: no suite is known to have Linux $version;" \
		"add it to the table in tools/rootfs/suites" >&2
	exit 3
}
suite=${suites%%,*}
options=

cannot()
{
	echo "stock-kernel.sh: Debian's Linux $version cannot be had: $*" >&2
	exit 3
}

# lists: somebody else's know nothing of another suite
lists()
{
	local apt=$dir/apt-$version each uri signed=
	local keys=/usr/share/keyrings/debian-archive-keyring.gpg

	[ ! -e $keys ] || signed="[signed-by=$keys] "
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
	for each in ${suites//,/ }; do
		uri=$("$tools/kernels/archive.sh" "$each")
		[ -n "$uri" ] || cannot "apt's sources name no archive to look" \
			"for $each in"
		echo "deb $signed$uri $each main"
	done > "$apt/sources.list"
	options="-o APT::Sandbox::User=root -o Dir::State::Lists=$apt/lists
		-o Dir::Cache=$apt/cache -o Dir::Etc::SourceList=$apt/sources.list
		-o Dir::Etc::SourceParts=/dev/null"
	# shellcheck disable=SC2086 # options
	apt-get -qq $options update > "$apt/log" 2>&1 ||
		cannot "$suites cannot be read: $(tail -n 2 "$apt/log")"
}

# unpack <package> <directory>
unpack()
{
	[ ! -e "$2/.$1" ] || return 0
	mkdir -p "$dir/debs" "$2"
	echo "stock-kernel.sh: downloading $1" >&2
	# shellcheck disable=SC2086 # options
	(cd "$dir/debs" && apt-get -qq $options download "$1" >&2) ||
		cannot "apt-get download $1 fails"
	dpkg-deb -x "$dir/debs/${1}"_*.deb "$2"
	# The image and its modules may be packages of their own
	dpkg-deb -f "$dir/debs/${1}"_*.deb Depends > "$2/.$1.depends"
	rm "$dir/debs/${1}"_*.deb
	: > "$2/.$1"
}

# newer_libc: programs in the headers run with a newer C library
newer_libc()
{
	local lib=$dir/libc-$suite package file

	for package in libc6 libelf1t64 zlib1g libzstd1; do
		unpack $package "$lib"
	done
	find "$root"/usr/lib/linux-kbuild-* -type f -perm -u+x |
	while read -r file; do
		objdump -T "$file" 2> /dev/null |
			grep -q 'GLIBC_2\.3[7-9]\|GLIBC_2\.4[0-9]' || continue
		patchelf --set-interpreter "$lib/usr/lib64/ld-linux-x86-64.so.2" \
			--set-rpath "$lib/usr/lib/x86_64-linux-gnu" "$file"
	done
}

root=$dir/$version
if [ ! -e "$root/.complete" ]; then
	lists
	# shellcheck disable=SC2086 # options
	abi=$(apt-cache $options pkgnames "linux-headers-$version" |
		sed -n "s/^linux-headers-\($version\.[.0-9]*[-+][0-9a-z]*\)-amd64\$/\1/p" |
		sort -V | tail -n 1)
	[ -n "$abi" ] || cannot "$suites have no linux-headers-$version"
	unpack "linux-image-$abi-amd64" "$root"
	for package in $(grep -o "linux-\(base\|binary\|modules\)-$abi-amd64" \
			 "$root/.linux-image-$abi-amd64.depends" || :); do
		unpack "$package" "$root"
	done
	unpack "linux-headers-$abi-amd64" "$root"
	unpack "linux-headers-$abi-common" "$root"
	unpack "$(grep -o 'linux-kbuild-[^ ,]*' \
		"$root/.linux-headers-$abi-amd64.depends")" "$root"
	sed -i "s|\([ =]\)/usr/|\1$root/usr/|g" \
		"$root/usr/src/linux-headers-$abi-amd64/Makefile"
	[ -e "$root/lib" ] || ln -s usr/lib "$root/lib"
	[ "$suite" = bookworm ] || newer_libc
	/sbin/depmod -b "$root" "$abi-amd64"
	echo "$abi-amd64" > "$root/.complete"
fi
release=$(cat "$root/.complete")
kdir=$root/usr/src/linux-headers-$release
kflags=

# Another compiler than the kernel's will do, but it may lack an option
compiler=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$kdir/.config")
if ! command -v "$compiler" > /dev/null; then
	kflags="CC=gcc"
	echo 'int x;' | gcc -fmin-function-alignment=16 -c -x c -o /dev/null - \
		2> /dev/null || kflags="$kflags CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT="
fi

image=$(find "$root/boot" "$root/lib/modules/" -name 'vmlinuz*' 2> /dev/null |
	head -n 1)
echo "image=$image root=$root release=$release kdir=$kdir kflags='$kflags'"
