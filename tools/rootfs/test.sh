#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# test.sh [suite...]: do the root file systems boot, is all well in them, and does
# boot.sh keep what it promises?  A suite that cannot be had is skipped and counted.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/rootfs/lib.sh
. "$here/lib.sh"

# shellcheck disable=SC2046 # a word for each
[ $# -gt 0 ] || set -- $(suite_names)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
passed=0 failed=0 skipped=0

check()		# <what> <found> <expected>
{
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
		echo "ok $1: $2"
	else
		failed=$((failed + 1))
		echo "not ok $1: $2, not $3"
	fi
}

# said <line's first word>: what stands after it in the output of the last boot
said()
{
	sed -n "s/^$1 //p" "$work/output"
}

# boot <expected status> <option>...: $work/script, on the machine
boot()
{
	expected=$1
	shift
	status=0
	"$here/boot.sh" -d "$work/machine" "$@" "$image" "$work/script" \
		> "$work/output" 2> "$work/errors" || status=$?
	grep '^boot.sh: .* the script ran' "$work/errors" | sed 's/^/# /'
	check "$suite: exit status" $status "$expected"
	[ $status = "$expected" ] || cat "$work/output" "$work/errors" >&2
}

first_boot()
{
	mkdir -p "$work/files"
	echo brought > "$work/files/word"
	cat > "$work/script" <<- 'END'
		#!/bin/sh
		echo kernel $(uname -r)
		echo state $(timeout 60 systemctl is-system-running --wait)
		systemctl --failed --no-legend
		echo time $(systemd-analyze time | head -n 1)
		echo udev $(udevadm info -q property /dev/vda | grep -c '^ID_PATH=')
		echo file $(cat /run/files/word) $(touch /run/files/new 2> /dev/null || echo read-only)
		echo kept > /root/word
		# In no initramfs by itself
		echo dummy >> /etc/initramfs-tools/modules
		update-initramfs -u > /dev/null
		exit 7
	END
	boot 7 -f "$work/files" -a rootfs.word=1
	check "$suite: kernel" "$(said kernel)" "$(cat "$image/release")"
	check "$suite: state" "$(said state)" running
	check "$suite: udev has seen the disk" "$(said udev)" 1
	check "$suite: folder" "$(said file)" "brought read-only"
	echo "# $(said time)"
}

second_boot()
{
	cat > "$work/script" <<- 'END'
		#!/bin/sh
		echo word $(cat /root/word)
		echo dummy $(grep -c '^dummy ' /proc/modules)
		echo argument $(grep -o 'rootfs.word=.' /proc/cmdline)
		for pf in /sys/bus/pci/devices/*/sriov_totalvfs; do
			[ -e $pf ] && pf=${pf%/*} && echo pf ${pf##*/} $(cat $pf/sriov_totalvfs) $(basename $(readlink $pf/driver))
		done
		echo left > /run/rootfs-test/left
	END
	boot 0 -a rootfs.word=2 -- -device pcie-root-port,id=rp0,slot=0 \
		-device nvme-subsys,id=ss0 -device nvme,serial=a,subsys=ss0,bus=rp0,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=8,max_ioqpairs=26,msix_qsize=30
	check "$suite: disk after a reboot" "$(said word)" kept
	check "$suite: its new initramfs" "$(said dummy)" 1
	check "$suite: kernel argument" "$(said argument)" rootfs.word=2
	check "$suite: PF, VFs, driver" "$(said pf)" "0000:01:00.0 4 nvme"
	check "$suite: what it left" "$(cat "$work/machine/share/left")" left
}

# What goes wrong is told apart
bad_boots()
{
	printf '#!/bin/sh\npoweroff -ff\n' > "$work/script"
	boot 125
	boot 124 -t 3
}

for suite; do
	image=$("$here/image.sh" "$suite") || {
		[ $? = 3 ] || exit 1
		echo "skipped: $suite"
		skipped=$((skipped + 1))
		continue
	}
	rm -rf "$work/machine"
	first_boot
	second_boot
	bad_boots
done
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
