#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# source.sh <version>: print the path of the tarball of a kernel's source; get it
# below build/src/ if this machine does not have it.
#
# Exit status 3: it cannot be had, and standard error says why.
#
# apt works on lists and a cache of its own, so that it needs no root, and neither
# this machine's package sources nor its lists change.  First come its own sources;
# then the suite that patches/kernels names, at the address of its Debian archive.
#
# BUILD_SRC	where to, if not below build/src/
set -eu

version=$1
here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD_SRC:-$here/../../build/src}
package=$("$here/list.sh" "$version" package)
suite=$("$here/list.sh" "$version" suite)
# shellcheck disable=SC1091 # is checked by itself
. "$here/apt.sh"

mkdir -p "$build"
build=$(cd "$build" && pwd)

for tarball in "/usr/src/$package.tar.xz" "$build/$package.tar.xz"; do
	if [ -e "$tarball" ]; then
		echo "$tarball"
		exit
	fi
done

cannot()
{
	echo "source.sh: Linux $version cannot be had: $*" >&2
	echo "source.sh: name a tree of it instead: KSRC=<tree> KERNEL=$version" >&2
	exit 3
}

command -v apt-get > /dev/null || cannot "no apt-get here"

dir=$(mktemp -d "$build/apt.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
options=$(apt_own "$dir")

# has: does apt, with these options, know the package?
has()
{
	# shellcheck disable=SC2086 # options
	apt-get -qq $options update > "$dir/log" 2>&1 || :
	# shellcheck disable=SC2086 # options
	[ -n "$(apt-cache $options madison "$package" 2> /dev/null)" ]
}

if ! has; then
	# shellcheck disable=SC2086 # options
	options=$(apt_suite "$dir" "$suite" $options) || cannot "apt's sources" \
		"know no $package, and none of them is a Debian archive to look" \
		"for $suite in"
	if ! has; then
		# shellcheck disable=SC2086 # options
		others=$(apt-cache $options pkgnames linux-source- |
			sort -V | tr '\n' ' ')
		[ -n "$others" ] || cannot "$suite cannot be read:" \
			"$(tail -n 2 "$dir/log")"
		cannot "$suite has no $package; it has: $others"
	fi
fi

echo "source.sh: downloading $package, some 150 MB" >&2
# shellcheck disable=SC2086 # options
(cd "$dir" && apt-get -qq $options download "$package") > "$dir/log" 2>&1 || {
	cat "$dir/log" >&2
	cannot "apt-get download $package fails"
}
dpkg-deb -x "$dir/$package"_*.deb "$dir/root"
mv "$dir/root/usr/src/$package.tar.xz" "$build/"
echo "$build/$package.tar.xz"
