#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Install what the targets of the top Makefile need and this machine lacks.
# Debian and its relatives; elsewhere it names what is missing.
#
#	setup.sh [target]
#
# Without a target, what make demo and make test need; with one, what that target
# needs beyond.
set -eu

target=${1:-}

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
git			git
xz			xz-utils
perl			perl
ccache			ccache
qemu-system-x86_64	qemu-system-x86
busybox			busybox-static
systemd-hwdb		udev
/usr/sbin/driverctl	driverctl
lspci			pciutils
/sbin/depmod		kmod
/usr/bin/python3	python3
'

# target	tool or file		package that brings it
more='
docs	virsh			libvirt-clients
docs	sphinx-build		python3-sphinx
docs	dot			graphviz
audit	spatch			coccinelle
stock	patchelf		patchelf
stock	objdump			binutils
stock	/sbin/modprobe		kmod
lint	sparse			sparse
lint	clang-19		clang-19
lint	ld.lld-19		lld-19
lint	llvm-ar-19		llvm-19
lint	spatch			coccinelle
lint	codespell		codespell
lint	shellcheck		shellcheck
lint	pyflakes3		pyflakes3
configs	aarch64-linux-gnu-gcc	gcc-aarch64-linux-gnu
configs	powerpc-linux-gnu-gcc	gcc-powerpc-linux-gnu
bench	gnuplot			gnuplot-nox
guests	gnuplot			gnuplot-nox
arm64	aarch64-linux-gnu-gcc	gcc-aarch64-linux-gnu
arm64	/usr/aarch64-linux-gnu/lib/libc.a	libc6-dev-arm64-cross
arm64	qemu-system-aarch64	qemu-system-arm
arm64	/usr/share/qemu-efi-aarch64/QEMU_EFI.fd	qemu-efi-aarch64
sriovadm	pkg-config		pkg-config
sriovadm	/usr/include/libudev.h	libudev-dev
sriovadm	/usr/include/libkmod.h	libkmod-dev
sriovadm	/usr/include/libmount/libmount.h	libmount-dev
sriovadm	/usr/include/libmnl/libmnl.h	libmnl-dev
sriovadm	clang			clang
sriovadm	clang-tidy		clang-tidy
sriovadm	cppcheck		cppcheck
sriovadm	/usr/bin/time		time
sriovadm	setpriv			util-linux
sriovadm	umockdev-run		umockdev
sriovadm	systemd-analyze		systemd
sriovadm	dash			dash
sriovadm	/usr/lib/klibc/bin/sh	klibc-utils
sriovadm	mandoc			mandoc
sriovadm	man			man-db
sriovadm	zsh			zsh
sriovadm	/usr/lib/python3/dist-packages/jsonschema	python3-jsonschema
rootfs	mmdebstrap		mmdebstrap
rootfs	mkfs.ext4		e2fsprogs
rootfs	qemu-img		qemu-utils
deb	dh			debhelper
deb	dh_dkms			dh-dkms
deb	lintian			lintian
deb	pkg-config		pkg-config
deb	/usr/include/libudev.h	libudev-dev
deb	/usr/include/libkmod.h	libkmod-dev
deb	/usr/include/libmount/libmount.h	libmount-dev
deb	/usr/include/libmnl/libmnl.h	libmnl-dev
'

packages=$( { echo "$needs"; echo "$more" | sed -n "s/^${target:--}	//p"; } |
while read -r what package; do
	case $what in
	'')	;;
	/*)	[ -e "$what" ] || echo "$package" ;;
	*)	command -v "$what" > /dev/null || echo "$package" ;;
	esac
done)

# A dynamic busybox runs here, but not in an initramfs without libraries
if ldd "$(command -v busybox)" > /dev/null 2>&1; then
	packages="$packages busybox-static"
fi

[ -n "$packages" ] || exit 0

packages=$(echo "$packages" | tr '\n' ' ')
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
# Somebody else may be at it, as unattended-upgrades on a new machine
$sudo apt-get -o DPkg::Lock::Timeout=600 update -qq >&2
$sudo env DEBIAN_FRONTEND=noninteractive \
	apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends $packages >&2 || {
	echo "setup: apt-get could not install: $packages" >&2
	exit 1
}
