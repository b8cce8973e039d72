#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# apply-patch.sh <tree> <kernel version> <patch>: a variant for this very version,
# what is for all, or a variant for another one, whatever applies first; without
# fuzz.  A patch without a diff, which only brings new files, is nothing to apply.
set -eu

tree=$1 version=$2 patch=$3
dir=${patch%/*} name=${patch##*/}

grep -q '^diff ' "$patch" || exit 0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for try in "$dir/$version/$name" "$patch" "$dir"/*/"$name"; do
	[ -e "$try" ] || continue
	if patch -d "$tree" -p1 -F0 -s -f --dry-run -i "$try" > "$log" 2>&1
	then
		patch -d "$tree" -p1 -F0 -s -f --no-backup-if-mismatch -i "$try"
		exit
	fi
done
cat "$log" >&2
exit 1
