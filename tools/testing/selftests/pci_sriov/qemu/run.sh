#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <name> <image> <initramfs> <directory for logs>
#
# Boot the VMs that the tests are spread over, several at a time, because they
# mostly sleep; gather what they report; scan their consoles.  Ends with a line
# "<name>: N passed, N failed"; exit status 1 unless none failed.
#
# VM_JOBS	how many at a time, if not three for each CPU
# VM_SECONDS	how long one may take
# VMS		a table of other VMs than these, as tools/guests has it
# GUESTS	where tools/guests is, whose VMs hold VMs, or network cards
set -u

name=$1 image=$2 initramfs=$3 logs=$4
here=$(cd "$(dirname "$0")" && pwd)
only=${TESTS_ONLY:-}

rm -rf "$logs"
mkdir -p "$logs"

# VM	has	tests	kernel arguments
#
# With icount=N a VM's time is the instructions that it runs, 2^N ns each, on one
# CPU, and what it sleeps takes no time of ours: for those that sleep long, on a
# CPU so fast that its timer interrupts are few, and for the one that measures, on
# a slow one so that the work shows beside the sleep.  "fuzz" makes a million
# random writes on two kernels, in a unit test and a quarter as many through sysfs;
# a slow kernel may ask for fewer FUZZ_WRITES, and for "fault" to try every
# FAULT_STEP-th allocation only.  Those that take longest come first.
fuzz_writes=${FUZZ_WRITES:-420000}
vms="
fault	icount=1	fault	pci_sriov.seconds=7200 PCI_SRIOV_FAULT_STEP=${FAULT_STEP:-1}
race	-	race	-
sim	-	sim	memmap=4M\$0x1f000000 pci_sriov.window=1f001000-1f3fffff
docs	iommu	docs	pci-stub.ids=144d:a824 sriov_unmanaged.override=8086:10FB=allow,oops,15b3:*=refuse sriov_unmanaged.unlisted=refuse
aer	noplug	aer	pcie_ports=native
lock	icount=1	lock,parallel	pci_sriov.seconds=7200
sleep	icount=1	sleep,untouched	pci_sriov.seconds=7200 suspend.pm_test_delay=0
fuzz	-	fuzz	sriov_unmanaged_test.writes=$fuzz_writes PCI_SRIOV_WRITES=$((fuzz_writes / 4))
gate	-	taint,gate,gate_uio,state	-
scope	-	scope,param,probe	-
vfio	iommu	boot,vfio	sriov_unmanaged.override=aaaa:bbbb=allow sriov_unmanaged.override=1:2=allow,zz,,8086:10FB=allow,4:5=bad sriov_unmanaged.unlisted=refuse sriov_unmanaged.scope=any
guest	guest	guest_nvme	-
cost	icount=3	cost	-
"

# The simulator and the gate on another architecture, whose machines are described
# by a device tree or by ACPI.  "scope" wants a kernel that nobody has tainted yet
[ "${MACHINE:-x86_64}" != arm64 ] || vms="
tree	-	scope,gate,state,sim,lock,race	mem=448M pci_sriov.window=5c001000-5c3fffff
acpi	uefi	probe,sim,lock	mem=448M pci_sriov.window=5c001000-5c3fffff
"

[ -z "${VMS:-}" ] || vms=$VMS

boot()
{
	local vm=$1 has=$2 tests=$3 args=$4
	local seconds=${VM_SECONDS:-420} start=$SECONDS times=1

	[ "$args" = - ] && args=
	# It sleeps for an hour of the VM's time, which is none of ours, and then
	# has more to do than the others
	case $has in
	iommu)	export VM_IOMMU=1 ;;
	uefi)	export VM_UEFI=1 ;;
	guest*)	eval "$("$GUESTS/machine.sh" "$has" "$image" "$initramfs" "$logs/$vm")"
		seconds=$((seconds * times)) ;;
	# The kernel would find the slots empty, and turn their power off
	noplug)	export VM_HOTPLUG=off ;;
	icount=*) export VM_CPUS=1 VM_ICOUNT=shift=${has#*=},sleep=off
		seconds=$((seconds * 2)) ;;
	esac
	if ! "$here/vm.sh" "$image" "$initramfs" "$logs/$vm" \
	     "$seconds" "pci_sriov.run=$tests $args" > "$logs/$vm.qemu" 2>&1; then
		echo "not ok VM $vm ended badly or took over $seconds s" \
			>> "$logs/$vm.report"
	fi
	echo "$name: VM $vm done in $((SECONDS - start)) s" >&2
}

while IFS=$'\t' read -r vm has tests args; do
	[ -n "$vm" ] || continue
	[ -z "$only" ] || [[ ,$only, == *,$vm,* ]] || continue
	while [ "$(jobs -r | wc -l)" -ge "${VM_JOBS:-$(($(nproc) * 3))}" ]; do
		sleep 0.5
	done
	boot "$vm" "$has" "$tests" "$args" &
done <<< "$vms"
wait

passed=0 failed=0

fail()
{
	echo "not ok $name: $*"
	failed=$((failed + 1))
}

for report in "$logs"/*.report; do
	vm=$(basename "$report" .report)
	tr -d '\r' < "$report" > "$logs/$vm.tap"

	while read -r line; do
		echo "$vm: note: started again, $line"
	done < "$logs/$vm.restarts"

	# The harness's own lines; and a test that ended without its verdict
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
	done < "$logs/$vm.tap"
	while read -r test status; do
		case $status in
		0|4)	;;
		1)	grep -q '^not ok' "$logs/$vm.tap" ||
				fail "$vm: $test failed without saying what" ;;
		*)	fail "$vm: $test ended with status $status" ;;
		esac
	done < <(sed -n 's/^# end \([^ ]*\) \([0-9]*\) .*/\1 \2/p' "$logs/$vm.tap")
	awk -v name="$name" '
		/^# begin / { ok = bad = 0 }
		/^ok /      { ok++ }
		/^not ok /  { bad++ }
		/^# end [^ ]* [0-9]/ { printf "%s: %s: %d passed, %d not, %d s\n",
			      name, $3, ok, bad, $5 }
	' "$logs/$vm.tap"
	# As many verdicts as were promised
	planned=$(sed -n 's/^1\.\.//p' "$logs/$vm.tap" | paste -sd+ | bc)
	given=$(grep -c -E '^(not )?ok [0-9]' "$logs/$vm.tap")
	[ "${planned:-0}" = "$given" ] ||
		fail "$vm: $given verdicts of ${planned:-0} tests"
	grep -q '^# end of run' "$logs/$vm.tap" || fail "$vm: did not finish"
	grep -E -A2 'Expected|TIMEOUT|Terminated' "$logs/$vm.tap" |
		sed "s/^/$vm: /" | head -n 40

	# Anything the kernel complains of, in a console that was put aside too
	if cat "$logs/$vm".console* | "$here/complaints.sh" - \
	     > "$logs/$vm.complaints"; then
		fail "$vm: the kernel complains, see $logs/$vm.console:"
		head -n 5 "$logs/$vm.complaints"
	else
		passed=$((passed + 1))
	fi
done

# KUnit runs at every boot, and must never fail; one of them counts.  A test that
# an assertion ends may have no verdict of its own, but its suite has.
kunit=
for console in "$logs"/*.console; do
	vm=$(basename "$console" .console)
	cases=$(tr -d '\r' < "$console" |
		sed -n '/# Subtest: \(sriov-.*\|resource\)$/,/^\[[^]]*\] \(not \)\?ok /p' |
		grep -E '^\[[^]]*\] +(not )?ok [0-9]')
	while read -r line; do
		fail "$vm: KUnit: $line"
	done < <(grep 'not ok ' <<< "$cases")
	kunit=$(grep -c '^\[[^]]*\]  \+ok ' <<< "$cases")
	case $vm in
	fuzz)	sed -n 's/^.*\(verdict, .* ns\).*/KUnit: \1/p' "$console"
		sed -n 's/^.*: \(random .*\)\r*$/KUnit: \1/p' "$console" ;;
	esac
done
if [ "${kunit:-0}" -gt 1 ]; then
	passed=$((passed + kunit))
else
	fail "KUnit did not run"
fi

echo "$name: $passed passed, $failed failed"
[ "$failed" = 0 ]
