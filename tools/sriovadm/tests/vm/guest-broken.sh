#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A file has an error, in the initramfs too.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

case $(cat /proc/cmdline) in
*sriovadm.break*)
	printf '[Match]\nId=1b36:0010\n[PF]\nDrivers=pci-stub\n' \
		> /etc/sriovadm/pf.d/zz-broken.conf
	update-initramfs -u > /dev/null ;;
*sriovadm=off*)
	systemctl is-system-running --wait > /dev/null
	is 'sriovadm=off: nothing is reserved' \
		"$(state $pf) $(state $other)" 'nvme 0 nvme 0'
	is 'sriovadm=off: no unit has failed' \
		"$(systemctl --failed --no-legend)" ''
	rm /etc/sriovadm/pf.d/zz-broken.conf
	update-initramfs -u > /dev/null ;;
*)
	systemctl is-system-running --wait > /dev/null
	is 'a broken file: the boot goes on' \
		"$(systemctl is-active multi-user.target)" active
	has 'a broken file: the initramfs says where' "$(dmesg)" \
		'zz-broken.conf:4: unknown key Drivers'
	is 'a broken file: the others count in the initramfs' "$(nvme_had "$pf")" ''
	is 'a broken file: the other PF has its own driver' "$(driver $other)" nvme
	has 'a broken file: the unit says where' \
		"$(journalctl -b -u sriovadm.service --no-pager)" 'zz-broken.conf:4:'
	show journalctl -b -u sriovadm.service --no-pager
	show sriovadm ;;
esac
