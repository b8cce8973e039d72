#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# size.sh <kernel...>: what the feature costs.  With the option off a patched
# kernel has the size of one without the series "feature", to the byte; exit status
# 1 if not.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../../build}
status=0

# vmlinux <make's variables...>: print its path; with the option off
vmlinux()
{
	local image

	image=$(make -s --no-print-directory -f "$here/../vm/Makefile" \
		KERNEL="$version" KSRC="${KSRC:-}" VARIANT=off "$@" image) &&
		echo "${image%/arch/*}/vmlinux"
}

# sizes <file>: of its sections, without the name
sizes() { size "$1" | awk 'NR == 2 {print $1, $2, $3}'; }

for version; do
	with=$(vmlinux BUILD="$build")
	without=$(vmlinux BUILD="$build/size-$version" TREE_PATCHES=simulator)
	echo "$version, option off against fixes, cost and simulator alone:"
	size "$without" "$with" | sed "s|$build/||"
	if [ "$(sizes "$without")" != "$(sizes "$with")" ]; then
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
