#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Make or update a patched kernel tree: the sources, the project's new files at
# their kernel paths, and patches/ on top.
#
#	tree.sh <tree> <tarball or directory>
#
# A file whose content stays the same keeps its time stamp, so that nothing is
# rebuilt that did not change.  A directory is copied, never written to.
#
# TREE_PATCHES=none leaves out all that is ours, TREE_PATCHES=core takes the
# fixes to the PCI core only, which stand on their own.
set -eu

tree=$1 source=$2
top=$(cd "$(dirname "$0")/../../../../.." && pwd)
state=$tree.state		# what we know about $tree between runs

die() { echo "tree.sh: $*" >&2; exit 1; }

[ -e "$source" ] || die "no kernel source at $source"

# --- The sources, once
if [ -d "$source" ]; then
	[ -f "$source/drivers/pci/iov.c" ] || die "$source is no kernel tree"
	identity="directory $(cd "$source" && pwd)"
else
	identity="tarball $(stat -c '%n %s %Y' "$source")"
fi
mkdir -p "$state"
if [ "$(cat "$state/identity" 2>/dev/null)" != "$identity" ]; then
	echo "tree: making $tree from $source" >&2
	rm -rf "$tree" "$state"
	mkdir -p "$tree" "$state/pristine"
	[ -d "$source" ] || tar -C "$tree" --strip-components=1 -xf "$source"
	: > "$state/staged"
	echo "$identity" > "$state/identity"
fi

# Built objects and generated files stay behind: the copy is built with O=
if [ -d "$source" ]; then
	rsync -a --exclude-from="$state/staged" \
		--exclude=/.git --exclude='*.o' --exclude='*.a' \
		--exclude='*.cmd' --exclude=/.config --exclude=/vmlinux \
		--exclude=/include/config --exclude=/include/generated \
		--exclude='/arch/*/include/generated' \
		"$source/" "$tree/"
fi

# pristine <file>: the file as the kernel has it, into the stage
pristine()
{
	if [ -d "$source" ]; then
		from=$source/$1
	else
		from=$state/pristine/$1
		if [ ! -e "$from" ]; then
			[ -e "$tree/$1" ] || return 0
			mkdir -p "$(dirname "$from")"
			cp -p "$tree/$1" "$from"
		fi
	fi
	[ -e "$from" ] || return 0
	mkdir -p "$stage/$(dirname "$1")"
	cp -p "$from" "$stage/$1"
}

case ${TREE_PATCHES:=all} in
all)	sets=". core" ;;
core)	sets="core" ;;
none)	exit 0 ;;
*)	die "TREE_PATCHES is all, core or none, not $TREE_PATCHES" ;;
esac

# --- A stage with everything of ours, which is then copied over
stage=$state/stage
rm -rf "$stage"
mkdir -p "$stage"

files=$(for set in $sets; do cat "$top/patches/$set"/*.patch; done |
	sed -n 's|^+++ b/||p' | sort -u)
for file in $files; do
	pristine "$file"
done

version=$(sed -n 's/^VERSION = //p' "$tree/Makefile").$(sed -n \
	's/^PATCHLEVEL = //p' "$tree/Makefile")
apply()
{
	"${0%/*}/apply-patch.sh" "$stage" "$version" "$1" ||
		die "${1#"$top/"} does not apply to $source, nor does a variant of it"
}

for patch in "$top"/patches/core/*.patch; do
	apply "$patch"
done
if [ "$TREE_PATCHES" = all ]; then
	for patch in "$top"/patches/*.patch; do
		apply "$patch"
	done
	for dir in drivers/pci include/linux Documentation \
		   tools/testing/selftests/pci_sriov; do
		mkdir -p "$stage/$dir"
		cp -pR "$top/$dir/." "$stage/$dir/"
	done
	# The VM and the bench are the project's, not the kernel's
	rm -r "$stage/tools/testing/selftests/pci_sriov/qemu" \
		"$stage/tools/testing/selftests/pci_sriov/bench"
	mkdir -p "$stage/drivers/pci/sriov-quirks"
	cp -p "$top"/quirks/*.h "$stage/drivers/pci/sriov-quirks/"
fi

# --- Files that we staged last time and no longer do
(cd "$stage" && find . -type f | sed 's|^\.||' | sort) > "$state/staged.new"
sort "$state/staged" | comm -23 - "$state/staged.new" | while read -r file; do
	if [ -e "$state/pristine/$file" ]; then
		cp -p "$state/pristine/$file" "$tree/$file"
	else
		rm -f "$tree/$file"
	fi
done
mv "$state/staged.new" "$state/staged"

rsync -rlpc "$stage/" "$tree/"
