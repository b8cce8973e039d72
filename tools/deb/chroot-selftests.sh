#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a chroot of image.sh that has the packages: the tests' helper module, against the
# module's symbols as the package's sources have them, and the tests, in
# /root/selftests.
set -eu

headers=/lib/modules/$(ls /lib/modules)/build
tests=/root/selftests
mkdir -p $tests/kmod
cp -r /usr/src/sriov-unmanaged-* $tests/module
make -C $tests/module modules KDIR="$headers"
mv pci_sriov_test.c $tests/kmod/
echo 'obj-m := pci_sriov_test.o' > $tests/kmod/Kbuild
make -C "$headers" M=$tests/kmod KBUILD_EXTRA_SYMBOLS=$tests/module/Module.symvers \
	KCFLAGS="-I$tests/module/include -DCONFIG_PCI_IOV_UNMANAGED=1" \
	CONFIG_DEBUG_INFO_BTF_MODULES= modules
find . -type f -perm -u+x ! -name '*.sh' -exec mv {} $tests/ \;
