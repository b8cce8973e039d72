#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The demo, inside the VM: real commands and what they really print.

say() { printf '\n### %s\n' "$*"; }

# run <command line>: show it, do it, show what the kernel has to say
run()
{
	dmesg -c > /dev/null
	printf '# %s\n' "$1"
	sh -c "$1" 2>&1
	dmesg | sed -n 's/^\[[^]]*\] /    kernel: /p' |
		grep -E 'VFs|sriov|claimed|not changed|CAP_SYS' | head -n 4
}

expect()
{
	if ! sh -c "$1"; then
		echo "demo: this should hold and does not: $1"
		exit 1
	fi
}

insmod ./pci_sriov_test.ko
for pf in /sys/bus/pci/devices/*; do
	[ -e "$pf/sriov_totalvfs" ] && break
done
address=${pf##*/}
# Its driver probes when it likes
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ ! -e "$pf/driver" ] || break
	sleep 1
done
params=/sys/module/sriov_unmanaged/parameters
cd "$pf" || exit 1
echo "demo: Linux $(uname -r), PF $address with up to $(cat sriov_totalvfs) VFs"

say "Reserve the PF: take it from its driver and give it to pci-stub"
run "echo pci-stub > driver_override"
run "echo $address > driver/unbind"

say "Nobody manages it now, and a write ends as on every stock kernel"
run "echo 4 > sriov_numvfs"
expect "[ \$(cat sriov_numvfs) = 0 ]"

say "With pci-stub bound, stock kernels say the same; this one does not"
run "echo $address > /sys/bus/pci/drivers/pci-stub/bind"
run "readlink driver"

say "May its VFs be enabled without its own driver, and why?"
run "cat sriov_unmanaged_policy sriov_unmanaged_reason"

say "The same write under pci-stub"
run "echo 4 > sriov_numvfs"
run "cat sriov_numvfs"
expect "[ \$(cat sriov_numvfs) = 4 ]"

say "The VFs are there, and no host driver has taken them"
run "for vf in virtfn*; do echo \$vf \$(basename \$(readlink \$vf)) driver: \$(basename \$(readlink \$vf/driver) 2> /dev/null || echo none); done"
expect "[ ! -e virtfn0/driver ]"

say "Hand one to vfio-pci, for a virtual machine or a userspace driver"
vf=$(basename "$(readlink virtfn0)")
run "echo vfio-pci > virtfn0/driver_override"
run "echo $vf > /sys/bus/pci/drivers_probe"
run "basename \$(readlink virtfn0/driver)"
expect "[ \$(basename \$(readlink virtfn0/driver)) = vfio-pci ]"

say "Disable them again"
run "echo 0 > sriov_numvfs"
expect "[ ! -e virtfn0 ]"

say "A device that the administrator refuses"
run "echo 1b36:0010=refuse > $params/override"
run "echo 4 > sriov_numvfs"
run "cat sriov_numvfs sriov_unmanaged_policy sriov_unmanaged_reason"
expect "[ \$(cat sriov_numvfs) = 0 ]"
run "echo > $params/override"

say "An 82599 (the kernel is told that this PF is one): the table refuses"
run "echo '$address 8086 10fb 8086 0003 020000' > /sys/module/pci_sriov_test/parameters/identity"
run "echo 4 > sriov_numvfs"
run "cat sriov_unmanaged_reason"
expect "[ \$(cat sriov_numvfs) = 0 ]"
run "echo '$address 1b36 0010 1af4 1100 010802' > /sys/module/pci_sriov_test/parameters/identity"

say "An unprivileged user, even if the file lets him write"
run "chmod 666 sriov_numvfs"
run "su nobody -c 'id -un; echo 4 > $pf/sriov_numvfs'"
expect "[ \$(cat sriov_numvfs) = 0 ]"

echo
echo "demo: done"
