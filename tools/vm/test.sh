#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh <kernel...>: everything, for each kernel: a version of patches/kernels,
# or ksrc for the tree in KSRC.  The last line is "N passed, N failed, N skipped";
# the exit status is 0 only if none failed.  Skipped is a kernel whose source cannot
# be had.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=${BUILD:-$top/build}

not_ok()	# <what> [log]
{
	echo "not ok $1"
	# None of its lines is a verdict
	[ $# = 1 ] || tail -n 60 "$2" | sed 's/^/    /'
}

check()		# <what> <command...>
{
	local what=$1
	shift
	if "$@" > "$build/check.log" 2>&1; then
		echo "ok $what"
	else
		not_ok "$what" "$build/check.log"
		return 1
	fi
}

# vm <kernel> <target>: for one of them
vm() { make --no-print-directory -f "$here/Makefile" KERNEL="$1" KSRC="${KSRC:-}" "$2"; }

# everything <kernel...>: its verdicts, and a line "<kernel>: N passed, N failed" for each
everything()
{
	# What checks of the sources depend on, beside our own files.  A tree of KSRC= may be
	# another one each time
	sources=
	[ -z "${KSRC:-}" ] || sources=$(date +%s%N)
	had=()
	for kernel in "$@"; do
		if [ -z "${KSRC:-}" ]; then
			tarball=$("$top/tools/kernels/source.sh" "$kernel")
			case $? in
			0)	sources+=$(ls -l "$tarball") ;;
			3)	echo "skipped: $kernel: its source cannot be had"
				continue ;;
			*)	exit 1 ;;
			esac
		fi
		had+=("$kernel")
	done
	set -- "${had[@]}"

	check "quirk table: entries are well-formed and unique" \
		make -s -C "$top" quirks-tsv
	check "quirk table: hwdb and documentation are in step" \
		make -s -C "$top/tools/sriov-quirks" check
	check "quirk table: ids are written the one way, and keys collide" \
		"$top/tools/sriov-quirks/check-quirks.sh"
	check "quirk table: the audit finds what is planted" \
		"$top/tools/sriov-audit/test-audit.py"
	check "a kernel's complaints are told from what is none" "$here/test-complaints.sh"
	check "compiler cache: a kernel's image is no old one" "$here/test-cc.sh"
	check "patches and series: what is wrong is noticed" "$top/tools/kernels/test-kernels.sh"
	check "VMs: each test program is run by one" "$here/tests.sh"

	had=()
	for kernel in "$@"; do
		check "$kernel: patches apply" vm "$kernel" tree && had+=("$kernel")
	done
	set -- "${had[@]}"

	if [ $# = 0 ]; then
		not_ok "there is no kernel to test"
		return
	fi
	check "mutants: each applies, and names a test" \
		"$top/tools/mutants/mutants.sh" check "$(vm "$1" tree-path)"

	# What follows works on the same trees, side by side: no CPU waits for a program
	# that uses one only
	for kernel in "$@"; do
		vm "$kernel" initramfs || echo "$kernel" >> "$build/unbuilt"
	done &
	builds=$!

	# Takes minutes, and uses one CPU for most of them.  Its answer depends on nothing
	# but this
	audited=$(cat "$top"/quirks/*.h "$top"/tools/sriov-audit/*.* | cksum
		echo "$sources")
	audit=
	if [ "$(cat "$build/audit.passed" 2> /dev/null)" = "$audited" ]; then
		echo "ok quirk table: audit (passed before, nothing has changed)"
	else
		make -s -C "$top" TESTED="$*" -o sources audit > "$build/audit.log" 2>&1 &
		audit=$!
	fi

	# One check in the summary for each of lint.sh's
	make -s -C "$top" TESTED="$*" -o trees lint 2>&1 | tee "$build/lint.log"
	[ "${PIPESTATUS[0]}" = 0 ] || grep -q '^not ok lint' "$build/lint.log" ||
		not_ok "lint: ends without an answer"

	check "sriovadm: on simulated devices" make -s -C "$top" test-sriovadm

	if [ -n "$audit" ]; then
		if wait "$audit"; then
			echo "ok quirk table: audit of $*"
			echo "$audited" > "$build/audit.passed"
		else
			not_ok "quirk table: audit of $*" "$build/audit.log"
		fi
	fi

	# The VMs of all kernels at a time, three for each CPU
	wait "$builds"
	export VM_JOBS=${VM_JOBS:-$(($(nproc) * 3 / $#))}
	for kernel in "$@"; do
		grep -qsx "$kernel" "$build/unbuilt" ||
			vm "$kernel" boot-tests > "$build/test-$kernel.log" &
	done
	wait
	for kernel in "$@"; do
		if grep -qsx "$kernel" "$build/unbuilt"; then
			not_ok "$kernel: does not build"
			continue
		fi
		cat "$build/test-$kernel.log"
		grep -q -E '^[^ ]+: [0-9]+ passed, [0-9]+ failed' "$build/test-$kernel.log" ||
			not_ok "$kernel: the run ended without a summary"
	done
}

mkdir -p "$build"
rm -f "$build/unbuilt"
"$here/setup.sh" || exit 1
"$here/setup.sh" audit || exit 1
# For the VM that holds a VM; where it cannot be had, this machine's does
"$top/tools/guests/qemu.sh" > /dev/null || :

everything "$@" | tee "$build/test.log"
[ "${PIPESTATUS[0]}" = 0 ] || not_ok "make test: ends without an answer" | tee -a "$build/test.log"
# A VM's failures have a line each, what it passed is in the kernel's
awk '
	/^ok /			{ passed++ }
	/^not ok /		{ failed++ }
	/^skipped: /		{ skipped++ }
	/^[^ ]+: [0-9]+ passed, [0-9]+ failed/ { passed += $2 }
	END {
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed || !passed
	}' "$build/test.log"
