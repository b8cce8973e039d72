#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# complaints.sh <kernel log>: print what the kernel complains of; exit status 0
# if it does.
exec grep -E 'WARNING:|BUG:|Oops|Kernel panic|general protection|KASAN|UBSAN|KCSAN|INFO: task .* blocked|possible recursive|possible circular|inconsistent lock|suspicious RCU|sleeping function|refcount_t|Call Trace:|soft lockup|rcu_.*stall|unreferenced object' "$1"
