#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# complaints.sh <kernel log>: print what the kernel complains of; exit status 0
# if it does.
#
# Of KCSAN's data races those count that PCI or UIO has a part in: one of their
# functions is on the stack of one of the two accesses, up to an interrupt or a
# fault, and the pair is not in kcsan-elsewhere.tsv.  A lock that our code forgot
# is such a race, wherever the memory is accessed at last.  The kernel has races
# of its own, and each run meets others of them.
words='WARNING:|BUG:|Oops|Kernel panic|general protection|KASAN|UBSAN|KCSAN'
words="$words|INFO: task .* blocked|possible recursive|possible circular"
words="$words|inconsistent lock|suspicious RCU|sleeping function|refcount_t"
words="$words|Call Trace:|soft lockup|rcu_.*stall|unreferenced object"

awk -F '\t' -v races="${0%/*}/kcsan-elsewhere.tsv" '
	function report()
	{
		if (ours)
			print race
		race = ""
	}

	BEGIN {
		while ((getline < races) > 0)
			if ($0 !~ /^(#|$)/)
				elsewhere[$1 " / " $2]
	}
	{
		sub(/\r$/, "")
	}
	/BUG: KCSAN: data-race in / {
		if (race)
			report()
		race = $0
		ours = interrupted = 0
		pair = $0
		sub(/.*data-race in /, "", pair)
		known = pair in elsewhere
		next
	}
	race && /====================/ {
		report()
		next
	}
	race && / (by task|by interrupt|by unknown) / {
		interrupted = 0
	}
	# The innermost function comes first
	race && / asm_[a-z_]+\+0x/ {
		interrupted = 1
	}
	race && !known && !interrupted && /(pci|sriov|uio)[^ ]*\+0x/ {
		ours = 1
	}
	{
		print
	}
	# A report that the log breaks off counts
	END {
		if (race && !known)
			print race
	}' "$1" | grep -E "$words"
