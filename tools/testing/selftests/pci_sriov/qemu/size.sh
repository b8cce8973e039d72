#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# size.sh <kernel...>: what the feature costs.  With the option off a patched
# kernel has the size of one with the fixes to the PCI core alone, to the byte;
# exit status 1 if not.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../../.." && pwd)
build=${BUILD:-$top/build}
status=0

# kernel <dir> <version>: build <dir>/linux-<version> without the feature
kernel()
{
	local dir=$1 version=$2 make

	# The relative paths of the test kernel: they end up in the image, and
	# the compiler cache goes by them
	mkdir -p "$dir/kernel-$version"
	make="make -C $dir/linux-$version O=$dir/kernel-$version"
	grep -hv 'PCI_IOV_UNMANAGED\|IKCONFIG' "$here/kernel.config" \
		"$here/kernel-optional.config" > "$dir/fragment"
	if ! cmp -s "$dir/fragment" "$dir/fragment.done"; then
		$make -s KCONFIG_ALLCONFIG="$dir/fragment" allnoconfig
		cp "$dir/fragment" "$dir/fragment.done"
	fi
	CCACHE_BASEDIR=$top KBUILD_BUILD_TIMESTAMP=2026-01-01 \
	KBUILD_BUILD_USER=pci-sriov KBUILD_BUILD_HOST=test \
	KBUILD_BUILD_VERSION=1 \
	"$here/progress.sh" "size: $dir" "$dir/log" \
		$make -j"$(nproc)" CC="ccache gcc" HOSTCC="ccache gcc" vmlinux
}

# sizes <file>: of its sections, without the name
sizes() { size "$1" | awk 'NR == 2 {print $1, $2, $3}'; }

for version in "$@"; do
	if [ "$version" = ksrc ]; then
		source=$KSRC
	else
		source=/usr/src/linux-source-$version.tar.xz
	fi
	dir=$build/size-$version
	"$here/setup.sh" "$source"
	mkdir -p "$dir/core" "$dir/patched"

	"$here/tree.sh" "$dir/patched/linux-$version" "$source"
	TREE_PATCHES=core "$here/tree.sh" "$dir/core/linux-$version" "$source"
	kernel "$dir/core" "$version"
	kernel "$dir/patched" "$version"

	echo "$version, option off against the core fixes alone:"
	size "$dir"/*/kernel-"$version"/vmlinux | sed "s|$dir/||"
	if [ "$(sizes "$dir/core/kernel-$version/vmlinux")" != \
	     "$(sizes "$dir/patched/kernel-$version/vmlinux")" ]; then
		echo "$version: the sizes differ"
		status=1
	fi
	if [ -d "$build/kernel-$version" ]; then
		echo "$version, the feature:"
		size "$build/kernel-$version"/drivers/pci/sriov-[!u]*.o \
			"$build/kernel-$version"/drivers/pci/sriov-unmanaged.o |
			sed "s|$build/||"
	fi
done
exit $status
