#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh that has the packages: another version of them, then another
# kernel, then neither.  The other kernel is Debian's for clouds.
set -eu

# built <release>: does DKMS have both modules for it?
built()
{
	for module in sriov_unmanaged pci-sim; do
		[ -n "$(find "/lib/modules/$1/updates/dkms" -name "$module.ko*")" ] || {
			echo "$module is not there for $1"
			exit 1
		}
	done
}

release=$(ls /lib/modules)
apt-get -y install ./*.deb
built "$release"
[ "$(modinfo -k "$release" -F version sriov_unmanaged)" = \
  "$(dpkg-query -f '${Version}' -W sriov-unmanaged-dkms)" ]

apt-get -qq update
apt-get -y --no-install-recommends install linux-image-cloud-amd64 linux-headers-cloud-amd64
for each in /lib/modules/*; do
	built "${each##*/}"
done
apt-get -y purge 'sriov*' 'pci-sim*'
[ -z "$(find /lib/modules -name 'sriov_unmanaged*' -o -name 'pci-sim*')" ]
[ -z "$(dkms status)" ]
