#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tests.sh <program>	the tests that its source has, as its verdicts name them
# tests.sh kunit <tree>	the cases of KUnit that a kernel tree has for the test kernel
# tests.sh		does a VM of vms.tsv run each program, and does the README of its
#			folder tell of it?  Exit status 1 if not
set -u

here=$(cd "$(dirname "$0")" && pwd)
selftests=$here/../testing/selftests

programs()	# <folder>
{
	sed -n 's/^TEST_\(GEN_\)\?PROGS[ +:]*=//p' "$1/Makefile" | xargs -n 1
}

tests_of()	# <program>
{
	local source dir

	for source in "$selftests"/*/"$1.c"; do
		dir=${source%/*}
		# shellcheck disable=SC2046 # a word for each
		cat "$source" $(sed -n "s|^#include \"\([a-z_]*\.h\)\"|$dir/\1|p" "$source")
	done 2> /dev/null | awk -F '[(), ]+' '
	/^FIXTURE_VARIANT_ADD\(/ { variants[$2] = variants[$2] " " $3 "." }
	/^TEST_F[A-Z_]*\(/	{ fixture[++n] = $2; name[n] = $3 }
	END {
		for (i = 1; i <= n; i++) {
			count = split(variants[fixture[i]], variant, " ")
			for (j = 1; j <= (count ? count : 1); j++)
				print fixture[i] "." (count ? variant[j] : "") name[i]
		}
	}'
}

check()
{
	local wrong=0 folder source program tests test

	tests=$(awk -F '\t' '!/^#/ { gsub(",", "\n", $4); print $1 " " $4 }' "$here/vms.tsv" \
		"$here/../guests/vms.tsv" |
		awk 'NF == 2 { machine = $1 } { print machine, $NF }')
	for folder in "$selftests"/*/; do
		while read -r source; do
			program=$(basename "$source" .c)
			programs "$folder" | grep -x "$program" > /dev/null || {
				echo "$program: ${folder#"$here/../"}Makefile does not build it"
				wrong=1
			}
		done < <(grep -l '^TEST_HARNESS_MAIN' "$folder"*.c)
		for program in $(programs "$folder"); do
			grep -qx "x86_64 $program" <<< "$tests" || {
				echo "$program: no VM for x86_64 runs it: add it to tools/vm/vms.tsv"
				wrong=1
			}
			grep -q "\`$program\`" "$folder/README.md" || {
				echo "$program: ${folder#"$here/../"}README.md says nothing of it"
				wrong=1
			}
		done
	done
	# The document's examples are no program of a selftest
	while read -r test; do
		[ -e "$here/../guests/$test" ] ||
			ls "$selftests"/*/"$test.c" > /dev/null 2>&1 || {
			echo "vms.tsv: there is no program $test"
			wrong=1
		}
	done < <(awk '$2 != "docs" { print $2 }' <<< "$tests" | sort -u)
	return $wrong
}

case ${1:-} in
kunit)	sed -n 's/^\tKUNIT_CASE[A-Z_]*(\([a-z0-9_]*\).*/\1/p' \
		"$2"/drivers/pci/sriov-*-test.c "$2/kernel/resource_kunit.c" ;;
?*)	tests_of "$1" ;;
*)	check ;;
esac
