#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does the audit find errors?  Spoils a copy of the quirk table in one way at a
# time; each must be reported by name, and was not before.
#
# test-audit.sh [options of audit.py, such as --kernel-tree or --work]

set -u

here=$(cd "$(dirname "$0")" && pwd)
quirks=$here/../../quirks
exporter=$here/../sriov-quirks/quirks-tsv.c
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
failed=0

# fresh: a copy of the table, always in the same place
fresh()
{
	rm -rf "$tmp/quirks"
	cp -R "$quirks" "$tmp/quirks"
}

# export_table: the copy as audit.py reads it
export_table()
{
	${CC:-cc} -Wno-unused-function -I"$tmp/quirks" -o "$tmp/export" \
		"$exporter" && "$tmp/export" > "$tmp/quirks.tsv"
}

# spoil <file> <sed script>: change a file, and make sure that it changed
spoil()
{
	cp "$1" "$tmp/unspoilt"
	sed -i "$2" "$1"
	if cmp -s "$1" "$tmp/unspoilt"; then
		echo "$1: nothing to change for: $2" >&2
		return 1
	fi
}

# audit <status> [options]: must end with that status
audit()
{
	status=$1
	shift
	"$here/audit.py" "$@" --quirks-tsv "$tmp/quirks.tsv" \
		--quirks "$tmp/quirks" > "$tmp/after" 2> "$tmp/errors"
	[ $? = "$status" ] && return
	cat "$tmp/errors" >&2
	return 1
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

verdict()
{
	if [ "$1" = 0 ]; then
		echo "PASS: $2"
	else
		echo "FAIL: $2"
		failed=1
	fi
}

# expect <what> <file> <sed script> <pattern> [options]: the finding it makes
expect()
{
	what=$1 file=$2 script=$3 pattern=$4
	shift 4
	fresh && spoil "$tmp/quirks/$file" "$script" && export_table &&
	audit 1 "$@" && new_finding "$pattern"
	verdict $? "$what"
}

# expect_tsv <what> <sed script> <pattern> [options]: what C would not let pass
expect_tsv()
{
	what=$1 script=$2 pattern=$3
	shift 3
	fresh && export_table && spoil "$tmp/quirks.tsv" "$script" &&
	audit 1 "$@" && new_finding "$pattern"
	verdict $? "$what"
}

# expect_exception <what> <line> <pattern> [options]: one more exception
expect_exception()
{
	what=$1 line=$2 pattern=$3
	shift 3
	cp "$here/exceptions.tsv" "$tmp/exceptions"
	printf '%b\n' "$line" >> "$tmp/exceptions"
	fresh && export_table &&
	audit 1 "$@" --exceptions "$tmp/exceptions" && new_finding "$pattern"
	verdict $? "$what"
}

# refuse <what> <exceptions> <pattern> [options]: the audit fails, and says why
refuse()
{
	what=$1 pattern=$3
	printf '%b\n' "$2" > "$tmp/exceptions"
	shift 3
	fresh && export_table &&
	audit 2 --exceptions "$tmp/exceptions" "$@" &&
	grep -qE -e "$pattern" "$tmp/errors"
	verdict $? "$what"
}

fresh && export_table || exit 2
if ! audit 0 "$@" && ! audit 1 "$@"; then
	echo "the audit does not run" >&2
	exit 2
fi
cp "$tmp/after" "$tmp/before"
tail -n 1 "$tmp/before"

any=SRIOV_QUIRK_ANY
mask=0xffff00
line='^SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10fb)$'

expect "an id is missing" intel.h "/$line/d" \
	'^missing: .*ixgbe 8086:10fb ' "$@"
expect "an id that no driver has" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF(ixgbe, 0x8086, 0xfffe)/" \
	'^stale: .*ixgbe does not claim 8086:fffe' "$@"
expect "a VF id of another driver" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10ed)/" \
	'^vf: .*ixgbe 8086:10ed .*ixgbevf' "$@"
expect "a VF id of the same driver" intel.h \
	"\$a SRIOV_QUIRK_PF(fm10k, 0x8086, 0x15a5)" \
	'^vf: .*fm10k 8086:15a5 .*_VF' "$@"
expect_tsv "a duplicate" 's/^8086\t10fb\t.*/&\n&/' \
	'^duplicate: .*ixgbe 8086:10fb ' "$@"
expect "an entry that a wider one covers" intel.h \
	"s/$line/&\nSRIOV_QUIRK_PF_SUBSYS(ixgbe, 0x8086, 0x10fb, 0x8086, 3)/" \
	'^redundant: .*ixgbe 8086:10fb:8086:0003 ' "$@"
expect "an entry wider than the driver" intel.h \
	"\$a SRIOV_QUIRK_MATCH(idpf, 0x8086, $any, $any, $any, 0, 0)" \
	'^stale: .*idpf does not claim 8086:\* in full' "$@"
expect "an entry narrower than the driver" intel.h \
	"s/$line/SRIOV_QUIRK_PF_CLASS(ixgbe, 0x8086, 0x10fb, 0x20000, $mask)/" \
	'^missing: .*ixgbe 8086:10fb .*as a whole' "$@"
expect "hazards turned into none" intel.h \
	'/_FAMILY(ixgbe,/s/SRIOV_HAZARD_.*/SRIOV_HAZARD_NONE,/' \
	'^verdict: .*ixgbe .* is "none"' "$@"
expect "none turned into a hazard" nvme.h \
	'/_FAMILY(nvme,/s/SRIOV_HAZARD_NONE/SRIOV_HAZARD_MAILBOX/' \
	'^verdict: .*nvme .* is "mailbox"' "$@"
expect_tsv "a verdict that its hazards do not lead to" \
	's/^\(8086\t10fb\t.*\)\trefuse\t/\1\tallow\t/' \
	'^verdict: .*ixgbe 8086:10fb .* and allow' "$@"
expect "an id in the family of another driver" intel.h \
	"s/$line/SRIOV_QUIRK_PF(i40e, 0x8086, 0x10fb)/" \
	'^wrong-driver: .*8086:10fb for i40e.*ixgbe' "$@"
expect "a driver that does not exist" intel.h \
	'/_FAMILY(ixgbe,/s/"ixgbe"/"ixgbex"/' \
	'^driver: .*is called ixgbex' "$@"

expect_exception "an exception that explains nothing" \
	'no-sriov\tixgbe\t8086:fffe\tit was never there' \
	'^exception: .*"no-sriov ixgbe 8086:fffe"' "$@"
refuse "an exception without a reason" \
	'safe\tixgbe\t*\t' 'exceptions:1: .*reason' "$@"
refuse "an exception of an unknown kind" \
	'fine\tixgbe\t*\tbecause' 'exceptions:1: unknown kind' "$@"
refuse "a directory that is no kernel tree" \
	'' 'not a kernel source tree' "$@" --kernel-tree "$tmp"

exit $failed
