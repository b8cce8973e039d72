#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh <directory> <folder of packages> <suite>...: does what sriovadm configures
# come about at boot, and do its commands do what they say?  Machines of tools/rootfs,
# with systemd and udev, that are booted again and again: boots.tsv.
#
# The directory holds their disks, consoles and what they said.  ONLY=<machine or
# machine/boot>,... boots some only; a machine that is there goes on with its disk.
# As many machines run side by side as there are CPUs, or JOBS=<n>.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../../.." && pwd)
rootfs=${ROOTFS:-$top/tools/rootfs}
work=$1 debs=$2
shift 2
jobs=${JOBS:-$(nproc)}
passed=0 failed=0 skipped=0

skip()		# <what> <why>
{
	echo "skipped: $1: $2"
	skipped=$((skipped + 1))
}

mkdir -p "$work"
work=$(cd "$work" && pwd)
rm -f "$work"/*.count
make -s --no-print-directory -C "$top/tools/sriov-quirks" quirks-tsv > "$work/table"

# Of the models of network cards only igb has VFs
igb=$("$top/tools/guests/qemu.sh" 2> "$work/igb") || igb=

nvme=sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30

# add_pf <number> <name>: a root port, and a PF below it, with a disk
add_pf()
{
	local disk=$machine/${2#+}.img id=

	qemu+=(-device "pcie-root-port,id=rp$1,slot=$1")
	case $2 in
	igb)	qemu+=(-netdev "user,id=net" -device "igb,bus=rp$1,netdev=net")
		return ;;
	root)	[ -e "$disk" ] || cp --sparse=always "$image/disk" "$disk" ;;
	+*)	id=,use-intel-id=on ;;
	esac
	# A disk with a file system that nobody uses may be taken
	[ -e "$disk" ] || { truncate -s 64M "$disk" && mkfs.ext4 -q "$disk"; }
	qemu+=(-device "nvme-subsys,id=ss$1"
		-drive "file=$disk,format=raw,if=none,id=disk$1"
		-device "nvme,id=nvme$1,serial=${2#+},subsys=ss$1,bus=rp$1,$nvme$id"
		-device "nvme-ns,bus=nvme$1,drive=disk$1")
}

# build_patched: into "bzimage"; one at a time, as all suites have the same
build_patched()
{
	bzimage=$(flock "$work/kernel.lock" make -s -C "$top" -f tools/vm/Makefile \
		VARIANT=rootfs KERNEL="$("$top/tools/kernels/list.sh" | head -n 1)" \
		image 2> "$machine/kernel.log") || {
		tail -n 20 "$machine/kernel.log"
		return 1
	}
}

# had <kernel>: the image of this suite that has it, into "image", and how it is booted
# into "how"; false if it cannot be had, and that is said
had()
{
	how=()
	image=$stock
	case $1 in
	patched) build_patched || return
		how=(-k "$bzimage") ;;
	root)	how=(-k "$image/vmlinuz" -i "$image/root/root/initrd-nvme") ;;
	module)	image=$("$rootfs/image.sh" "$stock" module "$here/image-module.sh" \
			"$debs"/*-dkms_*.deb) ;;
	dracut)	image=$("$rootfs/image.sh" "$stock" dracut "$here/image-dracut.sh") ;;
	esac
}

# one_boot <machine> <boot> <suites> <kernel> <PFs> <script> [kernel argument]
one_boot()
{
	local name=$2 log status=0 number=0 pf program='qemu-system-x86_64'

	log=$machine/$name.log
	had "$4" || {
		failed=$((failed + 1))
		echo "not ok $suite: $1: $name: no such system"
		return
	}
	qemu=(-device "intel-iommu,intremap=on,device-iotlb=on")
	for pf in $5; do
		case $pf in
		-)	continue ;;
		igb)	program=$igb
			if [ -z "$igb" ]; then
				skip "$suite: $1: $name: the only default route" \
					"$(cat "$work/igb")"
				program='qemu-system-x86_64'
				continue
			fi ;;
		esac
		add_pf $number "$pf"
		number=$((number + 1))
	done
	echo "$4" > "$machine/files/kernel"
	QEMU=$program "$rootfs/boot.sh" -d "$machine" -f "$machine/files" "${how[@]}" \
		-t "${VM_SECONDS:-1200}" -m 1024 -a "intel_iommu=on ${7:-}" \
		"$image" "$here/$6" -- "${qemu[@]}" > "$log" 2>&1 || status=$?
	cp "$machine/console" "$machine/$name.console"
	# A line at once: others write to the same place
	sed -un "s/^\(ok\|not ok\) /&$suite: $1: $name: /p" "$log"
	sed -un "s/^boot.sh: .*: \(the script ran\)/$suite: $1: $name: \1/p" "$log"
	passed=$((passed + $(grep -c '^ok ' "$log")))
	failed=$((failed + $(grep -c '^not ok ' "$log")))
	# The last thing that each script says
	if [ $status != 0 ] || ! grep -qx 'done' "$log"; then
		failed=$((failed + 1))
		echo "not ok $suite: $1: $name: did not get to the end of its script:"
		tail -n 20 "$log"
	fi
}

is_wanted()	# <machine> <boot> <suites>
{
	[[ $3 = all || $3 = "$suite" ]] &&
		[[ -z "${ONLY:-}" || ,$ONLY, == *,$1,* || ,$ONLY, == *,$1/$2,* ]]
}

# each_boot <command>: with the fields of each boot of this suite that is wanted
each_boot()
{
	local field

	while IFS=$'\t' read -r -a field <&3; do
		[[ ${field[0]} != '#'* ]] || continue
		! is_wanted "${field[@]:0:3}" || "$@" "${field[@]}"
	done 3< "$here/boots.tsv"
}

boot_if()	# <machine> <field>...
{
	[ "$1" != "$2" ] || one_boot "${@:2}"
}

# run_machine <suite> <machine>: all its boots; the last word is its count
run_machine()
{
	suite=$1 machine=$work/$1-$2
	mkdir -p "$machine/files"
	cp "$here/guest.sh" "$work/table" "$machine/files/"
	stock=$(cat "$work/$suite.image")
	each_boot boot_if "$2"
	echo $passed $failed $skipped > "$work/$suite-$2.count"
}

# Each job is a process group of its own, which ends with this one
set -m
leave()
{
	local job

	for job in $(jobs -rp); do
		kill -- "-$job" 2> /dev/null
	done
}
trap leave EXIT
trap 'exit 1' INT TERM

for suite; do
	"$rootfs/image.sh" "$suite" sriovadm "$here/image.sh" "$debs"/sriovadm_*.deb \
		"$debs"/sriov-unmanaged-hwdb_*.deb > "$work/$suite.image" &
	made[$!]=$suite
done
had=()
for pid in "${!made[@]}"; do
	wait "$pid"
	case $? in
	0)	had+=("${made[pid]}") ;;
	3)	skip "${made[pid]}" "see above" ;;
	*)	exit 1 ;;
	esac
done

# Those with most boots first, of all suites, so that the last ones are short
mapfile -t machines < <(for suite in "${had[@]}"; do each_boot echo "$suite"; done |
	awk '{ of = $1 " " $2 }
		!(of in boots) { order[n++] = of }
		{ boots[of]++ }
		END { for (i = 0; i < n; i++) print boots[order[i]], order[i] }' |
	sort -s -k 1,1nr | cut -d ' ' -f 2-)
[ ${#machines[@]} -gt 0 ] || [ $skipped -gt 0 ] || {
	echo "run.sh: no boot of boots.tsv is one of $ONLY" >&2
	exit 1
}
for each in "${machines[@]}"; do
	[ "$(jobs -rp | wc -l)" -lt "$jobs" ] || wait -n
	run_machine "${each% *}" "${each#* }" &
done
wait

for each in "${machines[@]}"; do
	count=$work/${each/ /-}.count
	if [ -e "$count" ]; then
		read -r p f s < "$count"
	else
		echo "not ok ${each/ /: }: did not come to an end"
		p=0 f=1 s=0
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
