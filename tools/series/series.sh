#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# series.sh <patched tree> <source> <output> [full]
#
# Write the series that turns the kernel source into the patched tree into
# <output>, as git format-patch does, and prove that it does: git am on the
# files that it touches gives what the tree has.  "full" proves it on all of the
# source, building drivers/pci, drivers/uio and what else is touched after every
# patch, and the selftests by the kernel's own rules at the end.
set -eu

tree=$1 source=$2 out=$3 mode=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
qemu=$top/tools/testing/selftests/pci_sriov/qemu
state=$tree.state
work=$out.work

die() { echo "series: $*" >&2; exit 1; }

# identity <name|email>: of whoever sends it, else of the last commit's author
identity()
{
	command git -C "$top" config "user.$1" ||
		command git -C "$top" log -1 --format="%a${1:0:1}" ||
		die "nobody to sign it off: git config --global user.$1 ..."
}
name=$(identity name)
email=$(identity email)

git()
{
	command git -c user.name="$name" -c user.email="$email" \
		-c core.hooksPath=/dev/null -c gc.auto=0 "$@"
}

mkdir -p "$work"
rm -rf "$out" "$work/compose" "$work/am"
mkdir -p "$work/compose" "$out"

# --- The files that are touched, as they were
touched=$(cat "$top"/patches/core/*.patch "$top"/patches/*.patch |
	sed -n 's|^+++ b/||p' | sort -u)
for file in Makefile $touched; do
	from=$state/pristine/$file
	[ ! -d "$source" ] || from=$source/$file
	[ -e "$from" ] || from=$tree/$file	# not ours to touch
	mkdir -p "$work/compose/$(dirname "$file")"
	cp "$from" "$work/compose/$file"
done
cd "$work/compose"
git init -q -b series .
git add -A
git commit -q -m "Linux"
command git tag base

# --- Step by step what it becomes
version=$(sed -n 's/^VERSION = //p' Makefile).$(sed -n \
	's/^PATCHLEVEL = //p' Makefile)

# What stands in the tree, but with no more vendors than are there already
add_file()
{
	mkdir -p "$(dirname "$1")"
	cp -p "$tree/$1" "$1"
}

only_present_vendors()
{
	local vendor

	add_file drivers/pci/sriov-quirks/quirks.h
	for vendor in "$tree"/drivers/pci/sriov-quirks/*.h; do
		vendor=${vendor##*/}
		[ -e "drivers/pci/sriov-quirks/$vendor" ] ||
			sed -i "/^#include \"$vendor\"\$/d" \
				drivers/pci/sriov-quirks/quirks.h
	done
	# With the last of a group, one of two empty lines goes
	sed -i '/^$/{N;/^\n$/D}' drivers/pci/sriov-quirks/quirks.h
}

commit()	# <message file>
{
	git add -A
	# A fix to what this version does not have
	! git diff --cached --quiet || return 0
	GIT_AUTHOR_DATE="$date" GIT_COMMITTER_DATE="$date" \
		git commit -q -F "$1"
}

signoff="Signed-off-by: $name <$email>"
patch=		# of the step that is being gathered
date=

finish_step()
{
	[ -n "$patch" ] || return 0
	[ ! -e drivers/pci/sriov-quirks/quirks.h ] || only_present_vendors
	date=$(sed -n 's/^Date: //p' "$patch")
	git mailinfo "$work/body" "$work/diff" < "$patch" > "$work/info"
	{ sed -n 's/^Subject: //p' "$work/info"; echo; cat "$work/body"; } \
		> "$work/message"
	commit "$work/message"
	patch=
}

begin_step()
{
	patch=$1
	"$qemu/apply-patch.sh" . "$version" "$patch" ||
		die "${patch#"$top/"} does not apply"
}

vendors()
{
	for vendor in "$tree"/drivers/pci/sriov-quirks/*.h; do
		case ${vendor##*/} in
		quirks.h|hazards.h)	continue ;;
		esac
		add_file "${vendor#"$tree/"}"
		only_present_vendors
		{ "$here/vendor-message.py" "$vendor"; echo; echo "$signoff"; } \
			> "$work/message"
		commit "$work/message"
	done
}

for core in "$top"/patches/core/*.patch; do
	begin_step "$core"
	finish_step
done
while read -r word; do
	case $word in
	''|'#'*)	;;
	quirks)		finish_step; vendors ;;
	*.patch)	finish_step; begin_step "$top/patches/$word" ;;
	*/)		(cd "$state/stage" && find "$word" -type f) |
				while read -r file; do
					case " $touched " in
					*[[:space:]]"$file"[[:space:]]*) ;;
					*) add_file "$file" ;;
					esac
				done ;;
	*)		add_file "$word" ;;
	esac
done < "$top/patches/series"
finish_step

# --- Nothing is missing, nothing is left over
(cd "$state/stage" && find . -type f | sed 's|^\./||' | sort) > "$work/files"
while read -r file; do
	cmp -s "$file" "$tree/$file" ||
		die "$file: patches/series does not end with what the tree has"
done < "$work/files"

base="Linux $version.$(sed -n 's/^SUBLEVEL = //p' Makefile)"
[ -d "$source" ] || base="$base as in Debian's $(basename "$source" .tar.xz)"
git config branch.series.description \
	"$(sed "s/@BASE@/$base/" "$here/cover-letter.txt")"
git format-patch -q --cover-letter --cover-from-description=subject \
	--zero-commit --no-signature -o "$out" base
mv "$out"/0000-cover-letter.patch "$work/cover"
series=("$out"/[0-9]*.patch)
patches=${#series[@]}
mv "$work/cover" "$out"/0000-cover-letter.patch

# --- And it arrives
am()		# <clean tree, a git work tree> <patch>
{
	git -C "$1" am -q "$2" > "$work/am.log" 2>&1 || {
		cat "$work/am.log" >&2
		die "git am of ${2##*/} fails"
	}
}

if [ "$mode" != full ]; then
	command git clone -q "$work/compose" "$work/am"
	command git -C "$work/am" checkout -q -b am base
	for file in "${series[@]}"; do
		am "$work/am" "$file"
	done
	command git -C "$work/am" diff --quiet origin/series ||
		die "git am does not give the tree that was composed"
	echo "series: $patches patches in ${out#"$top/"}, git am gives the tree of make kernel"
	exit 0
fi

clean=$work/linux
if [ ! -e "$clean/.series-base" ]; then
	rm -rf "$clean"
	mkdir -p "$clean"
	if [ -d "$source" ]; then
		rsync -a --exclude=/.git "$source/" "$clean/"
	else
		tar -C "$clean" --strip-components=1 -xf "$source"
	fi
	git -C "$clean" init -q -b base .
	git -C "$clean" add -A -f
	git -C "$clean" commit -q -m "Linux"
	: > "$clean/.series-base"
	echo /.series-base >> "$clean/.git/info/exclude"
fi
git -C "$clean" am --abort 2> /dev/null || :
git -C "$clean" checkout -q -f -B am base

obj=$work/obj
mkdir -p "$obj"
cat "$qemu/kernel.config" "$qemu/kernel-optional.config" > "$work/fragment"
kbuild="make -s -C $clean O=$obj"
export CCACHE_BASEDIR=$top CCACHE_DEPEND=1
# What is touched elsewhere
objects=()
for file in $touched; do
	case $file in
	drivers/pci/*|drivers/uio/*)	;;
	*.c)	objects+=("${file%.c}.o") ;;
	esac
done
built=0 failed=0
for file in "${series[@]}"; do
	am "$clean" "$file"
	if $kbuild KCONFIG_ALLCONFIG="$work/fragment" allnoconfig \
	     > "$work/build.log" 2>&1 &&
	   $kbuild -j"$(nproc)" W=1 KCFLAGS=-Werror CC="ccache gcc" \
	     HOSTCC="ccache gcc" drivers/pci/ drivers/uio/ \
	     "${objects[@]}" >> "$work/build.log" 2>&1; then
		built=$((built + 1))
		echo "builds: ${file##*/}"
	else
		failed=$((failed + 1))
		echo "does not build: ${file##*/}"
		tail -n 20 "$work/build.log"
	fi
done

while read -r file; do
	cmp -s "$clean/$file" "$tree/$file" ||
		die "$file: git am does not give what the tree has"
done < "$work/files"
changed=$(git -C "$clean" diff --name-only base | wc -l)
[ "$changed" = "$(wc -l < "$work/files")" ] ||
	die "git am changes $changed files, make kernel $(wc -l < "$work/files")"

rm -rf "$work/installed"
{ $kbuild -j"$(nproc)" headers &&
  $kbuild kselftest-install TARGETS=pci_sriov \
	INSTALL_PATH="$work/installed"; } > "$work/build.log" 2>&1 || {
	tail -n 20 "$work/build.log"
	die "make kselftest-install TARGETS=pci_sriov fails"
}
echo "series: make kselftest-install installs $(find "$work/installed/pci_sriov" \
	-type f -perm -u+x | wc -l) programs of pci_sriov"
echo "series: $built of $patches patches build, $failed do not; git am on all" \
	"of Linux $version changes the $changed files that make kernel does," \
	"to the same"
[ "$failed" = 0 ]
