#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh <output> <directory with the tests> <module...>
#
# BUSYBOX	another than this machine's; then udev and driverctl, which the
#		documents tell of, stay out: they would not run there
# BUILTIN	the kernel's modules.builtin: what modprobe need not load
set -eu

output=$1 tests=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"	# tests that run as nobody look for files too

mkdir -p "$root/bin" "$root/tests" "$root/proc" "$root/sys" "$root/dev" \
	"$root/tmp" "$root/etc"
cp "${BUSYBOX:-$(command -v busybox)}" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
if [ -z "${BUSYBOX:-}" ]; then
	for tool in udevadm bash; do
		path=$(command -v $tool)
		for file in "$path" $(ldd "$path" | grep -o '/[^ ]*'); do
			install -D "$file" "$root$file"
		done
		[ -e "$root/bin/$tool" ] || ln -s "$path" "$root/bin/$tool"
	done
	ln -s udevadm "$root/bin/systemd-udevd"
	install /usr/sbin/driverctl "$root/bin/driverctl"
fi
# driverctl has drivers loaded that are there already
if [ -n "${BUILTIN:-}" ]; then
	mkdir -p "$root/sbin" "$root/lib/modules"
	ln -s ../bin/busybox "$root/sbin/modprobe"
	cp "$BUILTIN" "$root/lib/modules/modules.builtin"
fi
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' \
	> "$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"
cp "$here/init" "$root/init"
cp "$here"/guest-*.sh "$root/tests/"
chmod +x "$root/init"
cp "$@" "$root/tests/"
find "$tests" -maxdepth 1 -type f -perm -u+x -exec cp {} "$root/tests/" \;

(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) > "$output.new"
mv "$output.new" "$output"
