#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# source.sh <version>: print the path of the tarball of a kernel's source; get it
# below build/src/ if this machine does not have it: from apt's own sources, or else
# of the suite that patches/kernels names.
#
# Exit status 3: it cannot be had, and standard error says why.
#
# BUILD_SRC	where to, if not below build/src/
set -eu

version=$1
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD_SRC:-$here/../../build/src}
package=$("$here/list.sh" "$version" package)
suite=$("$here/list.sh" "$version" suite)
mkdir -p "$build"
build=$(cd "$build" && pwd)

for tarball in "/usr/src/$package.tar.xz" "$build/$package.tar.xz"; do
	if [ -e "$tarball" ]; then
		echo "$tarball"
		exit
	fi
done

echo "source.sh: $package has some 150 MB" >&2
dir=$(mktemp -d "$build/get.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
"$here/get.sh" -s "$suite" "$dir" "$package" || {
	echo "source.sh: Linux $version cannot be had" >&2
	echo "source.sh: name a tree of it instead: KSRC=<tree> KERNEL=$version" >&2
	exit 3
}
mv "$dir/usr/src/$package.tar.xz" "$build/"
echo "$tarball"
