#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# progress.sh <what> <log> <command...>: run a long build quietly, say every
# 15 seconds how far it is, and show the end of its log if it fails.
set -u

what=$1 log=$2
shift 2

start=$(date +%s)
"$@" > "$log" 2>&1 &
pid=$!
trap 'kill $pid 2> /dev/null; exit 1' INT TERM
ticks=0
while kill -0 $pid 2> /dev/null; do
	sleep 0.2
	ticks=$((ticks + 1))
	[ $((ticks % 75)) != 0 ] ||
		echo "$what: $(($(date +%s) - start)) s, $(grep -c . "$log") steps" >&2
done
wait $pid
rc=$?

if [ $rc != 0 ]; then
	tail -n 30 "$log" >&2
	echo "$what: failed; the whole log is $log" >&2
	exit $rc
fi
echo "$what: built in $(($(date +%s) - start)) s" >&2
