#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What people do with SR-IOV who do not use the feature, in this VM, step by step:
# what each write returned, what the kernel said, and all that sysfs shows of the
# PF and its VFs afterwards.  same.sh compares what kernels with and without the
# feature print here, so nothing is printed that differs from run to run, such as
# time stamps.
#
# It asks for nothing of the feature: no step writes to sriov_numvfs while
# pci-stub or uio_pci_generic has the PF.
#
# STOCK	if set, the core is one that our patches do not fix: no PF goes with VFs on,
#	which such a kernel does not survive.  The module for it disables them, and so
#	it is the one thing that it does for those who do not use it

# shellcheck disable=SC1091 # stands there in the VM
. ./pci_sim.sh
bus=/sys/bus/pci

# --- What is printed

# log: what the kernel said since the last time, with levels.  Of a warning, where
# it comes from, without the dump.
log()
{
	dmesg -r -c | sed 's/^\(<[0-9]*>\)\[[^]]*\] /\1 /; s/^/log /' | awk '
		/ WARNING: / {
			sub(/CPU: .* at /, "")
			sub(/ [^ ]*\+0x.*/, "")
			print
			dump = 1
		}
		!dump
		/ end trace / { dump = 0 }'
}

# devices: all of them, those with a driver, and how many VFs each PF has
devices()
{
	ls -1 $bus/devices
	grep '^DRIVER=' $bus/devices/*/uevent
	grep -H '' $bus/devices/*/sriov_numvfs
}

# settle: until probes that nobody waits for, and the work of nvme, have ended
settle()
{
	tries=0 now=
	while [ $tries -lt 60 ]; do
		before=$now
		now=$(devices; dmesg | wc -l
			cat $bus/devices/*/power/runtime_status \
				/sys/class/nvme/nvme*/state)
		case $now in
		*resuming*|*suspending*|*new*|*resetting*|*connecting*) ;;
		"$before")	return ;;
		esac
		sleep 0.5
		tries=$((tries + 1))
	done
	echo "same: it does not come to rest"
}

# files: what sysfs shows of the device in the current directory: the mode and
# name of each file, where links lead, and what can be read.  Which interrupts a
# device has, and which hwmon, depends on who asked first.
files()
{
	find . ! -type d -exec stat -c 'mode %A %N' {} + |
		sed 's|/msi_irqs/.*|/msi_irqs/N|; s|/hwmon[0-9]*/|/hwmonN/|' | sort
	find . -type f ! -name 'resource[0-9]*' ! -name config ! -name rom \
		! -name 'runtime_*_time' -exec grep -H '' {} + 2>&1 |
		sed 's|^grep: ||; s|^|file |; s|/msi_irqs/[^:]*|/msi_irqs/N|
			s|/hwmon[0-9]*/|/hwmonN/|' | sort
	hexdump -C config | sed 's/^/config /'
}

# show: the state of everything after a step, in full of the devices whose names
# begin with $about
show()
{
	echo "tainted $(cat /proc/sys/kernel/tainted)"
	devices | sed "s|^$bus/devices/||; s/^/device /"
	for dev in "$bus/devices/$about"*; do
		cd "$dev" 2> /dev/null || continue
		echo "--- ${dev##*/}"
		files
	done
	cd /tests || exit 1
}

# lists: drivers, modules and their parameters
lists() { ls -1d $bus/* $bus/drivers/*/* /sys/module/* /sys/module/*/parameters/*; }

# step <title>: what comes from here on, until the next one
steps=0 title='' about=none
step()
{
	finish
	steps=$((steps + 1))
	title=$*
	echo "=== $steps. $title"
}

finish()
{
	[ -n "$title" ] || return
	settle
	log
	show
	title=
}

# --- What is done

# run <command>: with what it says, and how it ends
run()
{
	echo "run $*"
	"$@" 2>&1
	echo "status $?"
}

# put <value> <file>: write, and print the error
put()
{
	error=$({ echo "$1" > "$2"; } 2>&1) && error=0
	echo "write '$1' to ${2#/sys/}: ${error##*: }"
}

numvfs() { put "$1" "$pf/sriov_numvfs"; }
autoprobe() { put "$1" "$pf/sriov_drivers_autoprobe"; }
vf() { echo $bus/devices/"$(basename "$(readlink "$pf/virtfn$1")")"; }
bind() { put "${1##*/}" "$bus/drivers/$2/bind"; }
unbind() { put "${1##*/}" "$1/driver/unbind"; }
probe() { put "${1##*/}" $bus/drivers_probe; }

# reserve <device> <driver>: by driver_override
reserve()
{
	[ ! -e "$1/driver" ] || unbind "$1"
	put "$2" "$1/driver_override"
	probe "$1"
}

# native <device>: the driver that it has by itself
native() { reserve "$1" ""; }

# simulate <name> <vendor> <device> <class> <VFs>: a PF that no driver takes; its
# domain is the number of the step
simulate()
{
	pci_sim_create "$1" "../domain=$(printf '12%03u' $steps)" "vendor=$2" \
		"device=$3" "subvendor=$2" "subdevice=$3" "class=$4" \
		"sriov/total_vfs=$5" driver_override=none
	pf=$(pci_sim_address "$1")
	about=${pf%%:*}:
	pf=$bus/devices/$pf
}

unsimulate()
{
	pci_sim_destroy "$1"
	about=none
}

# refused <driver>: the PF's driver, if it is there, is about to enable VFs that the
# feature's table refuses, which says a word on that
refused()
{
	[ "$(basename "$(readlink "$pf/driver")")" != "$1" ] ||
		echo "refused $1 ${pf##*/}"
}

# goes: the PF is about to go, with VFs on
goes() { [ -z "${STOCK:-}" ] || numvfs 0; }

# --- The steps

# Where they are not built in
for module in pci-sim sriov_unmanaged; do
	[ ! -e $module.ko ] || insmod ./$module.ko
done
mount -t configfs none /sys/kernel/config 2> /dev/null
[ -d /sys/kernel/config/pci_sim ] || { echo "same: no PCI simulator"; exit 1; }

echo "kernel $(uname -r)"
# A module from outside of the kernel is worth a line, once
insmod ./pci_sriov_vendor.ko
rmmod pci_sriov_vendor
# shellcheck disable=SC2034 # of the table below
nic=pci-sriov-vendor-nic gpu=pci-sriov-vendor-gpu \
	enable_sriov=/sys/module/vfio_pci/parameters/enable_sriov
# Which is nvme0 was a race
for way in unbind bind; do
	for dev in "$bus"/devices/*; do
		[ "$(cat "$dev/class")" != 0x010802 ] ||
			echo "${dev##*/}" > $bus/drivers/nvme/$way
	done
done

step "the machine has booted"
dmesg -c | grep -i -E 'sr-?iov|[^a-z]vfs?[ ,.]' |
	grep -v -E 'ommand line:|Linux version|out-of-tree' |
	sed 's/^\[[^]]*\] /boot /'
lists

# A line is a step and what is done in it; a line that begins with a bar goes on with it
while IFS= read -r line <&3; do
	case $line in
	'#'*)		continue ;;
	"	| "*)	;;
	*)		step "${line%% |*}" ;;
	esac
	eval "${line#*|}"
done 3<< 'END'
a PF that no driver has | simulate nic 1d0f 0ec2 020000 4
numvfs without a driver | numvfs 2; numvfs 0
numvfs that is no number, or too many |
	| for value in four -1 "" 0x 65536 5; do numvfs "$value"; done
other files that do not take this | autoprobe 2; autoprobe maybe; put 4 $pf/sriov_totalvfs;
	| put none $pf/sriov_stride
a driver without sriov_configure() | run insmod ./pci_sriov_vendor.ko; reserve $pf $gpu;
	| numvfs 2; numvfs 0
pci-pf-stub enables VFs, which are probed | reserve $pf pci-pf-stub; numvfs 2
the same number again, another, too many | numvfs 2; numvfs 3; numvfs 5
a VF changes drivers: unbind, new_id, bind, drivers_probe | unbind $(vf 0);
	| put "1d0f 0ec2" $bus/drivers/$gpu/new_id; unbind $(vf 0);
	| put "1d0f 0ec2" $bus/drivers/$gpu/remove_id; bind $(vf 0) $gpu; bind $(vf 0) $nic;
	| unbind $(vf 1); probe $(vf 1)
a VF changes drivers: driver_override | reserve $(vf 0) $gpu; reserve $(vf 1) pci-stub
... and has none, or its own again | reserve $(vf 0) none; native $(vf 1)
VFs are disabled | numvfs 0
VFs are enabled and not probed | autoprobe 0; numvfs 3
... nor can be, unless by driver_override | bind $(vf 0) $nic; probe $(vf 0);
	| reserve $(vf 1) $nic
... until that is allowed | autoprobe 1; probe $(vf 0); bind $(vf 2) $nic
a reset of the PF, and of a VF | put 1 $pf/reset; put 1 $(vf 0)/reset
the PF may sleep | put auto $pf/power/control
... and does without VFs | numvfs 0
... and is kept awake | put on $pf/power/control
pci-pf-stub leaves VFs on | numvfs 2; unbind $pf
nobody can change that without a driver | numvfs 0; numvfs 1; numvfs 2
such VFs are free for any driver | unbind $(vf 0); bind $(vf 0) $nic; unbind $(vf 1);
	| probe $(vf 1)
... with sriov_drivers_autoprobe=0 for none | autoprobe 0; unbind $(vf 0); bind $(vf 0) $nic;
	| autoprobe 1
... whoever has the PF: a driver without sriov_configure() | reserve $pf $gpu; numvfs 0;
	| probe $(vf 0)
... whoever has the PF: pci-stub | reserve $pf pci-stub; unbind $(vf 0); bind $(vf 0) $nic;
	| unbind $(vf 1); probe $(vf 1)
... whoever has the PF: uio_pci_generic | reserve $pf uio_pci_generic; unbind $(vf 0);
	| bind $(vf 0) $nic; unbind $(vf 1); probe $(vf 1)
... whoever has the PF: vfio-pci | reserve $pf vfio-pci; unbind $(vf 0); bind $(vf 0) $nic;
	| unbind $(vf 1); probe $(vf 1)
stubs come and go, and leave VFs on |
	| for stub in pci-stub uio_pci_generic $gpu pci-stub; do reserve $pf $stub; done;
	| unbind $pf
a VF is offered to a driver by new_id | put none $(vf 0)/driver_override; unbind $(vf 0);
	| unbind $(vf 1); put "1d0f 0ec2" $bus/drivers/$gpu/new_id;
	| put "1d0f 0ec2" $bus/drivers/$gpu/remove_id
... to a stub by new_id, too | put "" $(vf 0)/driver_override; put none $pf/driver_override;
	| put "1d0f 0ec2" $bus/drivers/pci-stub/new_id;
	| put "1d0f 0ec2" $bus/drivers/pci-stub/remove_id
each has another stub | reserve $(vf 0) uio_pci_generic; reserve $(vf 1) pci-pf-stub
pci-pf-stub comes back, and disables them | reserve $pf pci-pf-stub; numvfs 0
... and does all of that again | unbind $pf; reserve $pf pci-pf-stub; numvfs 4
the PF is removed under pci-pf-stub, with VFs on | goes; put 1 $pf/remove
... and found again | put 1 $bus/rescan
its own driver, which probes asynchronously, enables VFs | native $pf; numvfs 4
... is unloaded with VFs on | run rmmod pci_sriov_vendor
... and loaded again | run insmod ./pci_sriov_vendor.ko
... lets go of the PF alone, and takes it back | unbind $pf; unbind $(vf 3); bind $(vf 3) $nic;
	| bind $pf $nic
rescans find nothing new | put 1 $pf/rescan; put 1 $(vf 0)/rescan; put 1 $bus/rescan
the PF is removed without a driver, with VFs on | goes; unbind $pf; put 1 $pf/remove
... and found again, and enables VFs again | put 1 $bus/rescan; native $pf; numvfs 3
it is pulled out, with VFs on | goes; put 0 /sys/kernel/config/pci_sim/nic/pf/plugged
... and plugged in again | put 1 /sys/kernel/config/pci_sim/nic/pf/plugged; put 1 $bus/rescan;
	| native $pf; numvfs 1; numvfs 0
a write by nobody | run su nobody -c "echo 2 > $pf/sriov_numvfs"
... whom the files let | run chmod 666 $pf/sriov_numvfs $pf/sriov_drivers_autoprobe;
	| run su nobody -c "echo 0 > $pf/sriov_drivers_autoprobe";
	| run su nobody -c "echo 2 > $pf/sriov_numvfs";
	| run su nobody -c "echo 3 > $pf/sriov_numvfs"
... without a driver, too | unbind $pf; run su nobody -c "echo 0 > $pf/sriov_numvfs";
	| bind $pf $nic; run su nobody -c "echo 0 > $pf/sriov_numvfs"
a write by root of a user namespace | run unshare -r sh -c "echo 2 > $pf/sriov_numvfs";
	| run unshare -r sh -c "echo 0 > $pf/sriov_numvfs"
the PF's bridge goes, with VFs on | numvfs 4; unsimulate nic
vfio-pci that may not enable VFs | simulate nic 1d0f 0ec2 020000 4;
	| put Y /sys/module/vfio/parameters/enable_unsafe_noiommu_mode; reserve $pf vfio-pci;
	| numvfs 2
... and that may: they are vfio-pci's, too | put Y $enable_sriov; numvfs 2
... another number, and none | numvfs 4; numvfs 0
... goes, with VFs on | numvfs 3; unbind $pf
it has a VF that pci-pf-stub left on | reserve $pf pci-pf-stub; put none $pf/driver_override;
	| numvfs 2; unbind $pf; reserve $(vf 0) vfio-pci
... and cannot have the PF | reserve $pf vfio-pci; put N $enable_sriov
the PF's bridge goes, with such VFs | unsimulate nic
pci-pf-stub and a PF that needs its driver | simulate ixgbe 8086 10fb 020000 4;
	| reserve $pf pci-pf-stub; refused pci-pf-stub; numvfs 2; numvfs 0
vfio-pci and a PF that needs its driver | put Y $enable_sriov; reserve $pf vfio-pci;
	| refused vfio-pci; numvfs 2; numvfs 0; put N $enable_sriov
... goes | unsimulate ixgbe
vGPU: pci-pf-stub enables 16 VFs | simulate gpu 10de 20b0 030200 16; autoprobe 0;
	| reserve $pf pci-pf-stub; refused pci-pf-stub; numvfs 16
vGPU: the vendor's driver takes the PF, and each VF | unbind $pf; put "" $pf/driver_override;
	| autoprobe 1; bind $pf $gpu;
	| for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do bind $(vf $n) $gpu; done
vGPU: it is loaded again | run rmmod pci_sriov_vendor; run insmod ./pci_sriov_vendor.ko
vGPU: pci-pf-stub disables them | run rmmod pci_sriov_vendor; reserve $pf pci-pf-stub; numvfs 0
... goes | unsimulate gpu;
	| for pf in "$bus"/devices/*; do [ ! -e $pf/sriov_numvfs ] || break; done;
	| about=$(basename "${pf%:*}"):
# The first real one.  One VF at a time: several are probed in any order
nvme enables a VF, whose probe fails | numvfs 1
nvme goes | unbind $pf
its VF can have any driver | bind $(vf 0) nvme; reserve $(vf 0) vfio-pci
nvme comes back, and disables it | bind $pf nvme; numvfs 0
nvme goes and comes, with VFs on that nobody probes | autoprobe 0; numvfs 4; unbind $pf;
	| bind $pf nvme
... and disables them | numvfs 0; autoprobe 1
the PF is removed, with a VF on, and found again | numvfs 1; goes; put 1 $pf/remove;
	| put 1 $bus/rescan
END

step "all is done"
lists
finish
echo "=== end of $steps steps"
