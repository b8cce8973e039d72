#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A kernel that is locked down, as Debian's is with Secure Boot, loads signed modules
# only, and does not know DKMS's key: the installation says so, and everything is as on
# a stock system.
# shellcheck source=tools/deb/guest-lib.sh
. /run/files/guest-lib.sh

dev=$bus/devices/$pf
check "module" "$(loaded sriov_unmanaged)" no
check "modprobe" "$(modprobe sriov_unmanaged 2>&1 | grep -o 'Operation not permitted')" \
	"Operation not permitted"
reserve $pf
check "pci-stub binds all the same" "$(driver $pf)" pci-stub
check "4 VFs under pci-stub" "$(answer 4 $dev/sriov_numvfs)" "No such file or directory"
hide_headers
check "said at the installation" "$(dpkg -i /run/files/sriov-unmanaged-dkms_*.deb 2>&1 |
	grep -c 'mokutil --import /var/lib/dkms/mok.pub')" 1
