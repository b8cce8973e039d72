#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh: install the packages as users do, and leave the system so.
# Ends with what DKMS has.
set -eu

release=$(ls /lib/modules)
apt-get -y install ./*.deb
dkms status
[ -e "/lib/modules/$release/updates/dkms/sriov_unmanaged.ko" ] ||
	[ -e "/lib/modules/$release/updates/dkms/sriov_unmanaged.ko.xz" ] || {
	echo "not built for $release"
	cat /var/lib/dkms/*/*/build/make.log
	exit 1
}
# Is it well-formed?  What udev reads has been made by the package's trigger
systemd-hwdb update --strict
rm /etc/udev/hwdb.bin
# pci-stub in the initramfs brings the module
echo pci-stub >> /etc/initramfs-tools/modules
update-initramfs -u
