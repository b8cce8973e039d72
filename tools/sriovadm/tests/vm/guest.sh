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

# becomes <what> <state>: of the PF, in a time that will do for a busy host
becomes()
{
	local end=$((SECONDS + 300))

	while [ "$(state $pf 2> /dev/null)" != "$2" ] && [ $SECONDS -lt $end ]; do
		sleep 1
	done
	is "$1" "$(state $pf)" "$2"
}

# As packages do it; with --settle it was seen to wait for minutes in an idle VM
trigger()
{
	udevadm trigger --action=add
	udevadm settle --timeout=300
}

# The stub that this kernel has for sriovadm
stub()
{
	if [ -e $devices/$pf/sriov_unmanaged_policy ]; then
		echo pci-stub
	else
		echo pci-pf-stub
	fi
}
stub=$(stub)
reserved="$stub 2 vfio-pci vfio-pci"

# nvme_had <pf>: what nvme said of it
nvme_had()
{
	dmesg | grep -E "nvme nvme[0-9]+: pci function $1"
}

# booted: as the PF has to be after a boot
booted()
{
	systemctl is-system-running --wait > /dev/null
	is "$1: reserved, VFs on, drivers on them" "$(state $pf)" "$reserved"
	is "$1: nvme has never had it" "$(nvme_had $pf)" ''
	is "$1: the other PF of the same id has its own driver" \
		"$(driver $other)" nvme
	is "$1: sriovadm.service" "$(systemctl is-active sriovadm.service)" active
	try sriovadm diff
	is "$1: sriovadm diff" $status 0
	is "$1: no unit has failed" "$(systemctl --failed --no-legend)" ''
	show systemd-analyze time
	show systemctl show -P ActiveEnterTimestampMonotonic sriovadm.service \
		network-pre.target multi-user.target
	show sriovadm diff
}
