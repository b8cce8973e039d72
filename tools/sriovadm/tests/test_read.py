# SPDX-License-Identifier: GPL-2.0
"""Commands that read: list, explain, diff, doctor; and what all commands share."""
import json
import os
import subprocess
import unittest

from base import Case, DEVICE, PF, PROGRAM

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")


class Golden(Case):
    """JSON to the letter: UPDATE=1 writes the files anew, to be read before a commit"""

    def check(self, name, *args, exit_code=0, **more):
        done = self.run_it("--json", *args, exit_code=exit_code, **more)
        self.assertEqual(done.stderr, "")
        # A line a value, so that a difference is read at once
        text = json.dumps(json.loads(done.stdout), indent=1) + "\n"
        path = f"{GOLDEN}/{name}.json"
        if os.environ.get("UPDATE"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read())

    def full(self):
        tree = self.machine(ident="144d:a824", cls="010802", name="nvme0",
                            reason="none nvme", group=1,
                            serial="00-25-38-b1-71-b0-1a-2c")
        tree.put("proc/cmdline", "quiet sriov_unmanaged.override=1:2=allow\n")
        tree.put("etc/sriovadm/policy.conf",
                 "[Policy]\nOverride=3:4=refuse\n")
        tree.put("sys/module/sriov_unmanaged/parameters/override",
                 "0001:0002=allow,0003:0004=refuse,0005:0006:*:0007=allow\n")
        return tree

    def test_list(self):
        self.full()
        self.check("list")

    def test_list_with_vfs(self):
        tree = self.full()
        self.run_it("reserve", PF, "--vfs", "2", "--vf-driver", "vfio-pci")
        tree.process(4711, "qemu-system-x86", ["/dev/kvm", "/dev/vfio/101"])
        self.check("list-vfs")

    def test_dry_run(self):
        self.full()
        self.check("dry-run", "reserve", PF, "--vfs", "1", "-n")

    def test_reserve(self):
        self.full()
        self.check("reserve", "reserve", PF, "--vfs", "1")

    def test_refused(self):
        self.machine(ident="8086:10fb", policy="refuse",
                     reason="mailbox,resources ixgbe")
        self.check("refused", "reserve", PF, "--vfs", "1", exit_code=4)

    def test_failed(self):
        self.machine()
        self.check("failed", "reserve", PF, "--vfs", "1", exit_code=1,
                   fake="fail=sriov_numvfs:12")

    def test_stock(self):
        self.machine(feature="absent", ident="8086:10fb")
        self.check("stock")

    def test_module(self):
        self.machine(feature="module")
        self.check("module")

    def test_explain_ids(self):
        self.machine()
        self.check("explain-ids", "explain", "8086:10fb")

    def test_no_device(self):
        self.machine()
        self.check("no-device", "reserve", "0000:09:00.0", exit_code=3)

    def test_usage(self):
        self.machine()
        self.check("usage", "reserve", exit_code=2)

    def test_config(self):
        self.machine()
        self.configure("[Match]\nAdress=0000:01:00.0\n[PF]\nVFs=many\n")
        self.check("config", "reserve", PF, exit_code=2)

    def test_diff(self):
        self.machine()
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n")
        self.check("diff", "diff", exit_code=9)

    def test_doctor(self):
        self.machine(total=0)
        self.check("doctor", "doctor", exit_code=9)


class List(Case):
    """The table"""

    def rows(self, *args):
        return [line.split() for line in
                self.run_it(*args).stdout.splitlines()]

    def test_columns(self):
        self.machine(ident="144d:a824", reason="none nvme")
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n"
                       "VFs=4\n")
        for args in ([], ["list"], ["list", PF], [PF]):
            rows = self.rows(*args)
            self.assertEqual(rows[0], ["PF", "DEVICE", "DRIVER", "VFS",
                                       "VERDICT", "WHY", "BOOT"])
            self.assertEqual(rows[1], [PF, "144d:a824", "nvme", "0/8",
                                       "allow", "none", "nvme",
                                       "pci-stub/4"])
            self.assertEqual(len(rows), 3)

    def test_vfs(self):
        tree = self.machine()
        self.run_it("reserve", PF, "--vfs", "2", "--runtime")
        tree.process(4711, "qemu", ["/dev/vfio/101"])
        rows = self.rows("--vfs")
        self.assertEqual(rows[1][-1], "-")
        self.assertEqual(rows[2:4], [
            ["0000:01:02.0", "-", "group", "100", "-"],
            ["0000:01:02.1", "-", "group", "101", "qemu[4711]"]])

    def test_kernel(self):
        for feature, says in (("builtin", "feature built in"),
                              ("module", "feature module"),
                              ("absent", "feature absent")):
            self.machine(feature=feature)
            last = self.run_it().stdout.splitlines()[-1]
            self.assertIn(says, last)
            self.assertIn("unlisted allow", last)

    def test_no_pf(self):
        self.machine()
        self.refused("list", "0000:09:00.0", exit_code=3)
        os.remove(self.tree.path(f"sys/bus/pci/devices/{PF}"))
        self.assertIn("no PF", self.run_it().stdout)

    def test_no_root_needed(self):
        self.machine()
        os.chmod(self.folder.name, 0o755)
        for args in (["list"], ["explain", PF], ["diff"],
                     ["reserve", PF, "-n"]):
            self.run_it(*args, user=65534)

    def test_colour_is_for_terminals(self):
        self.machine(policy="refuse", reason="mailbox x")
        self.assertNotIn("\033", self.run_it().stdout)
        script = f"SRIOVADM_ROOT={self.tree.root} {PROGRAM}"
        for command, wanted in ((script, True),
                                ("NO_COLOR=1 " + script, False)):
            shown = subprocess.run(["script", "-qec", command, "/dev/null"],
                                   stdout=subprocess.PIPE, check=True,
                                   stdin=subprocess.DEVNULL).stdout
            self.assertEqual(b"\033[31m" in shown, wanted)


class Explain(Case):
    """Why"""

    def test_device(self):
        self.machine(ident="8086:10fb", policy="refuse",
                     reason="mailbox,resources ixgbe")
        text = self.run_it("explain", PF).stdout
        for says in ("verdict: refuse", "hazard mailbox: its VFs talk",
                     "hazard resources: the PF driver prepares", "the kernel",
                     f"sriovadm vfs {PF} N",
                     "sriovadm override allow 8086:10fb"):
            self.assertIn(says, text)

    def test_notes_on_drivers(self):
        self.machine()
        for ident, note in (("1002:7410", "not in Linux"),):
            text = self.run_it("explain", ident, "--class", "030000").stdout
            if "gim" in text:
                self.assertIn(note, text)

    def test_class_and_default(self):
        self.machine()
        self.assertIn("class network", self.run_it(
            "explain", "aaaa:bbbb", "--class", "020000").stdout)
        text = self.run_it("explain", "aaaa:bbbb").stdout
        self.assertIn("Nobody vouches", text)
        self.assertIn("--class", text)

    def test_usage(self):
        self.machine()
        for args in (["8086:10fb:1:2:3"], ["8086:xyz"], ["*:*"],
                     ["8086:1fffff"], ["8086:10fb", "--class", "2"]):
            self.refused("explain", *args, exit_code=2)
        self.refused("explain", "eth9", exit_code=3)
        self.refused("explain", "02:00.0", exit_code=3)


class Usage(Case):
    """Command lines"""

    def test_mistakes(self):
        self.machine()
        for args in (["frobnicate"], ["reserve"], ["reserve", PF, PF],
                     ["vfs", PF], ["vfs", PF, "-1"], ["vfs", PF, "x"],
                     ["reserve", PF, "--vfs"], ["reserve", PF, "--vfs", "x"],
                     ["reserve", PF, "--recreate"], ["--nosuch"], ["-z"],
                     ["reserve", PF, "--runtime", "--boot"],
                     ["reserve", PF, "--force"],
                     ["reserve", PF, "--force=all"],
                     ["reserve", PF, "--driver", "../x"],
                     ["override", "allow"], ["override", "perhaps", "1:2"],
                     ["override", "allow", "1"], ["unlisted", "perhaps"],
                     ["scope", "x"], ["list", "--class", "020000"],
                     ["restore", "--wait=1"], ["--timeout", "soon"]):
            done = self.refused(*args, exit_code=2)
            self.assertIn("sriovadm", done.stderr)
            self.assertEqual(done.stdout, "")

    def test_help_and_version(self):
        self.machine()
        self.assertIn("reserve PF", self.run_it("--help").stdout)
        self.assertRegex(self.run_it("--version").stdout,
                         r"^sriovadm \d+\.\d+\n$")

    def test_options_before_and_after(self):
        self.machine()
        self.run_it("-n", "--timeout", "5", "reserve", "--vfs=2", PF)
        self.run_it("reserve", PF, "--vfs", "2", "-nq")
        self.assertEqual(self.driver(), "native")

    def test_devices_that_are_no_pf(self):
        tree = self.machine()
        self.run_it("reserve", PF, "--vfs", "1", "--runtime")
        self.refused("reserve", "0000:01:02.0", exit_code=3,
                     says=("its PF is " + PF,))
        tree.put("sys/bus/pci/devices/0000:05:00.0/uevent", "\n")
        self.refused("reserve", "05:00.0", exit_code=3, says=("no PF",))

    def test_needs_root(self):
        self.machine()
        self.tree.put("proc/self/status", "Name:\tx\nCapEff:\t0\n")
        for args in (["reserve", PF], ["release", PF], ["vfs", PF, "1"],
                     ["autoprobe", PF, "on"], ["override", "allow", "1:2"],
                     ["unlisted", "refuse"], ["scope", "any"], ["restore"]):
            self.refused(*args, exit_code=6, says=("CAP_SYS_ADMIN", "-n"))

    def test_dry_run_says_what_a_run_does(self):
        for args in (["reserve", PF, "--vfs", "3", "--vf-driver", "vfio-pci"],
                     ["reserve", PF, "--autoprobe", "--vfs", "1"],
                     ["vfs", PF, "2", "--recreate"], ["autoprobe", PF, "off"],
                     ["override", "allow", "8086:10fb"],
                     ["unlisted", "refuse"], ["scope", "any"],
                     ["release", PF]):
            if args[0] == "reserve":
                self.machine(drivers=("vfio-pci",),
                             modules=("pci-stub",))
            before = self.tree.state()
            planned = self.json(*args, "-n")
            self.assertEqual(self.tree.state(), before)
            log = self.folder.name + "/log"
            if os.path.exists(log):
                os.remove(log)
            done = self.json(*args, fake="log=" + log)
            self.assertEqual(planned["steps"], done["steps"])
            self.assertEqual([planned["changed"], done["changed"]],
                             [False, True])
            # And what a run says it did is what the kernel was told
            with open(log, encoding="utf-8") as file:
                told = file.read().splitlines()
            self.assertEqual(
                told, [f"{step['path']} {step['value']}"
                       for step in done["steps"]
                       if not step["path"].startswith("/etc/")])


class Policy(Case):
    """override, unlisted, scope"""

    def parameter(self, name):
        return self.tree.get("sys/module/sriov_unmanaged/parameters/" + name)

    def test_override(self):
        self.machine()
        self.run_it("override", "allow", "8086:10fb")
        self.run_it("override", "refuse", "0x1:*:3")
        self.assertEqual(self.parameter("override"),
                         "8086:10fb=allow,0001:*:0003=refuse")
        self.assertIn("Override=8086:10fb=allow,0001:*:0003=refuse\n",
                      self.tree.get("etc/sriovadm/policy.conf") + "\n")
        # The last word counts, so a change of mind goes to the end
        self.run_it("override", "refuse", "8086:10fb")
        self.assertEqual(self.parameter("override"),
                         "0001:*:0003=refuse,8086:10fb=refuse")
        shown = self.run_it("override").stdout
        self.assertIn("8086:10fb=refuse  config", shown)
        self.run_it("diff")
        self.run_it("override", "clear", "8086:10fb")
        self.assertEqual(self.parameter("override"), "0001:*:0003=refuse")
        self.run_it("override", "clear")
        self.assertEqual(self.parameter("override"), "")
        self.assertNotIn("Override", self.tree.get("etc/sriovadm/policy.conf"))

    def test_behind_the_command_line(self):
        tree = self.machine()
        tree.put("sys/module/sriov_unmanaged/parameters/override",
                 "0001:0002=allow\n")
        tree.put("proc/cmdline", "sriov_unmanaged.override=1:2=allow\n")
        tree.put("etc/sriovadm/policy.conf", "[Policy]\nOverride=3:4=allow\n"
                 "Override=5:6=refuse\nUnlisted=refuse\nScope=any\n")
        self.run_it("diff", exit_code=9)
        self.run_it("restore")
        self.assertEqual(
            [self.parameter(name) for name in ("override", "unlisted",
                                               "scope")],
            ["0001:0002=allow,0003:0004=allow,0005:0006=refuse", "refuse",
             "any"])
        self.run_it("diff")
        self.run_it("override", "clear")
        self.assertEqual(self.parameter("override"), "")

    def test_runtime_only(self):
        self.machine()
        self.run_it("scope", "any", "--runtime")
        self.assertEqual(self.parameter("scope"), "any")
        self.assertFalse(os.path.exists(
            self.tree.path("etc/sriovadm/policy.conf")))
        self.run_it("unlisted", "refuse", "--boot")
        self.assertEqual(self.parameter("unlisted"), "allow")


class Config(Case):
    """Errors in files, and files about other devices"""

    def test_errors_have_a_place(self):
        for text, place in (
                ("[Match]\nAddress=1\n", ":2: Address=1"),
                ("[Match]\nAddress=0000:01:00.0\n\n[PF]\nVFs=-1\n", ":5:"),
                ("Driver=x\n", ":1: Driver= stands before any section"),
                ("[Mach]\n", ":1: [Mach]"), ("[Match\n", ":1:"),
                ("[Match]\nnonsense\n", ":2: neither"),
                ("[PF]\nDriver=pci-stub\n", "which PF?"),
                ("[Match]\nAddress=0000:01:00.0\n[VF x]\n", ":3:"),
                ("[Match]\nAddress=0000:01:00.0\n[VF]\nVFs=1\n", ":4:")):
            self.machine()
            self.configure(text)
            self.refused("reserve", PF, exit_code=2,
                         says=("/etc/sriovadm/pf.d/test.conf" + place
                               if place[0] == ":" else place,))
            self.refused("list", exit_code=2)
        self.machine()
        self.tree.put("etc/sriovadm/policy.conf", "[Policy]\nOverride=1:2\n")
        self.refused("restore", exit_code=2,
                     says=("/etc/sriovadm/policy.conf:2:",))

    def test_two_files_about_one_pf(self):
        self.machine()
        self.configure(f"[Match]\nAddress={PF}\n", "a.conf")
        self.configure("[Match]\nId=1234:0001\n", "b.conf")
        self.refused("reserve", PF, exit_code=2, says=("a.conf", "b.conf"))


class Doctor(Case):
    """What would go wrong"""

    def finds(self, code, help_text=""):
        found = self.json("doctor", exit_code=9)["errors"]
        self.assertIn(code, [error["code"] for error in found])
        text = [error["message"] for error in found
                if error["code"] == code][0]
        self.assertIn("help: ", text)
        self.assertIn(help_text, text)

    def test_nothing(self):
        self.machine()
        self.assertIn("nothing found", self.run_it("doctor").stdout)

    def test_kernel(self):
        self.machine(feature="absent")
        self.finds("feature-absent")
        self.machine(feature="absent", modules=("sriov_unmanaged",))
        self.finds("module-not-loaded", "modprobe")
        self.machine()
        self.tree.put("sys/kernel/security/lockdown",
                      "none [integrity] confidentiality\n")
        self.finds("lockdown")

    def test_iommu(self):
        tree = self.machine()
        os.rename(tree.path("sys/kernel/iommu_groups"),
                  tree.path("sys/kernel/other"))
        self.finds("iommu-off", "intel_iommu=on")

    def test_bars_and_buses(self):
        tree = self.machine()
        lines = ["0x0 0x0 0x0"] * 13
        lines[7] = "0x0000000000000000 0x0000000000003fff 0x000000000014220c"
        tree.put(f"{DEVICE[1:]}/resource", "\n".join(lines) + "\n")
        self.finds("no-address-space", "pci=realloc")
        tree = self.machine()
        tree.put("sys/devices/pci0000:00/subordinate_bus_number", "1\n")
        self.run_it("doctor")
        tree.put(f"{DEVICE[1:]}/sriov_offset", "256\n")
        self.finds("no-bus-number", "pci=assign-busses")

    def test_device(self):
        self.machine(total=0)
        self.finds("no-vfs", "firmware")
        self.machine(ident="144d:a824", cls="010802")
        self.run_it("doctor")
        self.run_it("reserve", PF, "--vfs", "1")
        self.finds("nvme-offline", "nvme virt-mgmt")

    def test_configuration(self):
        self.machine(ident="8086:10fb", policy="refuse", reason="mailbox x")
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n"
                       "VFs=1\n[VF]\nDriver=nosuch\n")
        self.finds("driver-absent")
        self.finds("policy-refuses", "sriovadm explain")
        self.tree.put("boot/initrd.img-6.12.1-test", "")
        os.utime(self.tree.path("boot/initrd.img-6.12.1-test"), (1, 1))
        self.finds("initramfs-stale", "update-initramfs -u")
        self.tree.put("usr/lib/systemd/system/sriovadm.service", "")
        self.finds("unit-disabled", "systemctl enable")
        self.configure("[Match]\nAddress=0000:09:00.0\n", "gone.conf")
        self.finds("no-such-pf")

    def test_native_driver_is_built_in(self):
        line = "boot with pci-stub.ids=144d:a824"
        tree = self.machine(ident="144d:a824", reason="none nvme")
        module = "sys/bus/pci/drivers/{}/module/initstate"
        for driver in "nvme", "pci-stub":
            os.remove(tree.path(module.format(driver)))
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=nvme\n")
        self.run_it("doctor")
        self.configure(f"[Match]\nAddress={PF}\n[PF]\nDriver=pci-stub\n")
        # Before it is reserved, and after that
        self.finds("native-builtin", line)
        self.run_it("restore")
        self.finds("native-builtin", line)
        tree.driver("pci-stub")
        self.finds("native-builtin", "nothing to do; only")
        tree.put("proc/cmdline", "quiet pci-stub.ids=144d:a824\n")
        self.run_it("doctor")
        tree.put("proc/cmdline", "quiet\n")
        tree.driver("nvme")
        self.run_it("doctor")

    def test_other_tools(self):
        tree = self.machine(name="enp1s0f0")
        self.run_it("reserve", PF, "--boot")
        for path, text in (
                (f"etc/driverctl.d/{PF}", "vfio-pci\n"),
                ("etc/systemd/network/10-x.link",
                 "[Match]\nOriginalName=enp1s0f0\n[SR-IOV]\n"
                 "[Link]\nSR-IOVVirtualFunctions=4\n"),
                ("etc/NetworkManager/system-connections/x.nmconnection",
                 "[connection]\ninterface-name=enp1s0f0\n[sriov]\n"
                 "total-vfs=4\n"),
                ("etc/tmpfiles.d/x.conf",
                 f"w {DEVICE}/sriov_numvfs - - - - 4\n")):
            self.run_it("doctor")
            tree.put(path, text)
            self.finds("claimed")
            os.remove(tree.path(path))


class Table(Case):
    """explain says of each row what the kernel says"""

    def test_every_row(self):
        self.machine(feature="absent")
        tool = os.path.join(os.path.dirname(GOLDEN), "../../sriov-quirks")
        rows = subprocess.run(["make", "-s", "--no-print-directory", "-C",
                               tool, "quirks-tsv"], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.splitlines()
        self.assertGreater(len(rows), 500)
        for row in rows:
            (vendor, device, subvendor, subdevice, cls, _mask, verdict,
             hazards, driver) = row.split("\t")
            ident = ":".join(any_ if part == "*" else part for part, any_ in (
                (vendor, "abcd"), (device, "1234"), (subvendor, "5678"),
                (subdevice, "9abc")))
            done = subprocess.run(
                [os.path.join(os.path.dirname(PROGRAM), "sriovadm"),
                 "--json", "explain", ident, "--class",
                 "ff0000" if cls == "*" else cls], text=True, check=True,
                stdout=subprocess.PIPE,
                env=dict(os.environ, SRIOVADM_ROOT=self.tree.root))
            policy = json.loads(done.stdout)["pfs"][0]["policy"]
            self.assertEqual([policy["verdict"], policy["reason"]],
                             [verdict, f"{hazards} {driver}"], ident)
        print(f"explain: verdict and reason of {len(rows)} rows are the "
              "table's")


if __name__ == "__main__":
    unittest.main()
