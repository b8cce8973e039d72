#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does lint.sh find errors?  Plants one at a time in a copy of the project and
# of its patched tree; each must be reported, by the check that it is for.
#
# test-lint.sh <patched tree> <work directory> [check...]
set -u

here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "$here/../.." && pwd)
[ $# -ge 2 ] || { echo "usage: test-lint.sh <tree> <work> [check...]" >&2; exit 2; }
tree=$(cd "$1" && pwd)
mkdir -p "$2"
work=$(cd "$2" && pwd)
shift 2
top=$work/project
kernel=$work/$(basename "$tree")
selftest=tools/testing/selftests/pci_sriov
checks=$* passed=0 failed=0

# The tree is a clone, so that nothing happens to the real one
head=$(git -C "$tree" rev-parse HEAD)
[ -d "$kernel/.git" ] || {
	rm -rf "$kernel"
	git clone -q -s -n "$(cd "$tree" && cd "$(git rev-parse --git-common-dir)" &&
		pwd)" "$kernel" || exit 2
}
in_kernel() { git -C "$kernel" -c user.name=x -c user.email=x@example.org "$@"; }

fresh()
{
	rsync -a --delete --exclude=/build --exclude=/.git \
		--exclude=__pycache__ "$project/" "$top/"
	in_kernel checkout -q -f --detach "$head" && in_kernel clean -fdqx
}

# plant <file> <text>: at its end, where it stands in the project and in the tree
plant()
{
	for where in "$top/$1" "$kernel/$1"; do
		mkdir -p "$(dirname "$where")"
		printf '%b\n' "$2" >> "$where"
	done
	# For the check of the commits
	in_kernel add -f "$1"
	in_kernel commit -q -m "PCI: Planted"
}

# expect <check> <what> <pattern>: the planted error is found, and named
expect()
{
	if CHECK=$1 "$top/tools/lint/lint.sh" "$work/build" "$kernel" > "$work/log" 2>&1; then
		echo "not ok $1: $2: no finding"
	elif ! grep -qE -e "$3" "$work/log"; then
		echo "not ok $1: $2: no such finding: $3"
		tail -n 5 "$work/log"
	else
		echo "ok $1: $2"
		passed=$((passed + 1))
		return
	fi
	failed=$((failed + 1))
}

wanted() { [[ -z $checks || " $checks " = *" $1 "* ]]; }

# <check> <what> <file> <pattern> <text>; \0 and octal digits where this file
# must not have the error itself
while IFS='|' read -r check what file pattern text; do
	wanted "$check" || continue
	fresh
	plant "$file" "$text"
	expect "$check" "$what" "$pattern"
done << 'END'
checkpatch|a space too many|drivers/pci/sriov-policy.c|sriov-policy.c:.*SPACING|static int planted( int x);
checkpatch|a space at the end of a patch's line|patches/fixes/0005-PCI-Do-not-warn-when-there-is-no-memory-for-a-bus.patch|0005-.*TRAILING_WHITESPACE|diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1 +1,2 @@\n int a;\n+int b;\0040
checkpatch|an exception without use|tools/lint/exceptions.tsv|matches nothing: checkpatch COPYING|checkpatch\tCOPYING\tSPACING\tit was never there
series|a space at the end of a line|drivers/pci/sriov-policy.c|series series/.*TRAILING_WHITESPACE|int planted;\0040
kernel-doc|a parameter without a word|drivers/pci/sriov-policy.c|sriov-policy.c:.*not described|/**\n * planted - x\n */\nint planted(int argument)\n{\n\treturn 0;\n}
includecheck|a header twice|drivers/pci/sriov-policy.c|linux/pci.h is included|#include <linux/pci.h>\n#include <linux/pci.h>
get_abi|a file without What|Documentation/ABI/testing/sysfs-planted|sysfs-planted:.*get_abi|Nothing: here
codespell|a word misspelt|README.md|codespell README.md:.*rec|We rec\0151eve it.
shellcheck|an unquoted variable|tools/vm/progress.sh|progress.sh:.*SC2086|rm $1
pyflakes|a name that is not there|tools/sriov-audit/record.py|record.py:.*undefined name|planted()
pyflakes|no Python at all|tools/sriov-audit/record.py|pyflakes .*record.py:|def (
gcc|an unused variable|drivers/pci/sriov-policy.c|sriov-policy.c:.*unused-but-set|static int planted(void) { int x; x = 1; return 0; }
gcc|what does not compile|drivers/pci/sriov-policy.c|sriov-policy.c:|planted;;(
clang|an unused variable|drivers/pci/sriov-policy.c|sriov-policy.c:.*unused|static int planted(void) { int x; x = 1; return 0; }
gcc|an address space lost|drivers/pci/sriov-policy.c|sriov-policy.c:.*(address spaces\|static)|extern void __iomem *planted_io;\nint *planted(void);\nint *planted(void) { return planted_io; }
gcc|a byte order lost|drivers/pci/sriov-policy.c|sriov-policy.c:.*base types|u32 planted(void);\nu32 planted(void) { __be32 x = 1; return x; }
coccicheck|a NULL test before kfree|drivers/pci/sriov-policy.c|coccicheck .*sriov-policy.c:.*NULL check|void planted(void *x)\n{\n\tif (x)\n\t\tkfree(x);\n}
selftests|an option the test kernel lacks|tools/testing/selftests/pci_sriov/config|config wants|CONFIG_PLANTED=y
END

fresh
rm "$kernel/$selftest/settings"
! wanted selftests || expect selftests "no settings" "install lacks settings"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
