#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the VM of stock-test.sh: load and unload the module.  The kernel command line
# has two of its options, modprobe.d a third.

module=/sys/module/sriov_unmanaged
count=0

verdict()	# <what> <found> <expected>
{
	count=$((count + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $count load.$1"
	else
		echo "# found \"$2\", not \"$3\""
		echo "not ok $count load.$1"
	fi
}

# The files of a PF and what is in them, and the modules' uses
state()
{
	(cd "$pf" && stat -c '%A %u %g %n' -- *)
	cat "$pf/sriov_numvfs" "$pf/sriov_drivers_autoprobe"
}

bind()		# <device directory> <driver>
{
	[ ! -e "$1/driver" ] || echo "${1##*/}" > "$1/driver/unbind"
	echo "$2" > "$1/driver_override"
	echo "${1##*/}" > "/sys/bus/pci/drivers/$2/bind"
}

echo 1..10
rmmod pci_sriov_test
set -- /sys/bus/pci/devices/*/sriov_numvfs
pf=${1%/*} other=${2%/*}

verdict options_of_the_command_line \
	"$(cat $module/parameters/override $module/parameters/unlisted)" \
	"8086:10fb=allow
refuse"
bind "$pf" pci-stub
bind "$other" uio_pci_generic

rmmod sriov_unmanaged
verdict leaves_no_file "$(find "$pf/" -maxdepth 1 -name '*unmanaged*')" ""
verdict leaves_no_gate "$( (echo 2 > "$pf/sriov_numvfs") 2>&1 | grep -o 'No such.*')" \
	"No such file or directory"
chmod 640 "$pf/sriov_numvfs"
before=$(state)

mkdir -p /etc/modprobe.d
echo "options sriov_unmanaged scope=any" > /etc/modprobe.d/test.conf
modprobe sriov_unmanaged
verdict options_of_modprobe_d "$(cat $module/parameters/scope)" any
verdict keeps_the_mode "$(stat -c %a "$pf/sriov_numvfs")" 640

# The stubs were there before
echo 2 > "$pf/sriov_numvfs"
rmmod sriov_unmanaged 2> /dev/null
verdict refused_while_vfs_are_on "$(cat "$pf/sriov_numvfs"; ls -d $module)" "2
$module"
echo "${pf##*/}" > "$pf/driver/unbind"
verdict stub_takes_vfs_along "$(cat "$pf/sriov_numvfs")" 0
bind "$pf" pci-stub
rmmod sriov_unmanaged
verdict leaves_all_as_it_was "$(state)" "$before"

# A hundred times, beside what goes on with PFs.  While VFs are on it cannot be
# unloaded, so they are for a third of the time
end=$(($(cut -d. -f1 /proc/uptime) + 60))
: > /tmp/go
(
	while [ -e /tmp/go ]; do
		bind "$pf" pci-stub
		echo 2 > "$pf/sriov_numvfs"
		echo "${pf##*/}" > "$pf/driver/unbind"
		for driver in uio_pci_generic pci-stub uio_pci_generic pci-stub; do
			bind "$pf" $driver
			echo 0 > "$pf/sriov_numvfs"
			cat "$pf"/sriov_* > /dev/null
			usleep 300000
		done
	done
) 2> /dev/null &
(
	while [ -e /tmp/go ]; do
		bind "$other" pci-stub
		echo 99 > "$other/sriov_numvfs"
		echo 1 > "$other/remove"
		echo 1 > /sys/bus/pci/rescan
		usleep 200000
	done
) 2> /dev/null &
loads=0
while [ $loads -lt 100 ] || [ "$(cut -d. -f1 /proc/uptime)" -lt $end ]; do
	modprobe sriov_unmanaged && loads=$((loads + 1))
	while ! rmmod sriov_unmanaged 2> /dev/null; do
		usleep 10000
	done
done
rm /tmp/go
wait
echo "# loads: $loads"
verdict hundred_times "$(ls -d $module 2> /dev/null)" ""
echo 0 > "$pf/sriov_numvfs" 2> /dev/null
[ ! -e "$pf/driver" ] || echo "${pf##*/}" > "$pf/driver/unbind"
modprobe sriov_unmanaged
bind "$pf" pci-stub
echo 4 > "$pf/sriov_numvfs"
verdict works_afterwards "$(cat "$pf/sriov_numvfs")" 4
echo 0 > "$pf/sriov_numvfs"
