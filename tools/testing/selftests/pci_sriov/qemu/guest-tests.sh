#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# guest-tests.sh <test...>: run the tests in this VM, one after the other, each
# with its time limit, and report on standard output.

insmod ./pci_sriov_test.ko || echo "not ok helper module does not load"

for test; do
	echo "# begin $test"
	echo "pci_sriov: $test" > /dev/kmsg
	timeout -s KILL 150 "./$test"
	echo "# end $test $?"
done
