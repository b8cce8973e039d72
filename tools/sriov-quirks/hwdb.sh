#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# hwdb.sh <table>: print it as a udev hwdb file: the kernel's verdict by modalias, for
# tools that want to know before they write to sriov_numvfs.  Of records that match one
# device udev takes the last, so the least specific come first, as the kernel ranks
# them: see sriov_quirk_find().
set -eu

echo "# PFs whose VFs need, or do not need, the PF's own driver."
echo "# PCI_SRIOV_UNMANAGED=allow|refuse is the kernel's verdict on them."
echo "# What is said of a class is also said of its devices without SR-IOV."

# Rank, family and place in the table; then modalias, verdict, hazards, driver
awk -F '\t' -v OFS='\t' '
	function id(name, digits) { return name (digits == "*" ? digits : "0000" toupper(digits)) }
	function class(name, byte)
	{
		return name (byte > bytes ? "*" : toupper(substr($5, byte * 2 - 1, 2)))
	}
	{
		bytes = gsub("ff", "ff", $6)
		print $14, $10, NR, "pci:" id("v", $1) id("d", $2) id("sv", $3) id("sd", $4) \
			class("bc", 1) class("sc", 2) class("i", 3), $7, $8, $9
	}' "$1" | sort -n -k 1,1 -k 2,2 -k 3,3 | awk -F '\t' '
	function properties()
	{
		if (said)
			print said
	}
	$1 " " $2 != group	{ properties(); print "\n# " $7 }
	{
		group = $1 " " $2
		said = " PCI_SRIOV_UNMANAGED=" $5 "\n PCI_SRIOV_UNMANAGED_HAZARDS=" $6 \
			"\n PCI_SRIOV_UNMANAGED_DRIVER=" $7
		print $4
	}
	END			{ properties() }'
