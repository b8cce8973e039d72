#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# foreign-busybox.sh <Debian architecture> <directory>: busybox for a machine of
# another architecture, from Debian, to <directory>/bin/busybox.
#
# apt gets lists of its own, below the directory: this machine's stay as they are
# and know nothing of the other architecture.
set -eu

arch=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
apt="apt-get -qq -o Dir::State=$dir/apt/state -o Dir::Cache=$dir/apt/cache
	-o APT::Architecture=$arch -o APT::Architectures=$arch
	-o APT::Sandbox::User=root -o Dir::State::status=/dev/null"

command -v apt-get > /dev/null || {
	echo "foreign-busybox.sh: no apt-get here; put busybox for $arch, linked" \
		"statically, at $dir/bin/busybox" >&2
	exit 1
}
mkdir -p "$dir/apt/state/lists/partial" "$dir/apt/cache/archives/partial"
cd "$dir"
# shellcheck disable=SC2086 # a command with its options
$apt update && $apt download busybox-static
dpkg-deb -x busybox-static_*.deb "$dir/root"
mkdir -p bin
cp root/bin/busybox bin/busybox 2> /dev/null || cp root/usr/bin/busybox bin/busybox
rm -rf apt root busybox-static_*.deb
