# SPDX-License-Identifier: GPL-2.0
"""Commands that change a PF: what they do, refuse, and put back."""
import errno
import fcntl
import os
import signal
import unittest

from base import Case, DEVICE, PF

VF0 = "0000:01:02.0"
VF1 = "0000:01:02.1"


class Reserve(Case):
    """With the feature"""

    def test_reserve_makes_pf_vfs_and_config(self):
        self.machine(serial="00-25-38-b1-71-b0-1a-2c")
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        self.assertEqual(self.driver(), "pci-stub")
        self.assertEqual(self.file("sriov_numvfs"), "2")
        self.assertEqual([self.driver(VF0), self.driver(VF1)],
                         ["vfio-pci", "vfio-pci"])
        self.assertEqual(
            self.config().split("\n", 1)[1],
            f"[Match]\nAddress={PF}\nId=1234:0001\n"
            "Serial=00-25-38-b1-71-b0-1a-2c\n\n"
            "[PF]\nDriver=pci-stub\nVFs=2\n\n[VF]\nDriver=vfio-pci\n")
        self.run_it("diff")

    def test_a_second_time_is_nothing_to_do(self):
        self.machine()
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        before = self.tree.state()
        done = self.json("reserve", PF, "--vfs", "2", "--vf-driver",
                         "vfio-pci")
        self.assertEqual([done["changed"], done["steps"]], [False, []])
        self.assertEqual(self.tree.state(), before)

    def test_runtime_and_boot(self):
        self.machine()
        self.run_it("reserve", PF, "--runtime")
        self.assertEqual([self.driver(), self.config()], ["pci-stub", None])
        self.machine()
        self.run_it("reserve", PF, "--vfs", "3", "--boot")
        self.assertEqual([self.driver(), self.file("sriov_numvfs")],
                         ["native", "0"])
        self.assertIn("VFs=3", self.config())
        self.run_it("diff", exit_code=9)

    def test_autoprobe_lets_host_drivers_on(self):
        self.machine(drivers=("pci-stub", "fakevf"))
        self.run_it("reserve", PF, "--vfs", "1", "--autoprobe")
        self.assertEqual([self.driver(VF0), self.file(
            "sriov_unmanaged_autoprobe")], ["fakevf", "1"])

    def test_driver_that_is_a_module_is_loaded(self):
        self.machine(drivers=())
        self.refused("reserve", PF, exit_code=7, says=("pci-stub",))
        self.machine(drivers=(), modules=("pci-stub",))
        self.run_it("reserve", PF)
        self.assertEqual(self.driver(), "pci-stub")

    def test_no_driver(self):
        self.machine()
        self.run_it("reserve", PF, "--driver", "none")
        self.assertEqual(self.driver(), None)
        self.assertEqual(self.file("driver_override"), "none")
        self.run_it("diff")
        self.refused("vfs", PF, "2", exit_code=7, says=("scope",))
        self.run_it("scope", "any")
        self.run_it("vfs", PF, "2")
        self.assertEqual(self.file("sriov_numvfs"), "2")

    def test_refused_by_policy(self):
        self.machine(ident="8086:10fb", policy="refuse",
                     reason="mailbox,resources ixgbe")
        for more in ([], ["-n"], ["--boot"]):
            self.refused("reserve", PF, "--vfs", "4", *more, exit_code=4,
                         says=("mailbox,resources ixgbe", "nothing was changed",
                               "sriovadm override allow 8086:10fb"))
        # To hold it without VFs is nobody's risk
        self.run_it("reserve", PF)
        self.assertEqual(self.driver(), "pci-stub")

    def test_too_many_vfs(self):
        self.machine()
        self.refused("reserve", PF, "--vfs", "9", exit_code=2,
                     says=("sriov_totalvfs is 8",))
        self.machine(total=0)
        self.refused("reserve", PF, "--vfs", "1", exit_code=2,
                     says=("firmware",))

    def test_vfs_of_the_native_driver_are_not_taken_away(self):
        self.machine()
        self.run_it("vfs", PF, "2", "--runtime")
        self.refused("reserve", PF, exit_code=5,
                     says=(f"sriovadm vfs {PF} 0",))

    def test_names_instead_of_addresses(self):
        self.machine(name="enp1s0f0")
        for name in ("enp1s0f0", "01:00.0", "1:0.0", PF.upper()):
            self.run_it("reserve", name, "-n")
        self.machine(name="nvme0")
        self.run_it("reserve", "nvme0")
        self.assertEqual(self.driver(), "pci-stub")

    def test_comments_of_the_administrator_stay(self):
        self.machine()
        self.configure(f"# mine\n[Match]\nAddress={PF}\n; why\n[PF]\n"
                       "# so many\nVFs=1\n")
        self.run_it("reserve", PF, "--vfs", "2")
        with open(self.tree.path("etc/sriovadm/pf.d/test.conf"),
                  encoding="utf-8") as file:
            self.assertEqual(
                file.read(), f"# mine\n[Match]\nAddress={PF}\n; why\n[PF]\n"
                "# so many\nVFs=2\nDriver=pci-stub\n")

    def test_file_of_another_device_is_not_overwritten(self):
        self.machine()
        self.configure(f"[Match]\nAddress={PF}\nId=dead:beef\n", PF + ".conf")
        self.refused("reserve", PF, exit_code=2, says=(PF + ".conf",))


class Stock(Case):
    """Without the feature"""

    def machine(self, **args):
        args.setdefault("feature", "absent")
        args.setdefault("cls", "010700")
        return super().machine(**args)

    def test_pci_pf_stub_and_autoprobe_first(self):
        self.machine(drivers=("vfio-pci", "fakevf"))
        done = self.json("reserve", PF, "--vfs", "1")
        self.assertEqual(self.driver(), "pci-pf-stub")
        self.assertEqual(self.driver(VF0), None)
        paths = [step["path"].rsplit("/", 1)[-1] for step in done["steps"]]
        self.assertEqual(paths[1:], [
            "sriov_drivers_autoprobe", "modprobe", "driver_override",
            "unbind", "drivers_probe", "sriov_numvfs"])
        self.run_it("release", PF)
        self.assertEqual([self.driver(), self.file(
            "sriov_drivers_autoprobe")], ["native", "1"])

    def test_vf_driver(self):
        self.machine()
        self.run_it("reserve", PF, "--vfs", "1", "--vf-driver", "vfio-pci")
        self.assertEqual(self.driver(VF0), "vfio-pci")

    def test_verdict_is_enforced(self):
        self.machine(ident="8086:10fb")
        self.refused("reserve", PF, "--vfs", "1", exit_code=4,
                     says=("mailbox,resources ixgbe", "sriovadm enforces"))
        self.machine(cls="020000", ident="aaaa:bbbb")
        self.refused("reserve", PF, "--vfs", "1", exit_code=4,
                     says=("class network",))
        self.run_it("override", "allow", "aaaa:bbbb")
        self.run_it("reserve", PF, "--vfs", "1")
        self.run_it("vfs", PF, "0")
        self.run_it("override", "refuse", "aaaa:bbbb")
        self.refused("vfs", PF, "1", exit_code=4,
                     says=("the override list, which sriovadm enforces",))
        self.assertIn("sriovadm, from the override list",
                      self.run_it("explain", PF).stdout)

    def test_unlisted(self):
        self.machine(cls="010700")
        self.run_it("unlisted", "refuse")
        self.refused("reserve", PF, "--vfs", "1", exit_code=4,
                     says=("unlisted",))
        self.run_it("unlisted", "allow")
        self.run_it("reserve", PF, "--vfs", "1")

    def test_what_it_cannot(self):
        self.machine(cls="010700")
        self.refused("autoprobe", PF, "on", exit_code=7)
        self.refused("autoprobe", PF, "off", exit_code=7)
        self.refused("reserve", PF, "--autoprobe", exit_code=7)
        self.refused("scope", "any", exit_code=7)
        self.refused("unlisted", "refuse", "--runtime", exit_code=7)
        self.refused("override", "allow", "1:2", "--runtime", exit_code=7)
        self.refused("reserve", PF, "--driver", "pci-stub", "--vfs", "1",
                     exit_code=7, says=("pci-pf-stub",))
        self.run_it("reserve", PF, "--driver", "pci-stub", "-n")

    def test_without_pci_pf_stub(self):
        self.machine(modules=(), cls="010700")
        self.refused("reserve", PF, exit_code=7, says=("no driver",))

    def test_our_module_is_loaded(self):
        self.machine(modules=("sriov_unmanaged",), cls="010700")
        done = self.json("reserve", PF, "-n")
        self.assertEqual([done["steps"][1]["path"],
                          done["steps"][1]["value"]],
                         ["modprobe", "sriov_unmanaged"])


class Release(Case):
    """The way back"""

    def test_release_is_the_opposite(self):
        self.machine()
        before = self.tree.state()
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci",
                    "--autoprobe")
        self.run_it("release", PF)
        after = self.tree.state()
        override = f"sys/devices/pci0000:00/{PF}/driver_override"
        after[override] = before[override]
        self.assertEqual(after, before)
        self.run_it("release", PF)

    def test_runtime_keeps_the_config(self):
        self.machine()
        self.run_it("reserve", PF)
        self.run_it("release", PF, "--runtime")
        self.assertEqual(self.driver(), "native")
        self.assertIn("Driver=pci-stub", self.config())
        self.run_it("restore")
        self.assertEqual(self.driver(), "pci-stub")
        self.run_it("release", PF, "--boot")
        self.assertEqual([self.driver(), self.config()], ["pci-stub", None])

    def test_vfs_of_a_native_driver_stay(self):
        self.machine()
        self.run_it("vfs", PF, "2")
        self.run_it("release", PF)
        self.assertEqual([self.file("sriov_numvfs"), self.config()],
                         ["2", None])


class Vfs(Case):
    """Their number and drivers"""

    def test_never_from_n_to_m_unasked(self):
        self.machine()
        self.run_it("reserve", PF, "--vfs", "2")
        self.refused("vfs", PF, "4", exit_code=5,
                     says=(f"sriovadm vfs {PF} 4 --recreate",))
        done = self.json("vfs", PF, "4", "--recreate")
        self.assertEqual(self.file("sriov_numvfs"), "4")
        # Between them: with the old ones on restore would not get to 4
        self.assertEqual([step["value"] for step in done["steps"]],
                         ["0", self.config(), "4"])
        self.run_it("vfs", PF, "0")
        self.assertIn("VFs=0", self.config())

    def test_drivers_of_some(self):
        self.machine()
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n"
                       "VFs=3\n[VF]\nDriver=vfio-pci\n[VF 1]\nDriver=none\n")
        self.run_it("restore")
        self.assertEqual([self.driver(f"0000:01:02.{i}") for i in range(3)],
                         ["vfio-pci", None, "vfio-pci"])
        self.run_it("diff")

    def test_none_keeps_a_vf_from_host_drivers(self):
        self.machine(drivers=("pci-stub", "fakevf"))
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n"
                       "VFs=2\nAutoprobe=yes\n[VF 0]\nDriver=none\n")
        self.run_it("restore")
        self.assertEqual([self.driver(VF0), self.driver(VF1)],
                         [None, "fakevf"])
        self.run_it("diff")

    def test_a_vf_driver_that_is_not_there(self):
        self.machine()
        self.refused("reserve", PF, "--vfs", "1", "--vf-driver", "nosuch",
                     exit_code=7, says=("nosuch",))

    def test_autoprobe(self):
        self.machine()
        self.run_it("autoprobe", PF, "on")
        self.assertEqual(self.file("sriov_unmanaged_autoprobe"), "1")
        self.assertIn("Autoprobe=yes", self.config())
        self.run_it("autoprobe", PF, "off")
        self.assertEqual(self.file("sriov_unmanaged_autoprobe"), "0")
        self.run_it("autoprobe", PF, "maybe", exit_code=2)


class Failure(Case):
    """A step fails: all is as before"""

    def check(self, *args, exit_code, fake=None, says=()):
        before = self.tree.state()
        done = self.run_it(*args, exit_code=exit_code, fake=fake)
        after = self.tree.state()
        # What a kernel shows of a cleared one
        for state in (before, after):
            for path in state:
                if path.endswith("/driver_override"):
                    state[path] = state[path].replace("(null)", "")
        self.assertEqual(after, before)
        for text in says:
            self.assertIn(text, done.stderr)

    def test_each_step_of_reserve(self):
        self.machine()
        steps = len(self.json("-n", "reserve", PF, "--vfs", "2",
                              "--vf-driver", "vfio-pci")["steps"])
        self.assertGreater(steps, 7)
        for path, error, code in (
                ("driver_override", 1, 6), ("native/unbind", 16, 1),
                ("sriov_numvfs", 95, 4), ("sriov_numvfs", 12, 1),
                ("sriov_numvfs", 16, 5), ("sriov_numvfs", 2, 7),
                ("virtfn1/driver_override", 12, 1)):
            self.machine()
            self.check("reserve", PF, "--vfs", "2", "--vf-driver",
                       "vfio-pci", exit_code=code, fake=f"fail={path}:{error}",
                       says=("all is as before", path))

    def test_the_driver_does_not_bind(self):
        self.machine()
        self.tree.put(f"{DEVICE[1:]}/.fails", "pci-stub\n")
        self.check("reserve", PF, exit_code=1, says=("has not bound",))

    def test_the_driver_of_a_vf_does_not_bind(self):
        self.machine()
        self.tree.put(f"{DEVICE[1:]}/.vf-fails", "vfio-pci\n")
        self.check("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci",
                   exit_code=1, says=("vfio-pci has not bound to " + VF0,))

    def test_reserved_stays_reserved(self):
        self.machine()
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        before = self.tree.state()
        self.run_it("release", PF, exit_code=1,
                    fake="fail=pci-stub/unbind:16")
        self.assertEqual(self.file("sriov_numvfs"), "2")
        self.assertEqual(self.driver(), "pci-stub")
        self.run_it("restore")
        self.assertEqual(self.tree.state(), before)

    def test_config_that_cannot_be_written(self):
        self.machine()
        os.makedirs(self.tree.path("etc/sriovadm"))
        self.tree.put("etc/sriovadm/pf.d", "a file, no directory")
        self.refused("reserve", PF, exit_code=1, says=("pf.d",))

    def test_time_is_up(self):
        self.machine()
        done = self.json("reserve", PF, "--timeout", "1", exit_code=8,
                         fake="block=native/unbind")
        error = done["errors"][0]
        self.assertEqual(error["code"], "timeout")
        self.assertIn("goes on waiting", error["message"])
        self.assertIn("native/unbind", error["message"])
        # Nobody else is kept out meanwhile, and restore brings what was wanted
        self.run_it("restore")
        self.assertEqual(self.driver(), "pci-stub")
        pid = int(error["message"].split("process ")[1].split()[0])
        os.kill(pid, signal.SIGKILL)

    def test_a_pf_that_does_not_answer(self):
        tree = self.machine()
        self.run_it("vfs", PF, "2", "--runtime")
        other = tree.pf("0000:03:00.0", "1234:0001")
        tree.put(f"{other}/driver_override", "vfio-pci\n")
        for file in (f"{PF}/sriov_numvfs", f"{PF}/driver_override",
                     f"{VF1}/driver_override"):
            self.refused("vfs", PF, "0", exit_code=8, fake="stuck=" + file,
                         says=("does not answer", f"sriovadm --vfs {PF}"))
        # It is unknown, and nothing else is
        found = self.json(fake=f"stuck={PF}/sriov_numvfs")["pfs"]
        self.assertEqual([pf["numvfs"] for pf in found], [None, 0])
        self.assertEqual([pf["driver_override"] for pf in found],
                         [None, "vfio-pci"])
        self.assertEqual(len(found[0]["vfs"]), 2)

    def test_recreated_vfs_are_not_the_same(self):
        self.machine()
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        self.tree.put(f"{DEVICE[1:]}/.vf-fails", "vfio-pci\n")
        done = self.run_it("vfs", PF, "3", "--recreate", exit_code=1)
        self.assertIn("could not be put back: the drivers of the VFs",
                      done.stderr)
        self.assertEqual(self.file("sriov_numvfs"), "2")
        self.assertIn("VFs=2", self.config())

    def test_no_lock_to_be_had(self):
        self.machine()
        self.refused("reserve", PF, exit_code=1,
                     fake=f"fail=sriovadm.lock:{errno.ENOLCK}",
                     says=("/run/sriovadm.lock cannot be locked: "
                           "No locks available; nothing was changed",))
        # A signal is no reason to give up, and no lock either
        self.refused("reserve", PF, "--timeout", "1", exit_code=8,
                     fake=f"fail=sriovadm.lock:{errno.EINTR}")

    def test_lock(self):
        self.machine()
        blocked = self.tree.path("run/sriovadm.lock")
        with open(blocked, "w", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.refused("reserve", PF, "--timeout", "0", exit_code=8,
                         says=("another sriovadm",))
            self.run_it("reserve", PF, "-n")


if __name__ == "__main__":
    unittest.main()
