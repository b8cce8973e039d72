#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check.sh <table> <page>: is the page in step, and does udev know each entry?  It is
# asked for it with a hwdb in a temporary root, and for a few devices that no entry is
# about.  An entry that is about all classes must beat the one of a class, so it is asked
# for with two, of which the table has one.
set -eu

table=$1 page=$2
cd "$(dirname "$0")"

./rst.sh "$table" | diff -u "$page" - || {
	echo "$page is not in step: make quirks-rst" >&2
	exit 1
}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/etc/udev/hwdb.d"
./hwdb.sh "$table" > "$root/etc/udev/hwdb.d/60-pci-sriov-unmanaged.hwdb"
systemd-hwdb update --root="$root" --strict

# Modaliases, and what udev should know of them
{
	awk -F '\t' '
		function id(field, any) { return toupper(field == "*" ? any : field) }
		{
			for (i = 0; i < ($5 == "*" ? 2 : 1); i++) {
				class = id($5, i ? "020000" : "ff0000")
				printf "pci:v0000%sd0000%ssv0000%ssd0000%sbc%ssc%si%s\t",
					id($1, "abcd"), id($2, "1234"), id($3, "5678"),
					id($4, "9abc"), substr(class, 1, 2),
					substr(class, 3, 2), substr(class, 5, 2)
				printf "PCI_SRIOV_UNMANAGED=%s ", $7
				printf "PCI_SRIOV_UNMANAGED_DRIVER=%s ", $9
				printf "PCI_SRIOV_UNMANAGED_HAZARDS=%s\n", $8
			}
		}' "$table"
	echo "pci:v00008086d000010B6sv00008086sd00000003bc01sc00i00"
	echo "pci:v0000144Dd0000A824sv0000144Dsd0000A801bc01sc08i01"
	echo "pci:v00008086d00007D41sv00008086sd00000003bc04sc03i00"
	echo "pci:v0000DEADd0000BEEFsv00000001sd00000002bc0Bsc20i00"
} > "$root/expected"
while IFS='	' read -r alias want; do
	got=$(systemd-hwdb query --root="$root" "$alias" | xargs)
	if [ "$got" != "$want" ]; then
		echo "$alias: wanted '$want', got '$got'" >&2
		exit 1
	fi
done < "$root/expected"
echo "hwdb: $(wc -l < "$root/expected") devices asked for"
