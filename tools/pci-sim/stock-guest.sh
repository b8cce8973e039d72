#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# First process of the VM that stock-test.sh boots: the simulator's own tests, then
# what a stock kernel makes of a simulated device.  The console is ttyS0; what is
# found goes to ttyS1.

/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t devtmpfs none /dev 2> /dev/null
exec > /dev/ttyS1 2>&1 < /dev/null

# shellcheck disable=SC1091 # stands there in the VM
. /pci_sim.sh
bus=/sys/bus/pci
count=0

check()		# <what> <found> <expected>
{
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count - $1: $2"
	else
		echo "not ok $count - $1: $2, not $3"
	fi
}

answer()	# <value> <file>: what the kernel says to a write
{
	if said=$( (echo "$1" > "$2") 2>&1); then
		echo success
	else
		echo "${said##*: }"
	fi
}

bind()		# <device> <driver>
{
	[ -e "$bus/devices/$1/driver" ] && echo "$1" > "$bus/devices/$1/driver/unbind"
	echo "$2" > "$bus/devices/$1/driver_override"
	answer "$1" "$bus/drivers/$2/bind"
}

echo "# $(uname -r -v)"
dmesg -n 1
for module in configfs uio uio_pci_generic pci-stub pci-pf-stub pci-sim; do
	[ ! -e /modules/$module.ko ] || insmod /modules/$module.ko ||
		echo "not ok insmod $module"
done
mount -t configfs none /sys/kernel/config

for test in sim_configfs sim_device; do
	$test
	check "status of $test" $? 0
done

check "host goes live" "$(pci_sim_create host vendor=8086 device=10fb \
	subvendor=8086 subdevice=0003 class=020000 sriov/total_vfs=63 \
	sriov/vf_device=10ed sriov/offset=128 sriov/stride=2 \
	'bars/bar0=512K mem64 prefetch' \
	'bars/vf_bar0=16K mem64 prefetch' 2>&1)" ""
pf=$(pci_sim_address host)
dev=$bus/devices/$pf

# It would like the modules' aliases, and says so
lspci -vv -nn -s "$pf" 2> /dev/null
check "Total VFs" "$(lspci -vv -s "$pf" 2> /dev/null |
	sed -n 's/.*Total VFs: \([0-9]*\),.*/\1/p')" 63
check "IDs" "$(cat "$dev/vendor") $(cat "$dev/device")" "0x8086 0x10fb"

check "bind pci-stub" "$(bind "$pf" pci-stub)" success
check "4 VFs under pci-stub" "$(answer 4 "$dev/sriov_numvfs")" \
	"No such file or directory"
check "bind uio_pci_generic" "$(bind "$pf" uio_pci_generic)" success
check "4 VFs under uio_pci_generic" "$(answer 4 "$dev/sriov_numvfs")" \
	"No such file or directory"
check "bind pci-pf-stub" "$(bind "$pf" pci-pf-stub)" success
check "64 VFs" "$(answer 64 "$dev/sriov_numvfs")" "Numerical result out of range"
check "63 VFs" "$(answer 63 "$dev/sriov_numvfs")" success
check "VFs" "$(set -- "$dev"/virtfn*; echo $#)" 63
lspci -nn -d 8086:10ed 2> /dev/null | tail -n 2
check "no VFs" "$(answer 0 "$dev/sriov_numvfs")" success
check "7 VFs" "$(answer 7 "$dev/sriov_numvfs")" success

check "host goes with its VFs on" "$(pci_sim_destroy host 2>&1)" ""
check "devices left" \
	"$(find $bus/devices/ -name "${pf%%:*}:*" | wc -l)" 0
check "rmmod" "$(rmmod pci-sim 2>&1)" ""
check "warnings" "$(dmesg | grep -c -e WARNING: -e BUG: -e Oops)" 0
echo "# end: $count checks"
poweroff -f
