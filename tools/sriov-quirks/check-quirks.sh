#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Entries of one key collide at build time because each makes an enumerator of
# its fields as they are written.  So every number is written the one way: 0x
# and four lower-case digits, six for a class and its mask.  And whatever form an
# entry has, one more of its key is not compiled.
set -eu

cd "$(dirname "$0")/../../quirks"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Entries, with what continues them; the first field is the family's name
for file in *.h; do
	sed -n -e ':more' -e '/^SRIOV_QUIRK_[PCMV][A-Z_]*([^)]*$/{N;b more' -e '}' \
		-e 's/[[:space:]]\{1,\}/ /g' -e "s/^SRIOV_QUIRK_[PCMV]/$file: &/p" "$file"
done > "$work/entries"

if [ ! -s "$work/entries" ] || sed 's/^[^(]*([^,]*,//; s/)$//' "$work/entries" |
	tr ',' '\n' | sed 's/ //g' |
	grep -vxE '0x[0-9a-f]{4}|0x[0-9a-f]{6}|SRIOV_QUIRK_ANY' > "$work/wrong"; then
	grep -F -f "$work/wrong" "$work/entries" >&2
	echo "write ids as 0x and four lower-case digits" >&2
	exit 1
fi

# The kernel's file, up to where the keys have been compiled
mkdir "$work/sriov-quirks"
sed -e '/^#include [<"][ls][^"]*[">]$/{/quirks\.h/!d' -e '}' \
	-e '/^static_assert/,$d' ../drivers/pci/sriov-quirks.c > "$work/keys.c"

# compiles [<entry>]: with that one more entry
compiles()
{
	cp ./*.h "$work/sriov-quirks"
	[ $# = 0 ] || echo "$1" >> "$work/sriov-quirks/nvme.h"
	${CC:-gcc} -fsyntax-only "$work/keys.c" 2> "$work/errors"
}

fail()
{
	echo "$1" >&2
	cat "$work/errors" >&2
	exit 1
}

compiles || fail "the keys do not compile"
compiles 'SRIOV_QUIRK_PF(nvme, 0xffff, 0xffff)' || fail "a new entry does not compile"
for entry in \
	'PF(nvme, 0x8086, 0x10fb)' \
	'PF_SUBSYS(nvme, 0x8086, 0x10fb, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY)' \
	'PF_CLASS(nvme, 0x8086, 0x10fb, 0x000000, 0x000000)' \
	'MATCH(nvme, 0x8086, 0x10fb, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, 0x000000, 0x000000)' \
	'PF_SUBSYS(nvme, 0x1af4, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY)' \
	'VENDOR_CLASS(nvme, SRIOV_QUIRK_ANY, 0x010802, 0xffffff)' \
	'CLASS(nvme, 0x010802, 0xffffff)'; do
	! compiles "SRIOV_QUIRK_$entry" || fail "two entries of one key compile: $entry"
	grep -q 'redeclaration of enumerator' "$work/errors" ||
		fail "not for its key: $entry"
done
