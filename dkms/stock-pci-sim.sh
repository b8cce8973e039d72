#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In a VM of stock-test.sh without the module: what a stock kernel makes of a
# simulated 82599, and of a write to its sriov_numvfs.

bus=/sys/bus/pci
count=0

# shellcheck disable=SC1091 # stands there in the VM
. ./pci_sim.sh

verdict()	# <what> <found> <expected>
{
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "# $1: $2"
		echo "ok $count pci-sim.$1"
	else
		echo "# found \"$2\", not \"$3\""
		echo "not ok $count pci-sim.$1"
	fi
}

answer()	# <value> <file>: what the kernel says to a write
{
	said=$( (echo "$1" > "$2") 2>&1) && said=success
	echo "${said##*: }"
}

bind()		# <driver>
{
	[ ! -e "$dev/driver" ] || echo "$pf" > "$dev/driver/unbind"
	echo "$1" > "$dev/driver_override"
	answer "$pf" "$bus/drivers/$1/bind"
}

echo 1..15
verdict created "$(pci_sim_create host vendor=8086 device=10fb \
	subvendor=8086 subdevice=0003 class=020000 sriov/total_vfs=63 \
	sriov/vf_device=10ed sriov/offset=128 sriov/stride=2 \
	'bars/bar0=512K mem64 prefetch' \
	'bars/vf_bar0=16K mem64 prefetch' 2>&1)" ""
pf=$(pci_sim_address host)
dev=$bus/devices/$pf

# It would like the modules' aliases, and says so
lspci -vv -nn -s "$pf" 2> /dev/null | sed 's/^/# /'
verdict total_vfs "$(lspci -vv -s "$pf" 2> /dev/null |
	sed -n 's/.*Total VFs: \([0-9]*\),.*/\1/p')" 63
verdict ids "$(cat "$dev/vendor") $(cat "$dev/device")" "0x8086 0x10fb"

for driver in pci-stub uio_pci_generic; do
	verdict "bind_$driver" "$(bind $driver)" success
	verdict "4_vfs_under_$driver" "$(answer 4 "$dev/sriov_numvfs")" \
		"No such file or directory"
done
verdict bind_pci-pf-stub "$(bind pci-pf-stub)" success
verdict 64_vfs "$(answer 64 "$dev/sriov_numvfs")" "Numerical result out of range"
verdict 63_vfs "$(answer 63 "$dev/sriov_numvfs")" success
verdict vfs "$(find "$dev/" -maxdepth 1 -name 'virtfn*' | wc -l)" 63
lspci -nn -d 8086:10ed 2> /dev/null | tail -n 2 | sed 's/^/# /'
verdict no_vfs "$(answer 0 "$dev/sriov_numvfs")" success

verdict 7_vfs "$(answer 7 "$dev/sriov_numvfs")" success
verdict destroyed_with_vfs_on "$(pci_sim_destroy host 2>&1)
$(find $bus/devices/ -name "${pf%%:*}:*" | wc -l)" "
0"
verdict rmmod "$(rmmod pci-sim 2>&1)" ""
