#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build.sh <kernel tree> <directory>: the Linux of a guest, as vmlinux and initrd there.
set -eu

tree=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)

mkdir -p "$output/build" "$output/root/bin" "$output/root/proc" "$output/root/sys" \
	"$output/root/dev"
kbuild() { make -s -C "$tree" O="$output/build" CC="$here/../../vm/cc.sh gcc" HOSTCC="ccache gcc" "$@"; }

# allnoconfig touches .config
if ! cmp -s "$here/kernel.config" "$output/kernel.config"; then
	kbuild KCONFIG_ALLCONFIG="$here/kernel.config" allnoconfig
	"$here/../../vm/check-config.sh" "$here/kernel.config" "$output/build/.config"
	cp "$here/kernel.config" "$output/"
fi
kbuild -j"$(nproc)" vmlinux
strip -g -o "$output/vmlinux" "$output/build/vmlinux"

cp "$(command -v busybox)" "$output/root/bin/busybox"
ln -sf busybox "$output/root/bin/sh"
cp "$here/init" "$output/root/"
(cd "$output/root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) > "$output/initrd"
