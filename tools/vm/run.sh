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

# wrong_tests <VM>: what is wrong with what its programs printed
wrong_tests()
{
	local tap=$logs/$1.tap program status planned given

	# Here everything is there that a test may ask for
	sed -n 's/^ok .*# SKIP.*/skipped, &/p; /^not ok /p' "$tap"
	sed -n 's/^# end \([^ ]*\) \([0-9]*\) .*/\1 \2/p' "$tap" | while read -r program status; do
		case $status in
		0|4)	;;
		1)	grep -q '^not ok' "$tap" || echo "$program failed without saying what" ;;
		*)	echo "$program ended with status $status" ;;
		esac
		# Each test that its source has, and as many as it announced itself
		"$here/tests.sh" "$program" |
			grep -vxF -f <(sed -n -E 's/^(not )?ok [0-9]+ //p' "$tap") |
			sed "s/^/$program has no verdict of /"
	done
	planned=$(sed -n 's/^1\.\.//p' "$tap" | paste -sd+ | bc)
	given=$(grep -c -E '^(not )?ok [0-9]' "$tap")
	[ "${planned:-0}" = "$given" ] || echo "$given verdicts of ${planned:-0} tests"
	grep -q '^# end of run' "$tap" || echo "did not finish"
}

# wrong_kunit <VM>: KUnit runs at every boot.  What a suite says at its end counts: the console
# may have lost the verdict of a case, where a random test has silenced it
wrong_kunit()
{
	local given

	given=$(tr -d '\r' < "$logs/$1.console" | grep -a -v '# Totals' |
		sed -n 's/^\[[^]]*\] # [^ ]*: pass:\([0-9]*\) fail:0 .*/\1/p' | paste -sd+ | bc)
	[ "${given:-0}" = "$cases" ] ||
		echo "KUnit passed ${given:-0} cases of the $cases that the tree has"
	tr -d '\r' < "$logs/$1.console" | sed -n -E 's/^\[[^]]*\] +(not ok [0-9]+ .*)/KUnit: \1/p'
}

# told <VM>: what is worth a line of the output
told()
{
	sed "s/^/$1: note: started again, /" "$logs/$1.restarts"
	sed -n -E "s/^# (ratio|random|fail-nth|faults|reads|race|seen: |pci-)/$1: &/p
		s/^# document examples:|^.*# .*:.*BAR/$1: &/p" "$logs/$1.tap"
	awk -v name="$name" '
		/^# begin / { ok = bad = 0 }
		/^ok /      { ok++ }
		/^not ok /  { bad++ }
		/^# end [^ ]* [0-9]/ { printf "%s: %s: %d passed, %d not, %d s\n",
			      name, $3, ok, bad, $5 }
	' "$logs/$1.tap"
	grep -E -A2 'Expected|TIMEOUT|Terminated' "$logs/$1.tap" | sed "s/^/$1: /" | head -n 40
	[ "$1" != fuzz ] || sed -n -e 's/^.*\(verdict, .* ns\).*/KUnit: \1/p' \
		-e 's/^.*: \(random .*\)\r*$/KUnit: \1/p' "$logs/$1.console"
}

cases=$("$here/tests.sh" kunit "$tree" | wc -l)
for report in "$logs"/*.report; do
	vm=$(basename "$report" .report)
	tr -d '\r' < "$report" > "$logs/$vm.tap"
	passed=$((passed + $(grep '^ok ' "$logs/$vm.tap" | grep -vc '# SKIP')))
	while read -r line; do
		fail "$vm: $line"
	done < <(wrong_tests "$vm"; wrong_kunit "$vm")
	told "$vm"

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
