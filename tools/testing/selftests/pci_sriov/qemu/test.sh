#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test.sh <kernel...>: everything, for each kernel: a version of patches/kernels,
# or ksrc for the tree in KSRC.  The last line is "N passed, N failed, N skipped";
# the exit status is 0 only if none failed.  Skipped is a kernel whose source cannot
# be had.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../../.." && pwd)
build=${BUILD:-$top/build}
passed=0 failed=0 skipped=0

check()
{
	local what=$1
	shift
	if "$@" > "$build/check.log" 2>&1; then
		passed=$((passed + 1))
		echo "ok $what"
	else
		failed=$((failed + 1))
		echo "not ok $what"
		tail -n 60 "$build/check.log"
		return 1
	fi
}

# vm <kernel> <target>: for one of them
vm()
{
	make --no-print-directory -f "$here/Makefile" KERNEL="$1" KSRC="${KSRC:-}" "$2"
}

mkdir -p "$build"
rm -f "$build/unbuilt"
"$here/setup.sh" || exit 1
"$here/setup.sh" audit || exit 1

# For the VM that holds a VM; where it cannot be had, this machine's does
"$top/tools/guests/qemu.sh" > /dev/null || :

# What the checks of the table and lint depend on, beside our own files.  A tree
# of KSRC= may be another one each time
sources=
[ -z "${KSRC:-}" ] || sources=$(date +%s%N)
had=()
for kernel in "$@"; do
	if [ -z "${KSRC:-}" ]; then
		tarball=$("$top/tools/kernels/source.sh" "$kernel")
		case $? in
		0)	sources+=$(ls -l "$tarball") ;;
		3)	echo "skipped: $kernel: its source cannot be had"
			skipped=$((skipped + 1))
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
check "quirk table: ids are written the one way" "$here/check-quirks.sh"
check "quirk table: the audit finds what is planted" \
	"$top/tools/sriov-audit/test-audit.py"
check "a kernel's complaints are told from what is none" "$here/test-complaints.sh"
check "patches and series: what is wrong is noticed" "$top/tools/kernels/test-kernels.sh"
check "mutants: each applies, and names a test" "$here/check-mutants.sh"

had=()
for kernel in "$@"; do
	check "$kernel: patches apply" vm "$kernel" tree && had+=("$kernel")
done
set -- "${had[@]}"

if [ $# = 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
	exit 1
fi

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
	passed=$((passed + 1))
	echo "ok quirk table: audit (passed before, nothing has changed)"
else
	make -s -C "$top" TESTED="$*" -o sources audit > "$build/audit.log" 2>&1 &
	audit=$!
fi

# One check in the summary for each of lint.py's.  The answer depends on our
# files and on the sources alone
summary=$(cd "$top" && find . \( -path ./build -o -name .git -o \
		-name __pycache__ \) -prune -o -type f -print0 |
		sort -z | xargs -0 cksum | cksum
	echo "$sources")
if [ "$(cat "$build/lint.passed" 2> /dev/null)" = "$summary" ]; then
	cp "$build/lint.log.passed" "$build/lint.log"
	echo "# lint passed before, nothing has changed:"
	grep '^ok lint' "$build/lint.log"
else
	rm -f "$build/lint.passed"
	make -s -C "$top" TESTED="$*" -o trees lint 2>&1 | tee "$build/lint.log"
	if [ "${PIPESTATUS[0]}" = 0 ]; then
		cp "$build/lint.log" "$build/lint.log.passed"
		echo "$summary" > "$build/lint.passed"
	elif ! grep -q '^not ok lint' "$build/lint.log"; then
		echo "not ok lint: ends without an answer" |
			tee -a "$build/lint.log"
	fi
fi
passed=$((passed + $(grep -c '^ok lint' "$build/lint.log")))
failed=$((failed + $(grep -c '^not ok lint' "$build/lint.log")))

if [ -n "$audit" ]; then
	if wait "$audit"; then
		passed=$((passed + 1))
		echo "ok quirk table: audit of $*"
		echo "$audited" > "$build/audit.passed"
	else
		failed=$((failed + 1))
		echo "not ok quirk table: audit of $*"
		tail -n 20 "$build/audit.log"
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
	# Not among what was tested, but one failure
	if grep -qsx "$kernel" "$build/unbuilt"; then
		echo "not ok $kernel: does not build"
		failed=$((failed + 1))
		continue
	fi
	log=$build/test-$kernel.log
	cat "$log"
	if summary=$(grep -E '^[^ ]+: [0-9]+ passed, [0-9]+ failed' "$log"); then
		read -r _ p _ f _ <<< "$summary"
		passed=$((passed + p))
		failed=$((failed + f))
	else
		echo "not ok $kernel: the run ended without a summary"
		failed=$((failed + 1))
	fi
done

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
