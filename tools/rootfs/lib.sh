#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What image.sh and boot.sh share; "here" is this directory.

BUILD_ROOTFS=${BUILD_ROOTFS:-$here/../../build/rootfs}

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

# cannot <what> <why>...
cannot()
{
	what=$1
	shift
	echo "${0##*/}: $what cannot be had: $*" >&2
	exit 3
}

# suite_fields <name>: its line
suite_fields()
{
	awk -F '\t' -v suite="$1" '
		$1 == suite { print; found = 1 }
		END { exit !found }' "$here/suites"
}

suite_names()
{
	awk -F '\t' '!/^#/ { printf "%s ", $1 }' "$here/suites"
}

# unmount_below <directory>: last mounted, first unmounted
unmount_below()
{
	awk -v dir="$1/" 'index($2, dir) == 1 { print $2 }' /proc/self/mounts |
		tac | while read -r mounted; do
		umount "$mounted"
	done
}
