#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-mutants.sh: does each of mutants/*.patch still apply, and is there the test
# that it names?  `make mutants` takes an hour to find out.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../../.." && pwd)
count=0 failed=0

fail()
{
	echo "$1: $2"
	failed=$((failed + 1))
}

cd "$top" || exit 1
for patch in "$here"/mutants/*.patch; do
	name=$(basename "$patch")
	count=$((count + 1))
	said=$(git apply --check "$patch" 2>&1) || fail "$name" "$said"
	grep -q '^Bug: .' "$patch" || fail "$name" "says of no bug"
	read -r program test < <(sed -n 's/^Test: //p' "$patch")
	case $program in
	kunit)	pattern="^static void $test("
		files=drivers/pci/sriov-unmanaged-test.c ;;
	*)	pattern="^TEST_F[A-Z_]*(${test%%.*}, ${test##*.}[,)]"
		files=$here/../$program.c ;;
	esac
	grep -qs "$pattern" "$files" || fail "$name" "there is no test $program $test"
done
echo "$count mutants, $failed complaints"
[ "$count" != 0 ] && [ "$failed" = 0 ]
