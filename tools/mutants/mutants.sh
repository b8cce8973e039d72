#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mutants.sh <kernel> [mutant...]
#
# Are the tests able to fail?  Each of *.patch plants one bug and names
# the test that must catch it:
#
#	Bug: <what is wrong>
#	Test: <program, or kunit> <test>
#
# The bug goes into a copy of the project; the kernel is built anew and the
# program runs in a VM.  Prints "caught: <bug>: <test>" each, or what went
# wrong; the exit status is 0 if all were caught.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
vm=$top/tools/vm
kernel=$1
shift
copy=$top/build/mutants
logs=$top/build/mutants-$kernel
vms=2			# at a time; the next kernel is built meanwhile
failed=0

# What the project has of the kernels' sources
export LINUX_GIT=${LINUX_GIT:-$top/build/linux.git}
export BUILD_SRC=${BUILD_SRC:-$top/build/src}
# Our own repository is above the copy, and git apply would look for files there
export GIT_CEILING_DIRECTORIES=$top/build

[ $# -gt 0 ] || set -- "$here"/*.patch

rm -rf "$logs"
mkdir -p "$copy" "$logs"

# The project without a bug; what is the same is not built again
pristine()
{
	rsync -rlpc --delete --exclude=/build --exclude=/.git "$top/" "$copy/"
}

build()
{
	make --no-print-directory -C "$copy" -f tools/vm/Makefile \
		KERNEL="$kernel" initramfs
}

# run <logs> <program, or kunit>
run()
{
	[ "$2" != kunit ] || set -- "$1" ""
	"$here/vm.sh" "$1.bzImage" "$1.cpio" "$1" 240 "pci_sriov.run=$2" \
		> "$1.qemu" 2>&1
	rm -f "$1.bzImage" "$1.cpio"
}

# A KUnit test that an assertion ended may have no verdict, only what it asserted.
# A test that took the kernel down with it has none either, but was the last
caught()
{
	tr -d '\r' < "$1.console" > "$1.log"
	tr -d '\r' < "$1.report" >> "$1.log"
	grep -q -E "not ok [0-9]+ $2\$|# $2: ASSERTION FAILED" "$1.log" && return
	! grep -q '^# end of run' "$1.log" &&
		"$here/complaints.sh" "$1.console" > /dev/null &&
		grep '^#  RUN ' "$1.log" | tail -n 1 | grep -q -F " $2 ..."
}

fail()
{
	echo "not caught: $*"
	failed=$((failed + 1))
}

pristine
build || exit 1

for patch; do
	[ -e "$patch" ] || patch=$here/$patch.patch
	name=$(basename "$patch" .patch)
	bug=$(sed -n 's/^Bug: //p' "$patch")
	read -r program test < <(sed -n 's/^Test: //p' "$patch")

	pristine
	if ! git -C "$copy" apply "$patch" > "$logs/$name.patch.log" 2>&1; then
		fail "$bug: $name.patch does not apply"
		continue
	fi
	if ! build > "$logs/$name.build" 2>&1; then
		fail "$bug: does not build, see $logs/$name.build"
		continue
	fi
	cp "$copy/build/kernel-$kernel/arch/x86/boot/bzImage" \
		"$logs/$name.bzImage"
	cp "$copy/build/initramfs-$kernel.cpio" "$logs/$name.cpio"
	while [ "$(jobs -r | wc -l)" -ge $vms ]; do
		sleep 0.5
	done
	run "$logs/$name" "$program" &
	echo "$name $program $test" >> "$logs/list"
	echo "mutant: $name built, VM started" >&2
done
wait
pristine

while read -r name program test; do
	bug=$(sed -n 's/^Bug: //p' "$here/$name.patch")
	if caught "$logs/$name" "$test"; then
		echo "caught: $bug: $test"
	else
		fail "$bug: $program passed $test, see $logs/$name.log"
	fi
done < "$logs/list"

echo "$kernel: $(wc -l < "$logs/list") mutants ran, $failed not caught"
[ "$failed" = 0 ]
