#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh that has sriovadm: dracut in place of initramfs-tools, nvme in
# its initramfs, and a PF that is configured.
set -eu

apt-get -qq update
apt-get -qq -y install --no-install-recommends dracut
printf '%s\n' '[Match]' Address=0000:01:00.0 Id=1b36:0010 '[PF]' Driver=pci-pf-stub VFs=2 \
	'[VF]' Driver=vfio-pci > /etc/sriovadm/pf.d/pf.conf
release=$(ls /lib/modules)
# Of this machine nothing is to be asked
dracut --force --no-hostonly --drivers "virtio_pci virtio_blk ext4 nvme" \
	"/boot/initrd.img-$release" "$release"
lsinitrd "/boot/initrd.img-$release" > /root/lsinitrd
