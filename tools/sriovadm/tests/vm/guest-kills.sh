#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Changes are killed at a random moment, with what they have started; kills=<how many>
# on the kernel command line.  After each, restore brings what is configured by then.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

set -m
up
kills=$(grep -o 'kills=[0-9]*' /proc/cmdline)
kills=${kills#*=} killed=0 runs=0 bad=0
RANDOM=1

now_ms()
{
	local now=${EPOCHREALTIME/./}

	echo "${now%???}"
}

# restored: a child that the kernel has not answered yet goes on after a SIGKILL
restored()
{
	local end=$((SECONDS + 60))

	until sriovadm restore > /tmp/restore 2>&1; do
		[ $SECONDS -lt $end ] || return
		sleep 0.2
	done
	sriovadm diff > /tmp/diff 2>&1 && sriovadm restore | grep -q 'wants already\|nothing is'
}

# How long a change takes that nobody kills depends on the host
start=$(now_ms)
sriovadm reserve $pf --vfs 3 --vf-driver vfio-pci > /dev/null
took=$(($(now_ms) - start))
while [ "$killed" -lt "$kills" ]; do
	case $((RANDOM % 4)) in
	0)	words="reserve $pf --vfs 3 --vf-driver vfio-pci" ;;
	1)	words="release $pf" ;;
	2)	words="vfs $pf 2 --recreate" ;;
	3)	words="vfs $pf 0" ;;
	esac
	# VFs are not nvme's matter
	[ "$(driver $pf)" = $stub ] || words="reserve $pf --vfs 3 --vf-driver vfio-pci"
	# shellcheck disable=SC2086 # a word for each
	sriovadm $words > /dev/null 2>&1 &
	pid=$!
	moment=$((RANDOM % took))
	sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
	kill -KILL -- -$pid 2> /dev/null
	wait $pid 2> /dev/null
	status=$?
	runs=$((runs + 1))
	[ $status != 137 ] || killed=$((killed + 1))
	restored && continue
	bad=$((bad + 1))
	echo "not ok $words: $(cat /tmp/restore /tmp/diff)"
done
is "restore has brought what is configured after each of $killed kills, in $runs changes" \
	$bad 0
echo 'done'
