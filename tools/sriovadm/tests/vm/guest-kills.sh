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

# restored: a child that the kernel has not answered yet goes on after a SIGKILL
restored()
{
	local end=$((SECONDS + 60))

	until sriovadm restore > /tmp/restore 2>&1; do
		[ $SECONDS -lt $end ] || return
		sleep 0.2
	done
	sriovadm diff > /tmp/diff 2>&1
}

# How long a change takes depends on the host and on what it is, so each kind has a time
# within which it is killed: shorter if it was over by then, longer if it was not
took=(4000 4000 4000 4000 4000)
while [ "$killed" -lt "$kills" ]; do
	kind=$((RANDOM % 4))
	# VFs are not nvme's matter
	[ "$(driver $pf)" = $stub ] || kind=4
	case $kind in
	0|4)	words="reserve $pf --vfs 2 --vf-driver vfio-pci" ;;
	1)	words="release $pf" ;;
	2)	words="vfs $pf 1 --recreate" ;;
	3)	words="vfs $pf 0" ;;
	esac
	# shellcheck disable=SC2086 # a word for each
	sriovadm $words > /dev/null 2>&1 &
	pid=$!
	moment=$((RANDOM % took[kind]))
	sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
	kill -KILL -- -$pid 2> /dev/null
	wait $pid 2> /dev/null
	status=$?
	runs=$((runs + 1))
	if [ $status = 137 ]; then
		killed=$((killed + 1))
		took[kind]=$((took[kind] * 21 / 20 + 10))
		[ $((killed % 10)) != 0 ] || echo "# $killed killed, $runs changes"
	elif [ $moment -gt 100 ]; then
		took[kind]=$moment
	fi
	restored && continue
	bad=$((bad + 1))
	echo "not ok $words: $(cat /tmp/restore /tmp/diff)"
done
is "restore has brought what is configured after each of $killed kills, in $runs changes" \
	$bad 0
echo 'done'
