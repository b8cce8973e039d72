#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <name> <tree> <image> <initramfs> <directory for logs>
#
# Boot the VMs of vms.tsv, several at a time because they mostly sleep, and judge
# what they report and what their kernels say.  Ends with a line "<name>: N passed,
# N failed"; exit status 1 unless none failed.
#
# TESTS_ONLY	names of VMs, with commas between
# VM_JOBS	how many at a time, if not three for each CPU
# VM_TABLE	another table than vms.tsv, as tools/guests has one
set -u

name=$1 tree=$2 image=$3 initramfs=$4 logs=$5
here=$(cd "$(dirname "$0")" && pwd)
passed=0 failed=0

rm -rf "$logs"
mkdir -p "$logs"

boot()		# <VM>
{
	local start=$SECONDS

	if ! "$here/boot.sh" "$1" "$image" "$initramfs" "$logs/$1" \
	     > "$logs/$1.qemu" 2>&1; then
		echo "not ok VM $1 ended badly or took too long, see $logs/$1.qemu" \
			>> "$logs/$1.report"
	fi
	echo "$name: VM $1 done in $((SECONDS - start)) s" >&2
}

fail()
{
	echo "not ok $name: $*"
	failed=$((failed + 1))
}

while read -r vm; do
	[ -z "${TESTS_ONLY:-}" ] || [[ ,$TESTS_ONLY, == *,$vm,* ]] || continue
	while [ "$(jobs -r | wc -l)" -ge "${VM_JOBS:-$(($(nproc) * 3))}" ]; do
		sleep 0.5
	done
	boot "$vm" &
done < <(awk -F '\t' -v machine="${MACHINE:-x86_64}" '$1 == machine { print $2 }' \
		"${VM_TABLE:-$here/vms.tsv}")
wait

# judge_tests <VM>: what its programs printed
judge_tests()
{
	local vm=$1 tap=$logs/$1.tap line program status planned given test

	while read -r line; do
		case $line in
		# Here everything is there that a test may ask for
		*'# SKIP'*)	fail "$vm: skipped, $line" ;;
		'ok '*)		passed=$((passed + 1)) ;;
		'not ok '*)	fail "$vm: $line" ;;
		'# ratio'*|'# random'*|'# fail-nth'*|'# faults'*|'# reads'*|\
		'# race'*|'# seen: '*|'# pci-'*|'# document examples:'*|*'# '*:*BAR*)
				echo "$vm: $line" ;;
		esac
	done < "$tap"
	while read -r program status; do
		case $status in
		0|4)	;;
		1)	grep -q '^not ok' "$tap" ||
				fail "$vm: $program failed without saying what" ;;
		*)	fail "$vm: $program ended with status $status" ;;
		esac
		# Each test that its source has, and as many as it announced itself
		for test in $("$here/tests.sh" "$program"); do
			grep -q -E "^(not )?ok [0-9]+ $test\$" "$tap" ||
				fail "$vm: $program has no verdict of $test"
		done
	done < <(sed -n 's/^# end \([^ ]*\) \([0-9]*\) .*/\1 \2/p' "$tap")
	planned=$(sed -n 's/^1\.\.//p' "$tap" | paste -sd+ | bc)
	given=$(grep -c -E '^(not )?ok [0-9]' "$tap")
	[ "${planned:-0}" = "$given" ] ||
		fail "$vm: $given verdicts of ${planned:-0} tests"
	grep -q '^# end of run' "$tap" || fail "$vm: did not finish"

	awk -v name="$name" '
		/^# begin / { ok = bad = 0 }
		/^ok /      { ok++ }
		/^not ok /  { bad++ }
		/^# end [^ ]* [0-9]/ { printf "%s: %s: %d passed, %d not, %d s\n",
			      name, $3, ok, bad, $5 }
	' "$tap"
	grep -E -A2 'Expected|TIMEOUT|Terminated' "$tap" |
		sed "s/^/$vm: /" | head -n 40
}

# KUnit runs at every boot.  What a suite says at its end counts: the console may have
# lost the verdict of a case, where a random test has silenced it
judge_kunit()	# <VM> <number of cases>
{
	local line given

	given=$(tr -d '\r' < "$logs/$1.console" | grep -a -v '# Totals' |
		sed -n 's/^\[[^]]*\] # [^ ]*: pass:\([0-9]*\) fail:0 .*/\1/p' | paste -sd+ | bc)
	[ "${given:-0}" = "$2" ] ||
		fail "$1: KUnit passed ${given:-0} cases of the $2 that the tree has"
	while read -r line; do
		fail "$1: KUnit: $line"
	done < <(tr -d '\r' < "$logs/$1.console" |
		sed -n -E 's/^\[[^]]*\] +(not ok [0-9]+ .*)/\1/p')
}

cases=$("$here/tests.sh" kunit "$tree" | wc -l)
for report in "$logs"/*.report; do
	vm=$(basename "$report" .report)
	tr -d '\r' < "$report" > "$logs/$vm.tap"
	while read -r line; do
		echo "$vm: note: started again, $line"
	done < "$logs/$vm.restarts"
	judge_tests "$vm"
	judge_kunit "$vm" "$cases"
	[ "$vm" != fuzz ] || sed -n -e 's/^.*\(verdict, .* ns\).*/KUnit: \1/p' \
		-e 's/^.*: \(random .*\)\r*$/KUnit: \1/p' "$logs/$vm.console"

	# Of a console that was put aside too
	if cat "$logs/$vm".console* | "$here/complaints.sh" - > "$logs/$vm.complaints"; then
		fail "$vm: the kernel complains, see $logs/$vm.console:"
		head -n 5 "$logs/$vm.complaints"
	else
		passed=$((passed + 1))
	fi
done
# Those of one VM count
passed=$((passed + cases))

echo "$name: $passed passed, $failed failed"
[ "$failed" = 0 ]
