#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The root file system is on the PF's disk, and the only default route goes through
# another PF.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

is 'the root file system is on an NVMe disk' "$(findmnt -no SOURCE /)" /dev/nvme0n1
before=$(state $pf; ls /etc/sriovadm/pf.d; cat $devices/$pf/driver_override)
for how in '' --runtime --boot; do
	# shellcheck disable=SC2086 # a word or none
	try sriovadm reserve nvme0 --vfs 2 $how
	is "the root disk: refused ${how:-now and at boot}" $status 5
	has "the root disk: why ${how:-now and at boot}" "$said" root-fs
done
try sriovadm reserve nvme0 --force=mounted
is 'the root disk: another check is no excuse' $status 5
is 'the root disk: as before' "$before" \
	"$(state $pf; ls /etc/sriovadm/pf.d; cat $devices/$pf/driver_override)"
show sriovadm reserve nvme0

[ -e $devices/$other ] || { echo 'done'; exit; }
# igb takes its time, and udev renames what it brings
wait_for ls $devices/$other/net
udevadm settle --timeout=300
card=$(ls $devices/$other/net)
ip link set "$card" up
ip address add 10.0.2.15/24 dev "$card"
ip route add default via 10.0.2.2 table 7
before=$(state $other; ls /etc/sriovadm/pf.d; cat $devices/$other/driver_override)
try sriovadm reserve "$card"
is 'the only default route: refused' $status 5
has 'the only default route: why, and how' "$said" default-route "$card"
is 'the only default route: as before' "$before" \
	"$(state $other; ls /etc/sriovadm/pf.d; cat $devices/$other/driver_override)"
show sriovadm reserve "$card"
ip route del default table 7
try sriovadm reserve "$card" --runtime
is 'no default route: reserved' "$status $(driver $other)" "0 $stub"
show sriovadm release $other --runtime
is 'no default route: released' "$(driver $other)" igb
echo 'done'
