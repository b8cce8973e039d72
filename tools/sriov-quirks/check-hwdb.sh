#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check-hwdb.sh <exporter> <table.tsv>: build a hwdb of the exported file in a
# temporary root and ask it for every entry of the table, and for a few devices
# that no entry is about.
set -eu

exporter=$1 table=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

mkdir -p "$root/etc/udev/hwdb.d"
"$exporter" > "$root/etc/udev/hwdb.d/60-pci-sriov-unmanaged.hwdb"
systemd-hwdb update --root="$root" --strict

query()
{
	systemd-hwdb query --root="$root" "$1"
}

# upper <id or *> <what any is>
upper()
{
	case $1 in
	'*')	echo "$2" ;;
	*)	echo "$1" | tr a-f A-F ;;
	esac
}

checked=0
while IFS='	' read -r vendor device subvendor subdevice class mask verdict \
	hazards driver; do
	class=$(upper "$class" FF0000)
	: "$mask"
	alias=$(printf 'pci:v0000%sd0000%ssv0000%ssd0000%sbc%ssc%si%s' \
		"$(upper "$vendor" ABCD)" "$(upper "$device" 1234)" \
		"$(upper "$subvendor" 5678)" "$(upper "$subdevice" 9ABC)" \
		"$(echo "$class" | cut -c1-2)" "$(echo "$class" | cut -c3-4)" \
		"$(echo "$class" | cut -c5-6)")
	want="PCI_SRIOV_UNMANAGED=$verdict
PCI_SRIOV_UNMANAGED_DRIVER=$driver
PCI_SRIOV_UNMANAGED_HAZARDS=$hazards"
	got=$(query "$alias" | sort)
	if [ "$got" != "$want" ]; then
		printf '%s: wanted\n%s\ngot\n%s\n' "$alias" "$want" "$got" >&2
		exit 1
	fi
	checked=$((checked + 1))
done < "$table"

for alias in \
	pci:v00008086d000010B6sv00008086sd00000003bc02sc00i00 \
	pci:v00008086d0000104Fsv00008086sd00001010bc02sc80i00 \
	pci:v00008086d000010EDsv00008086sd00000003bc02sc00i00; do
	if [ -n "$(query "$alias")" ]; then
		echo "$alias: should not be known" >&2
		exit 1
	fi
done

echo "hwdb: $checked devices asked for"
