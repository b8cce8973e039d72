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
ours=$(
	cd "$top" || exit
	ls drivers/pci/*.[ch] drivers/pci/sim/*.[ch] include/linux/*.h
	sed -n 's|^+++ b/\(.*\.[ch]\)$|\1|p' patches/*/*.patch patches/*/*/*.patch
)
ours="$(sort -u <<< "$ours" | tr '\n' '|')drivers/pci/sriov-quirks/"

fail()
{
	echo "not ok configs: $*"
	failures=$((failures + 1))
	failed=1
}

# fragment <architecture> <option=value...>: on top of allnoconfig
fragment()
{
	local option

	case $1 in
	x86_64)	echo CONFIG_64BIT=y ;;
	i386)	echo CONFIG_64BIT=n ;;
	# PCI comes with a platform
	powerpc) echo CONFIG_PPC32=y; echo CONFIG_PPC_BOOK3S_32=y; echo CONFIG_PPC_PMAC=y ;;
	esac
	echo CONFIG_EXPERT=y
	echo CONFIG_PCI=y
	echo CONFIG_UIO=y
	shift
	for option; do
		echo "CONFIG_$option"
		case $option in
		*KUNIT_TEST=y)	echo CONFIG_KUNIT=y ;;
		esac
	done
}

# is <option> <value> in the configuration
is() { grep -qx "CONFIG_$1=$2" "$obj/.config"; }

# Every symbol of the feature that is used is there, and for modules exported
check_symbols()
{
	local builtin=$obj/drivers/pci/built-in.a option file have exported
	local objects=()

	have=$("${cross}nm" --defined-only "$builtin" 2> /dev/null |
		awk '$2 ~ /[A-Z]/ {print $3}' | sort -u)
	exported=$("${cross}nm" "$builtin" 2> /dev/null |
		sed -n 's/.* __\(ksymtab\|export_symbol\)_//p' | sort -u)
	comm -13 <(echo "$have") <("${cross}nm" -u "$builtin" \
		"$obj/drivers/uio/built-in.a" 2> /dev/null |
		sed -n 's/^ *U //p' | sort -u) | grep sriov | sed 's/$/ undefined/'

	while read -r option file; do
		is "$option" m && objects+=("$obj/drivers/$file.o")
	done <<- END
		PCI_STUB pci/pci-stub
		PCI_PF_STUB pci/pci-pf-stub
		PCI_SIM pci/pci-sim
		UIO_PCI_GENERIC uio/uio_pci_generic
	END
	[ ${#objects[@]} -gt 0 ] || return
	comm -13 <(echo "$exported") <("${cross}nm" -u "${objects[@]}" |
		sed -n 's/^ *U //p' | sort -u) | grep sriov |
		sed 's/$/ not exported/'
}

# combination <tree> <number> <architecture> <option=value...>
combination()
{
	local tree=$1 number=$2 arch=$3 cross='' make obj found lines expected
	local what failed=0

	shift 3
	what="$(basename "$tree") line $number ($arch $*)"
	case $arch in
	arm64)	cross=aarch64-linux-gnu- ;;
	powerpc) cross=powerpc-linux-gnu- ;;
	esac
	obj=$build/$(basename "$tree")-$arch
	mkdir -p "$obj"
	make=(make -s -C "$tree" "O=$obj" "ARCH=$arch" "CROSS_COMPILE=$cross"
	      "CC=ccache ${cross}gcc" "HOSTCC=ccache gcc" "-j$(nproc)")

	combinations=$((combinations + 1))
	fragment "$arch" "$@" > "$obj/.fragment"
	if ! "${make[@]}" KCONFIG_ALLCONFIG="$obj/.fragment" allnoconfig \
	     > "$obj/log" 2>&1 ||
	   ! "$vm/check-config.sh" "$obj/.fragment" "$obj/.config" \
	     >> "$obj/log" 2>&1; then
		fail "$what: not configured"
		tail -n 20 "$obj/log"
		return
	fi
	if ! "${make[@]}" W=1 drivers/pci/ drivers/uio/ > "$obj/log" 2>&1; then
		fail "$what: not built"
		grep -m 20 -E 'error|\*\*\*' "$obj/log"
	fi
	found=$(check_symbols)
	if [ -n "$found" ]; then
		fail "$what: symbols"
		echo "$found"
	fi
	# What the options promise is what was compiled
	for expected in PCI_IOV:iov PCI_IOV_UNMANAGED:sriov-unmanaged \
			PCI_IOV_UNMANAGED_KUNIT_TEST:sriov-gate-test \
			PCI_STUB:pci-stub PCI_SIM:sim/host; do
		if grep -q "^CONFIG_${expected%:*}=" "$obj/.config" &&
		   [ ! -e "$obj/drivers/pci/${expected#*:}.o" ]; then
			fail "$what: no ${expected#*:}.o"
		fi
	done
	# In 6.1 powerpc does not declare a weak function that it has; our patches are
	# elsewhere in the file
	found=$(grep -E 'warning:' "$obj/log" | grep -E "($ours)" |
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
		case " ${CONFIGS_ONLY:-$number} " in
		*" $number "*)	;;
		*)	continue ;;
		esac
		options=()
		for i in "${!row[@]}"; do
			[ "$i" = 0 ] || options+=("${names[i]}=${row[i]}")
		done
		combination "$tree" "$number" "${row[0]}" "${options[@]}" < /dev/null
	done < "$here/combinations.tsv"
done

echo "configs: $combinations combinations, $warnings warnings, $failures failures"
[ "$combinations" != 0 ] && [ "$warnings$failures" = 00 ]
