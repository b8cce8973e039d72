#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# size.sh <kernel...>: what the feature costs.  With the option off a patched
# kernel has the size of one without the series "feature", to the byte; exit status
# 1 if not.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
build=${BUILD:-$top/build}
status=0

# kernel <dir> <version> <where its tree is> <last series>: <dir>/kernel/vmlinux with
# the option off
kernel()
{
	local dir=$1 version=$2 obj=$1/kernel tree make

	set -- -s --no-print-directory -f "$vm/Makefile" BUILD="$3" \
		KERNEL="$version" KSRC="${KSRC:-}" TREE_PATCHES="$4"
	tree=$(make "$@" tree-path)
	make "$@" tree
	mkdir -p "$obj"
	make="make -C $tree O=$obj"
	grep -hv 'PCI_IOV_UNMANAGED\|IKCONFIG' "$vm/kernel.config" \
		"$vm/kernel-optional.config" > "$dir/fragment"
	if ! cmp -s "$dir/fragment" "$dir/fragment.done"; then
		$make -s KCONFIG_ALLCONFIG="$dir/fragment" allnoconfig
		cp "$dir/fragment" "$dir/fragment.done"
	fi
	CCACHE_BASEDIR=$top LOCALVERSION='' KBUILD_BUILD_TIMESTAMP=2026-01-01 \
	KBUILD_BUILD_USER=pci-sriov KBUILD_BUILD_HOST=test \
	KBUILD_BUILD_VERSION=1 \
	"$vm/progress.sh" "size: $dir" "$dir/log" \
		$make -j"$(nproc)" CC="ccache gcc" HOSTCC="ccache gcc" vmlinux
}

# sizes <file>: of its sections, without the name
sizes() { size "$1" | awk 'NR == 2 {print $1, $2, $3}'; }

for version in "$@"; do
	dir=$build/size-$version
	kernel "$dir/without" "$version" "$dir" simulator
	kernel "$dir/with" "$version" "$build" all

	echo "$version, option off against fixes, cost and simulator alone:"
	size "$dir"/*/kernel/vmlinux | sed "s|$dir/||"
	if [ "$(sizes "$dir/without/kernel/vmlinux")" != \
	     "$(sizes "$dir/with/kernel/vmlinux")" ]; then
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
