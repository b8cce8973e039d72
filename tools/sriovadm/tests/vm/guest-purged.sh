#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The boot after the package was purged: a PF like any other.
# shellcheck source=tools/sriovadm/tests/vm/guest.sh
. /run/files/guest.sh

up
wait_for has_driver $pf
is 'the program has gone' "$(type -P sriovadm)" ''
is 'PFs have their own driver' "$(state $pf) $(state $other)" 'nvme 0 nvme 0'
is 'no driver_override' "$(cat $devices/$pf/driver_override)" '(null)'
is 'no unit has failed' "$(systemctl --failed --no-legend)" ''
echo 'done'
