#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a chroot, for tools/rootfs/image.sh: sriovadm and what its tests use.  Packages
# where there are some, else the program with what install.mk has put around it.
set -eu

apt-get -qq update
# QEMU has VFs open
apt-get -qq -y install --no-install-recommends libkmod2 libmnl0 libmount1 libudev1 \
	qemu-system-x86
for package in ./*.deb; do
	[ ! -e "$package" ] || apt-get -qq -y install "$package"
done
if [ -e sriovadm.tar ]; then
	tar -C / -xf sriovadm.tar
	systemctl -q enable sriovadm.service
	systemd-hwdb update
fi

# What a stock initramfs is made with; the first ones of the tests are without nvme
update-initramfs -u
