# SPDX-License-Identifier: GPL-2.0
"""The read path on devices in umockdev's form, which umockdev lays out as sysfs."""
import json
import os
import subprocess
import unittest

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                        "recorded")


class Recorded(unittest.TestCase):
    """As an administrator sees them"""

    def run_it(self, *args):
        script = 'SRIOVADM_ROOT="$UMOCKDEV_DIR" exec "$@"'
        env = dict(os.environ, LD_PRELOAD="")
        # The sanitizers want to be loaded first, and umockdev's library, too
        program = os.path.join(os.path.dirname(os.environ["SRIOVADM"]),
                               "sriovadm")
        return subprocess.run(
            ["umockdev-run", "-d", f"{RECORDED}/nvme.umockdev", "--", "sh",
             "-c", script, "sh", program, *args],
            env=env, check=True, text=True, stdout=subprocess.PIPE).stdout

    def test_nvme(self):
        found = json.loads(self.run_it("--json"))["pfs"]
        self.assertEqual(len(found), 1)
        pf = found[0]
        wanted = {"address": "0000:01:00.0", "id": "1b36:0010",
                  "subsystem": "1af4:1100", "class": "010802",
                  "name": "nvme0", "driver": "nvme", "driver_override": None,
                  "numvfs": 1, "totalvfs": 7, "iommu_group": 7,
                  "autoprobe": None}
        self.assertEqual({key: pf[key] for key in wanted}, wanted)
        self.assertEqual(pf["policy"], {
            "verdict": "allow", "source": "table", "reason": "none nvme",
            "decided_by": "hwdb"})
        self.assertEqual(
            [(vf["index"], vf["address"], vf["driver"], vf["iommu_group"])
             for vf in pf["vfs"]], [(0, "0000:01:00.1", None, 8)])

    def test_its_name(self):
        self.assertIn("0000:01:00.0", self.run_it("explain", "nvme0"))


if __name__ == "__main__":
    unittest.main()
