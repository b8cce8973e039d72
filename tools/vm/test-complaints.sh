#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test-complaints.sh: whether complaints.sh tells what counts from what does not.
# Exit status 1 if not.
set -u

here=$(cd "$(dirname "$0")" && pwd)
failed=0

# race <functions> <frames of one access> <of the other>: a report of KCSAN's
race()
{
	local frame

	echo "[ 1.0] =================================================================="
	echo "[ 1.0] BUG: KCSAN: data-race in $1"
	echo "[ 1.0] "
	echo "[ 1.0] write (marked) to 0xffff8880005d26a8 of 4 bytes by task 286 on cpu 0:"
	for frame in $2; do
		echo "[ 1.0]  $frame+0x29a/0x790"
	done
	echo "[ 1.0] "
	echo "[ 1.0] read to 0xffff8880005d26a8 of 4 bytes by interrupt on cpu 1:"
	for frame in $3; do
		echo "[ 1.0]  $frame+0x348/0x790"
	done
	echo "[ 1.0] "
	echo "[ 1.0] Reported by Kernel Concurrency Sanitizer on:"
	echo "[ 1.0] =================================================================="
}

# expect <lines> <what>: of the log on standard input
expect()
{
	local lines

	lines=$("$here/complaints.sh" - | wc -l)
	if [ "$lines" != "$1" ]; then
		echo "$2: $lines lines of complaint instead of $1"
		failed=1
	fi
}

echo '[ 1.0] pci 0000:00:00.0: VFs left enabled' |
	expect 0 'what is no complaint'
printf '[ 1.0] WARNING: CPU: 0 PID: 1 at x.c:1\r\n[ 1.0] Call Trace:\r\n' |
	expect 2 'a warning'
race 'a / b' 'a vfs_read' 'b vfs_write' |
	expect 0 'a race that neither PCI nor UIO has a part in'
race 'a / b' 'a sriov_numvfs_store vfs_write' 'b vfs_write' |
	expect 1 'a race with a function of PCI on one stack'
race 'a / b' 'a vfs_read' 'b uio_write vfs_write' |
	expect 1 'a race with a function of UIO on the other'
race 'a / b' 'a pci_stub_probe' 'b pci_read' | sed 's/$/\r/' |
	expect 1 'a race of a console with carriage returns'
race 'a / b' 'a asm_sysvec_apic_timer_interrupt pci_read' 'b c' |
	expect 0 'a race of an interrupt that PCI was met by'
race 'a / b' 'a asm_exc_page_fault vfs_read' 'pci_read vfs_read' |
	expect 1 'a race with PCI after an interrupt of the other access'
race 'sim_attr_store / sim_stats_show' 'sim_attr_store vfs_write' 'b vfs_read' |
	expect 1 'a race of the simulator'
race 'a / d3cold_allowed_show' 'a vfs_write' 'b dev_attr_show kernfs_fop_read_iter' |
	expect 1 'a race of a file in sysfs'
race 'a / b' 'a b c' 'b d' | sed 's/ c+.*/& [third]/' |
	expect 1 'a race of a module'
{
	race 'a / b' 'a pci_read' 'b'
	race 'a / b' 'a vfs_read' 'b'
	echo '[ 1.0] Oops: 0000'
	race 'a / b' 'a vfs_read' 'b' | sed '/Reported by/,$d'
	race 'a / b' 'a vfs_read' 'b'
	race 'a / b' 'a vfs_read' 'b' | sed '/Reported by/,$d'
} | expect 4 'races, a complaint between them, and two that the log breaks off'
race 'a / b' 'a' 'b' | sed 's/ read to .*/ WARNING: CPU: 0 PID: 1 at x.c:1/' |
	expect 1 'a complaint within a report'

exit $failed
