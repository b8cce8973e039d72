#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a VM with systemd, udev, modular drivers and our module: do the programs that people
# have leave unmanaged VFs alone, and can they use them?  guest-lib.sh gives a PF of nvme.
# shellcheck source=tools/deb/guest-lib.sh
. /run/files/guest-lib.sh

dev=$bus/devices/$pf
name=pci_$(tr :. __ <<< "$pf")

# vf <number>: its address.  dpdk-devbind takes an empty one for any device without an
# interface, and unbinds the disk of the root file system
vf()
{
	local address

	address=$(readlink "$dev/virtfn$1") && basename "$address" || echo none
}

drivers()	# of all VFs, as "vfio-pci - - -"
{
	local vf

	for vf in "$dev"/virtfn[0-9]*; do
		if [ -e "$vf/driver" ]; then
			basename "$(readlink "$vf/driver")"
		elif [ -e "$vf" ]; then
			echo -
		fi
	done | xargs
}

# says <what> <command...>: its last line, and how it ended
says()
{
	local what=$1 status=0 line
	shift

	line=$("$@" 2>&1) || status=$?
	echo "# $what: $* ended with $status: $(tail -n 1 <<< "$line")"
	return $status
}

native()	# nvme has the PF, and has probed it
{
	echo > "$dev/driver_override"
	echo "$pf" > "$dev/driver/unbind"
	echo "$pf" > "$bus/drivers_probe"
	for _ in $(seq 30); do
		grep -qs live "$dev"/nvme/nvme*/state && break
		sleep 1
	done
}

check "state of the system" "$(timeout 120 systemctl is-system-running --wait)" running

# --- udev
reserve "$pf"
check "VFs" "$(answer 4 "$dev/sriov_numvfs")" success
udevadm settle
check "udev, VFs come" "$(drivers)" "- - - -"
for action in add change add; do
	udevadm trigger --action=$action
	udevadm settle
	check "udev, trigger $action" "$(driver "$pf") $(drivers)" "pci-stub - - - -"
done
systemctl restart systemd-udevd systemd-udev-trigger
udevadm settle
check "udev, coldplug" "$(driver "$pf") $(drivers)" "pci-stub - - - -"
modprobe -r nvme
modprobe nvme
udevadm settle
check "nvme is loaded again" "$(driver "$pf") $(drivers)" "pci-stub - - - -"
check "drivers of other devices" "$(driver 0000:02:00.0)" nvme

# --- libvirt sees them, takes one, and gives it back
# The unit that makes /dev/vfio/vfio before that does not run in these machines
modprobe vfio-pci
systemctl start virtlogd libvirtd
virsh -q nodedev-dumpxml "$name" > /tmp/pf.xml
check "libvirt, the PF's VFs" "$(grep -A4 "type='virt_functions'" /tmp/pf.xml |
	grep -c '<address ')" 4
check "libvirt, a VF's PF" "$(virsh -q nodedev-dumpxml "pci_$(vf 0 | tr :. __)" |
	grep -c "type='phys_function'")" 1
IFS=:. read -r domain number slot function <<< "$(vf 0)"
cat > /tmp/hostdev.xml <<- END
	<hostdev mode='subsystem' type='pci' managed='yes'>
	  <source><address domain='0x$domain' bus='0x$number' slot='0x$slot' function='0x$function'/></source>
	</hostdev>
END
virsh -q define /run/files/domain.xml
virsh -q attach-device guest /tmp/hostdev.xml --config
says "libvirt, managed='yes'" virsh -q start guest
check "libvirt, a guest has the VF" "$(virsh -q domstate guest | xargs) $(drivers)" \
	"running vfio-pci - - -"
says "libvirt" virsh -q destroy guest
check "libvirt gives it back" "$(drivers)" "- - - -"
virsh -q undefine guest
systemctl stop libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd

check "0 VFs" "$(answer 0 "$dev/sriov_numvfs")" success

# --- dpdk-devbind, which knows network cards only: a driver asked for by driver_override
nic=$(dirname "$(grep -lx 0x10c9 $bus/devices/*/device)")
if [ -e "$nic/sriov_totalvfs" ]; then
	dev=$nic
	[ ! -e "$nic/driver" ] || basename "$nic" > "$nic/driver/unbind"
	echo pci-stub > "$nic/driver_override"
	basename "$nic" > "$bus/drivers_probe"
	check "an 82576 is refused" "$(answer 2 "$nic/sriov_numvfs")" "Operation not supported"
	echo 8086:10c9=allow > /sys/module/sriov_unmanaged/parameters/override
	modprobe igbvf
	check "its VFs, overridden" "$(answer 2 "$nic/sriov_numvfs") $(drivers)" "success - -"
	udevadm settle
	dpdk-devbind.py -b igbvf "$(vf 0)" > /dev/null
	check "dpdk-devbind, a driver that nobody let on" "$(drivers)" "- -"
	dpdk-devbind.py -b vfio-pci "$(vf 0)" > /dev/null
	check "dpdk-devbind, vfio-pci" "$? $(drivers)" "0 vfio-pci -"
	dpdk-devbind.py -u "$(vf 0)" > /dev/null
	check "dpdk-devbind, unbound" "$? $(drivers)" "0 - -"
	check "0 VFs of the 82576" "$(answer 0 "$nic/sriov_numvfs")" success
	dev=$bus/devices/$pf
fi

# --- nvme-cli: VFs that are of use
native
ctrl=/dev/$(ls "$dev/nvme")
echo 0 > "$dev/sriov_drivers_autoprobe"
check "VFs under nvme" "$(answer 2 "$dev/sriov_numvfs")" success
nvme virt-mgmt "$ctrl" --cntlid=1 --act=8 --rt=0 --nr=2 > /dev/null &&
	nvme virt-mgmt "$ctrl" --cntlid=1 --act=8 --rt=1 --nr=1 > /dev/null &&
	nvme virt-mgmt "$ctrl" --cntlid=1 --act=9 > /dev/null
check "nvme-cli brings a VF online" "$? $(nvme list-secondary "$ctrl" --output-format=json |
	grep -c '"secondary-controller-state" *: *1')" "0 1"
# As one would bind by hand: without an override udev's rules find nothing to do
echo "$pf" > "$dev/driver/unbind"
echo pci-stub > "$dev/driver_override"
echo "$pf" > "$bus/drivers_probe"
check "VFs outlive it" "$(driver "$pf") $(cat "$dev/sriov_numvfs") $(drivers)" "pci-stub 2 - -"
echo nvme > "$dev/virtfn0/driver_override"
vf 0 > "$bus/drivers_probe"
for _ in $(seq 30); do
	grep -qs live "$dev"/virtfn0/nvme/nvme*/state && break
	sleep 1
done
check "the online VF has a controller that works" \
	"$(cat "$dev"/virtfn0/nvme/nvme*/state)" live
# VFs of another driver are none of pci-stub's
check "pci-stub leaves them alone" "$(answer 0 "$dev/sriov_numvfs")" "No such file or directory"
native
check "0 VFs, under nvme" "$(answer 0 "$dev/sriov_numvfs")" success
echo 1 > "$dev/sriov_drivers_autoprobe"

# --- driverctl: what the recipes warn of
driverctl set-override "$pf" pci-stub
check "driverctl reserves the PF" "$? $(driver "$pf")" "0 pci-stub"
check "VFs" "$(answer 4 "$dev/sriov_numvfs")" success
driverctl set-override "$(vf 0)" vfio-pci
check "driverctl, a VF" "$? $(drivers)" "0 vfio-pci - - -"
udevadm trigger --action=add
udevadm settle
# In a unit that nobody waits for
for _ in $(seq 30); do
	[ ! -e "$dev/virtfn0" ] && [ "$(driver "$pf")" = pci-stub ] && break
	sleep 1
done
check "driverctl, the first trigger: all VFs vanish" \
	"$(driver "$pf") $(cat "$dev/sriov_numvfs")" "pci-stub 0"
check "VFs again" "$(answer 4 "$dev/sriov_numvfs")" success
udevadm settle
check "driverctl, VFs that come again have no override" "$(drivers)" "- - - -"
udevadm trigger --action=add
udevadm settle
check "driverctl, a later trigger" "$(driver "$pf") $(cat "$dev/sriov_numvfs")" "pci-stub 4"
driverctl unset-override "$pf"
check "driverctl, unset: nvme has the PF, without VFs" \
	"$? $(driver "$pf") $(cat "$dev/sriov_numvfs")" "0 nvme 0"
