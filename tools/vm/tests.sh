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

wrong=0
wrong() { echo "$*"; wrong=1; }

# run_by <machine, or a pattern>: the programs that the VMs of the tables run
run_by()
{
	awk -F '\t' -v machine="^$1\$" '$1 ~ machine { gsub(",", "\n", $4); print $4 }' \
		"$here/vms.tsv" "$here/../guests/vms.tsv" | sort -u
}

check()
{
	local built program test

	cd "$selftests" || exit 1
	built=$(for folder in */; do
		sed -n 's/^TEST_\(GEN_\)\?PROGS[ +:]*=//p' "$folder/Makefile" | xargs -n 1 |
			sed "s|^|$folder|"
	done)
	while read -r program; do
		grep -qx "$program" <<< "$built" || wrong "$program: no Makefile builds it"
	done < <(grep -l '^TEST_HARNESS_MAIN' -- */*.c | sed 's/\.c$//')
	for program in $built; do
		grep -qx "${program#*/}" <<< "$(run_by x86_64)" ||
			wrong "$program: no VM for x86_64 runs it: add it to tools/vm/vms.tsv"
		grep -q "\`${program#*/}\`" "${program%/*}/README.md" ||
			wrong "$program: ${program%/*}/README.md says nothing of it"
	done
	# The documents' examples are no program of a selftest
	for test in $(run_by '[^#]*' | grep -vx docs); do
		[ -e "$here/../guests/$test" ] || grep -q "/$test\$" <<< "$built" ||
			wrong "vms.tsv: there is no program $test"
	done
	return $wrong
}

case ${1:-} in
kunit)	sed -n 's/^\tKUNIT_CASE[A-Z_]*(\([a-z0-9_]*\).*/\1/p' \
		"$2"/drivers/pci/sriov-*-test.c "$2/kernel/resource_kunit.c" ;;
?*)	tests_of "$1" ;;
*)	check ;;
esac
