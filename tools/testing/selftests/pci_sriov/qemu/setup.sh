#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install what the targets of the top Makefile need and this machine lacks.
# Debian and its relatives; elsewhere it names what is missing.
#
#	setup.sh [-g group]... [kernel source, as /usr/src/linux-source-6.12.tar.xz]
#
# Without a group: what make demo and make test need.  A group brings what else
# a target of that name needs.
set -eu

groups=
while [ "${1:-}" = -g ]; do
	groups="$groups $2"
	shift 2
done

# tool or file		package that brings it
needs='
gcc			gcc
make			make
/usr/include/stdio.h	libc6-dev
bc			bc
bison			bison
flex			flex
/usr/include/gelf.h	libelf-dev
/usr/include/openssl/opensslv.h	libssl-dev
cpio			cpio
rsync			rsync
patch			patch
xz			xz-utils
perl			perl
ccache			ccache
qemu-system-x86_64	qemu-system-x86
busybox			busybox-static
python3			python3
systemd-hwdb		udev
'

# group	tool or file	package that brings it
group_needs='
pci-sim	lspci		pciutils
'

packages=$( (echo "$needs"; for group in $groups; do
	echo "$group_needs" | sed -n "s/^${group}[[:space:]]*//p"
done) | while read -r what package; do
	case $what in
	'')	;;
	/*)	[ -e "$what" ] || echo "$package" ;;
	*)	command -v "$what" > /dev/null || echo "$package" ;;
	esac
done)

# Debian's kernel sources are named for their package; others are the user's
case ${1:-} in
/usr/src/linux-source-*.tar.xz)
	[ -e "$1" ] || packages="$packages $(basename "$1" .tar.xz)" ;;
esac

# A dynamic busybox runs here, but not in an initramfs without libraries
if ldd "$(command -v busybox)" > /dev/null 2>&1; then
	packages="$packages busybox-static"
fi

[ -n "$packages" ] || exit 0

packages=$(echo $packages)
echo "setup: installing $packages" >&2
if ! command -v apt-get > /dev/null; then
	echo "setup: no apt-get here; install what Debian calls: $packages" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
	command -v sudo > /dev/null || {
		echo "setup: neither root nor sudo; as root run: apt-get install $packages" >&2
		exit 1
	}
fi
$sudo apt-get update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2 || {
	echo "setup: apt-get could not install: $packages" >&2
	exit 1
}
