#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does the audit find errors?  Spoils a copy of the quirk table in one way at a
# time; each must be reported by name, and was not before.
#
# test-audit.sh [options of audit.py, such as --kernel-tree or --work]
# QUIRKS=<dir>: another table than the repository's.

set -u

here=$(cd "$(dirname "$0")" && pwd)
quirks=${QUIRKS:-$here/../../quirks}
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
failed=0

# audit <dir> [options]: what the audit says of the table in that directory
audit()
{
	dir=$1
	shift
	if ! ${CC:-cc} -Wall -I"$dir" -o "$tmp/table" "$here/test-table.c" ||
	   ! "$tmp/table" > "$dir/quirks.tsv"; then
		echo "cannot print the table in $dir" >&2
		return 2
	fi
	"$here/audit.py" "$@" --quirks-tsv "$dir/quirks.tsv" --quirks "$dir"
}

# spoil <file> <sed script>: a fresh copy of the table, with one change
spoil()
{
	rm -rf "$tmp/quirks"
	cp -R "$quirks" "$tmp/quirks"
	sed -i "$2" "$tmp/quirks/$1"
	if cmp -s "$quirks/$1" "$tmp/quirks/$1"; then
		echo "$1: nothing to change for: $2" >&2
		return 1
	fi
}

verdict()
{
	if [ "$1" = 0 ]; then
		echo "PASS: $2"
	else
		echo "FAIL: $2"
		failed=1
	fi
}

# new_finding <pattern>: does the audit say more than before, and that?
new_finding()
{
	grep -vxF -f "$tmp/before" "$tmp/after" > "$tmp/new"
	grep -qE -e "$1" "$tmp/new" && return
	echo "no such finding: $1; new ones are:" >&2
	head -n 20 "$tmp/new" >&2
	return 1
}

# expect <what> <file> <sed script> <pattern> [options]: the finding it makes
expect()
{
	what=$1 file=$2 script=$3 pattern=$4
	shift 4
	spoil "$file" "$script" &&
	{ audit "$tmp/quirks" "$@" > "$tmp/after"; [ $? = 1 ]; } &&
	new_finding "$pattern"
	verdict $? "$what"
}

# refuse <what> <exceptions> <pattern> [options]: not even an audit
refuse()
{
	what=$1 pattern=$3
	printf '%b\n' "$2" > "$tmp/exceptions"
	shift 3
	spoil intel.h '1s/$/ /' &&
	{ audit "$tmp/quirks" --exceptions "$tmp/exceptions" "$@" \
		> "$tmp/after" 2>&1; [ $? = 2 ]; } &&
	grep -qE -e "$pattern" "$tmp/after"
	verdict $? "$what"
}

# The same place as the spoilt ones, so that its findings read the same
cp -R "$quirks" "$tmp/quirks"
audit "$tmp/quirks" "$@" > "$tmp/before"
if [ $? -gt 1 ]; then
	echo "the audit does not run: see above" >&2
	exit 2
fi
# Line numbers move; what comes before a moved finding is of no interest
tail -n 1 "$tmp/before"

pf=8086:10fb
line='^SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10fb)$'

expect "an id is missing" intel.h "/$line/d" \
	"^missing: .*ixgbe $pf " "$@"
expect "an id that every driver has lost" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF(ixgbe, 0x8086, 0xfffe)/" \
	"^stale: .*ixgbe does not claim 8086:fffe" "$@"
expect "a VF id of another driver" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10ed)/" \
	"^vf: .*ixgbe 8086:10ed .*ixgbevf" "$@"
expect "a VF id of the same driver" intel.h \
	'$a SRIOV_QUIRK_PF(fm10k, 0x8086, 0x15a5)' \
	"^vf: .*fm10k 8086:15a5 .*_VF" "$@"
expect "a duplicate" intel.h "s/$line/&\n&/" \
	"^duplicate: .*ixgbe $pf " "$@"
expect "an entry that a wider one covers" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF_SUBSYS(ixgbe, 0x8086, 0x10fb, 0x8086, 0x0003)/" \
	"^redundant: .*ixgbe $pf:8086:0003 " "$@"
expect "an entry wider than the driver" intel.h \
	'$a SRIOV_QUIRK_MATCH(idpf, 0x8086, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, 0, 0)' \
	"^stale: .*idpf does not claim 8086:\\* in full" "$@"
expect "an entry narrower than the driver" intel.h \
	"s/$line/SRIOV_QUIRK_PF_CLASS(ixgbe, 0x8086, 0x10fb, 0x020000, 0xffff00)/" \
	"^missing: .*ixgbe $pf .*as a whole" "$@"
expect "hazards turned into none" intel.h \
	'/_FAMILY(ixgbe,/s/SRIOV_HAZARD_.*/SRIOV_HAZARD_NONE,/' \
	"^verdict: .*ixgbe .* is \"none\"" "$@"
expect "none turned into a hazard" nvme.h \
	'/_FAMILY(nvme,/s/SRIOV_HAZARD_NONE/SRIOV_HAZARD_MAILBOX/' \
	"^verdict: .*nvme .* is \"mailbox\"" "$@"
expect "an id in the family of another driver" intel.h \
	"s/$line/SRIOV_QUIRK_PF(i40e, 0x8086, 0x10fb)/" \
	"^wrong-driver: .*$pf for i40e.*ixgbe" "$@"
expect "a driver that does not exist" intel.h \
	'/_FAMILY(ixgbe,/s/"ixgbe"/"ixgbex"/' \
	"^driver: .*is called ixgbex" "$@"

cp "$here/exceptions.tsv" "$tmp/exceptions"
printf 'no-sriov\tixgbe\t8086:fffe\tit was never there\n' >> "$tmp/exceptions"
expect "an exception that explains nothing" intel.h '1s/$/ /' \
	'^exception: .*"no-sriov ixgbe 8086:fffe"' \
	"$@" --exceptions "$tmp/exceptions"

refuse "an exception without a reason" \
	'safe\tixgbe\t*\t' 'exceptions:1: .*reason' "$@"
refuse "an exception of an unknown kind" \
	'fine\tixgbe\t*\tbecause' 'exceptions:1: unknown kind' "$@"
refuse "a directory that is no kernel tree" \
	'' 'not a kernel source tree' "$@" --kernel-tree "$tmp"

exit $failed
