#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# same.sh <logs> <image> <initramfs> <image> <initramfs> [<arguments> <arguments>]
#
# Does anybody notice the feature who does not use it?  guest-same.sh runs on two
# kernels, on the one that has it and on the one that has not, and what it prints
# is compared.  Nothing but these may differ, and each must:
#
# - a PF has three files more in sysfs, sriov_unmanaged_*, with these modes
# - there is a module sriov_unmanaged with its parameters, and its unit tests; as it
#   is loaded it says so
# - a driver that enables VFs of a PF that the table refuses, by a way that is not
#   refused, gets a line in the log, at level 4
#
# Ends with "same: N steps, no difference", or with the differences.  VM_JOBS=1: one
# VM after the other.
set -u

here=$(cd "$(dirname "$0")" && pwd)
vm=$here/../vm
logs=$1
rm -rf "$logs"
mkdir -p "$logs"

# boot <with|without> <image> <initramfs> <arguments>: under a clock of the VM's own, as it
# sleeps a lot
boot()
{
	local log=$logs/$1

	if ! VM_CPUS=1 VM_ICOUNT=shift=1,sleep=off "$vm/vm.sh" "$2" "$3" "$log" \
	     "${VM_SECONDS:-600}" "pci_sriov.run=same kunit.enable=0 $4" \
	     > "$log.qemu" 2>&1; then
		echo "same: the VM $1 it ended badly or took too long" \
			>> "$log.report"
	fi
	tr -d '\r' < "$log.report" | grep -v '^# ' > "$log.txt"
}

fail()
{
	echo "same: $*"
	failed=1
}

failed=0
boot with "$2" "$3" "${6:-}" &
[ "${VM_JOBS:-2}" != 1 ] || wait
boot without "$4" "$5" "${7:-}" &
wait

# Of what a kernel complains without the feature is a bug of its own
for side in with without; do
	"$vm/complaints.sh" "$logs/$side.console" > "$logs/$side.complaints" &&
		echo "same: note: the kernel $side it complains, see" \
			"$logs/$side.complaints"
	grep '^same: ' "$logs/$side.txt" && failed=1
	grep -q '^# end of run' "$logs/$side.report" ||
		fail "the run $side it has no end, see $logs/$side.report"
done
if [ -s "$logs/with.complaints" ] && [ ! -s "$logs/without.complaints" ]; then
	fail "the kernel with it complains, the one without does not:"
	head -n 5 "$logs/with.complaints"
fi

# What must differ, and is taken out
files='^(mode -rw-r--r-- \./sriov_unmanaged_autoprobe|file \./sriov_unmanaged_autoprobe:0'
files+='|mode -r--r--r-- \./sriov_unmanaged_(policy|reason)'
files+='|file \./sriov_unmanaged_(policy:(allow|refuse)|reason:[a-z,]+( [^ ]+)?))$'
module='^/sys/module/sriov_unmanaged(_test)?(/parameters/[a-z]+)?$'
line='^log <4> [^ ]+ ([^ ]+): ([^ ]+) enables VFs of \[....:....\] although .*'
grep -vE -e "$files" -e "$module" -e "$line" -e '^boot sriov_unmanaged: ' "$logs/with.txt" \
	> "$logs/with.cleaned"

# A mode and a content of each file, for each PF and nobody else
awk -v files="${files//\\/\\\\}" '
	/^=== / { step = $0; device = "" }
	/^--- / { device = $2 }
	$0 ~ files { lines[step ": " device]++ }
	/^mode .* \.\/sriov_numvfs$/ { lines[step ": " device] -= 6 }
	END {
		for (at in lines)
			if (lines[at]) {
				print "same: " at ": " lines[at] " sriov_unmanaged_* too many"
				bad = 1
			}
		exit bad
	}' "$logs/with.txt" || failed=1
# Its directory and three parameters at least, at both ends
[ "$(grep -cE "$module" "$logs/with.txt")" -ge 8 ] || fail "no module sriov_unmanaged"
grep -q '^refused ' "$logs/with.txt" ||
	fail "no VFs were enabled of a PF that the table refuses"
diff <(grep '^refused ' "$logs/with.txt") \
	<(sed -nE "s/$line/refused \2 \1/p" "$logs/with.txt") > "$logs/diff" || {
	fail "VFs that were enabled though the table refuses (<), and lines on that (>):"
	cat "$logs/diff"
}

# With the step that a difference belongs to
if ! diff -u -F '^=== ' --label without "$logs/without.txt" \
	--label with "$logs/with.cleaned" > "$logs/diff"; then
	fail "the kernels differ, see $logs/diff:"
	head -n 40 "$logs/diff"
fi

steps=$(sed -n 's/^=== end of \([0-9]*\) steps$/\1/p' "$logs/with.txt")
[ "$failed" = 0 ] || exit 1
echo "same: ${steps:?} steps, no difference"
