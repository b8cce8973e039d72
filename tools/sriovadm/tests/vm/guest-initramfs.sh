#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nvme is loaded from the initramfs.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

is 'nvme is there before the root file system' \
	"$(dmesg | grep -nE 'nvme nvme|EXT4-fs .vda.' | head -n 1 | grep -c nvme)" 1
booted 'in the initramfs'
