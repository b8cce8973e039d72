#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <name> <tree> <image> <initramfs> <directory for logs>
#
# Boot the VMs of this folder, and print what the tests of other devices print, the
# table of what was seen, and draw a picture.  Ends with a line
# "<name>: N passed, N failed, N skipped"; exit status 1 unless none failed.
#
# Skipped are the VMs with an 82576 where there is only a QEMU without one.
# NICS		the modules that they need
# LINUX		what build.sh made
# TESTS_ONLY	some of the VMs, by name, separated by commas
set -u

name=$1 tree=$2 image=$3 initramfs=$4 logs=$5
here=$(cd "$(dirname "$0")" && pwd)
export VM_TABLE=$here/vms.tsv

skipped=0
if ! "$here/qemu.sh" > /dev/null; then
	echo "$name: skipped: VMs igb and linux, which need a QEMU with igb"
	skipped=2
	TESTS_ONLY=nvme
fi
export TESTS_ONLY=${TESTS_ONLY:-}

# Each has two CPUs of its own to emulate: more at a time only wait for each other
VM_JOBS=${VM_JOBS:-$(nproc)} \
	"$here/../vm/run.sh" "$name" "$tree" "$image" "$initramfs" "$logs" > "$logs.txt"
status=$?
grep -v '# seen: ' "$logs.txt" | sed '$d'

echo "$name: what was seen:"
{
	echo "device|holder of the PF|user of the VFs|result"
	echo "---|---|---|---"
	cat "$logs"/*.tap | sed -n 's/^# seen: //p' | sort
} | sed 's/|/ | /g; s/.*/| & |/'

# As in the guide
if [ -e "$logs/igb.tap" ]; then
	gnuplot -e "report='$logs/igb.tap'; output='$logs/owner.svg'" "$here/owner.gp" &&
		sed -i 's/[[:space:]]*$//' "$logs/owner.svg" &&
		echo "$name: what became of the PF's owner: $logs/owner.svg"
fi

summary=$(tail -n 1 "$logs.txt")
echo "$summary, $skipped skipped"
exit $status
