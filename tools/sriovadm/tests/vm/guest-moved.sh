#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Another device is in the slot, and the PF in the next one.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
wait_for has_driver $pf
is 'another device in the slot: its own driver' "$(state $pf)" 'nvme 0'
is 'the PF in another slot: its own driver' "$(state $other)" 'nvme 0'
has 'the initramfs says why' "$(dmesg)" \
	"sriovadm: $pf has Id 8086:5845.* not 1b36:0010"
is 'the unit has failed' "$(systemctl is-failed sriovadm.service)" failed
said=$(journalctl -b -u sriovadm.service --no-pager)
has 'the unit says why' "$said" "$pf" 8086:5845 1b36:0010
show journalctl -b -u sriovadm.service --no-pager
try sriovadm diff
is 'sriovadm diff' $status 9
show sriovadm diff

# The next boot finds the file with an error not only in its initramfs
printf '[Match]\nId=1b36:0010\n[PF]\nDrivers=pci-stub\n' > /etc/sriovadm/pf.d/zz-broken.conf
sync
echo 'done'
