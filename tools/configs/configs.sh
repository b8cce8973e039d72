#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compile what is ours in many configurations, with W=1: the objects of
# drivers/pci and drivers/uio, none of the rest of the kernel.  The last line is
# "configs: N combinations, N warnings, N failures".
#
#	configs.sh <build directory> <patched tree...>
#
# A warning counts in our files and in those that are patched.  A symbol of ours that
# nothing defines, or that a module needs and nobody exports, is a failure: without the
# rest of the kernel nothing is linked.
#
# CONFIGS_ONLY	lines of combinations.tsv, as "1 5 20"
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
[ $# -ge 2 ] || { echo "usage: configs.sh <build> <tree...>" >&2; exit 2; }
mkdir -p "$1"
build=$(cd "$1" && pwd)
shift
export CCACHE_BASEDIR=$top CCACHE_DEPEND=1 KBUILD_BUILD_TIMESTAMP=2026-01-01
export LC_ALL=C
combinations=0 warnings=0 failures=0

# Files whose warnings count, by their place in the tree
ours=$(cd "$top" && { ls drivers/pci/*.[ch] drivers/pci/sim/*.[ch] include/linux/*.h
	sed -n 's|^+++ b/\(.*\.[ch]\)$|\1|p' patches/{,*/}*/*.patch; } | sort -u | tr '\n' '|')

# The architecture's own options, on top of allnoconfig: PCI of powerpc comes with a platform
declare -A base=([x86_64]=64BIT=y [i386]=64BIT=n [arm64]=''
	[powerpc]="PPC32=y PPC_BOOK3S_32=y PPC_PMAC=y")
declare -A cross=([arm64]=aarch64-linux-gnu- [powerpc]=powerpc-linux-gnu-)

fail()
{
	echo "not ok configs: $what: $*"
	failures=$((failures + 1))
	failed=1
}

# is <option> [value]: in the configuration
is() { grep -q "^CONFIG_$1=${2:-}" "$obj/.config"; }

# symbols <nm's option> <file...>: their names
symbols() { "${cross[$arch]:-}nm" "$@" 2> /dev/null | awk 'NF > 1 { print $NF }' | sort -u; }

# Every symbol of the feature that is used is there, and for modules exported
check_symbols()
{
	local builtin=$obj/drivers/pci/built-in.a option file exported objects=()

	comm -13 <(symbols --defined-only --extern-only "$builtin") \
		<(symbols -u "$builtin" "$obj/drivers/uio/built-in.a") |
		sed -n '/sriov/s/$/ undefined/p'
	while read -r option file; do
		is "$option" m && objects+=("$obj/drivers/$file.o")
	done <<- END
		PCI_STUB pci/pci-stub
		PCI_PF_STUB pci/pci-pf-stub
		PCI_SIM pci/pci-sim
		UIO_PCI_GENERIC uio/uio_pci_generic
	END
	exported=$(symbols "$builtin" | sed -n 's/^__\(ksymtab\|export_symbol\)_//p' | sort)
	[ ${#objects[@]} = 0 ] || symbols -u "${objects[@]}" | comm -13 <(echo "$exported") - |
		sed -n '/sriov/s/$/ not exported/p'
}

# combination <tree> <number> <architecture> <option=value...>
combination()
{
	local tree=$1 number=$2 arch=$3 obj what make found lines expected failed=0
	shift 3

	what="$(basename "$tree") line $number ($arch $*)"
	obj=$build/$(basename "$tree")-$arch
	mkdir -p "$obj"
	make=(make -s -C "$tree" "O=$obj" "ARCH=$arch" "CROSS_COMPILE=${cross[$arch]:-}"
	      "CC=ccache ${cross[$arch]:-}gcc" "HOSTCC=ccache gcc" "-j$(nproc)")
	combinations=$((combinations + 1))

	# shellcheck disable=SC2086 # a word for each
	printf 'CONFIG_%s\n' EXPERT=y PCI=y UIO=y ${base[$arch]} "$@" > "$obj/.fragment"
	[[ "$*" != *KUNIT_TEST=y* ]] || echo CONFIG_KUNIT=y >> "$obj/.fragment"
	if ! { "${make[@]}" KCONFIG_ALLCONFIG="$obj/.fragment" allnoconfig &&
	       "$vm/check-config.sh" "$obj/.fragment" "$obj/.config"; } > "$obj/log" 2>&1; then
		fail "not configured"
		tail -n 20 "$obj/log"
		return
	fi
	if ! "${make[@]}" W=1 drivers/pci/ drivers/uio/ > "$obj/log" 2>&1; then
		fail "not built"
		grep -m 20 -E 'error|\*\*\*' "$obj/log"
	fi
	found=$(check_symbols)
	[ -z "$found" ] || fail "symbols:"$'\n'"$found"
	# What the options promise is what was compiled
	for expected in PCI_IOV:iov PCI_IOV_UNMANAGED:sriov-unmanaged PCI_STUB:pci-stub \
			PCI_IOV_UNMANAGED_KUNIT_TEST:sriov-gate-test PCI_SIM:sim/host; do
		! is "${expected%:*}" || [ -e "$obj/drivers/pci/${expected#*:}.o" ] ||
			fail "no ${expected#*:}.o"
	done
	# In 6.1 powerpc does not declare a weak function that it has; our patches are
	# elsewhere in the file
	found=$(grep -E 'warning:' "$obj/log" | grep -E "(${ours}drivers/pci/sriov-quirks/)" |
		grep -v 'pci-sysfs.c:.*pci_adjust_legacy_attr' | sort -u)
	if [ -n "$found" ]; then
		lines=$(wc -l <<< "$found")
		warnings=$((warnings + lines))
		failed=1
		echo "not ok configs: $what: $lines warnings"
		echo "$found"
	fi
	[ "$failed" != 0 ] || echo "ok configs: $what"
}

for tree; do
	tree=$(cd "$tree" && pwd)
	number=0
	while IFS=$'\t' read -r -a row; do
		case ${row[0]} in
		''|\#*)	continue ;;
		ARCH)	names=("${row[@]}"); continue ;;
		esac
		number=$((number + 1))
		[[ " ${CONFIGS_ONLY:-$number} " = *" $number "* ]] || continue
		options=()
		for i in "${!row[@]}"; do
			[ "$i" = 0 ] || options+=("${names[i]}=${row[i]}")
		done
		combination "$tree" "$number" "${row[0]}" "${options[@]}" < /dev/null
	done < "$here/combinations.tsv"
done

echo "configs: $combinations combinations, $warnings warnings, $failures failures"
[ "$combinations" != 0 ] && [ "$warnings$failures" = 00 ]
