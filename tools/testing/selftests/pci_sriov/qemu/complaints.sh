#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# complaints.sh <kernel log>: print what the kernel complains of; exit status 0
# if it does.  Of data races those that kcsan-elsewhere.tsv names do not count.
words='WARNING:|BUG:|Oops|Kernel panic|general protection|KASAN|UBSAN|KCSAN'
words="$words|INFO: task .* blocked|possible recursive|possible circular"
words="$words|inconsistent lock|suspicious RCU|sleeping function|refcount_t"
words="$words|Call Trace:|soft lockup|rcu_.*stall|unreferenced object"

grep -E "$words" "$1" | awk -F '\t' -v races="${0%/*}/kcsan-elsewhere.tsv" '
	BEGIN {
		while ((getline < races) > 0)
			if ($0 !~ /^(#|$)/)
				elsewhere[$1 " / " $2]
	}
	{
		race = $0
		sub(/\r$/, "", race)
		if (sub(/.*BUG: KCSAN: data-race in /, "", race) &&
		    race in elsewhere)
			next
		print
		found = 1
	}
	END { exit !found }'
