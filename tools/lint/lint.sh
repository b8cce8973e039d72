#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh <work directory> <patched tree>...
#
# The kernel's static checks on what is ours: the patches, the new files and the
# files that are patched, or those of CHECK; each prints a line with what it looked at.
# What somebody has looked at and can explain is in exceptions.tsv.  What said nothing
# new the last time and has not changed is not looked at again.  Exit status 1 if there
# are findings or a check cannot run.
# shellcheck disable=SC2317 # "each" calls it by its name
set -u

llvm=-19	# the oldest that Linux 7.3 takes is 17; Debian 12 has this one
failed=0

mkdir -p "$1/cache"
work=$(realpath "$1")
shift
mapfile -t trees < <(realpath "$@")
tree=${trees[0]}	# the newest, for checks of text
export tree LC_ALL=C
unset MAKEFLAGS		# what make lint has as CHECK is another thing to the kernel's make

# Checks of text run here, on these names
cd "$(dirname "$0")/../.." || exit 1
mapfile -t files < <(find . \( -path ./build -o -name .git -o -name .issues \) -prune -o \
	-type f ! -name COPYING ! -path '*/__pycache__/*' ! -empty -printf '%P\n' | sort)
of() { printf '%s\n' "${files[@]}" | grep -E "$1"; }
new() { of '^(drivers|include|quirks|tools/testing/selftests)/.*\.[ch]$'; }
patched() { cat patches/{,*/}*/*.patch | sed -n 's|^+++ b/\(.*\.[ch]\)\t*$|\1|p' | sort -u; }

# each <check> <command> [<number>]: of the files on standard input, so many at a time.
# What it says of a file counts for as long as that stays as it is
each()
{
	local list=$work/$1.files fresh=$work/$1.fresh sum path known

	xargs -d '\n' sha1sum | while read -r sum path; do
		known=$work/cache/$1-$sum-${path//\//@}
		echo "$path $known"
		[ -e "$known" ] || echo "$PWD/$path" >&3
	done > "$list" 3> "$fresh"
	xargs -d '\n' -r -P "$(nproc)" -n "${3:-24}" bash -c "$2 \"\$@\"" - < "$fresh" 2>&1 |
		sed "s|^\(Warning: \)\?$PWD/||" |
		awk -F '[ :]' 'NR == FNR { known[$1] = $2; next }
			$1 in known { print > known[$1]; next }
			{ print }' "$list" -
	mapfile -t known < <(cut -d ' ' -f 2 "$list")
	touch "${known[@]}"
	cat "${known[@]}"
	echo "${#known[@]} files" >> "$work/count"
}

# compile <name> <make's arguments...>: our objects, in each tree, configured as the test
# kernel.  Prints what is said of our files, once each
compile()
{
	local name=$1 tree objects obj
	shift

	objects=$({ new; patched; } | sed -n '/^\(drivers\|kernel\)\//s/c$/o/p' | sort -u | xargs)
	for tree in "${trees[@]}"; do
		obj=$work/$name-${tree##*/}
		make -s -k -f tools/vm/Makefile kbuild TREE="$tree" OBJ="$obj" GOALS="$objects" \
			EXTRA_CONFIG=tools/lint/touched.config CONFIG_OBJTOOL= W=1 "$@" \
			> "$obj.said" 2>&1 || {
			tail -n 20 "$obj.said" >&2
			echo "$name:0: not all is built for ${tree##*/}"
		}
		sed -n "s/.*C=1 specified, but /# lint ${obj##*/}: /p" "$obj.said" >&2
		grep -E '^[^ ]+:[0-9]+:.*(error|warning)' "$obj.said" |
			sed -E 's#^[^ :]*/linux-[^/]*/##; s#^drivers/pci/sriov-quirks/#quirks/#' |
			awk -F: 'NR == FNR { ours[$1]; next } $1 in ours' <(new; patched) - |
			sort -u | tee "$obj.ours"
		# An object of which something is said is not kept, so that it is said again
		sed -n 's/\.c:.*/.o/p; s/^[^:]*\.h:.*/drivers/p' "$obj.ours" |
			(cd "$obj" && xargs -r rm -rf)
		echo "$(wc -w <<< "$objects") objects" >> "$work/count"
	done
}

# The semantic patches, by the kernel's own script.  Those for data of single drivers are
# written in OCaml, and need its compiler
semantic_patches()	# <file...>
{
	local arch=$tree/arch/x86/include

	srcroot=$(mktemp -d)
	cp --parents "$@" "$srcroot"
	export srcroot srctree=$tree KBUILD_EXTMOD=$srcroot MODE=report J=1 DEBUG_FILE=/dev/null
	export LINUXINCLUDE="-I$arch -I$tree/include -I$arch/uapi -I$tree/include/uapi"
	LINUXINCLUDE+=" -include $tree/include/linux/kconfig.h"
	grep -rl 'virtual report' "$tree/scripts/coccinelle" | xargs grep -L script:ocaml |
		xargs -P "$(nproc)" -I{} env COCCI={} "$tree/scripts/coccicheck" 2>&1 |
		sed -n "s|^$srcroot\(/[^:]*:[0-9]\)|\1|p; /^coccicheck failed/p" | sort -u
	rm -r "$srcroot"
}
export -f semantic_patches

checkpatch="cd $work
	perl $tree/scripts/checkpatch.pl --strict --show-types --terse --no-summary --root=$tree"

look()		# <check>
{
	local excepted names name tools file abi="$tree/tools/docs/get_abi.py -D"
	local base=$tree/tools/testing/selftests out=$work/selftests

	case $1 in
	checkpatch)
		of '^patches/.*\.patch$' | each checkpatch "$checkpatch"
		of . | grep -v '^patches/.*\.patch$' | each checkpatch-f "$checkpatch -f" ;;
	series)	# But for what is excepted in the files that it brings
		excepted=$(grep ^checkpatch tools/lint/exceptions.tsv | cut -f 3 | paste -sd,)
		rm -rf "$work/series"
		git -C "$tree" format-patch -q --zero-commit -o "$work/series" \
			"$(git -C "$tree" rev-list --max-parents=0 HEAD)"
		(cd "$work" && find series -name '*.patch' | sort |
			each series "$checkpatch --ignore $excepted") ;;
	kernel-doc) # Of files that are patched, without what stock ones have too
		new | each kernel-doc "$tree/scripts/kernel-doc -none -Wall"
		patched | (cd "$tree" && each kernel-doc-patched "scripts/kernel-doc -none") ;;
	includecheck)
		{
			of '\.[ch]$' | each includecheck "$tree/scripts/checkincludes.pl"
			patched | (cd "$tree" && each includecheck-patched scripts/checkincludes.pl)
		} | grep ' is included more' ;;
	get_abi) # It is silent about what it does not read
		$abi "$tree/Documentation/ABI" validate 2>&1 | grep -F sriov
		$abi Documentation/ABI search . | sed -n 's|^Defined on.*\(Documentation/\)|\1|p' |
			grep -vxF -f - <(of ^Documentation/ABI) | sed 's/$/:1: get_abi finds none/'
		echo "$(of ^Documentation/ABI | wc -l) files" > "$work/count" ;;
	codespell) of . | each codespell "codespell --quiet-level=2" 999 ;;
	shellcheck)
		of . | xargs -d '\n' awk 'FNR == 1 && /^#!.*[\/ ](ba)?sh/ { print FILENAME }' |
			each shellcheck "shellcheck -x -f gcc" ;;
	pyflakes) of '\.py$' | each pyflakes pyflakes3 ;;
	gcc)	# W=1, and C=1 with what sparse does not do by default
		compile gcc C=1 CF="$(echo -W{bitwise,context,cast-to-as,default-bitfield-sign} \
			-W{do-while,paren-string,typesign})" ;;
	clang)	compile clang LLVM="$llvm" CC="ccache clang$llvm" ;;
	coccicheck) new | grep '\.c$' | each coccicheck semantic_patches 999 ;;
	selftests)
		names=$(cd tools/testing/selftests && echo *)
		for tools in CC="ccache gcc" LLVM=$llvm; do
			rm -rf "$out"
			CFLAGS="-Werror -Wno-unknown-warning-option" make -s -C "$base" install \
				"$tools" TARGETS="$names" FORCE_TARGETS=1 O="$out" \
				INSTALL_PATH="$out/to" > "$out.log" 2>&1 ||
				{ grep error "$out.log"; echo "selftests:0: fail, $tools"; }
		done
		for name in $names; do
			grep -qx "TARGETS += $name" "$base/Makefile" || echo "$name:0: no TARGETS"
			grep -vxF -f tools/vm/kernel.config "$base/$name/config" | grep -v '^#' |
				sed "s/^/$name:0: the test kernel lacks what config wants: /"
			for file in config settings; do
				[ -e "$out/to/$name/$file" ] || echo "$name:0: install lacks $file"
			done
		done
		echo "$(wc -l < "$out/to/kselftest-list.txt") programs" > "$work/count" ;;
	esac
}

# verdict <check>: what it said that no exception covers, and exceptions that cover nothing
verdict()
{
	local check file kind reason said left used i unused=() answer=ok

	mapfile -t said < "$work/said"
	left=("${said[@]}")
	while IFS=$'\t' read -r check file kind reason; do
		[ -n "$reason" ] || [[ $check = '#'* ]] ||
			unused+=("exceptions.tsv: lacks a tab: $check $file $kind")
		[ "$check" = "$1" ] || continue
		used=0
		for i in "${!said[@]}"; do
			# shellcheck disable=SC2053 # patterns
			[[ ${said[i]} != $file:*$kind* ]] || { used=1; unset "left[i]"; }
		done
		# A compiler may say it of a kernel that is not among these
		[ $used = 1 ] || [[ $1 =~ ^(gcc|clang)$ &&
				${#trees[@]} -lt $(tools/kernels/list.sh | wc -l) ]] ||
			unused+=("exceptions.tsv: matches nothing: $1 $file $kind")
	done < tools/lint/exceptions.tsv
	left+=("${unused[@]}")
	if [ ${#left[@]} != 0 ]; then
		failed=1 answer="not ok"
		printf '%s\n' "${left[@]/#/$1 }" | head -n 40
	fi
	echo "$answer lint $1: $(awk '{ n += $1 } END { print n, $2 }' "$work/count")," \
		"${#left[@]} findings"
}

for check in ${CHECK:-checkpatch series kernel-doc includecheck get_abi codespell shellcheck
		pyflakes gcc clang coccicheck selftests}; do
	: > "$work/count"
	look "$check" > "$work/said"
	verdict "$check"
done
exit $failed
