#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The boot after guest-installed.sh: a stock system again.
# shellcheck source=tools/deb/guest-lib.sh
. /run/files/guest-lib.sh

dev=$bus/devices/$pf
check "state of the system" "$(timeout 60 systemctl is-system-running --wait)" running
check "module" "$(loaded sriov_unmanaged)" no
check "files of the PF" "$(find "$dev/" -name 'sriov_unmanaged*')" ""
check "driver of the PF" "$(driver $pf)" nvme
reserve $pf
check "4 VFs under pci-stub" "$(answer 4 $dev/sriov_numvfs)" "No such file or directory"
