#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock.sh <build directory> [version]: the demo on Debian's own kernel, with the
# module of dkms/ built against its headers.  Exit status 3: no such kernel or headers
# are to be had here, and standard error says why.
set -eu

build=$1 version=${2:-6.1}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "$build"
build=$(cd "$build" && pwd)
out=$build/demo-$version

# module <source directory> <directory> <what else make is to know>...: all in there
module()
{
	local source=$1 dir=$2
	shift 2

	# shellcheck disable=SC2086 # options
	"$top/tools/vm/progress.sh" "$(basename "$dir") for Linux $release" "$dir.log" \
		make -C "$source" $kflags CONFIG_DEBUG_INFO_BTF_MODULES= "$@"
}

# What stock-kernel.sh says
image='' root='' release='' kdir='' kflags=''
known=$("$top/dkms/stock-kernel.sh" "$version" "$build") || exit
eval "$known"

mkdir -p "$out/kmod" "$out/none"
module "$top/dkms" "$out/module" KDIR="$kdir" OUTPUT="$out/module"
cp "$top/tools/testing/selftests/pci_sriov/kmod/pci_sriov_test.c" "$out/kmod/"
echo 'obj-m := pci_sriov_test.o' > "$out/kmod/Kbuild"
module "$kdir" "$out/kmod" M="$out/kmod" \
	KBUILD_EXTRA_SYMBOLS="$out/module/Module.symvers" \
	KCFLAGS="-I$top/include -DCONFIG_PCI_IOV_UNMANAGED=1" modules

# What a test kernel has built in; loaded in this order
modules="sriov_unmanaged pci-stub vfio-pci vfio_iommu_type1 nvme"

overlay=$out/overlay
dir=$overlay/lib/modules/$release
rm -rf "$overlay"
mkdir -p "$dir" "$overlay/tests" "$overlay/sbin"
for name in $modules; do
	[ "$name" != sriov_unmanaged ] || continue
	/sbin/modprobe -S "$release" -d "$root" --show-depends "$name"
done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u | while read -r file; do
	case $file in
	*.xz)	xz -dc "$file" > "$dir/$(basename "$file" .xz)" ;;
	*)	cp "$file" "$dir/" ;;
	esac
done
strip -g -o "$dir/sriov_unmanaged.ko" "$out/module/sriov_unmanaged.ko"
cp "$root/lib/modules/$release/"modules.{builtin,builtin.modinfo,order} "$dir/"
/sbin/depmod -b "$overlay" "$release"
ln -s ../bin/busybox "$overlay/sbin/modprobe"
echo "$modules" > "$overlay/tests/modules"

BUSYBOX=$(command -v busybox) "$top/tools/vm/initramfs.sh" "$out/base.cpio" \
	"$out/none" "$out/kmod/pci_sriov_test.ko"
(cd "$overlay" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) |
	cat "$out/base.cpio" - > "$out/initramfs.cpio"

VM_MEMORY=768 "$here/demo.sh" demo "$image" "$out/initramfs.cpio" "$out/vm"
