# SPDX-License-Identifier: GPL-2.0
"""The configured state: brought about after a boot, a hotplug, or a kill."""
import concurrent.futures
import contextlib
import os
import random
import signal
import time
import unittest

from base import Case, PF, Tree

OTHER = "0000:03:00.0"


class Restore(Case):
    """restore, and diff before and after it"""

    def configured(self, **more):
        tree = self.machine(serial="00-25-38-b1-71-b0-1a-2c", **more)
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci",
                    "--boot")
        return tree

    @contextlib.contextmanager
    def later(self, what):
        """Beside what else is done; if it fails, so does the test"""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            future = pool.submit(lambda: (time.sleep(1), what())[1])
            yield future
        future.result()

    def test_after_a_boot(self):
        self.configured()
        done = self.run_it("diff", exit_code=9)
        self.assertIn("driver native, not pci-stub; 0 VFs, not 2",
                      done.stdout)
        self.run_it("restore", "--wait")
        self.run_it("diff")
        self.assertEqual(self.json("restore")["changed"], False)

    def test_nothing_is_configured(self):
        self.machine()
        self.refused("restore", exit_code=0)
        self.refused("restore", PF, exit_code=0)
        self.refused("restore", "0000:09:00.0", exit_code=3)

    def test_vfs_that_come_back(self):
        self.configured()
        self.run_it("restore")
        driver = self.tree.path("sys/bus/pci/devices/0000:01:02.1/driver")
        os.remove(driver)
        self.tree.put("sys/bus/pci/devices/0000:01:02.1/driver_override",
                      "(null)\n")
        self.assertIn("1 VFs without their driver",
                      self.run_it("diff", exit_code=9).stdout)
        self.run_it("restore", PF)
        self.assertEqual(self.driver("0000:01:02.1"), "vfio-pci")

    def test_json_says_what_has_become_of_it(self):
        self.configured()
        pf = self.json("restore")["pfs"][0]
        self.assertEqual((pf["driver"], pf["numvfs"], len(pf["vfs"])),
                         ("pci-stub", 2, 2))
        self.assertEqual(pf["in_use"], [])

    def test_moved_to_another_slot(self):
        self.configured()
        tree = self.tree
        os.remove(tree.path(f"sys/bus/pci/devices/{PF}"))
        tree.pf(OTHER, "1234:0001", serial="00-25-38-b1-71-b0-1a-2c")
        self.refused("restore", exit_code=9,
                     says=("left alone", f"there is no PF at {PF}"))
        self.assertEqual(self.driver(OTHER), "native")

    def test_serial_alone_follows_the_device(self):
        tree = self.machine(serial="00-25-38-b1-71-b0-1a-2c")
        self.configure("[Match]\nSerial=00-25-38-B1-71-B0-1A-2C\n"
                       "[PF]\nDriver=pci-stub\n")
        os.remove(tree.path(f"sys/bus/pci/devices/{PF}"))
        tree.pf(OTHER, "1234:0001", serial="00-25-38-b1-71-b0-1a-2c")
        self.run_it("restore")
        self.assertEqual(self.driver(OTHER), "pci-stub")

    def test_another_device_in_its_place(self):
        for ident, serial, says in (
                ("1234:0002", "00-25-38-b1-71-b0-1a-2c",
                 "is 1234:0002:0000:0000, not 1234:0001"),
                ("1234:0001", "00-25-38-b1-71-b0-1a-2d",
                 "has the serial number"),
                ("1234:0001", None, "has no serial number")):
            self.configured()
            config = self.config()
            self.machine(ident=ident, serial=serial)
            self.configure(config)
            self.refused("restore", "--wait", exit_code=9,
                         says=("left alone", says))

    def test_two_of_one_id(self):
        tree = self.machine()
        tree.pf(OTHER, "1234:0001")
        self.run_it("reserve", OTHER)
        self.assertEqual([self.driver(), self.driver(OTHER)],
                         ["native", "pci-stub"])

    def test_one_failure_leaves_the_others_alone(self):
        tree = self.machine()
        tree.pf(OTHER, "1234:0001")
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=nosuch\n", "a.conf")
        self.configure(f"[Match]\nAddress={OTHER}\n[PF]\nDriver=pci-stub\n",
                       "b.conf")
        self.configure("[Match]\nAddress=what\n", "c.conf")
        self.run_it("restore", exit_code=2)
        self.assertEqual(self.driver(OTHER), "pci-stub")
        os.remove(self.tree.path("etc/sriovadm/pf.d/c.conf"))
        self.run_it("restore", exit_code=9)
        self.run_it("restore", PF, exit_code=7)

    def test_wait_for_one_that_comes_late(self):
        tree = self.machine()
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n", "a.conf")
        self.configure(f"[Match]\nAddress={OTHER}\n[PF]\nDriver=pci-stub\n"
                       "WaitSec=20\n", "b.conf")
        self.configure("[Match]\nAddress=0000:09:00.0\n[PF]\nWaitSec=0\n",
                       "c.conf")
        with self.later(lambda: (self.driver(),
                                 tree.pf(OTHER, "1234:0001"))) as comes:
            done = self.run_it("restore", "--wait", exit_code=9)
        self.assertEqual(comes.result()[0], "pci-stub")
        self.assertEqual(self.driver(OTHER), "pci-stub")
        self.assertIn("0000:09:00.0", done.stderr)
        self.assertNotIn(OTHER, done.stderr)

    def test_wait_for_a_serial_number(self):
        tree = self.machine()
        self.configure("[Match]\nSerial=00-25-38-b1-71-b0-1a-2c\n"
                       "[PF]\nDriver=pci-stub\nWaitSec=20\n")
        with self.later(lambda: tree.pf(
                OTHER, "1234:0001", serial="00-25-38-b1-71-b0-1a-2c")):
            self.run_it("restore", "--wait")
        self.assertEqual(self.driver(OTHER), "pci-stub")

    def test_what_is_in_use_stays(self):
        tree = self.configured()
        tree.disk("nvme0n1", f"pci0000:00/{PF}/nvme/nvme0", "8:1")
        self.refused("restore", exit_code=5, says=("root-fs",))


class Kill(Case):
    """SIGKILL before any step: restore brings the configured state"""

    def converges(self, args, count):
        """Return: whether it was killed, and did not end before"""
        done = self.run_only(*args, fake=f"kill={count}")
        # Where there was nothing to do nothing was counted
        counted = self.tree.path("fake-count")
        if os.path.exists(counted):
            os.remove(counted)
        self.run_it("restore")
        self.run_it("diff")
        # And once more there is nothing to do
        self.assertEqual(self.json("restore")["changed"], False)
        return done.returncode == -signal.SIGKILL

    def test_recreate_is_killed_at_each_step(self):
        for feature in "builtin", "absent":
            for count in range(100):
                self.machine(feature=feature, cls="010700")
                self.run_it("reserve", PF, "--vfs", "3", "--vf-driver",
                            "vfio-pci")
                os.remove(self.tree.path("fake-count"))
                if not self.converges(["vfs", PF, "2", "--recreate"], count):
                    break
            self.assertGreater(count, 5)
            self.assertEqual(self.file("sriov_numvfs"), "2")

    def test_kills(self):
        chance = random.Random(int(os.environ.get("SEED", "1")))
        kills = int(os.environ.get("KILLS", "20"))
        killed = runs = 0
        while killed < kills:
            # Each change comes upon what the last one left
            if runs % 5 == 0:
                feature = chance.choice(("builtin", "absent"))
                self.tree = Tree(self.folder.name + "/root", feature=feature,
                                 drivers=("pci-stub", "pci-pf-stub",
                                          "vfio-pci"))
                self.tree.pf(PF, "1234:0001", cls="010700")
            args = chance.choice((
                ["reserve", PF, "--vfs", "3", "--vf-driver", "vfio-pci"],
                ["release", PF], ["vfs", PF, "2", "--recreate"],
                ["vfs", PF, "0"], ["override", "allow", "1:2"]))
            killed += self.converges(args, chance.randrange(9))
            runs += 1
        print(f"kills: {killed} of {runs} changes killed, each at a random "
              "step; restore has brought what is configured after each")


if __name__ == "__main__":
    unittest.main()
