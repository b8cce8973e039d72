#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest-tests.sh <program[:test]...>: run the tests in this VM, one after the other,
# each program with its time limit, and report on standard output.

insmod ./pci_sriov_test.ko || echo "not ok helper module does not load"

uptime() { cut -d. -f1 /proc/uptime; }

# A debug kernel says more than a serial line takes
if [ -e /sys/kernel/debug/kmemleak ] || [ -e /sys/kernel/debug/kcsan ]; then
	dmesg -n 5
fi

for test; do
	only=
	case $test in
	*:*)	only="-t ${test#*:}" ;;
	esac
	test=${test%%:*}
	echo "# begin $test"
	start=$(uptime)
	echo "pci_sriov: $test" > /dev/kmsg
	# shellcheck disable=SC2086 # an option, or none
	timeout -s KILL "${TEST_SECONDS:-150}" "./$test" $only
	status=$?
	echo "# end $test $status $(($(uptime) - start))"
done

# A kernel that looks for memory leaks: what is young may be on its way yet
leaks=/sys/kernel/debug/kmemleak
if [ -e $leaks ]; then
	for _ in 1 2; do
		sleep 6
		echo scan > $leaks
	done
	while read -r line; do
		echo "kmemleak: $line" > /dev/kmsg
	done < $leaks
fi
