#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A simulated PF of each row of the table: "sriovadm explain" of its ids, which asks the
# hwdb, says what the kernel says of the device.  A program more for each row would take
# minutes without KVM, so this is built-in commands.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

# It would look at each of these devices, and load drivers that are not to have them
systemctl stop systemd-udevd-kernel.socket systemd-udevd-control.socket systemd-udevd
modprobe pci-sim
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
cd /sys/kernel/config/pci_sim || exit

# set_to <file> <value>
set_to()
{
	echo "$2" > "$1" || echo "not ok $1 takes $2"
}

# any <value> <value for any>: into "value"
any()
{
	value=$1
	[ "$1" != '*' ] || value=$2
}

rows=0
ids=()
while IFS=$'\t' read -r -a field; do
	bridge=bridge$((rows / 32)) pf=$bridge/pf$rows id=
	mkdir -p $pf
	while read -r number name default; do
		any "${field[number]}" "$default"
		set_to "$pf/$name" "$value"
		[ "$name" = class ] && class=$value || id=$id:$value
	done << END
0 vendor abcd
1 device 1234
2 subvendor 5678
3 subdevice 9abc
4 class ff0000
END
	set_to $pf/sriov/total_vfs 1
	set_to $pf/driver_override none
	ids[rows]="${id#:} --class $class"
	rows=$((rows + 1))
done < /run/files/table

json='"policy":\{"verdict":"([a-z]*)","source":"[a-z]*","reason":"([^"]*)"'
same=0
for bridge in *; do
	set_to "$bridge/live" 1
	for pf in "$bridge"/pf*; do
		id=${ids[${pf##*/pf}]}
		read -r address < "$pf/address"
		read -r verdict < "$devices/$address/sriov_unmanaged_policy"
		read -r reason < "$devices/$address/sriov_unmanaged_reason"
		# shellcheck disable=SC2086 # words
		said=$(sriovadm --json explain $id)
		[[ $said =~ $json ]] || echo "not ok $id: $said"
		if [ "$verdict $reason" = "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}" ]; then
			same=$((same + 1))
		else
			echo "not ok $id: '${BASH_REMATCH[*]}', not '$verdict $reason'"
		fi
	done
	set_to "$bridge/live" 0
done
is "explain says of each of $rows rows what the kernel says" "$same" "$rows"
[ $rows -gt 500 ] || echo "not ok so few rows: $rows"
echo 'done'
