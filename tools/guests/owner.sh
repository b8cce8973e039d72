#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# owner.sh <report of the test igb> <output>: draw, as SVG, what became of the pings of the
# PF's owner
set -eu

report=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
data=$(mktemp)
trap 'rm -f "$data"' EXIT
trap 'exit 1' INT TERM

# time, pings per second, phase
tr -d '\r' < "$report" | sed -n 's/^# owner: //p' > "$data"
[ -s "$data" ] || {
	echo "owner.sh: no pings in $report; make test-guests puts them there" >&2
	exit 1
}

# since <phase>: when it began
since()
{
	awk -v phase="$1" '$3 == phase { print $1; exit }' "$data"
}

gnuplot -e "data='$data'" -e "output='$output'" -e "refused=$(since try)" \
	-e "forced=$(since on)" -e "disabled=$(since off)" -e "anew=$(since anew)" \
	"$here/owner.gp"
sed -i 's/[[:space:]]*$//' "$output"
