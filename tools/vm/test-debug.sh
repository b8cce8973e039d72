#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test-debug.sh <kernel...>: the tests on kernels that check memory and objects
# (kasan), or look for data races (kcsan); VARIANTS=kasan for one of them.  The
# last line is "N passed, N failed"; the exit status is 0 only if none failed.
set -u

here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0

# Slow, and they need memory
export VM_JOBS=${VM_JOBS:-3} VM_SECONDS=${VM_SECONDS:-1500} VM_MEMORY=1024
export FUZZ_WRITES=${FUZZ_WRITES:-40000} FAULT_STEP=${FAULT_STEP:-24}

"$here/setup.sh" || exit 1

for kernel; do
	set -- KERNEL="$kernel"
	[ "$kernel" != ksrc ] || set -- KSRC="${KSRC:?}"
	for variant in ${VARIANTS:-kasan kcsan}; do
		summary=
		while IFS= read -r line; do
			echo "$line"
			case $line in
			*" passed, "*" failed")	summary=$line ;;
			esac
		done < <(make --no-print-directory -f "$here/Makefile" \
			 "$@" VARIANT="$variant" run)
		if [ -n "$summary" ]; then
			read -r _ p _ f _ <<< "$summary"
			passed=$((passed + p))
			failed=$((failed + f))
		else
			echo "not ok $kernel $variant: no summary"
			failed=$((failed + 1))
		fi
	done
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
