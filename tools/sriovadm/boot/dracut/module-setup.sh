#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dracut: reserve PFs before udev loads drivers, if a PF is configured.

check()
{
	compgen -G "${dracutsysrootdir-}/etc/sriovadm/pf.d/*.conf" > /dev/null ||
		return 255
}

depends()
{
	return 0
}

install()
{
	# shellcheck disable=SC2154	# dracut's
	inst_hook pre-udev 05 "$moddir/sriovadm.sh"
	inst_simple /usr/share/sriovadm/early.sh
	# It reads serial numbers with it
	inst_multiple od
	inst_multiple -o /etc/sriovadm/pf.d/*.conf
}
