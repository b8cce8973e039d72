#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mutants.sh <kernel> [mutant...]	plant each bug of mutants.tsv, by itself, in
#					build/linux-<kernel>, build that, take the bug out
#					again, and run the test that must catch it in its
#					VM
# mutants.sh check <tree>		does each apply, and is there its test?
#
# Says "caught <mutant>" or "not ok <mutant>" for each; the last line is "N passed, N
# failed", and the exit status is 0 if all were caught.
#
# MUTANTS_SECONDS	as many as can be begun in this time, not all of them.  The
#			number of commits says which comes first, so that all have
#			their turn
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
build=${BUILD:-$top/build}
work=$build/mutants
table=$here/mutants.tsv
passed=0 failed=0

fail()
{
	echo "not ok $name: $*"
	failed=$((failed + 1))
}

names() { sed -n 's/^\([^#\t][^\t]*\)\t.*/\1/p' "$table"; }

# plant <tree> <mutant> [only-look]: its line of the table, and its bug; $planted is the file
# that has it now, or all of a patch that is taken back
plant()
{
	local bug_sed file

	name=$2 planted=
	IFS=$'\t' read -r _ files program bug_sed bug < <(grep -P "^$name\t" "$table")
	if [ -z "$bug" ]; then
		fail "mutants.tsv has no such line of five columns"
		return 1
	fi
	read -r program test <<< "$program"
	if [ "$bug_sed" = revert ]; then
		# Not its tests and documents
		git -C "$1" diff-tree -p "$(git -C "$1" log -1 --format=%H -F --grep "$files")" -- \
			drivers include kernel > "$work/planted" 2> /dev/null &&
			git -C "$1" apply -R ${3:+--check} "$work/planted" 2> /dev/null &&
			planted=$(git -C "$1" apply --numstat "$work/planted" | cut -f 3 | xargs) &&
			[ -n "$planted" ] && return
	else
		# shellcheck disable=SC2086 # several, with wildcards
		for file in $(cd "$1" && ls $files 2> /dev/null); do
			sed "$bug_sed" "$1/$file" > "$work/planted" || break
			cmp -s "$work/planted" "$1/$file" && continue
			[ -n "${3:-}" ] || cp "$work/planted" "$1/$file"
			planted="${planted:+$planted }$file"
		done
		[ "$(wc -w <<< "$planted")" != 1 ] || return 0
	fi
	fail "it changes ${planted:-nothing} instead of one of $files"
	return 1
}

# vm_of <program>: that of the table which runs it, or the first one for KUnit
vm_of()
{
	awk -F '\t' -v program="$1" '$1 == "x86_64" && (program == "kunit" && $5 == "-" ||
		index("," $4 ",", "," program ",")) { print $2; exit }' "$vm/vms.tsv"
}

check()		# <tree>
{
	local pattern tests each

	for each in $(names); do
		plant "$1" "$each" only-look
		[ -n "$bug" ] || continue
		tests=$program pattern="^${test%%.*}\.(.*\.)?${test##*.}$"
		[ "$program" != kunit ] || tests="kunit $1" pattern="^$test$"
		# shellcheck disable=SC2086 # kunit and the tree
		"$vm/tests.sh" $tests | grep -q -E "$pattern" || fail "$program has no test $test"
		passed=$((passed + 1))
	done
	echo "$passed mutants, $failed complaints"
	[ "$passed" != 0 ] && [ "$failed" = 0 ]
}

make_vm() { make --no-print-directory -f "$vm/Makefile" KERNEL="$kernel" "$@"; }

# run <name> <program> <test>: prints what became of it
run()
{
	local log=$work/$1 programs=$2

	# One test alone, where the kernel's harness can tell them apart
	! grep -q getopt "$tree/tools/testing/selftests/kselftest_harness.h" ||
		programs=$2:${3##*.}
	[ "$2" != kunit ] || programs=none
	"$vm/boot.sh" "$(vm_of "$2")" "$log.bzImage" "$work/initramfs.cpio" "$log" \
		"$programs" > "$log.qemu" 2>&1
	rm -f "$log.bzImage"
	cat "$log.console" "$log.report" | tr -d '\r' > "$log.log"
	# A KUnit test that an assertion ended may have no verdict, only what it
	# asserted.  One that took the kernel down has none, but was the last
	if grep -q -E "not ok [0-9]+ ${3%%.*}(\..*)?\.${3##*.}\$|not ok [0-9]+ $3\$|# $3: ASSERTION FAILED" \
	     "$log.log" ||
	   { ! grep -q '^# end of run' "$log.log" &&
	     "$vm/complaints.sh" "$log.console" > /dev/null &&
	     grep '^#  RUN ' "$log.log" | tail -n 1 | grep -q -E "\.${3##*.} \.\.\."; }; then
		echo "caught $1: $2 $3" >> "$work/verdicts"
	else
		echo "not ok $1: $2 passed $3, see $log.log" >> "$work/verdicts"
	fi
}

mkdir -p "$work"
if [ "${1:-}" = check ]; then
	check "$2"
	exit
fi

kernel=$1
shift
tree=$build/linux-$kernel
if [ $# = 0 ]; then
	mapfile -t every < <(names)
	first=0
	[ -z "${MUTANTS_SECONDS:-}" ] ||
		first=$(($(git -C "$top" rev-list --count HEAD || echo 0) * 4 % ${#every[@]}))
	set -- "${every[@]:first}" "${every[@]:0:first}"
fi
rm -f "$work"/*
# It refuses a tree with somebody's edits
make_vm initramfs || exit 1
cp "$build/initramfs-$kernel.cpio" "$work/initramfs.cpio"

# shellcheck disable=SC2086 # several, if that is wrong with it
restore() { [ -z "$planted" ] || (cd "$tree" && git checkout -q HEAD -- $planted); planted=; }
planted=
trap restore EXIT
trap 'exit 1' INT TERM

for mutant; do
	if [ $SECONDS -ge "${MUTANTS_SECONDS:-86400}" ]; then
		echo "mutants: out of time before $mutant" >&2
		break
	fi
	plant "$tree" "$mutant" || {
		restore
		continue
	}
	make_vm -o tree kernel > "$work/$name.build" 2>&1
	status=$?
	restore
	if [ $status != 0 ]; then
		fail "does not build, see $work/$name.build"
		continue
	fi
	# The VM runs while the next kernel is built
	wait
	cp "$build/kernel-$kernel/arch/x86/boot/bzImage" "$work/$name.bzImage"
	run "$name" "$program" "$test" &
	echo "mutant $name after $SECONDS s: $bug" >&2
done
wait

touch "$work/verdicts"
cat "$work/verdicts"
passed=$(grep -c '^caught' "$work/verdicts")
failed=$((failed + $(grep -c '^not ok' "$work/verdicts")))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
