#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the scripts share that test.sh has VMs run.

bus=/sys/bus/pci

check()		# <what> <found> <expected>
{
	if [ "$2" = "$3" ]; then
		echo "ok $1: $2"
	else
		echo "not ok $1: $2, not $3"
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

driver() { basename "$(readlink "$bus/devices/$1/driver")"; }	# <device>

# test.sh gives the VM a PF, which nvme probes when it likes
pf=0000:01:00.0
for _ in $(seq 60); do
	[ ! -e "$bus/devices/$pf/driver" ] || break
	sleep 1
done

reserve()	# <PF>: by pci-stub, as the README says
{
	modprobe pci-stub
	echo pci-stub > "$bus/devices/$1/driver_override"
	echo "$1" > "$bus/devices/$1/driver/unbind"
	echo "$1" > "$bus/drivers_probe"
}

loaded() { [ -e "/sys/module/$1/refcnt" ] && echo yes || echo no; }	# <module>

# Without headers DKMS builds nothing, which would take minutes here
hide_headers() { mv "/lib/modules/$(uname -r)/build" /root/build; }
