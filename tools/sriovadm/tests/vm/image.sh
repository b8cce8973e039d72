#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Runs in a chroot, for tools/rootfs/image.sh: sriovadm and what its tests use.  The
# next boot's initramfs has no nvme, as a stock one; another one, initrd-nvme, has it.
set -eu

apt-get -qq update
# QEMU has VFs open
apt-get -qq -y install --no-install-recommends libkmod2 libmnl0 libmount1 libudev1 \
	qemu-system-x86
apt-get -qq -y install ./*.deb
[ -z "$(ls /etc/sriovadm/pf.d)" ]

# It is made again and again in the VM
echo COMPRESSLEVEL=1 > /etc/initramfs-tools/conf.d/level
modules=/etc/initramfs-tools/modules
cp $modules /root/modules
echo nvme >> $modules
mkinitramfs -o /root/initrd-nvme "$(ls /lib/modules)"
mv /root/modules $modules
update-initramfs -u
