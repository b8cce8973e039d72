#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install what the targets of the top Makefile need and this machine lacks, by its
# packages.  Debian and its relatives; elsewhere it names them.
#
#	setup.sh [target]
#
# Without a target, what make demo and make test need; with one, also what that target
# needs beyond.
set -eu

base="gcc make libc6-dev bc bison flex libelf-dev libssl-dev cpio rsync git xz-utils perl
	ccache qemu-system-x86 busybox-static udev driverctl pciutils kmod python3"
sriovadm="pkg-config libudev-dev libkmod-dev libmount-dev libmnl-dev"
case ${1:-} in
'')	more= ;;
arm64)	more="gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-system-arm qemu-efi-aarch64" ;;
audit)	more=coccinelle ;;
bench|guests) more=gnuplot-nox ;;
configs) more="gcc-aarch64-linux-gnu gcc-powerpc-linux-gnu" ;;
deb)	more="debhelper dh-dkms lintian $sriovadm" ;;
docs)	more="libvirt-clients python3-sphinx graphviz" ;;
lint)	more="sparse clang-19 lld-19 llvm-19 coccinelle codespell shellcheck pyflakes3" ;;
rootfs)	more="mmdebstrap e2fsprogs qemu-utils" ;;
sriovadm) more="$sriovadm clang clang-tidy cppcheck time util-linux umockdev systemd dash
		klibc-utils mandoc man-db zsh python3-jsonschema" ;;
stock)	more="patchelf binutils" ;;
*)	echo "setup: what is $1?" >&2
	exit 2 ;;
esac
wanted="$base $more"

command -v dpkg-query > /dev/null || {
	echo "setup: no Debian; there must be what it calls: $wanted" >&2
	exit 0
}
# shellcheck disable=SC2016 # dpkg-query's
installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2> /dev/null |
	sed -n 's/^installed //p')
packages=$(printf '%s\n' $wanted | grep -vxF "$installed" | xargs)
[ -n "$packages" ] || exit 0

echo "setup: installing $packages" >&2
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
	command -v sudo > /dev/null || {
		echo "setup: neither root nor sudo; as root run: apt-get install $packages" >&2
		exit 1
	}
fi
# Somebody else may be at it, as unattended-upgrades on a new machine
$sudo apt-get -o DPkg::Lock::Timeout=600 update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $packages >&2 || {
	echo "setup: apt-get could not install: $packages" >&2
	exit 1
}
