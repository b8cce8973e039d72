# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the tests with guests share: they show what they do as commands and what these
# print, and give verdicts (TAP) in between.

bus=/sys/bus/pci
# What stands in for nvme-cli is there
export PATH="$PATH:/tests"
verdicts=0 failures=0

# say <text>: a headline
say() { printf '\n### %s\n' "$*"; }

# run <command line>: show it, do it, show what it prints
run()
{
	printf '# %s\n' "$1"
	sh -c "$1" 2>&1 | sed 's/^/  /'
}

# check <what> <command line>: a verdict, which is its exit status, too
check()
{
	verdicts=$((verdicts + 1))
	if sh -c "$2" > /dev/null 2>&1; then
		echo "ok $verdicts $1"
	else
		echo "not ok $verdicts $1"
		echo "# Expected: $2"
		failures=$((failures + 1))
		return 1
	fi
}

# seen <device> <holder> <VFs> <result>: a line of the table that the run prints, of
# what has just been checked
seen() { echo "# seen: $1|$2|$3|$4"; }

# finish: the plan, and this script's exit status
finish()
{
	echo "1..$verdicts"
	[ $failures = 0 ]
	exit
}

# first <vendor> <device>: the address of the first PF of this kind
first()
{
	for pf in "$bus"/devices/*; do
		if [ -e "$pf/sriov_totalvfs" ] &&
		   [ "$(cat "$pf/vendor" "$pf/device" | tr '\n' ' ')" = "0x$1 0x$2 " ]; then
			basename "$pf"
			return
		fi
	done
	echo "no device $1:$2 with SR-IOV here" >&2
}

# provision <virtfn>: the commands that bring a VF of the PF in this directory online,
# which its driver nvme has: queues, interrupts, online
provision()
{
	number=$(($1 + 1))
	nvme="nvme virt-mgmt /dev/\$(ls nvme) --cntlid=$number"
	run "$nvme --act=8 --rt=0 --nr=2"
	run "$nvme --act=8 --rt=1 --nr=1"
	run "$nvme --act=9"
}

# guest <log> <option of QEMU...>: run a guest until it ends, and show what it says
guest()
{
	log=$1
	shift
	rm -f "$log"
	printf '# qemu-system-x86_64 -machine q35 -serial file:%s %s\n' "$log" "$*"
	began=$(cut -d. -f1 /proc/uptime)
	timeout -s KILL "${TEST_SECONDS:-600}" /opt/qemu/qemu-system-x86_64 \
		-L /opt/qemu -machine q35 -accel tcg -cpu max,la57=off \
		-display none -nodefaults -no-user-config -no-reboot \
		-serial "file:$log" "$@" 2>&1 | sed 's/^/  /'
	# Or else its last words
	tr -d '\r' < "$log" | grep -a '^guest:' | sed 's/^/  /'
	grep -q -a '^guest:' "$log" || tr -d '\r' < "$log" | tail -n 20 | sed 's/^/#   /'
	echo "# the guest took $(($(cut -d. -f1 /proc/uptime) - began)) s"
}

# to <driver> <path of the device>: by driver_override, shown
to()
{
	device=$(basename "$(readlink -f "$2")")
	[ ! -e "$2/driver" ] || run "echo $device > $2/driver/unbind"
	run "echo $1 > $2/driver_override"
	run "echo $device > $bus/drivers_probe"
}
