#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a VM that has the packages: what a user finds after the reboot; then an upgrade
# and a purge while VFs are on.  /run/files/new has packages of another version.
# shellcheck source=tools/deb/guest-lib.sh
. /run/files/guest-lib.sh

dev=$bus/devices/$pf
check "state of the system" "$(timeout 60 systemctl is-system-running --wait)" running
check "module loaded at boot" "$(loaded sriov_unmanaged)" yes
check "module from the initramfs" "$(dmesg |
	awk '/sriov_unmanaged:/ { m = NR } /EXT4-fs \(vda\)/ { if (m) print "yes"; exit }')" yes
check "its version" "$(cat /sys/module/sriov_unmanaged/version)" \
	"$(dpkg-query -f '${Version}' -W sriov-unmanaged-dkms)"
check "option of the kernel's command line" \
	"$(cat /sys/module/sriov_unmanaged/parameters/override)" aaaa:bbbb=allow
check "hardware database" "$(udevadm info -q property "$dev" |
	sed -n 's/^PCI_SRIOV_UNMANAGED=//p')" allow
check "driver of the PF" "$(driver $pf)" nvme
check "verdict" "$(cat $dev/sriov_unmanaged_policy $dev/sriov_unmanaged_reason | xargs)" \
	"allow none nvme"
if command -v sriovadm > /dev/null; then
	check "sriovadm sees the module" "$(sriovadm --json |
		grep -o '"feature":"[a-z]*"')" '"feature":"module"'
fi

reserve $pf
check "4 VFs under pci-stub" "$(answer 4 $dev/sriov_numvfs)" success
check "drivers on them" "$(for vf in "$dev"/virtfn*; do
	[ -e "$vf/driver" ] && echo "$vf"; done)" ""

as_before()	# <what>
{
	check "$1: VFs" "$(cat $dev/sriov_numvfs)" 4
	check "$1: driver" "$(driver $pf)" pci-stub
	check "$1: module" "$(loaded sriov_unmanaged)" yes
	check "$1: drivers on VFs" "$(for vf in "$dev"/virtfn*; do
		[ -e "$vf/driver" ] && echo "$vf"; done)" ""
}

hide_headers
export DEBIAN_FRONTEND=noninteractive
dpkg -i /run/files/new/*.deb > /tmp/log 2>&1
check "upgrade" $? 0 || cat /tmp/log
check "version in DKMS" "$(dkms status -m sriov-unmanaged |
	sed 's/[,:].*//; s/.*\///' | sort -u)" \
	"$(dpkg-query -f '${Version}' -W sriov-unmanaged-dkms)"
as_before "after the upgrade"

packages=$(dpkg-query -f '${Package} ' -W 'sriov*' 'pci-sim*')
# shellcheck disable=SC2086 # a word for each
dpkg --purge $packages > /tmp/log 2>&1
check "purge" $? 0 || cat /tmp/log
as_before "after the purge"
# The kernel's headers have files of that name, too
check "what is left of the packages" "$(find /usr/src /var/lib/dkms /lib/modules \
	/etc/sriovadm /etc/modprobe.d /lib/modprobe.d /usr/lib/modules-load.d \
	/usr/lib/udev /usr/share/sriovadm -name 'linux-headers-*' -prune -o \
	\( -name '*sriov*' -o -name 'pci-sim*' \) -print 2> /dev/null)" ""
check "hardware database after the purge" "$(systemd-hwdb query \
	"$(cat $dev/modalias)" | grep -c SRIOV)" 0
check "0 VFs" "$(answer 0 $dev/sriov_numvfs)" success
