#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh: the programs that people use PFs and VFs by.  What starts by
# itself would be in the way of tests that do not ask for it.
set -eu

apt-get -qq update
apt-get -y --no-install-recommends install driverctl dpdk nvme-cli \
	libvirt-daemon-system libvirt-clients qemu-system-x86
apt-get clean
systemctl disable libvirtd.service libvirtd.socket libvirtd-ro.socket \
	libvirtd-admin.socket libvirt-guests.service virtlogd.socket virtlockd.socket
