#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A simulated PF of each row of the table: "sriovadm explain" of its ids, which asks the
# hwdb, says what the kernel says of the device.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

modprobe pci-sim
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
cd /sys/kernel/config/pci_sim || exit

# set <file> <value>
set_to()
{
	echo "$2" > "$1" || echo "not ok $1 takes $2"
}

# any <field> <value for any>
any()
{
	[ "$1" = '*' ] && echo "$2" || echo "$1"
}

# policy: verdict and reason in what --json says
policy()
{
	sed -n 's/.*"policy":{"verdict":"\([a-z]*\)".*"reason":"\([^"]*\)".*/\1 \2/p'
}

rows=0 same=0
while IFS=$'\t' read -r vendor device subvendor subdevice class _; do
	bridge=bridge$((rows / 32)) pf=$bridge/pf$rows
	mkdir -p $pf
	set_to $pf/vendor "$(any "$vendor" abcd)"
	set_to $pf/device "$(any "$device" 1234)"
	set_to $pf/subvendor "$(any "$subvendor" 5678)"
	set_to $pf/subdevice "$(any "$subdevice" 9abc)"
	set_to $pf/class "$(any "$class" ff0000)"
	set_to $pf/sriov/total_vfs 1
	set_to $pf/driver_override none
	rows=$((rows + 1))
done < /run/files/table

for bridge in *; do
	set_to "$bridge/live" 1
	for pf in "$bridge"/pf*; do
		id=$(cd "$pf" && cat vendor device subvendor subdevice |
			paste -sd : | sed 's/0x//g')
		kernel=$(cd "$devices/$(cat "$pf/address")" &&
			cat sriov_unmanaged_policy sriov_unmanaged_reason | paste -sd ' ')
		said=$(sriovadm --json explain "$id" --class "$(sed 's/^0x//' "$pf/class")" |
			tr -d '\n' | sed 's/": */":/g' | policy)
		if [ "$kernel" = "$said" ]; then
			same=$((same + 1))
		else
			echo "not ok $id: '$said', not '$kernel'"
		fi
	done
	set_to "$bridge/live" 0
done
is "explain says of each of $rows rows what the kernel says" "$same" "$rows"
[ $rows -gt 500 ] || echo "not ok so few rows: $rows"
echo 'done'
