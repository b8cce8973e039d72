# SPDX-License-Identifier: GPL-2.0
"""How long does a list of 1,000 PFs and 4,096 VFs take, and how much memory?"""
import os
import subprocess
import sys
import tempfile

from tree import Tree

PFS, VFS = 1000, 4096


def make(tree):
    """As sysfs has them, with all that is read of a VF"""
    left = VFS
    for i in range(PFS):
        domain, bus = divmod(i, 250)
        address = f"{domain:04x}:{bus + 1:02x}:00.0"
        tree.pf(address, "8086:10fb", total=64, policy="refuse",
                reason="mailbox,resources ixgbe", name=f"eth{i}")
        count = min(5 if i < VFS % PFS else 4, left)
        left -= count
        real = f"sys/devices/pci0000:00/{address}"
        tree.put(f"{real}/sriov_numvfs", f"{count}\n")
        for j in range(count):
            vf = f"{domain:04x}:{bus + 1:02x}:10.{j}"
            folder = f"sys/devices/pci0000:00/{vf}"
            tree.put(f"{folder}/driver_override", "vfio-pci\n")
            tree.put(f"{folder}/modalias", "pci:\n")
            os.symlink(f"../{address}", tree.path(f"{folder}/physfn"))
            os.symlink("../../../bus/pci/drivers/vfio-pci",
                       tree.path(f"{folder}/driver"))
            os.symlink(f"../../../kernel/iommu_groups/{i * 8 + j}",
                       tree.path(f"{folder}/iommu_group"))
            os.symlink(f"../{vf}", tree.path(f"{real}/virtfn{j}"))
            os.symlink(f"../../../devices/pci0000:00/{vf}",
                       tree.path(f"sys/bus/pci/devices/{vf}"))


def measure(program, root, *args):
    """The best of five: CPU and wall time in ms, peak memory in MiB"""
    # Not getrusage(): to that, this interpreter is a part of what it starts
    runs = []
    for _ in range(5):
        done = subprocess.run(["/usr/bin/time", "-f", "%U %S %e %M", program,
                               *args], check=True, text=True,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE,
                              env=dict(os.environ, SRIOVADM_ROOT=root))
        user, system, wall, memory = map(float, done.stderr.split())
        runs.append((1000 * (user + system), 1000 * wall, memory / 1024))
    return min(runs)


def main():
    """Print a line for each kind of list"""
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(folder + "/root")
        make(tree)
        for args in (["list"], ["list", "--vfs"], ["list", "--json"]):
            cpu, wall, memory = measure(program, tree.root, *args)
            print(f"sriovadm {' '.join(args)}: {PFS} PFs, {VFS} VFs: "
                  f"{cpu:.0f} ms of CPU, {wall:.0f} ms, {memory:.1f} MiB")


main()
