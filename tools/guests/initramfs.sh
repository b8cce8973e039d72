#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh <image> <initramfs> <QEMU>: add to the initramfs of the other tests what
# the VMs of this folder need, and print the path of the result:
#
#	/opt/qemu	the QEMU that runs inside, with its libraries and firmware
#	/tests		the tests, and the boot sector of a guest
#
# and, if NICS names a folder with modules of network cards, and LINUX one of build.sh,
#
#	/lib/modules	these
#	/opt/linux	vmlinux and initrd of a guest
set -eu

image=$1 base=$2 qemu=$3
here=$(cd "$(dirname "$0")" && pwd)
object=${image%/arch/*}
nics=${NICS:-}
linux=${LINUX:-}
output=${base%.cpio}-guests${nics:+-nics}.cpio

# Several VMs of one kernel begin at a time
exec 9> "$output.lock"
flock 9
newer=$(find "$base" "$here" "$image" ${nics:+"$nics"} ${linux:+"$linux/initrd"} -newer "$output" 2> /dev/null || echo all)
if [ -z "$newer" ]; then
	echo "$output"
	exit
fi

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$root/tests" "$root/opt/qemu"

# Not its wrapper
prefix=${qemu%/*}
[ -e "$prefix/usr/bin/qemu-system-x86_64" ] || prefix=
program=$prefix/usr/bin/qemu-system-x86_64 share=$prefix/usr/share
cp -L "$program" "$root/opt/qemu/qemu-system-x86_64"
for file in $(ldd "$program" | grep -o '/[^ ]*'); do
	install -D "$file" "$root$file"
done
cp -L "$share/seabios/bios-256k.bin" "$share/qemu/kvmvapic.bin" \
	"$share/qemu/linuxboot_dma.bin" "$share/qemu/pvh.bin" "$root/opt/qemu/"

cp "$here"/guest_* "$here/guest-lib.sh" "$root/tests/"
gcc -m32 -static -nostdlib -Wl,-Ttext=0x7c00,--oformat=binary,--build-id=none \
	-o "$root/tests/boot.bin" "$here/boot.S"

if [ -n "$nics" ]; then
	release=$(cat "$object/include/config/kernel.release")
	modules=$root/lib/modules/$release
	mkdir -p "$modules"
	cp "$nics"/*/*.ko "$object/modules.builtin" "$object/modules.builtin.modinfo" \
		"$modules/"
	: > "$modules/modules.order"
	/sbin/depmod -b "$root" "$release"
fi

if [ -n "$linux" ]; then
	mkdir -p "$root/opt/linux"
	cp "$linux/vmlinux" "$linux/initrd" "$root/opt/linux/"
fi

# The kernel unpacks one archive after the other
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) | cat "$base" - > "$output.new"
mv "$output.new" "$output"
echo "$output"
