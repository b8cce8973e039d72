# SPDX-License-Identifier: GPL-2.0
"""Make the files of a machine with PFs, as sriovadm reads them."""
import os
import shutil
import subprocess

RELEASE = "6.12.1-test"
NATIVE = {"8086:10fb": "ixgbe", "144d:a824": "nvme", "1234:0001": "native"}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Tree:
    """A root directory.  feature: "builtin", "module" or "absent"."""

    def __init__(self, root, feature="builtin", modules=(),
                 drivers=("pci-stub", "vfio-pci")):
        self.root = root
        self.feature = feature
        shutil.rmtree(root, ignore_errors=True)
        for folder in ("run", "etc", "dev", "sys/bus/pci/devices",
                       "sys/devices/pci0000:00", "sys/class/net",
                       "sys/class/nvme", "sys/class/block"):
            os.makedirs(f"{root}/{folder}")
        self.put("sys/kernel/iommu_groups/1/type", "DMA\n")
        self.put("proc/sys/kernel/osrelease", RELEASE + "\n")
        self.put("proc/cmdline", "root=/dev/sda1 quiet\n")
        self.put("proc/swaps", "Filename Type Size Used Priority\n")
        self.put("proc/self/mountinfo",
                 "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
        self.put("proc/self/status",
                 "Name:\tsriovadm\nCapEff:\t000001ffffffffff\n")
        self.put("sys/bus/pci/drivers_probe", "")
        for driver in drivers:
            self.driver(driver)
        if feature != "absent":
            for name, value in (("scope", "stub"), ("unlisted", "allow"),
                                ("override", "")):
                self.put("sys/module/sriov_unmanaged/parameters/" + name,
                         value + "\n")
        if feature == "module":
            self.put("sys/module/sriov_unmanaged/initstate", "live\n")
        self.put(f"lib/modules/{RELEASE}/modules.builtin",
                 "".join(f"kernel/{name}.ko\n" for name in modules))
        for name in ("order", "builtin.modinfo"):
            self.put(f"lib/modules/{RELEASE}/modules.{name}", "")
        subprocess.run(["depmod", "-b", root, RELEASE], check=True,
                       stderr=subprocess.DEVNULL)

    def path(self, path):
        return f"{self.root}/{path}"

    def put(self, path, text):
        write(self.path(path), text)

    def get(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read().strip()

    def driver(self, name):
        """A registered one, of a module that was loaded"""
        self.put(f"sys/bus/pci/drivers/{name}/module/initstate", "live\n")

    def pf(self, address, ident, *, cls="020000", driver=None, total=8,
           policy="allow", reason="unlisted", subsystem="0000:0000",
           serial=None, name=None, group=None):
        """A PF without VFs; its native driver is registered"""
        native = driver or NATIVE.get(ident, "native")
        real = f"sys/devices/pci0000:00/{address}"
        bus = f"sys/bus/pci/devices/{address}"
        os.makedirs(self.path(real))
        vendor, device = ident.upper().split(":")
        subvendor, subdevice = subsystem.upper().split(":")
        self.put(f"{real}/modalias",
                 f"pci:v0000{vendor}d0000{device}sv0000{subvendor}"
                 f"sd0000{subdevice}bc{cls[:2]}sc{cls[2:4]}i{cls[4:]}\n")
        files = {"driver_override": "(null)", "sriov_numvfs": 0,
                 "sriov_totalvfs": total, "sriov_offset": 16,
                 "sriov_stride": 1, "sriov_drivers_autoprobe": 1,
                 ".native": native}
        if serial:
            files["serial_number"] = serial
        if self.feature != "absent":
            files.update(sriov_unmanaged_autoprobe=0,
                         sriov_unmanaged_policy=policy,
                         sriov_unmanaged_reason=reason)
        for file, value in files.items():
            self.put(f"{real}/{file}", f"{value}\n")
        # Simulated devices have no config space
        os.symlink("/dev/null", self.path(f"{real}/config"))
        if group is not None:
            os.symlink(f"../../../kernel/iommu_groups/{group}",
                       self.path(f"{real}/iommu_group"))
        self.driver(native)
        os.symlink(f"../../../bus/pci/drivers/{native}",
                   self.path(f"{real}/driver"))
        if name:
            kind = "nvme" if name.startswith("nvme") else "net"
            os.makedirs(self.path(f"{real}/{kind}/{name}"))
            os.symlink(f"../../devices/pci0000:00/{address}/{kind}/{name}",
                       self.path(f"sys/class/{kind}/{name}"))
        # Last: a program may be waiting for it
        os.symlink(f"../../../devices/pci0000:00/{address}", self.path(bus))
        return bus

    def disk(self, name, below, number, *, holders=(), hidden=0):
        """A block device below a directory of sysfs/devices"""
        real = f"sys/devices/{below}/block/{name}"
        if below.startswith("virtual/nvme-subsystem"):
            real = f"sys/devices/{below}/{name}"
        self.put(f"{real}/dev", number + "\n")
        self.put(f"{real}/hidden", f"{hidden}\n")
        for holder in holders:
            os.makedirs(self.path(f"{real}/holders/{holder}"))
        os.symlink("../../" + real[4:], self.path(f"sys/class/block/{name}"))
        if not hidden:
            self.put("dev/" + name, "")
        return real

    def partition(self, disk, name, number):
        self.put(f"{disk}/{name}/dev", number + "\n")
        self.put(f"{disk}/{name}/partition", "1\n")
        os.symlink(f"../../{disk[4:]}/{name}",
                   self.path(f"sys/class/block/{name}"))
        self.put("dev/" + name, "")

    def process(self, pid, comm, files):
        """One that has files open"""
        self.put(f"proc/{pid}/comm", comm + "\n")
        os.makedirs(self.path(f"proc/{pid}/fd"))
        for i, file in enumerate(files):
            os.symlink(file, self.path(f"proc/{pid}/fd/{i}"))

    def state(self):
        """All that a command may change: files, and links"""
        found = {}
        for folder, folders, files in os.walk(self.root):
            if folder == self.path("lib"):
                folders.clear()
            for name in files + folders:
                path = os.path.join(folder, name)
                short = os.path.relpath(path, self.root)
                if short in ("run/sriovadm.lock", "fake-count"):
                    continue
                if os.path.islink(path):
                    found[short] = os.readlink(path)
                elif os.path.isfile(path):
                    with open(path, encoding="utf-8") as file:
                        found[short] = file.read()
        return found
