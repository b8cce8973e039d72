#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a VM that has the packages, after a reboot: the tree's own selftests, which
# chroot-selftests.sh has brought.
cd /root/selftests || exit 1

# As udev and the administrator would; the simulator is a package, too
modprobe -a pci-stub uio_pci_generic pci-pf-stub vfio-pci vfio_iommu_type1 nvme pci-sim
insmod kmod/pci_sriov_test.ko || echo "not ok helper module"
udevadm settle

for test in gate scope state param probe; do
	timeout -s KILL 600 ./$test > /tmp/$test.tap 2>&1
	status=$?
	awk -v test=$test -v status=$status '
		/^1\.\./ { planned = substr($0, 4) }
		/^ok [0-9]/ && !/# SKIP/ { good++; next }
		/^ok [0-9]/ { print "not ok " $0; bad++ }
		/^not ok [0-9]/ { print; bad++ }
		END {
			if (planned > 0 && good == planned && status == 0)
				print "ok selftest " test ": " good " passed"
			else
				print "not ok selftest " test ": " good + 0 " passed, " \
					bad + 0 " not, " planned + 0 " planned, status " status
		}' /tmp/$test.tap
	grep '^# ' /tmp/$test.tap | grep -B4 -A4 'Expected' | head -n 40 >&2
done
echo "$(dmesg | grep -c -E 'WARNING:|BUG:|Oops|Call Trace:') complaints of the kernel" |
	sed 's/^0 /ok 0 /; /^ok/!s/^/not ok /'
