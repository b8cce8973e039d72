#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# test-early.sh: early.sh on a tree of plain files, with each shell that is here.
# Those that an initramfs may have: dash, that of busybox, bash, that of klibc.
set -u

here=$(cd "$(dirname "$0")" && pwd)
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
number=0 failed=0

# pf <address> <vendor> <device> [<subvendor> <subdevice>]
pf()
{
	dir=$root/sys/bus/pci/devices/$1
	[ -d "$dir" ] || mkdir "$dir"
	echo "0x$2" > "$dir/vendor"
	echo "0x$3" > "$dir/device"
	echo "0x${4:-0000}" > "$dir/subsystem_vendor"
	echo "0x${5:-0000}" > "$dir/subsystem_device"
	echo '(null)' > "$dir/driver_override"
	echo 8 > "$dir/sriov_totalvfs"
}

# bytes <file> <offset> <octal...>
bytes()
{
	to=$1 at=$2
	shift 2
	# The format is made of the bytes
	# shellcheck disable=SC2059
	printf "$(printf '\\%s' "$@")" |
		dd of="$to" bs=1 seek="$at" conv=notrunc 2> /dev/null
}

# serial <address>: 00-25-38-b1-71-b0-1a-2c, behind another capability
serial()
{
	config=$root/sys/bus/pci/devices/$1/config
	dd if=/dev/zero of="$config" bs=4096 count=1 2> /dev/null
	bytes "$config" 256 001 000 001 024
	bytes "$config" 320 003 000 001 000 054 032 260 161 261 070 045 000
}

# drive <address> <driver>
drive()
{
	mkdir -p "$root/sys/bus/pci/drivers/$2"
	ln -sfn "../../drivers/$2" "$root/sys/bus/pci/devices/$1/driver"
}

# conf <name> <lines of it>
conf()
{
	printf '%s\n' "$2" > "$root/etc/sriovadm/pf.d/$1.conf"
}

# A machine with two PFs of one id, another one, and what is no PF
machine()
{
	root=$top/root
	rm -rf "$root"
	mkdir -p "$root/etc/sriovadm/pf.d" "$root/dev" "$root/proc" "$root/run" \
		"$root/sys/bus/pci/devices/0000:01:00.0" \
		"$root/sys/bus/pci/devices/0000:02:00.0" \
		"$root/sys/bus/pci/devices/0001:01:00.0" \
		"$root/sys/bus/pci/devices/0000:00:1f.0"
	: > "$root/dev/kmsg"
	echo 'quiet root=/dev/sda1' > "$root/proc/cmdline"
	pf 0000:01:00.0 144d a824 144d a801
	pf 0000:02:00.0 144d a824 144d a802
	pf 0001:01:00.0 8086 10fb
	pf 0000:00:1f.0 8086 2918
	rm "$root/sys/bus/pci/devices/0000:00:1f.0/sriov_totalvfs"
	conf reserve '[Match]
Address=0000:01:00.0
Id=144d:a824
[PF]
Driver=pci-stub
VFs=4'
}

run()
{
	# A word may be a shell's applet
	# shellcheck disable=SC2086
	SRIOVADM_ROOT=$root $shell "$here/early.sh" "$@" > "$top/out" 2>&1
	status=$?
}

# overrides: who has one, into "found"
overrides()
{
	found=
	for dir in "$root/sys/bus/pci/devices/"*; do
		read -r name < "$dir/driver_override"
		[ "$name" = '(null)' ] || found="$found ${dir##*/}=$name"
	done
	found=${found# }
}

# said <pattern>: in the log, or nothing if it is empty
said()
{
	if [ -n "$1" ]; then
		grep -q -e "$1" "$root/dev/kmsg"
	else
		[ ! -s "$root/dev/kmsg" ]
	fi
}

# is <title> <status> <overrides> <pattern of the log>
is()
{
	number=$((number + 1))
	overrides
	if [ $status = "$2" ] && [ "$found" = "$3" ] && said "$4" &&
	   [ ! -s "$top/out" ]; then
		echo "ok $number - $shell: $1"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $number - $shell: $1"
	echo "# status $status, not $2; overrides: $found, not $3; log:"
	sed 's/^/# /' "$root/dev/kmsg" "$top/out"
}

# refused <title> <pattern of the log> <file>: the file is left out, not the other
refused()
{
	machine
	conf broken "$3"
	run
	is "$1" 0 '0000:01:00.0=pci-stub' "$2"
}

tests()
{
	machine
	run
	is 'one of two PFs of one id' 0 '0000:01:00.0=pci-stub' ''

	machine
	rm "$root/etc/sriovadm/pf.d/"*
	run
	is 'nothing is configured' 0 '' ''
	run add 0000:01:00.0
	is 'nothing is configured, at an event' 1 '' ''

	machine
	rm -r "$root/etc/sriovadm"
	run
	is 'no configuration at all' 0 '' ''

	machine
	conf reserve '[Match]
Address=0000:01:00.0
Id=144d:a825
[PF]
Driver=pci-stub'
	run
	is 'another device in the slot is left alone, with a reason' 0 '' \
	   '0000:01:00.0 has Id 144d:a824.* not 144d:a825 .*pf.d/reserve.conf'

	machine
	conf reserve '[Match]
Address=0000:09:00.0
Id=144d:a824
[PF]
Driver=pci-stub'
	run
	is 'an empty slot, and the device in another one' 0 '' ''

	machine
	conf reserve '[Match]
Address=0000:00:1f.0
[PF]
Driver=pci-stub'
	run
	is 'what is no PF is left alone, with a reason' 0 '' \
	   '0000:00:1f.0 is no PF'

	machine
	conf reserve '[Match]
Address=0000:00:1f.0
Id=8086:2918
[PF]
Driver=pci-stub'
	run add 0000:00:1f.0
	is 'what is no PF, at an event' 1 '' ''

	machine
	conf reserve '[Match]
Id=144D:A824
[PF]
Driver=pci-stub'
	run
	is 'an id alone is all of them' 0 \
	   '0000:01:00.0=pci-stub 0000:02:00.0=pci-stub' ''

	machine
	conf reserve '[Match]
Id=0x144d:*:144d:a802
[PF]
Driver=pci-stub'
	run
	is 'ids of the subsystem' 0 '0000:02:00.0=pci-stub' ''

	machine
	conf reserve '# of ours

  [Match]
; a comment
 Address = 1:1:0.0
	Id	=	8086:10FB
[PF]
Driver = uio_pci_generic
WaitSec=3
Autoprobe=no
[VF]
Driver=vfio-pci
[VF 12]
Driver=none'
	run
	is 'comments, white space, all keys, and an address in short' 0 \
	   '0001:01:00.0=uio_pci_generic' ''

	machine
	printf '[Match]\nAddress=02:00.0\n[PF]\nDriver=pci-stub' \
		> "$root/etc/sriovadm/pf.d/reserve.conf"
	run
	is 'no domain, and no newline at the end' 0 '0000:02:00.0=pci-stub' ''

	machine
	conf reserve '[Match]
Address=0000:01:00.0
[PF]
VFs=4'
	run
	is 'no Driver=: its own driver stays' 0 '' ''
	run add 0000:01:00.0
	is 'no Driver=, at an event: it is listed' 0 '' ''

	machine
	drive 0000:01:00.0 nvme
	run
	is 'it has a driver: that stays' 0 '0000:01:00.0=pci-stub' ''
	[ -e "$root/sys/bus/pci/devices/0000:01:00.0/driver" ] || status=gone
	is 'nothing is unbound' 0 '0000:01:00.0=pci-stub' ''

	machine
	echo pci-stub > "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	touch -d @0 "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	run
	[ "$(stat -c %Y "$root/sys/bus/pci/devices/0000:01:00.0/driver_override")" \
	  = 0 ] || status=written
	is 'what is right is not written again' 0 '0000:01:00.0=pci-stub' ''

	machine
	rm "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	mkdir "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	run
	rmdir "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	echo '(null)' > "$root/sys/bus/pci/devices/0000:01:00.0/driver_override"
	is 'a write that fails is said' 0 '' 'driver_override cannot be written'

	machine
	serial 0000:02:00.0
	conf reserve '[Match]
Serial=00-25-38-B1-71-b0-1a-2c
[PF]
Driver=pci-stub'
	run
	is 'a serial number alone is found in any slot' 0 \
	   '0000:02:00.0=pci-stub' ''

	machine
	serial 0000:02:00.0
	conf reserve '[Match]
Address=0000:02:00.0
Id=144d:a824
Serial=00-25-38-b1-71-b0-1a-2d
[PF]
Driver=pci-stub'
	run
	is 'of one id, but of another serial number' 0 '' \
	   'has Serial 00-25-38-b1-71-b0-1a-2c, and not 00-.*-2d'

	machine
	serial 0000:02:00.0
	bytes "$root/sys/bus/pci/devices/0000:02:00.0/config" 256 \
		001 000 001 020
	conf reserve '[Match]
Address=0000:02:00.0
Serial=00-25-38-b1-71-b0-1a-2c
[PF]
Driver=pci-stub'
	run
	is 'a list of capabilities that never ends' 0 '' 'has Serial none'

	machine
	printf '%4096s' '' | tr ' ' '\377' \
		> "$root/sys/bus/pci/devices/0000:02:00.0/config"
	conf reserve '[Match]
Address=0000:02:00.0
Serial=00-25-38-b1-71-b0-1a-2c
[PF]
Driver=pci-stub'
	run
	is 'a device that does not answer' 0 '' 'has Serial none'

	machine
	dd if=/dev/zero bs=256 count=1 2> /dev/null \
		> "$root/sys/bus/pci/devices/0000:02:00.0/config"
	conf reserve '[Match]
Address=0000:02:00.0
Serial=00-25-38-b1-71-b0-1a-2c
[PF]
Driver=pci-stub'
	run
	is 'no extended capabilities' 0 '' 'has Serial none'

	refused 'an unknown key' 'broken.conf:2: unknown key Slot in \[Match\]' '[Match]
Slot=3
Id=8086:10fb
[PF]
Driver=pci-stub'
	refused 'an unknown section' 'broken.conf:3: unknown section \[PFs\]' '[Match]
Id=8086:10fb
[PFs]
Driver=pci-stub'
	refused 'a key of another section' 'unknown key VFs in \[VF\]' '[Match]
Id=8086:10fb
[PF]
Driver=pci-stub
[VF]
VFs=3'
	refused 'a key before any section' 'broken.conf:1: unknown key Driver' \
		'Driver=pci-stub'
	refused 'a VF that is no number' 'broken.conf:5: which VF' '[Match]
Id=8086:10fb
[PF]
Driver=pci-stub
[VF 0x1]
Driver=none'
	refused 'no key' 'broken.conf:2: neither' '[Match]
8086:10fb'
	refused 'no end of a section' 'unknown section \[PF' '[Match]
Id=8086:10fb
[PF
Driver=pci-stub'
	refused 'nothing to match' 'no Address=, Id= or Serial=' '[PF]
Driver=pci-stub'
	refused 'an empty file' 'no Address=, Id= or Serial=' ''
	for value in '' 8086 8086: :10fb 8086:10fb0 8086:10fg 1:2:3:4:5 '8086;:1'; do
		refused "Id=$value" 'broken.conf:2: Id=' "[Match]
Id=$value
[PF]
Driver=pci-stub"
	done
	for value in '' 01:00 0000:01:00 1:1:1:0.0 0001:01:00.00 \
		'*' ../x 0001:001:00.0 enp1s0 01.00:0 1:1:20.0 1:1:0.8; do
		refused "Address=$value" 'broken.conf:2: Address=' "[Match]
Address=$value
[PF]
Driver=pci-stub"
	done
	for value in '' x 00-25-38-b1-71-b0-1a 00-25-38-b1-71-b0-1a-2g \
		00-25-38-b1-71-b0-1a-2c-00 002538b171b01a2c; do
		refused "Serial=$value" 'broken.conf:3: Serial=' "[Match]
Id=8086:10fb
Serial=$value
[PF]
Driver=pci-stub"
	done
	for value in '' 'pci stub' ../x 'a;b' '*'; do
		refused "Driver=$value" 'broken.conf:4: Driver=' "[Match]
Id=8086:10fb
[PF]
Driver=$value"
	done
	refused 'VFs= that is no number' 'broken.conf:4: VFs=' '[Match]
Id=8086:10fb
[PF]
VFs=four
Driver=pci-stub'
	refused 'Autoprobe= that is neither' 'broken.conf:5: Autoprobe=' '[Match]
Id=8086:10fb
[PF]
Driver=pci-stub
Autoprobe=maybe'
	refused 'a driver of VFs that is no name' 'broken.conf:6: Driver=' '[Match]
Id=8086:10fb
[PF]
Driver=pci-stub
[VF 3]
Driver=a/b'
	refused 'an id that is any id' 'no Address=, Id= or Serial=' '[Match]
Id=*:*
[PF]
Driver=pci-stub'
	machine
	conf second '[Match]
Id=144d:*
[PF]
Driver=vfio-pci'
	run
	is 'of two files for one PF the first counts' 0 \
	   '0000:01:00.0=pci-stub 0000:02:00.0=vfio-pci' \
	   'second.conf: another file is about 0000:01:00.0'
	machine
	conf reserve "$(printf '[Match]\r\nId=8086:10fb \r\n\r\n[PF]\r\nDriver=none\r')"
	run
	is 'lines of another system, and no driver at all' 0 '0001:01:00.0=none' ''
	machine
	mkdir "$root/etc/sriovadm/pf.d/broken.conf"
	run
	is 'a folder in the place of a file' 0 '0000:01:00.0=pci-stub' broken.conf
	machine
	head -c 20000 /dev/urandom > "$root/etc/sriovadm/pf.d/broken.conf"
	run
	status=$((status != 0))
	# Shells differ in what they say of NULs, to nobody
	: > "$top/out"
	is 'random bytes' 0 '0000:01:00.0=pci-stub' broken.conf
	machine
	conf notes.txt '[Match]'
	mv "$root/etc/sriovadm/pf.d/notes.txt.conf" "$root/etc/sriovadm/pf.d/notes"
	run
	is 'other files are nobody'"'"'s business' 0 '0000:01:00.0=pci-stub' ''

	machine
	echo 'quiet sriovadm=off' > "$root/proc/cmdline"
	run
	is 'sriovadm=off' 0 '' ''
	run add 0000:01:00.0
	is 'sriovadm=off, at an event' 1 '' ''
	run once
	is 'sriovadm=off, at the first event' 0 '' ''
	echo 'quiet xsriovadm=off sriovadm=offline' > "$root/proc/cmdline"
	run
	is 'words that are like it' 0 '0000:01:00.0=pci-stub' ''

	machine
	run once
	[ -e "$root/run/sriovadm.early" ] || status=none
	is 'the first event of a boot' 0 '0000:01:00.0=pci-stub' ''
	machine
	run
	[ ! -e "$root/run/sriovadm.early" ] || status=marked
	is 'the initramfs leaves the first event to the root file system' 0 \
	   '0000:01:00.0=pci-stub' ''

	machine
	conf all '[Match]
Id=8086:10fb
[PF]
Driver=pci-stub'
	run add 0000:01:00.0
	is 'an event is about one PF' 0 '0000:01:00.0=pci-stub' ''
	machine
	run add 0000:02:00.0
	is 'an event of one that is not listed' 1 '' ''
	conf broken '[Math]'
	run add 0000:01:00.0
	is 'events do not say again what is wrong' 0 '0000:01:00.0=pci-stub' ''
	machine
	run add 0000:09:00.0
	is 'an event of one that has gone' 1 '' ''

	machine
	run change 0000:01:00.0
	is 'a change: no driver, no VFs' 1 '' ''
	drive 0000:01:00.0 pci-stub
	run change 0000:01:00.0
	is 'a change: no VFs' 1 '' ''
	ln -s ../0000:01:00.1 "$root/sys/bus/pci/devices/0000:01:00.0/virtfn0"
	mkdir "$root/sys/bus/pci/devices/0000:01:00.1"
	echo '(null)' > "$root/sys/bus/pci/devices/0000:01:00.1/driver_override"
	run change 0000:01:00.0
	is 'a change: VFs are on' 0 '' ''
	drive 0000:01:00.0 nvme
	run change 0000:01:00.0
	is 'a change: VFs of another driver' 1 '' ''
	conf reserve '[Match]
Address=0000:01:00.0
[PF]
VFs=4'
	run change 0000:01:00.0
	is 'a change: VFs of its own driver' 0 '' ''

	machine
	SRIOVADM_ROOT=$root $shell "$here/early.sh" bind > "$top/out" 2>&1
	status=$?
	grep -q usage "$top/out" && : > "$top/out"
	is 'an unknown word' 2 '' ''
}

for shell in dash 'busybox sh' 'bash --posix' /usr/lib/klibc/bin/sh; do
	command -v "${shell%% *}" > /dev/null || continue
	tests
done
echo "1..$number"
exit $((failed != 0))
