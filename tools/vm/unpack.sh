#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# unpack.sh <Debian architecture> <package> <file in it> <output>: one file of a
# Debian package that is not to be, or cannot be, installed here.
#
# This machine's lists know nothing of another architecture.
set -eu

arch=$1 package=$2 file=$3 output=$4

command -v apt-get > /dev/null || {
	echo "unpack.sh: no apt-get here; put $file for $arch, which Debian has in" \
		"$package, at $output" >&2
	exit 1
}
mkdir -p "$(dirname "$output")"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
# shellcheck source=tools/kernels/apt.sh
. "$(dirname "$0")/../kernels/apt.sh"
apt="apt-get -qq $(apt_own "$dir") -o APT::Architecture=$arch -o APT::Architectures=$arch
	-o Dir::State::status=/dev/null"

# shellcheck disable=SC2086 # a command with its options
(cd "$dir" && $apt update && $apt download "$package")
dpkg-deb -x "$dir/$package"_*.deb "$dir/root"
cp "$dir/root/$file" "$output.new" 2> /dev/null ||
	cp "$dir/root/usr/$file" "$output.new"
mv "$output.new" "$output"
