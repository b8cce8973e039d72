#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# list.sh: the versions of patches/kernels, the base first.
# list.sh <version> package|suite: what the list has of one.
set -eu

list=$(dirname "$0")/../../patches/kernels
awk -F '\t' -v version="${1:-}" -v field="${2:-}" -v list="$list" '
/^#/ || !NF	{ next }
NF != 3		{ print list ":" NR ": a version, a package and a suite are " \
			"needed, with one tab between" > "/dev/stderr"
		  exit bad = 1 }
version == ""	{ print $1 }
version == $1	{ print field == "suite" ? $3 : $2; found = 1 }
END		{ if (bad) exit 1
		  if (version != "" && !found) {
			print "no kernel " version " in " list > "/dev/stderr"
			exit 1
		  } }
' "$list"
