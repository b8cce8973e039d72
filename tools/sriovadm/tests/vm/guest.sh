#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the scripts in the VM share.  A line of theirs is "ok <what>" or "not ok <what>".

devices=/sys/bus/pci/devices
pf=0000:01:00.0
other=0000:02:00.0

is()		# <what> <found> <expected>
{
	if [ "$2" = "$3" ]; then
		echo "ok $1"
	else
		echo "not ok $1: '$2', not '$3'"
	fi
}

# has <what> <text> <pattern>...: each is in it
has()
{
	local what=$1 text=$2 pattern

	shift 2
	for pattern; do
		if ! grep -qE -e "$pattern" <<< "$text"; then
			echo "not ok $what: no '$pattern' in:"
			echo "#   ${text//$'\n'/$'\n'#   }"
			return
		fi
	done
	echo "ok $what"
}

# lacks <what> <text> <pattern>
lacks()
{
	if grep -qE -e "$3" <<< "$2"; then
		echo "not ok $1: '$3' in: $2"
	else
		echo "ok $1"
	fi
}

# exits: each line of the input is "<exit status>|<what it says>|<arguments>"
exits()
{
	local code pattern words

	while IFS='|' read -r code pattern words; do
		# shellcheck disable=SC2086 # a word for each
		try sriovadm $words
		is "sriovadm $words" $status "$code"
		[ -z "$pattern" ] || has "sriovadm $words: what it says" "$said" "$pattern"
	done
}

# try <command>: what it says goes into "said", its exit status into "status"
try()
{
	# shellcheck disable=SC2034 # whoever tries looks at it
	said=$("$@" 2>&1)
	status=$?
}

# show <command>: for the reader of the log
show()
{
	echo "# \$ $*"
	"$@" 2>&1 | sed 's/^/#   /'
}

driver()
{
	local link

	link=$(readlink "$devices/$1/driver") || link=none
	echo "${link##*/}"
}

# state <pf>: its driver, how many VFs, and who has these
state()
{
	local vf

	echo -n "$(driver "$1") $(cat "$devices/$1/sriov_numvfs")"
	for vf in "$devices/$1"/virtfn*; do
		[ ! -e "$vf" ] || echo -n " $(driver "$(basename "$(readlink "$vf")")")"
	done
	echo
}

# wait_for <command>: until it succeeds, in a time that will do for a busy host
wait_for()
{
	local end=$((SECONDS + 300))

	until "$@" > /dev/null 2>&1 || [ $SECONDS -ge $end ]; do
		sleep 1
	done
}

is_state() { [ "$(state $pf)" = "$1" ]; }

# becomes <what> <state>: of the PF
becomes()
{
	wait_for is_state "$2"
	is "$1" "$(state $pf)" "$2"
}

has_driver() { [ ! -e "$devices/$1" ] || [ "$(driver "$1")" != none ]; }

# up: the boot is over, and the PF that nobody wants has its driver, whatever has not
# been waited for at boot
up()
{
	systemctl is-system-running --wait > /dev/null
	wait_for has_driver $other
}

# As packages do it; with --settle it was seen to wait for minutes in an idle VM
trigger()
{
	udevadm trigger --action=add
	udevadm settle --timeout=300
}

# What this kernel is to be like.  It is asked here, so that none passes for another:
# with the feature or without, the stub, and how a command ends that needs the feature.
# shellcheck disable=SC2034 # whoever runs commands looks at "gate"
case $(cat /run/files/kernel) in
module)		feature=module stub=pci-stub gate=0 ;;
patched)	feature=builtin stub=pci-stub gate=0 ;;
*)		feature=absent stub=pci-pf-stub gate=7 ;;
esac
found=absent
[ ! -e /sys/module/sriov_unmanaged/parameters ] || found=builtin
[ ! -e /sys/module/sriov_unmanaged/initstate ] || found=module
is "the kernel's feature" $found $feature
reserved="$stub 2 vfio-pci vfio-pci"

# nvme_had <pf>: what nvme said of it
nvme_had()
{
	dmesg | grep -E "nvme nvme[0-9]+: pci function $1"
}

# ended <unit> <other>: was the first one up when the second one came up?
ended()
{
	local first second

	first=$(systemctl show -P ActiveEnterTimestampMonotonic "$1")
	second=$(systemctl show -P ActiveEnterTimestampMonotonic "$2")
	[ "$first" -gt 0 ] && [ "$second" -ge "$first" ] && echo yes
}

# booted <what>: as the PF has to be after a boot, in time for those who need it
booted()
{
	up
	is "$1: reserved, VFs on, drivers on them" "$(state $pf)" "$reserved"
	is "$1: before the network" "$(ended sriovadm.service network-pre.target)" yes
	is "$1: the other PF of the same id has its own driver" \
		"$(driver $other)" nvme
	is "$1: sriovadm.service" "$(systemctl is-active sriovadm.service)" active
	try sriovadm diff
	is "$1: sriovadm diff" $status 0
	is "$1: no unit has failed" "$(systemctl --failed --no-legend)" ''
	show systemd-analyze time
	show sriovadm diff
}
