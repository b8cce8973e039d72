# SPDX-License-Identifier: GPL-2.0
"""What is in use is not taken away, unless the check is named."""
import os
import shlex
import unittest

import base
from base import Case, DEVICE, PF


class Disk(Case):
    """From a PF to mounts, swap, dm and md"""

    def disk(self, **args):
        tree = self.machine(ident="144d:a824", cls="010802", name="nvme0")
        self.real = tree.disk("nvme0n1",
                              f"pci0000:00/{PF}/nvme/nvme0", "259:0", **args)
        return tree

    def mounts(self, *lines):
        self.tree.put("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 "
                      "/dev/sda1 rw\n" + "".join(
                          f"{30 + i} 22 {line}\n"
                          for i, line in enumerate(lines)))

    def in_use(self, check, what):
        """Refused whatever would move the PF; forced by the very name"""
        for args in (["reserve", PF], ["reserve", PF, "-n"],
                     ["reserve", PF, "--force=ssh,vf-open"]):
            self.refused(*args, exit_code=5,
                         says=(check, what, "nothing was changed",
                               f"--force={check}"))
        self.run_it("reserve", PF, f"--force={check}", "-n")

    def test_free(self):
        self.disk()
        self.run_it("reserve", PF)

    def test_mounted(self):
        self.disk()
        self.mounts("259:0 / /srv rw - ext4 /dev/nvme0n1 rw")
        self.in_use("mounted", "nvme0n1 is mounted on /srv")

    def test_partition_and_root(self):
        tree = self.disk()
        tree.partition(self.real, "nvme0n1p1", "259:1")
        tree.put("proc/self/mountinfo",
                 "22 1 259:1 / / rw - ext4 /dev/nvme0n1p1 rw\n")
        self.in_use("root-fs", "nvme0n1p1 is mounted on /")

    def test_btrfs_has_a_number_of_its_own(self):
        self.disk()
        self.mounts("0:40 /sub /srv rw - btrfs /dev/nvme0n1 rw")
        self.in_use("mounted", "/srv")

    def test_swap(self):
        tree = self.disk()
        tree.put("proc/swaps", "Filename Type Size Used Priority\n"
                 "/dev/nvme0n1 partition 1 0 -2\n")
        self.in_use("swap", "nvme0n1 is swap space")

    def test_holders_to_the_end(self):
        tree = self.disk(holders=("md0",))
        tree.disk("md0", "virtual", "9:0", holders=("dm-3",))
        tree.disk("dm-3", "virtual", "254:3")
        tree.put("sys/devices/virtual/block/dm-3/dm/name", "vg-root\n")
        tree.put("proc/self/mountinfo",
                 "22 1 254:3 / / rw - ext4 /dev/mapper/vg-root rw\n")
        self.refused("reserve", PF, "--force=holder", exit_code=5,
                     says=("root-fs", "nvme0n1 < md0 < dm-3 (vg-root) is "
                           "mounted on /"))
        self.refused("reserve", PF, "--force=root-fs", exit_code=5,
                     says=("holder", "nvme0n1 is held by md0"))
        self.run_it("reserve", PF, "--force=root-fs,holder")

    def test_swap_by_a_link(self):
        tree = self.disk(holders=("dm-3",))
        tree.disk("dm-3", "virtual", "254:3")
        tree.put("dev/mapper/.x", "")
        os.symlink("../dm-3", tree.path("dev/mapper/swap"))
        tree.put("proc/swaps", "Filename Type Size Used Priority\n"
                 "/dev/mapper/swap partition 1 0 -2\n")
        self.refused("reserve", PF, "--force=holder", exit_code=5,
                     says=("swap",))

    def test_multipath_disk_of_a_subsystem(self):
        tree = self.machine(ident="144d:a824", cls="010802", name="nvme0")
        below = "virtual/nvme-subsystem/nvme-subsys0"
        tree.disk("nvme0n1", below, "259:0")
        tree.disk("nvme0c0n1", f"pci0000:00/{PF}/nvme/nvme0", "0:0",
                  hidden=1)
        os.symlink(f"../../../pci0000:00/{PF}/nvme/nvme0",
                   tree.path(f"sys/devices/{below}/nvme0"))
        os.makedirs(tree.path("sys/class/nvme-subsystem"))
        os.symlink(f"../../devices/{below}",
                   tree.path("sys/class/nvme-subsystem/nvme-subsys0"))
        self.run_it("reserve", PF, "-n")
        self.mounts("259:0 / /srv rw - ext4 /dev/nvme0n1 rw")
        self.in_use("mounted", "nvme0n1 is mounted on /srv")

    def test_doubt_is_use(self):
        tree = self.disk()
        os.remove(tree.path("dev/nvme0n1"))
        self.in_use("holder", "may be in use")
        # For a list nothing is opened
        self.assertEqual(self.json()["pfs"][0]["in_use"], [])

    def test_signatures_alone_are_no_use(self):
        tree = self.disk()
        tree.put("dev/nvme0n1", "LABELONE" + "\0" * 512 + "LVM2 001")
        self.run_it("reserve", PF)

    def test_disks_of_others(self):
        tree = self.disk()
        tree.disk("sda", "pci0000:00/0000:00:1f.2/ata1", "8:0")
        self.mounts("8:0 / /srv rw - ext4 /dev/sda rw")
        self.run_it("reserve", PF)

    def test_disk_of_a_vf(self):
        tree = self.disk()
        self.run_it("reserve", PF, "--vfs", "2")
        vf = "0000:01:02.1"
        tree.disk("nvme5n1", f"pci0000:00/{vf}/nvme/nvme5", "259:9")
        self.mounts("259:9 / /srv rw - ext4 /dev/nvme5n1 rw")
        for args in (["vfs", PF, "0"], ["release", PF],
                     ["vfs", PF, "4", "--recreate"]):
            self.refused(*args, exit_code=5, says=("VF 1", "mounted"))
        self.run_it("autoprobe", PF, "on")
        self.run_it("vfs", PF, "0", "--force=mounted")

    def test_root_file_system_at_the_next_boot(self):
        self.disk()
        self.mounts("259:0 / / rw - ext4 /dev/nvme0n1 rw")
        for args in (["reserve", PF], ["reserve", PF, "--vfs", "2"]):
            self.refused(*args, "--boot", exit_code=5,
                         says=("root-fs", "--force=root-fs"))
        self.run_it("reserve", PF, "--boot", "--force=root-fs")

    def test_rest_is_not_asked_for_the_next_boot(self):
        self.disk()
        self.mounts("259:0 / /srv rw - ext4 /dev/nvme0n1 rw")
        self.run_it("reserve", PF, "--boot")


class Network(Case):
    """Routes and sessions, in a network namespace that has only lo"""

    def setUp(self):
        super().setUp()
        self.machine(name="enp1s0f0")
        self.net = f"{DEVICE[1:]}/net"
        self.interface("enp1s0f0", 7)

    def interface(self, name, index, upper=None, virtual=False):
        folder = f"{self.net}/{name}"
        if virtual:
            folder = f"sys/devices/virtual/net/{name}"
            self.tree.put(f"{folder}/ifindex", f"{index}\n")
            os.symlink(f"../../devices/virtual/net/{name}",
                       self.tree.path(f"sys/class/net/{name}"))
        self.tree.put(f"{folder}/ifindex", f"{index}\n")
        if upper:
            os.symlink("nowhere", self.tree.path(f"{folder}/upper_{upper}"))

    def run_only(self, *args, net="true", **more):
        words = " ".join(map(shlex.quote, (base.PROGRAM,) + args))
        script = self.folder.name + "/run.sh"
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nip link set lo up\n{net}\n"
                       f"exec {words}\n")
        os.chmod(script, 0o755)
        program = base.PROGRAM
        base.PROGRAM = "unshare"
        try:
            return super().run_only("-n", script, **more)
        finally:
            base.PROGRAM = program

    def test_no_route(self):
        self.interface("enp1s0f0", 1)
        self.run_it("reserve", PF, "-n")
        self.run_it("reserve", PF, "-n", net="ip route add 10.0.0.0/8 dev lo")

    def test_default_routes(self):
        self.interface("enp1s0f0", 1)
        for net, what in (
                ("ip route add default dev lo", "table 254 (IPv4)"),
                ("ip route add default dev lo table 77", "table 77 (IPv4)"),
                ("ip -6 route add default dev lo", "(IPv6)"),
                ("ip route add default nexthop dev lo nexthop dev lo",
                 "(IPv4)")):
            self.refused("reserve", PF, exit_code=5, net=net,
                         says=("default-route", what,
                               "--force=default-route"))
        self.run_it("reserve", PF, "--force=default-route",
                    net="ip route add default dev lo")

    def test_an_unreachable_default_is_no_route(self):
        self.interface("enp1s0f0", 1)
        self.run_it("reserve", PF, "-n",
                    net="ip route add unreachable default")

    def test_through_bond_and_vlan(self):
        self.interface("enp1s0f0", 7, upper="bond0")
        self.interface("bond0", 8, upper="bond0.5", virtual=True)
        self.interface("bond0.5", 1, virtual=True)
        self.refused("reserve", PF, exit_code=5,
                     net="ip route add default dev lo",
                     says=("enp1s0f0 < bond0 < bond0.5",))

    def test_ssh(self):
        self.interface("enp1s0f0", 1)
        for client, server in (("192.0.2.1", "127.0.0.1"), ("::1", "::1")):
            self.refused("reserve", PF, exit_code=5,
                         SSH_CONNECTION=f"{client} 50000 {server} 22",
                         says=("ssh", server, "--force=ssh"))
        # sudo takes it out of our environment, and not out of its own
        self.refused("reserve", PF, exit_code=5, net="""
            if [ -n "$SSH_CONNECTION" ]; then
                env -u SSH_CONNECTION "$0"
                exit $?
            fi""", SSH_CONNECTION="192.0.2.1 50000 127.0.0.1 22",
                     says=("--force=ssh",))
        self.run_it("reserve", PF, "-n",
                    SSH_CONNECTION="192.0.2.1 50000 192.0.2.9 22")


class Open(Case):
    """Who has a VF"""

    def reserved(self):
        tree = self.machine(group=1)
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        return tree

    def test_disabling_is_refused(self):
        for file in ("/dev/vfio/101", "/dev/vfio/noiommu-101"):
            tree = self.reserved()
            tree.process(4711, "qemu-system-x86", ["/dev/kvm", file])
            for args in (["vfs", PF, "0"], ["release", PF],
                         ["vfs", PF, "1", "--recreate"]):
                self.refused(*args, exit_code=5,
                             says=("VF 1", "4711", "qemu-system-x86",
                                   "--force=vf-open"))
            self.run_it("release", PF, "--force=vf-open")

    def test_by_its_vfio_device(self):
        tree = self.reserved()
        os.makedirs(tree.path(
            "sys/devices/pci0000:00/0000:01:02.0/vfio-dev/vfio7"))
        tree.process(4711, "qemu", ["/dev/iommu", "/dev/vfio/devices/vfio7"])
        self.refused("vfs", PF, "0", exit_code=5, says=("VF 0", "4711"))

    def test_another_driver_for_a_vf(self):
        tree = self.reserved()
        tree.driver("uio_pci_generic")
        tree.process(4711, "qemu", ["/dev/vfio/101"])
        self.refused("vfs", PF, "2", "--vf-driver", "uio_pci_generic",
                     exit_code=5, says=("VF 1",))

    def test_the_pf_itself(self):
        tree = self.machine(group=1, drivers=("pci-stub", "vfio-pci"))
        self.run_it("reserve", PF, "--driver", "vfio-pci")
        tree.process(4711, "qemu", ["/dev/vfio/1"])
        self.refused("reserve", PF, "--driver", "pci-stub", exit_code=5,
                     says=("vf-open", "4711"))

    def test_what_is_open_stays_when_a_step_fails(self):
        tree = self.machine()
        tree.process(4711, "qemu", ["/dev/vfio/100"])
        tree.put(f"{DEVICE[1:]}/.vf-fails", "vfio-pci\n")
        done = self.run_it("reserve", PF, "--vfs", "1", "--vf-driver",
                           "vfio-pci", exit_code=1)
        self.assertIn("stays so, because VFs are open", done.stderr)
        self.assertEqual([self.driver(), self.file("sriov_numvfs")],
                         ["pci-stub", "1"])

    def test_who_keeps_the_kernel_from_answering(self):
        tree = self.reserved()
        tree.process(4711, "qemu", ["/dev/vfio/100"])
        done = self.run_it("vfs", PF, "0", "--force=vf-open", "--timeout",
                           "1", fake="block=sriov_numvfs", exit_code=8)
        self.assertIn("open in qemu, process 4711", done.stderr)
        os.kill(int(done.stderr.split("; process ")[1].split()[0]), 9)


if __name__ == "__main__":
    unittest.main()
