#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nvme is built into the kernel: it has had the PF, unless the kernel command line gives
# all of its id to pci-stub.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
is 'reserved, VFs on, drivers on them' "$(state $pf)" "$reserved"
is 'before the network' "$(ended sriovadm.service network-pre.target)" yes
try sriovadm diff
is 'sriovadm diff' $status 0
said=$(sriovadm doctor)
case $(cat /proc/cmdline) in
*pci-stub.ids=*)
	is 'nvme has never had it' "$(nvme_had $pf)" ''
	lacks 'doctor has nothing more to say' "$said" 'built into' ;;
*)
	has 'nvme has had it' "$(nvme_had $pf)" "$pf"
	has 'doctor knows the line' "$said" "$pf.*nvme is built into" \
		'pci-stub.ids=1b36:0010'
	is 'the other PF of the same id has its own driver' "$(driver $other)" nvme ;;
esac
is 'no unit has failed' "$(systemctl --failed --no-legend)" ''
show systemd-analyze time
show sriovadm doctor
echo 'done'
