#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# boot.sh [option...] <image> <script> [-- QEMU argument...]
#
# Boot a directory of image.sh in QEMU, run the script there as root in a systemd
# unit, print what it says, shut the VM down.  The exit status is the script's, or
# 124 if the VM took too long, 125 if it went down before the script ended.
#
#	-d <directory>	of the machine: its disk (an overlay), console, output.  A
#			directory that is there already is a machine that boots again.
#			Without it, one that is gone afterwards
#	-f <folder>	appears as /run/files, which cannot be written to
#	-a <arguments>	of the kernel, beside the usual ones
#	-k <kernel>	instead of the one in the image, without initramfs unless -i
#	-i <initramfs>	goes with -k, or replaces that of the image
#	-t <seconds>	limit for all of it; 300
#	-m <MiB>	memory; 1024
#
# What the VM writes to /run/rootfs-test is in <directory>/share afterwards.  A
# kernel or initramfs that is new in its /boot is booted the next time.
#
# QEMU		another QEMU than qemu-system-x86_64
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/rootfs/lib.sh
. "$here/lib.sh"

machine='' files='' append='' kernel='' initrd='' seconds=300 memory=1024
while getopts d:f:a:k:i:t:m: option; do
	case $option in
	d)	machine=$OPTARG ;;
	f)	files=$OPTARG ;;
	a)	append=$OPTARG ;;
	k)	kernel=$OPTARG ;;
	i)	initrd=$OPTARG ;;
	t)	seconds=$OPTARG ;;
	m)	memory=$OPTARG ;;
	*)	die "usage: boot.sh [-dfakitm ...] <image> <script> [-- QEMU argument...]" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || die "an image and a script are needed; image.sh makes images"
image=$(realpath "$1") script=$2
shift 2
[ "${1:-}" != -- ] || shift

[ -e "$image/disk" ] || die "no disk in $image; image.sh makes images"

pid='' gone=''
trap 'kill $pid 2> /dev/null || :; rm -rf "$gone"' EXIT
trap 'exit 1' INT TERM
if [ -z "$machine" ]; then
	machine=$(mktemp -d)
	gone=$machine
fi
share=$(realpath -m "$machine")/share
mkdir -p "$share"
machine=${share%/*}
if [ ! -e "$machine/disk.qcow2" ]; then
	qemu-img create -q -f qcow2 -F raw -b "$image/disk" "$machine/disk.qcow2"
	rm -f "$share/vmlinuz" "$share/initrd"
fi
rm -f "$share/started" "$share/output" "$share/status" "$share/has-files"
install -m 755 "$script" "$share/script"

boot=$image
[ ! -e "$share/vmlinuz" ] || boot=$share
[ -n "$kernel" ] || initrd=${initrd:-$boot/initrd}
kernel=${kernel:-$boot/vmlinuz}

folders=(-fsdev "local,id=test,path=$share,security_model=none"
	-device "virtio-9p-pci,fsdev=test,mount_tag=test,addr=0x1e")
if [ -n "$files" ]; then
	[ -d "$files" ] || die "-f: no folder $files"
	: > "$share/has-files"
	folders+=(-fsdev "local,id=files,path=$(realpath "$files"),security_model=none,readonly=on"
		-device "virtio-9p-pci,fsdev=files,mount_tag=files,addr=0x1c")
fi

# Of the usual arguments those of the second line save instructions, and are no part
# of what a test looks at
usual="root=/dev/vda rw console=ttyS0 quiet no_timer_check tsc=unstable panic=-1 oops=panic"
usual="$usual mitigations=off init_on_alloc=0 audit=0 lsm=lockdown,yama cryptomgr.notests"

# The disk and the folders are at the end of the bus: what a test adds gets the
# addresses that it would have without them
start=$(date +%s.%N)
timeout -s KILL "$seconds" "${QEMU:-qemu-system-x86_64}" -machine q35 -accel tcg -cpu max,la57=off \
	-smp 2 -m "$memory" -display none -no-reboot -nodefaults -no-user-config \
	-kernel "$kernel" ${initrd:+-initrd "$initrd"} \
	-append "$usual $append" \
	-serial "file:$machine/console" \
	-drive "file=$machine/disk.qcow2,if=none,id=disk,cache=unsafe" \
	-device virtio-blk-pci,drive=disk,addr=0x1d "${folders[@]}" "$@" \
	< /dev/null > "$machine/qemu" 2>&1 &
pid=$!
ended=0
wait "$pid" 2> /dev/null || ended=$?
pid=

[ ! -e "$share/output" ] || cat "$share/output"

# began: seconds from the start of QEMU to that of the script
began()
{
	[ -e "$share/started" ] || { echo never; return; }
	awk -v from="$start" -v to="$(stat -c %.9Y "$share/started")" \
		'BEGIN { printf "after %.0f s", to - from }'
}
# The second line is of what has been waited for; a pipe would be a shell of its own
times > "$machine/times"
echo "boot.sh: $(basename "$image"): the script ran $(began), all took" \
	"$(awk -v from="$start" -v to="$(date +%s.%N)" 'BEGIN { printf "%.0f", to - from }') s," \
	"$(awk -F '[ms ]' 'NR == 2 { printf "%.0f", $1 * 60 + $2 + $4 * 60 + $5 }' \
		"$machine/times") s of the CPU" >&2

if [ -e "$share/status" ]; then
	exit "$(cat "$share/status")"
fi
tail -n 20 "$machine/console" >&2 || :
cat "$machine/qemu" >&2
if [ $ended = 137 ]; then
	echo "boot.sh: not done after $seconds s; -t gives it longer" >&2
	exit 124
fi
echo "boot.sh: the VM went down before the script had ended; above is the end of" \
	"its console" >&2
exit 125
