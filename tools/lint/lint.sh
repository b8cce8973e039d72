#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh <work directory> <patched tree>... [-- check...]
#
# The kernel's own static checks on what is ours: the patches, the new files and the
# files that are patched; each prints a line with what it looked at.  What somebody
# has looked at and can explain is in exceptions.tsv.  What said nothing new the last
# time and has not changed is not looked at again.  Exit status 1 if there are findings
# or a check cannot run.
# shellcheck disable=SC2317 # the checks are called by their names
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
llvm=-19	# the oldest that Linux 7.3 takes is 17; Debian 12 has this one
all=(checkpatch series kernel-doc includecheck get_abi codespell shellcheck pyflakes
     gcc clang coccicheck selftests)
trees=() failed=0

mkdir -p "$1"
work=$(cd "$1" && pwd)
shift
while [ $# -gt 0 ] && [ "$1" != -- ]; do
	trees+=("$(cd "$1" && pwd)")
	shift
done
shift
checks=("${@:-${all[@]}}")
tree=${trees[0]}	# the newest, for checks of text
kernels=$("$top/tools/kernels/list.sh" | wc -l)
export LC_ALL=C
export CCACHE_BASEDIR=$top CCACHE_DEPEND=1 KBUILD_BUILD_TIMESTAMP=2026-01-01

cd "$top" || exit 1
mapfile -t files < <(find . \( -path ./build -o -name .git -o -name .issues -o -name __pycache__ \) -prune \
	-o -type f ! -name COPYING ! -empty -printf '%P\n' | sort)
mapfile -t patched < <(sed -n 's|^+++ b/\(.*\.[ch]\)\t*$|\1|p' patches/*/*.patch patches/*/*/*.patch | sort -u)
# Where new files are in a tree
mapfile -t new < <(printf '%s\n' "${files[@]}" | grep -E '^(drivers|include|quirks|tools/testing/selftests)/.*\.[ch]$' |
	sed 's|^quirks/|drivers/pci/sriov-quirks/|')
printf '%s\n' "${new[@]}" "${patched[@]}" | sort -u > "$work/ours"
mapfile -t objects < <(sed -n '/^\(drivers\|kernel\)\//s/c$/o/p' "$work/ours")

of() { printf '%s\n' "${files[@]}" | grep -E "$1"; }

# Lines of tools with names as in the project
names() { sed -E "s#^Warning: ##; s#^(\./)?([^ :]*${tree##*/}|$top)/##; s#^drivers/pci/sriov-quirks/#quirks/#"; }

# Of compilers, those about files that are ours; once each
messages()
{
	grep -E '^[^ ]+:[0-9]+:.*(error|warning)' | sed -E 's#^[^ :]*/linux-[^/]*/##' |
		awk -F: 'NR == FNR { ours[$1]; next } $1 in ours' "$work/ours" - | sort -u
}

# each <check> <command> [<number>]: of the files on standard input, in the tree if they
# are there, so many at a time.  What it says of a file counts for as long as that stays as it is
each()
{
	local check=$1 command=$2 name path sum known fresh=$work/$1.new

	sed 's|^quirks/\(.*\.h\)$|drivers/pci/sriov-quirks/\1|' | while read -r name; do
		[ -e "$tree/$name" ] && echo "$tree/$name" || echo "$top/$name"
	done | xargs -d '\n' sha1sum | while read -r sum path; do
		echo "$path $work/cache/$check-$sum-${path//\//@}"
	done > "$work/$check.files"
	while read -r path known; do
		[ -e "$known" ] || echo "$path"
	done < "$work/$check.files" > "$fresh"
	xargs -d '\n' -r -P "$(nproc)" -n "${3:-24}" bash -c "$command \"\$@\"" - < "$fresh" 2>&1 |
		awk -v new="$fresh" 'NR == FNR { known[$1] = $2; next }
			{ path = $0; sub(/^Warning: /, "", path); sub(/:.*/, "", path) }
			path in known { print > known[path]; next }
			{ print }
			END { while ((getline path < new) > 0) printf "" >> known[path] }' "$work/$check.files" -
	while read -r path known; do
		cat "$known"
	done < "$work/$check.files"
	echo "$(wc -l < "$work/$check.files") files" > "$work/count"
}

# verdict <check> <findings>: what no exception covers, and exceptions that cover nothing
verdict()
{
	local patterns=$work/$1.patterns left=$work/$1.left pattern

	awk -F '\t' -v OFS='\t' -v check="$1" '
		!/^#/ && NF && NF != 4	{ print "line " FNR " lacks a tab, or has one too many" }
		/^#/ || $1 != check	{ next }
		{
			gsub(/[.+]/, "\\\\&", $2)
			gsub(/[][.+|(){}^$]/, "\\\\&", $3)
			gsub(/\*/, ".*")
			print "^" $2 ":.*" $3
		}' "$here/exceptions.tsv" > "$patterns"
	grep -vEf "$patterns" "$2" > "$left"
	# A compiler may say it of a kernel that is not among these
	[[ $1 =~ ^(gcc|clang)$ && ${#trees[@]} -lt $kernels ]] || while IFS= read -r pattern; do
		grep -qE -e "$pattern" "$2" || echo "exceptions.tsv: matches nothing: $1 $pattern"
	done < "$patterns" >> "$left"
	head -n 40 "$left" | sed "s/^/$1 /"
	if [ -s "$left" ]; then
		echo "not ok lint $1: $(cat "$work/count"), $(wc -l < "$left") findings"
		failed=1
		return
	fi
	echo "ok lint $1: $(cat "$work/count"), 0 findings"
}

# --- Text

checkpatch="cd $work; perl $tree/scripts/checkpatch.pl --strict --show-types --terse --no-summary --root=$tree"

checkpatch()
{
	of '^patches/.*\.patch$' | each checkpatch "$checkpatch" | names
	of . | grep -v '^patches/.*\.patch$' | each checkpatch-f "$checkpatch -f" | names
	echo "${#files[@]} files" > "$work/count"
}

# What goes to the mailing list, but for what is excepted in the files that it brings
series()
{
	rm -rf "$work/series"
	git -C "$tree" format-patch -q --zero-commit -o "$work/series" \
		"$(git -C "$tree" rev-list --max-parents=0 HEAD)"
	find "$work/series" -name '*.patch' | sort | sed "s|^$top/||" |
		each series "$checkpatch --ignore $(awk -F '\t' '$1 == "checkpatch" { print $3 }' "$here/exceptions.tsv" |
			tr -d '*' | sort -u | paste -sd,)" | sed "s|^.*/series/|series/|"
}

# Of files that are patched, without what stock ones have too
kernel_doc()
{
	printf '%s\n' "${new[@]}" | each kernel-doc "$tree/scripts/kernel-doc -none -Wall" | names
	printf '%s\n' "${patched[@]}" | each kernel-doc-patched "$tree/scripts/kernel-doc -none" | names
	echo "$(wc -l < "$work/ours") files" > "$work/count"
}

includecheck()
{
	{ of '\.[ch]$'; printf '%s\n' "${patched[@]}"; } |
		each includecheck "perl $tree/scripts/checkincludes.pl" | names | grep -E ' is included more'
}

get_abi()
{
	local name what abi="$tree/tools/docs/get_abi.py -D $tree/Documentation/ABI"

	$abi validate 2>&1 | grep -F sriov
	# It is silent about what it does not read
	for name in Documentation/ABI/testing/*; do
		what=$(sed -n 's/^What:[ \t]*//p;T;q' "$name")
		[ -n "$what" ] && $abi search "$what\$" 2> /dev/null | grep -qF "$what" ||
			echo "$name:1: get_abi does not find what it describes"
	done
	echo "$(of ^Documentation/ABI/ | wc -l) files" > "$work/count"
}

codespell()
{
	echo "${#files[@]} files" > "$work/count"
	command codespell --quiet-level=2 "${files[@]}"
}

shellcheck()
{
	printf '%s\n' "${files[@]}" | xargs -d '\n' grep -lm1 -E '^#!.*\b(ba)?sh\b' |
		xargs awk 'FNR == 1 && /^#!/ { print FILENAME }' | each shellcheck "shellcheck -x -f gcc" | names
}

pyflakes() { of '\.py$' | each pyflakes pyflakes3 | names; }

# --- Code

# compile <name> <make's arguments...>: our objects, in each tree.  An object of which
# something is said is not kept, so that it is said again
compile()
{
	local name=$1 tree obj version object fragment make
	shift

	for tree in "${trees[@]}"; do
		version=$(sed -n 's/^\(VERSION\|PATCHLEVEL\) = //p' "$tree/Makefile" | paste -sd.)
		obj=$work/$name-$version
		fragment=$obj/.fragment
		make=(make -s -k -C "$tree" O="$obj" -j"$(nproc)" CONFIG_OBJTOOL= "$@")
		mkdir -p "$obj"
		cat "$vm/kernel.config" "$vm/kernel-optional.config" "$here/touched.config" > "$fragment"
		cksum < "$tree/drivers/pci/Kconfig" | sed 's/^/# /' >> "$fragment"
		if ! cmp -s "$fragment" "$fragment.done"; then
			if ! { "${make[@]}" KCONFIG_ALLCONFIG="$fragment" allnoconfig &&
			       "${make[@]}" prepare; } > "$obj/.said" 2>&1; then
				cat "$obj/.said"
				echo "$name:0: $version is not configured"
				continue
			fi
			cp "$fragment" "$fragment.done"
		fi
		"${make[@]}" W=1 "${objects[@]}" > "$obj/.said" 2>&1
		for object in "${objects[@]}"; do
			[ -e "$obj/$object" ] || {
				tail -n 20 "$obj/.said" >&2
				echo "$object:0: error: not built for $version"
			}
		done
		sed -n "s/.*C=1 specified, but \(sparse .*\)/# lint $name: $version: \1/p" "$obj/.said" >&2
		messages < "$obj/.said" > "$obj/.messages"
		names < "$obj/.messages"
		if grep -q '^[^:]*\.h:' "$obj/.messages"; then
			printf '%s\n' "${objects[@]}"
		else
			sed 's/\.c:.*/.o/' "$obj/.messages"
		fi | (cd "$obj" && xargs -r rm -f)
	done
	echo "$((${#objects[@]} * ${#trees[@]})) objects" > "$work/count"
}

# W=1, and C=1 with what sparse does not do by default
gcc()
{
	compile gcc CC="ccache gcc" HOSTCC="ccache gcc" C=1 \
		CF="-Wbitwise -Wcontext -Wcast-to-as -Wdefault-bitfield-sign -Wdo-while -Wparen-string -Wtypesign"
}

clang() { compile clang LLVM="$llvm" CC="ccache clang$llvm" HOSTCC="ccache clang$llvm"; }

# The semantic patches, by the kernel's own script.  One for a single driver's data is
# written in OCaml, and needs its compiler
semantic_patches()	# <file...>
{
	local dir include=$tree/include arch=$tree/arch/x86/include

	dir=$(mktemp -d)
	for file; do
		cp "$file" "$dir/${file//\//@}"
	done
	export srctree=$tree srcroot=$dir KBUILD_EXTMOD=$dir MODE=report J=1 DEBUG_FILE=/dev/null
	export LINUXINCLUDE="-I$arch -I$include -I$arch/uapi -I$include/uapi -include $include/linux/kconfig.h"
	grep -rl 'virtual report' "$tree/scripts/coccinelle" | xargs grep -L script:ocaml |
		xargs -P "$(nproc)" -I{} env COCCI={} "$tree/scripts/coccicheck" 2>&1 |
		grep -a -E '^(/.*:[0-9]+|coccicheck failed)' |
		sed "s|^$dir/||; s|-[0-9:]*: | |" | tr @ / | sort -u
	rm -r "$dir"
}
export -f semantic_patches
export tree

coccicheck() { printf '%s\n' "${new[@]}" | grep '\.c$' | each coccicheck semantic_patches 999 | names; }

# The conventions of tools/testing/selftests, whose options clang does not all know
selftests()
{
	local base=$tree/tools/testing/selftests name out=$work/selftests tools file

	for name in $(cd tools/testing/selftests && ls); do
		grep -qx "TARGETS += $name" "$base/Makefile" || echo "$name:0: not among the TARGETS"
		grep -vxF -f "$vm/kernel.config" "$base/$name/config" | grep -v '^#' |
			sed "s/^/$name:0: the test kernel lacks what config wants: /"
		for tools in CC="ccache gcc" LLVM=$llvm; do
			rm -rf "$out"
			make -s -C "$base" TARGETS="$name" "$tools" O="$out/build" \
				INSTALL_PATH="$out/install" install 2>&1 | grep -E 'error|warning' |
				grep -v -E "unknown warning option|^[0-9]+ warnings? generated"
			for file in config settings $(sed -n 's/^TEST_\(GEN_\)\?PROGS[ +:]*=//p' "$base/$name/Makefile"); do
				[ -e "$out/install/$name/$file" ] || echo "$name:0: install lacks $file"
			done
		done
	done
	echo "$(grep -c . "$out/install/kselftest-list.txt") programs" > "$work/count"
}

mkdir -p "$work/cache" "$work/raw"
for check in "${checks[@]}"; do
	"${check//-/_}" > "$work/raw/$check"
	verdict "$check" "$work/raw/$check"
done
exit $failed
