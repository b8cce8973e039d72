#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh <output> <directory with the tests> <helper module>
set -eu

output=$1 tests=$2 module=$3
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"	# tests that run as nobody look for files too

mkdir -p "$root/bin" "$root/tests" "$root/proc" "$root/sys" "$root/dev" \
	"$root/tmp" "$root/etc"
cp "$(command -v busybox)" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
# udev, for the rules in the documents
udevadm=$(command -v udevadm)
for file in "$udevadm" $(ldd "$udevadm" | grep -o '/[^ ]*'); do
	install -D "$file" "$root$file"
done
ln -s "$udevadm" "$root/bin/systemd-udevd"
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' \
	> "$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"
cp "$here/init" "$root/init"
cp "$here"/guest-*.sh "$root/tests/"
chmod +x "$root/init"
cp "$module" "$root/tests/"
find "$tests" -maxdepth 1 -type f -perm -u+x -exec cp {} "$root/tests/" \;

(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) > "$output.new"
mv "$output.new" "$output"
