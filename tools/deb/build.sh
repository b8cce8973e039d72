#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# build.sh <directory>: the source package and the binary packages of debian/, and
# what lintian says of them, in the directory.  Exit status 1 if a package does not
# build, or lintian finds an error or warns.
#
# They are built of a copy: of what git has, or of all but build/ without git.
#
# DEB_VERSION	another version than that of debian/changelog, for tests of upgrades
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)

rm -rf "$out/source" "$out"/*.deb "$out"/*.dsc "$out"/*.tar.* "$out"/*.changes \
	"$out"/*.buildinfo
mkdir "$out/source"
cd "$top"
if [ -e .git ]; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path ./build -prune -o -type f -print0
fi | tar --null --ignore-failed-read --files-from - -cf - | tar -C "$out/source" -xf -

cd "$out/source"
if [ -n "${DEB_VERSION:-}" ]; then
	sed -i "1s/(.*)/($DEB_VERSION)/" debian/changelog
	echo "$DEB_VERSION" > dkms/VERSION
fi
dpkg-buildpackage --no-sign > "$out/build.log" 2>&1 || {
	tail -n 30 "$out/build.log" >&2
	echo "build.sh: dpkg-buildpackage fails; all it says is in $out/build.log" >&2
	exit 1
}
cd "$out"
rm -rf source
lintian --allow-root --fail-on error,warning ./*.changes > lintian.log 2>&1 || {
	cat lintian.log >&2
	exit 1
}
cat lintian.log
for deb in *.deb; do
	echo "$1/$deb"
done
