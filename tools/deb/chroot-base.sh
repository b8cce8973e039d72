#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the chroot of image.sh: what the packages depend on and DKMS builds with, so
# that their installation needs no network and takes no longer than it must.
set -eu

release=$(ls /lib/modules)
apt-get -qq update
apt-get -y --no-install-recommends install dkms make gcc libc6-dev mokutil \
	libudev1 libkmod2 libmnl0 libmount1 "linux-headers-$release"
apt-get clean
