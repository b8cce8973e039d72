#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test-complaints.sh: whether complaints.sh tells what counts from what does not.
# Exit status 1 if not.
set -u

here=$(cd "$(dirname "$0")" && pwd)
failed=0
# expect ends pipes, and is to run in this shell
shopt -s lastpipe

# race <functions> <frames of one access> <of the other>: a report of KCSAN's
race()
{
	# shellcheck disable=SC2086 # a frame a word
	sed 's/^/[ 1.0] /' <<- END
		==================================================================
		BUG: KCSAN: data-race in $1

		write (marked) to 0xffff8880005d26a8 of 4 bytes by task 286 on cpu 0:
		$(printf ' %s+0x29a/0x790\n' $2)

		read to 0xffff8880005d26a8 of 4 bytes by interrupt on cpu 1:
		$(printf ' %s+0x348/0x790\n' $3)

		Reported by Kernel Concurrency Sanitizer on:
		==================================================================
	END
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

# Lines, functions, frames of each access, what becomes of the report, what it is
while IFS='|' read -r lines functions one other change what; do
	race "$functions" "$one" "$other" | sed "$change" | expect "$lines" "$what"
done << 'END'
0|a / b|a vfs_read|b vfs_write||a race that neither PCI nor UIO has a part in
1|a / b|a sriov_numvfs_store vfs_write|b vfs_write||a race with a function of PCI on one stack
1|a / b|a vfs_read|b uio_write vfs_write||a race with a function of UIO on the other
1|a / b|a pci_stub_probe|b pci_read|s/$/\r/|a race of a console with carriage returns
0|a / b|a asm_sysvec_apic_timer_interrupt pci_read|b c||a race of an interrupt that PCI was met by
1|a / b|a asm_exc_page_fault vfs_read|pci_read vfs_read||a race with PCI after the other's interrupt
1|sim_attr_store / sim_stats_show|sim_attr_store vfs_write|b vfs_read||a race of the simulator
1|a / d3cold_allowed_show|a vfs_write|b dev_attr_show kernfs_fop_read_iter||a race of a file in sysfs
1|a / b|a b c|b d|s/ c+.*/& [third]/|a race of a module
1|a / b|a|b|s/ read to .*/ WARNING: CPU: 0 PID: 1 at x.c:1/|a complaint within a report
END
{
	race 'a / b' 'a pci_read' 'b'
	race 'a / b' 'a vfs_read' 'b'
	echo '[ 1.0] Oops: 0000'
	race 'a / b' 'a vfs_read' 'b' | sed '/Reported by/,$d'
	race 'a / b' 'a vfs_read' 'b'
	race 'a / b' 'a vfs_read' 'b' | sed '/Reported by/,$d'
} | expect 4 'races, a complaint between them, and two that the log breaks off'

exit $failed
