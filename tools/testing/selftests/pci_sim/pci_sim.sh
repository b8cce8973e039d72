# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Simulated PCI devices for a shell script, to be sourced.  A bridge has one
# function, pf.

pci_sim=/sys/kernel/config/pci_sim

# pci_sim_create <bridge> [<attribute>=<value>...]: attributes of the function, or
# of the bridge as ../<attribute>; then it goes live
pci_sim_create()
{
	[ -d $pci_sim ] || mount -t configfs none /sys/kernel/config || return
	mkdir -p "$pci_sim/$1/pf" || return
	bridge=$1
	shift
	for setting; do
		echo "${setting#*=}" > "$pci_sim/$bridge/pf/${setting%%=*}" ||
			echo "pci_sim: $bridge: $setting is refused"
	done
	echo 1 > "$pci_sim/$bridge/live" ||
		echo "pci_sim: $bridge does not go live, the kernel log says why"
}

# pci_sim_address <bridge>
pci_sim_address()
{
	cat "$pci_sim/$1/pf/address"
}

# pci_sim_destroy [<bridge>...]: or all of them
pci_sim_destroy()
{
	# shellcheck disable=SC2046 # a word for each
	[ $# -gt 0 ] || set -- $(ls $pci_sim)
	for bridge; do
		echo 0 > "$pci_sim/$bridge/live"
		rmdir "$pci_sim/$bridge"/*/ "$pci_sim/$bridge"
	done
}
