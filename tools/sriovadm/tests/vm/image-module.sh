#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh that has sriovadm: our modules as well, as DKMS builds them.
set -eu

release=$(ls /lib/modules)
apt-get -qq update
apt-get -qq -y --no-install-recommends install dkms make gcc libc6-dev \
	"linux-headers-$release"
apt-get -qq -y install ./*.deb
find "/lib/modules/$release/updates/dkms" -name 'sriov_unmanaged.ko*' | grep -q .
