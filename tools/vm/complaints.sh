#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# complaints.sh <kernel log>: print what the kernel complains of; exit status 0
# if it does.
#
# Of KCSAN's data races those count that PCI or UIO has a part in: on the stack of
# one of the two accesses, up to an interrupt or a fault, is a function of theirs,
# of a module or of a unit test, or a file of sysfs, procfs or configfs is read or
# written.  A lock that our code forgot is such a race, wherever the memory is
# accessed at last.  The kernel has races of its own, and each run meets others of
# them.
words='WARNING:|BUG:|Oops|Kernel panic|general protection|KASAN|UBSAN|KCSAN'
words="$words|INFO: task .* blocked|possible recursive|possible circular"
words="$words|inconsistent lock|suspicious RCU|sleeping function|refcount_t"
words="$words|Call Trace:|soft lockup|rcu_.*stall|unreferenced object"

awk '
	# What the log breaks off counts
	function report() { if (race && (ours || !whole)) print race; race = "" }
	BEGIN {
		part = "(pci|sriov|uio|kunit)[^ ]*\\+0x| sim_[^ ]*\\+0x"
		# Of a module
		part = part "|\\+0x[^ ]* \\["
		part = part "|(kernfs_fop|configfs)_(read|write)_iter|proc_reg_(read|write)"
	}
	{ sub(/\r$/, "") }
	/BUG: KCSAN: data-race in / { report(); race = $0; ours = interrupted = whole = 0; next }
	race && /====================/			{ report(); next }
	race && / (by task|by interrupt|by unknown) /	{ interrupted = 0 }
	# The innermost function comes first
	race && / asm_[a-z_]+\+0x/			{ interrupted = 1 }
	race && !interrupted && $0 ~ part		{ ours = 1 }
	race && /Reported by Kernel Concurrency Sanitizer/ { whole = 1 }
	{ print }
	END { report() }' "$1" | grep -E "$words"
