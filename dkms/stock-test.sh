#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# stock-test.sh <build directory> <patched tree> [version...]: build the module
# against Debian's headers, boot Debian's kernels with it, and run the tree's own
# selftests there, unchanged: those of stock-tests.tsv.
#
# A test that cannot hold on a stock kernel stands in stock-without.tsv with its
# reason, and is counted apart (a part of a test is named only); one that stands
# there and passes is a failure, as is all else that does not pass.  Ends with a line
# for each kernel, and their sum; a kernel that cannot be had is skipped.  Exit status 1
# unless none failed.
#
# STOCK_ONLY=<VM,...>	those only
# DEBUG=1		on kernels built of Debian's sources without our patches, which
#			look for bad memory and wrong locking; these can fail
#			allocations, too.  Each VM has three times as long
set -eu

die() { echo "stock-test.sh: $*" >&2; exit 1; }

[ $# -ge 2 ] || die "usage: stock-test.sh <build directory> <patched tree> [version...]"
mkdir -p "$1"
build=$(cd "$1" && pwd)
tree=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/.." && pwd)
selftests=$top/tools/testing/selftests/pci_sriov
harness=$top/tools/vm
# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $("$top/tools/kernels/list.sh")

# quietly <log> <command...>
quietly()
{
	local log=$1

	shift
	"$@" > "$log" 2>&1 < /dev/null || {
		tail -n 30 "$log" >&2
		die "failed: $*"
	}
}

# modules: ours, the simulator and the tests' helpers, against $kdir
modules()
{
	# shellcheck disable=SC2086 # options
	quietly "$out/module.log" make -C "$here" KDIR="$kdir" \
		OUTPUT="$out/module" $kflags
	# shellcheck disable=SC2086 # options
	quietly "$out/pci-sim.log" make -f "$top/tools/pci-sim/Makefile" \
		KDIR="$kdir" OUTPUT="$out/pci-sim" $kflags
	mkdir -p "$out/kmod"
	cp "$selftests/kmod/"* "$out/kmod/"
	# shellcheck disable=SC2086 # options
	quietly "$out/kmod.log" make -C "$kdir" M="$out/kmod" $kflags \
		CONFIG_DEBUG_INFO_BTF_MODULES= \
		KBUILD_EXTRA_SYMBOLS="$out/module/Module.symvers" \
		KCFLAGS="-I$top/include -DCONFIG_PCI_IOV_UNMANAGED=1" modules
}

# of_the_kernel <module...>: its files, with what they depend on
of_the_kernel()
{
	local module

	for module; do
		/sbin/modprobe -S "$release" -d "$root" --show-depends "$module"
	done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | sort -u
}

# overlay: what the tests' own initramfs lacks; the kernel unpacks one over the other
overlay()
{
	local over=$out/overlay dir file

	dir=$over/lib/modules/$release
	rm -rf "$over"
	mkdir -p "$dir/kernel" "$over/sbin" "$over/tests"
	of_the_kernel nvme configfs uio_pci_generic pci-stub pci-pf-stub vfio-pci \
		vfio_iommu_type1 |
	while read -r file; do
		case $file in
		*.xz)	xz -dc "$file" > "$dir/kernel/$(basename "$file" .xz)" ;;
		*)	cp "$file" "$dir/kernel/" ;;
		esac
	done
	for file in "$out"/module/*.ko "$out"/pci-sim/*.ko "$out"/kmod/*.ko; do
		strip -g -o "$dir/kernel/${file##*/}" "$file"
	done
	cp "$root/lib/modules/$release/"modules.{builtin,builtin.modinfo,order} "$dir/"
	/sbin/depmod -b "$over" "$release"
	for file in $(ldd /sbin/modprobe /bin/lspci | grep -o '/[^ ]*\.so[^ ]*'); do
		install -D "$file" "$over$file"
	done
	install -D -t "$over/bin" /bin/lspci
	install -D -t "$over/usr/share/misc" /usr/share/misc/pci.ids
	cp -L /sbin/modprobe "$over/sbin/kmod"
	for file in modprobe rmmod; do
		ln -s kmod "$over/sbin/$file"
	done
	cp "$here/stock-init" "$over/init"
	cp "$here"/stock-*.sh "$out"/kmod/*.ko "$over/tests/"
	without skip | awk -F '\t' '
		{ skipped[$1] = skipped[$1] " " $2 }
		END { for (test in skipped) print test "\t" skipped[test] }
	' > "$over/tests/without"
	(cd "$over" && find . | LC_ALL=C sort | cpio -o -H newc --quiet)
}

# without <how>: program, test and reason of what stands there for this kernel
without()
{
	awk -F '\t' -v how="$1" -v version="$version" -v debug="${DEBUG:-}" '
		/^#/ || !NF	{ next }
		$4 != how	{ next }
		$3 == "*" || ($3 == "stock" && !debug) ||
		index("," $3 ",", "," version ",") {
			print $1 "\t" $2 "\t" $5
		}' "$here/stock-without.tsv"
}

# verdicts: "<ok|not> <program> <test>" a line, of a VM's report
verdicts()
{
	awk '
		/^# begin /	{ program = $3 }
		/^ok [0-9]/ && !/# SKIP/	{ print "ok", program, $3 }
		/^ok [0-9].*# SKIP/	{ print "skip", program, $3 }
		/^not ok [0-9]/	{ print "not", program, $4 }
	' "$1"
}

fail()
{
	echo "not ok $version: $*"
	failed=$((failed + 1))
}

# judge <VM>
judge()
{
	local log=$logs/$1 what program test status reason planned given

	tr -d '\r' < "$log.report" > "$log.tap"
	while read -r what program test; do
		reason=$(without fails | awk -F '\t' -v p="$program" -v t="$test" \
			'$1 == p && $2 == t { print $3 }')
		case $what,$reason in
		ok,)	passed=$((passed + 1)) ;;
		ok,*)	fail "$1: $program $test passes, but stands in stock-without.tsv" ;;
		*,?*)	echo "not applicable: $version: $program $test: $reason"
			other=$((other + 1)) ;;
		*)	fail "$1: $program $test ($what)"
			grep -B6 "$test\$" "$log.tap" | grep '^# ' | head -n 6 ;;
		esac
	done < <(verdicts "$log.tap")
	while read -r program status; do
		case $status in
		0|1|4)	;;
		*)	fail "$1: $program ended with status $status" ;;
		esac
	done < <(sed -n 's/^# end \([^ ]*\) \([0-9]*\) .*/\1 \2/p' "$log.tap")
	while read -r what; do
		fail "$1: $what"
	done < <(grep '^not ok [^0-9]' "$log.tap")
	planned=$(sed -n 's/^1\.\.//p' "$log.tap" | paste -sd+ | bc)
	given=$(grep -c -E '^(not )?ok [0-9]' "$log.tap")
	[ "${planned:-0}" = "$given" ] ||
		fail "$1: $given verdicts of ${planned:-0} tests"
	grep -q '^# end of run' "$log.tap" || fail "$1: did not finish"
	awk -v version="$version" '
		/^# begin /	{ ok = bad = skip = 0 }
		/^ok [0-9]/	{ if (/# SKIP/) skip++; else ok++ }
		/^not ok [0-9]/	{ bad++ }
		/^# end [^o]/	{ printf "%s: %s: %d passed, %d failed, %d skipped, %d s\n",
				  version, $3, ok, bad, skip, $5 }
	' "$log.tap"
	sed -n "s/^# \(ratio\|loads\|race\|fail-nth\|faults\|pci-\)/$version: $1: \1/p" "$log.tap"
	if cat "$log".console* | "$harness/complaints.sh" - > "$log.complaints"; then
		fail "$1: the kernel complains, see $log.console:"
		head -n 5 "$log.complaints"
	else
		passed=$((passed + 1))
	fi
}

boot()		# <VM> <has> <seconds> <tests> <arguments>
{
	local has=$2 args=$5

	case $has in
	iommu)	export VM_IOMMU=1 ;;
	noplug)	export VM_HOTPLUG=off ;;
	icount=*) export VM_CPUS=1 VM_ICOUNT=shift=${has#*=},sleep=off ;;
	esac
	VM_MEMORY=$memory "$harness/vm.sh" "$image" "$out/initramfs.cpio" "$logs/$1" \
		"$3" "pci_sriov.run=$4 $args" > "$logs/$1.qemu" 2>&1 ||
		echo "not ok VM ended badly or took over $3 s" >> "$logs/$1.report"
}

# same <seconds>: with the module, and without
same()
{
	local last

	VM_MEMORY=$memory VM_SECONDS=$1 "$top/tools/same/same.sh" "$logs/same" \
		"$image" "$out/initramfs.cpio" "$image" "$out/initramfs.cpio" \
		"" pci_sriov.module=no > "$logs/same.log" 2>&1 || {
		fail "same: what it says is in $logs/same.log:"
		head -n 40 "$logs/same.log"
		return
	}
	last=$(tail -n 1 "$logs/same.log")
	echo "$version: $last"
	passed=$((passed + 1))
}

"$harness/setup.sh"
"$harness/setup.sh" stock
mkdir -p "$build/tests"
for tests in pci_sim pci_sriov; do
	quietly "$build/tests.log" make -C "$tree/tools/testing/selftests/$tests" \
		OUTPUT="$build/tests" CC="ccache gcc" LDFLAGS=-static
done

memory=768 slower=1 kind=
[ -z "${DEBUG:-}" ] || { memory=1536; slower=3; kind=-debug; }
summary='' all_passed=0 all_failed=0 skipped=0
# From stock-kernel.sh
image='' root='' release='' kdir='' kflags=''
for version; do
	known=$("$here/stock-kernel.sh" "$version" "${BUILD:-$top/build}/stock") || {
		[ $? = 3 ] || exit 1
		summary+="$version: skipped"$'\n'
		skipped=$((skipped + 1))
		continue
	}
	eval "$known"
	out=$build/$version$kind
	logs=$out/logs
	rm -rf "$logs"
	mkdir -p "$out" "$logs"
	echo "stock-test: building for $release" >&2
	modules
	BUSYBOX=$(command -v busybox) "$harness/initramfs.sh" "$out/tests.cpio" \
		"$build/tests" "$out/kmod/pci_sriov_third.ko"
	overlay | cat "$out/tests.cpio" - > "$out/initramfs.cpio"

	passed=0 failed=0 other=0 ran=,
	while IFS=$'\t' read -r vm has seconds tests args; do
		case $vm in '#'*|'') continue ;; esac
		[[ -z ${STOCK_ONLY:-} || ,$STOCK_ONLY, == *,$vm,* ]] || continue
		seconds=$((seconds * slower))
		ran+=$tests,
		[ "$args" != - ] || args=
		[ -z "${DEBUG:-}" ] || args="$args PCI_SRIOV_FAULT_STEP=${FAULT_STEP:-24}"
		echo "stock-test: $release: VM $vm" >&2
		if [ "$tests" = same ]; then
			same "$seconds"
			continue
		fi
		(boot "$vm" "$has" "$seconds" "$tests" "$args")
		judge "$vm"
	done < "$here/stock-tests.tsv"
	while IFS=$'\t' read -r program test reason; do
		[[ $ran == *,$program,* ]] || continue
		echo "not applicable: $version: $program $test: $reason"
		other=$((other + 1))
	done < <(without skip)
	while IFS=$'\t' read -r program test reason; do
		[[ $ran != *,$program,* ]] ||
			echo "in part: $version: $program $test: $reason"
	done < <(without part)
	size "$out/module/sriov_unmanaged.ko" | sed "s/^/$version: /"
	summary+="$release: $passed passed, $failed failed, $other not applicable"$'\n'
	all_passed=$((all_passed + passed))
	all_failed=$((all_failed + failed))
done
printf %s "$summary"
echo "$all_passed passed, $all_failed failed, $skipped skipped"
[ $all_failed = 0 ]
