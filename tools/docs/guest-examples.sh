# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What the examples of the documents run with, in the VM.  The devices:
#
#	0000:01:00.0	a PF whose VFs may be enabled (QEMU's nvme)
#	0001:01:00.0	an 82599 (simulated)
#	0002:01:00.0	an nvme PF of a vendor's (simulated)
#	0003:01:00.0	a network card that the table does not list (simulated)

# Of nvme-cli, what the examples need
PATH=$PATH:/tests

# shellcheck disable=SC1091 # stands there in the VM
. /tests/pci_sim.sh
bus=/sys/bus/pci/devices
params=/sys/module/sriov_unmanaged/parameters
vfio=/sys/module/vfio/parameters

# hold <PF> <driver>: it has that driver, and no VFs
hold()
{
	cd "$bus/$1" || exit 1
	echo any > $params/scope
	[ "$(cat sriov_numvfs)" = 0 ] || echo 0 > sriov_numvfs
	echo stub > $params/scope
	echo 0 > sriov_unmanaged_autoprobe
	[ "$(basename "$(readlink driver)")" != "$2" ] || return
	echo "$2" > driver_override
	[ ! -e driver ] || echo "$1" > driver/unbind
	echo "$1" > /sys/bus/pci/drivers_probe
	# nvme of 6.1 takes no commands yet when it is bound
	[ "$2" != nvme ] || timeout 30 sh -c \
		'until grep -q live nvme/*/state; do sleep 1; done'
}

# simulate <domain> <vendor> <device> <class> <VFs> <VF device> <driver>
simulate()
{
	pci_sim_create "d$1" "../domain=$1" ../root_port=1 "vendor=$2" \
		"device=$3" "class=$4" "sriov/total_vfs=$5" \
		"sriov/vf_device=$6" "driver_override=$7"
}

# session <state...>: what the machine is like.  "boot": as it came up, with one
# more PF in a slot.  Otherwise nothing is left of what went before: the PF has
# its own driver, or is "reserved" by pci-stub, which may have enabled "vfs".
session()
{
	cd / || exit 1
	rm -f /etc/sriovadm/policy.conf /etc/sriovadm/pf.d/*
	if [ "$1" != boot ]; then
		# And what an example left of them
		pci_sim_destroy
		echo > $params/override
		echo allow > $params/unlisted
	fi
	for state; do
		case $state in
		boot)		(simulate 2 144d a824 010802 8 a824 '') ;;
		pf)		(hold 0000:01:00.0 nvme
				echo > "$bus/0000:01:00.0/driver_override") ;;
		reserved)	(hold 0000:01:00.0 pci-stub) ;;
		vfs)		echo 4 > $bus/0000:01:00.0/sriov_numvfs ;;
		82599)		(simulate 1 8086 10fb 020000 63 10ed pci-stub) ;;
		# A simulated device has no IOMMU
		nic)		echo 1 > $vfio/enable_unsafe_noiommu_mode
				(simulate 3 1234 5678 020000 8 5679 '') ;;
		*)		echo "not ok no such state: $state" ;;
		esac
	done
}

# said: what a command printed, as examples.py normalizes what the document says;
# an empty line in a document may be for its reader
said()
{
	sed -E -e 's/[[:space:]]+$//' -e '/^$/d' \
		-e 's/^\[ *[0-9]+\.[0-9]+\]/[time]/' \
		-e 's/^-?(ba)?sh: ((line )?[0-9]+: |echo: )*//' /tmp/out
}

# example <number> <prompt> <title> <command> <what it prints>
example()
{
	case $2 in
	'#')	eval "$4" > /tmp/out 2>&1 < /dev/null ;;
	'$')	su nobody -s /bin/sh -c "cd $PWD; $4" > /tmp/out 2>&1 < /dev/null ;;
	boot)	for word in $4; do
			grep -q -w -F -e "$word" /proc/cmdline ||
				echo "not booted with $word"
		done > /tmp/out ;;
	esac
	said=
	[ ! -s /tmp/out ] || said=$(said)
	echo "$1" > /tmp/examples
	if [ "$said" = "$5" ]; then
		echo "ok $1 - $3"
		return
	fi
	echo "not ok $1 - $3"
	echo "$5" | sed 's/^/# Expected: /'
	echo "$said" | sed 's/^/#      Got: /'
}

finish() { echo "# document examples: $(cat /tmp/examples) run"; }

mkdir -p /run
mount -t tmpfs none /run
mount -t configfs none /sys/kernel/config 2> /dev/null
