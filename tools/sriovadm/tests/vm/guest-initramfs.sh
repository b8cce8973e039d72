#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nvme is loaded from the initramfs.  Then a QEMU has a VF.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

is 'nvme is there before the root file system' \
	"$(dmesg | grep -nE 'nvme nvme|EXT4-fs .vda.' | head -n 1 | grep -c nvme)" 1
booted 'in the initramfs'
is 'nvme has never had it' "$(nvme_had $pf)" ''
has 'an error in another file: where' "$(dmesg)" 'zz-broken.conf:4: unknown key Drivers'

# A VF of a guest's
vf=$(basename "$(readlink $devices/$pf/virtfn1)")
qemu-system-x86_64 -S -accel tcg -nodefaults -display none -m 64 -M q35 \
	-device "vfio-pci,host=$vf" > /tmp/qemu 2>&1 &
qemu=$!
end=$((SECONDS + 300))
until [[ $(readlink /proc/$qemu/fd/*) == */dev/vfio/[0-9]* ]] ||
	[ ! -d /proc/$qemu ] || [ $SECONDS -ge $end ]; do
	sleep 1
done
try sriovadm vfs $pf 0
is 'a VF open in a QEMU: refused' $status 5
has 'a VF open in a QEMU: its pid' "$said" "\b$qemu\b"
is 'a VF open in a QEMU: as before' "$(state $pf)" "$reserved"
try sriovadm release $pf
is 'a VF open in a QEMU: release is refused, too' "$status $(state $pf)" "5 $reserved"
has 'a VF open in a QEMU: in JSON' "$(sriovadm list --vfs --json $pf)" \
	"\"open_by\":\[\{\"pid\":$qemu,"
show sriovadm vfs $pf 0

# Whoever insists waits for it, but no longer than he says
try sriovadm vfs $pf 0 --runtime --force=vf-open --timeout 3
is 'forced: the kernel waits for the QEMU' $status 8
has 'forced: for whom, and what then' "$said" "\b$qemu\b" "sriovadm restore $pf"
show sriovadm --timeout 3
kill $qemu
wait $qemu
cat /tmp/qemu
becomes 'the QEMU has gone: disabled' "$stub 0"
try sriovadm restore
is 'and restored' "$status $(state $pf)" "0 $reserved"
sync
echo 'done'
