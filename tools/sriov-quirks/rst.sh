#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# rst.sh <table>: print it as a page of documentation, by vendor, with counts.
set -eu

sort -s -n -t '	' -k 10,10 "$1" | awk -F '\t' '
	# A family of the table, before the next one begins
	function family()
	{
		if (!entries)
			return
		if (vendor != last)
			text = text "\n" vendor "\n" substr(line, 1, length(vendor)) \
				"\n\n.. list-table::\n   :header-rows: 1\n\n" \
				"   * - PF driver\n     - verdict\n     - hazards\n" \
				"     - entries\n     - reason and evidence\n"
		last = vendor
		text = text "   * - " row "\n     - " entries "\n     - " reason "\n"
		if (note)
			text = text "\n       The driver: " note ".\n"
		families++
		entries = 0
	}
	BEGIN { line = sprintf("%64s", ""); gsub(" ", "=", line) }
	$10 != number { family() }
	{
		count[$7]++
		entries++
		number = $10; reason = $12; note = $13
		row = $9 "\n     - " $7 "\n     - " $8
		vendor = $11
		gsub(/.*\/|\.h$/, "", vendor)
	}
	END {
		family()
		print ".. SPDX-License-Identifier: GPL-2.0"
		print ".. A listing of drivers/pci/sriov-quirks/, which has the last word.\n"
		print "=========================================="
		print "Unmanaged SR-IOV: devices the kernel knows"
		print "==========================================\n"
		print NR " entries in " families " families: " count["refuse"] " refused, " \
			count["allow"] " known to be safe.  The most"
		print "specific one decides: a device before its vendor, and both before its"
		print "class."
		printf "%s", text
	}'
