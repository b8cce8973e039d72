#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the VMs of bench.sh measured: a table, a plot, and the figures to reach.

report.py <build/bench> <kernel...>	(BENCH=quick or parallel: of a subset)
report.py --readme <build/bench> <kernel...>

Writes samples.tsv (every measurement), bench.tsv (medians), bench.svg and
profile-*.txt; with --readme, the table of figures in README.md instead.  The exit
status is 1 if a figure is not reached.
"""

import collections
import math
import os
import pathlib
import re
import statistics
import subprocess
import sys

# PCIe r6.0, sec 9.3.3.3: the sleeps of the PCI core, in seconds
FLOOR = {"enable": 0.1, "disable": 1.0}
BASE = "pci-pf-stub"
OURS = "pci-stub"
# The kernels that a figure is about, None for all: a walk over all siblings, with
# pwrctl, makes disable quadratic here; mainline has none any more
WALK = {"6.12"}
# 4096 VFs with a BAR, stock to patched: the step, at least, and the kernels
GAINS = (("enable", 1.5, None),
         ("disable", 3, WALK))
# As many PFs at a time, of so many VFs each, to one of them: the step, at most
PFS = 16
PFS_VFS = 4
PARALLEL = (("enable", 1.3), ("disable", 1.3))
# Where each patch shows: the case, its VFs, the step, and the kernels
PATCHES = (("pwrctl's walk over all siblings", "plain", 4096, "disable", WALK),
           ("BARs behind those of the VF before", "gain", 4096, "enable", None),
           ("the VF to remove, on its bus first", "beside", 4096, "disable", None),
           ("aliases, on the device's bus only", "iommu-nvme-beside-4096", 127,
            "enable", None))
# README.md: what a row is called, and what it is for figure()
FIGURES = (
    ("pci-stub to pci-pf-stub, any count, enable and disable, counted: at most",
     "drivers"),
    ("growth from 256 to 16384 VFs, exponent: at most, of enable and disable, "
     "without and with a BAR", "growth"),
    ("stock to patched, 4096 VFs with a BAR, enable", ("gain", 4096, "enable")),
    ("stock to patched, 4096 VFs with a BAR, disable", ("gain", 4096, "disable")),
    ("stock to patched, 16384 VFs with a BAR, enable", ("bar", 16384, "enable")),
    ("stock to patched, 16384 VFs with a BAR, disable", ("bar", 16384, "disable")),
    ("stock to patched, disable of 4096 VFs beside 4096 of another PF",
     ("beside", 4096, "disable")),
    ("vfio-pci to pci-pf-stub, 4096 VFs with a BAR, enable, with its own probing "
     "of VFs", "vfio"),
    ("16 PFs at a time to one, enable", ("together", "enable")),
    ("16 PFs at a time to one, disable", ("together", "disable")),
    ("a verdict for a miss with 256 overrides to `pci_match_id()` over as many "
     "entries", "verdict"),
)
README = ("<!-- Written by make bench-readme -->\n", "\n<!-- To here -->")
PLOT = pathlib.Path(__file__).with_name("bench.gp")

TIME = re.compile(r"^time (\S+) (\S+) (\d+) \d+ (\S+) (\S+)$")
VERDICT = re.compile(r"verdict, (hit|miss|wildcard): (\d+) ns")
OVERRIDES = re.compile(r"verdict, miss with (\d+) overrides: (\d+) ns; "
                       r"pci_match_id\(\) over (\d+) entries: (\d+) ns")
INIT = re.compile(r"^\[ *([0-9.]+)\] Run /init", re.M)


def read(path):
    return path.read_text(errors="replace").replace("\r", "")


class Bench:
    """All that was measured.

    A key is the kernel; "stock" or "patched" by the host's clock, or "counted"
    (patched, by instructions); the case, the driver, the VFs and the step.
    """

    def __init__(self, build, kernels, subset):
        self.build = build
        self.subset = subset
        self.whole = not subset
        self.kernels = kernels
        self.failed = 0
        self.samples = collections.defaultdict(list)
        self.errors = []
        for path in sorted((build / "run").glob("*.report")):
            name, kind, kernel = path.stem.split("-", 2)
            if kernel not in kernels:
                continue
            if name == "counted":
                kind = name
            text = read(path)
            under = "iommu-" if name == "iommu" else ""
            for line in text.splitlines():
                match = TIME.match(line)
                if match:
                    what, driver, vfs, *times = match.groups()
                    what = under + what
                    if name.startswith("gain"):
                        what = "gain"    # "bar", alone on the machine
                    for step, time in zip(FLOOR, times):
                        self.samples[kernel, kind, what, driver, int(vfs),
                                     step].append(float(time))
                elif line.startswith("error"):
                    self.errors.append(f"{path.stem}: {line}")
            if "# end of run" not in text:
                self.errors.append(f"{path.stem}: did not finish")
            for match in re.finditer(r"^profile begin (\S+) (\w+) (\d+) (\S+)"
                                     r"\n(.*?)^profile end$", text, re.M | re.S):
                what, step, vfs, driver, table = match.groups()
                what = under + what
                file = f"profile-{kernel}-{kind}-{what}-{driver}-{vfs}-{step}"
                (build / f"{file}.txt").write_text(
                    f"# {what}, {step} {vfs} VFs, {driver}, {kind} {kernel}: "
                    f"time in each function alone\n{table}")

    def median(self, *key):
        times = self.samples.get(key)
        return statistics.median(times) if times else None

    def work(self, *key):
        """Without the sleep that the specification asks for."""
        time = self.median(*key)
        return max(time - FLOOR[key[-1]], 1e-4) if time else None

    def beside(self, what, kernel, vfs, step):
        """The work of a stock and of a patched kernel, under one driver."""
        return [self.work(kernel, kind, what, BASE, vfs, step)
                for kind in ("stock", "patched")]

    def exponent(self, kernel, kind, what, driver, step, first, last):
        a = self.work(kernel, kind, what, driver, first, step)
        b = self.work(kernel, kind, what, driver, last, step)
        return math.log(b / a) / math.log(last / first) if a and b else None

    def cases(self):
        """All but the step of a key, in the order of the table."""
        return sorted({key[:-1] for key in self.samples},
                      key=lambda k: (self.kernels.index(k[0]), k[1], k[2],
                                     k[4], k[3]))

    def table(self):
        head = ("kernel patches case driver VFs n enable_ms per_floor "
                "per_pf_stub disable_ms per_floor per_pf_stub").split()
        rows = []
        for case in self.cases():
            kernel, kind, what, driver, vfs = case
            row = [*case, len(self.samples[(*case, "enable")])]
            for step, floor in FLOOR.items():
                time = self.median(*case, step)
                base = self.median(kernel, kind, what, BASE, vfs, step)
                row += [f"{time * 1e3:.1f}", f"{time / floor:.2f}",
                        f"{time / base:.3f}" if base else "-"]
            rows.append([str(field) for field in row])
        with open(self.build / "bench.tsv", "w") as tsv:
            for row in [head, *rows]:
                print(*row, sep="\t", file=tsv)
        widths = [max(map(len, column)) for column in zip(head, *rows)]
        for row in [head, *rows]:
            print("  ".join(field.rjust(width)
                            for field, width in zip(row, widths)))
        with open(self.build / "samples.tsv", "w") as tsv:
            for key, times in sorted(self.samples.items()):
                for time in times:
                    print(*key, f"{time:.6f}", sep="\t", file=tsv)

    def check(self, what, value, limit, at_least=False):
        if value is None:
            verdict = "FAIL" if self.whole else "----"
            value = "not measured"
            self.failed += self.whole
        else:
            good = value >= limit if at_least else value <= limit
            verdict = "PASS" if good else "FAIL"
            value = f"{value:.3f}"
            self.failed += not good
        print(f"{verdict}  {what}: {value} (at {'least' if at_least else 'most'}"
              f" {limit})")

    def ratio(self, kernel, kind, what, vfs, step):
        ours = self.median(kernel, kind, what, OURS, vfs, step)
        base = self.median(kernel, kind, what, BASE, vfs, step)
        return ours / base if ours and base else None

    def drivers(self, kernel):
        """The difference is smaller than the noise of a clock: counted."""
        for what, vfs in sorted({(k[2], k[4]) for k in self.samples
                                 if k[:2] == (kernel, "counted")}):
            for step in FLOOR:
                clock = self.ratio(kernel, "patched", what, vfs, step)
                note = f" (by the clock {clock:.3f})" if clock else ""
                self.check(f"{kernel} {what} {vfs} VFs, {step}: {OURS} to "
                           f"{BASE}{note}",
                           self.ratio(kernel, "counted", what, vfs, step), 1.03)

    def growth(self, kernel):
        for what in "plain", "bar":
            for step in FLOOR:
                stock = self.exponent(kernel, "stock", what, BASE, step,
                                      256, 16384)
                last = self.exponent(kernel, "patched", what, OURS, step,
                                     4096, 16384)
                counted = self.exponent(kernel, "counted", what, OURS, step,
                                        256, 16384)
                note = "".join(f", {name} {value:.2f}" for name, value in
                               (("stock", stock), ("counted", counted),
                                ("patched from 4096 on", last)) if value)
                self.check(f"{kernel} {what}, {step}: growth from 256 to 16384 "
                           f"VFs{note}; patched",
                           self.exponent(kernel, "patched", what, OURS, step,
                                         256, 16384), 1.15)

    def gain(self, kernel):
        for step, limit, kernels in GAINS:
            if kernels and kernel not in kernels:
                continue
            stock, patched = self.beside("gain", kernel, 4096, step)
            self.check(f"{kernel} bar 4096 VFs, {step}: stock to patched, "
                       f"{BASE}", stock / patched if stock and patched else
                       None, limit, at_least=True)

    def together(self, kernel, kind, driver, step):
        """All PFs to one, with the sleeps: those may be at the same time."""
        one, most = (self.median(kernel, kind, f"pfs-{pfs}", driver, PFS_VFS,
                                 step) for pfs in (1, PFS))
        return most / one if one and most else None

    def parallel(self, kernel):
        for step, limit in PARALLEL:
            stock = self.together(kernel, "stock", BASE, step)
            note = f", stock {stock:.1f}; patched" if stock else ""
            for driver in BASE, OURS:
                self.check(f"{kernel} {PFS} PFs at a time to one, {step} "
                           f"{PFS_VFS} VFs each: {driver}{note}",
                           self.together(kernel, "patched", driver, step),
                           limit)
                note = ""

    def patches(self, kernel):
        """Before and after, for the message of each patch."""
        for patch, what, vfs, step, kernels in PATCHES:
            if kernels and kernel not in kernels:
                continue
            stock, patched = self.beside(what, kernel, vfs, step)
            if stock and patched:
                print(f"      {kernel} {patch}: {what} {vfs} VFs, {step}: "
                      f"{stock:.3f} s stock, {patched:.3f} s patched, "
                      f"{stock / patched:.1f} times (without the sleep)")

    def verdict(self, kernel):
        path = self.build / f"run/main-patched-{kernel}.console"
        text = read(path) if path.exists() else ""
        for name, ns in VERDICT.findall(text):
            print(f"      {kernel} verdict, {name}: {ns} ns")
        match = OVERRIDES.search(text)
        ratio = None
        if match:
            count, verdict, entries, walk = map(int, match.groups())
            print(f"      {kernel} verdict, miss with {count} overrides: "
                  f"{verdict} ns; pci_match_id() over {entries} entries: "
                  f"{walk} ns")
            ratio = verdict / walk
        self.check(f"{kernel} verdict to pci_match_id()", ratio, 2)

    def boot(self, kernel):
        for kind in "stock", "patched":
            times = [float(match.group(1))
                     for path in self.build.glob(f"run/boot*-{kind}-{kernel}"
                                                 ".console")
                     for match in [INIT.search(read(path))] if match]
            if times:
                print(f"      {kernel} {kind}: init runs after "
                      f"{statistics.median(times):.3f} s (median of "
                      f"{len(times)} boots, {min(times):.3f} to "
                      f"{max(times):.3f})")

    def size(self, kernel):
        objects = self.build / f"patched/kernel-{kernel}/drivers/pci"
        files = [objects / f"sriov-{name}.o" for name in
                 ("policy", "override", "quirks", "param", "unmanaged")]
        out = subprocess.run(["size", "-t", *files], capture_output=True,
                             text=True, check=True).stdout.splitlines()[-1]
        text, data, bss = map(int, out.split()[:3])
        nm = subprocess.run(["nm", "-S", objects / "sriov-quirks.o"],
                            capture_output=True, text=True, check=True).stdout
        table = sum(int(size, 16) for size in
                    re.findall(r"^\w+ (\w+) \w sriov_(?:quirks|families)$",
                               nm, re.M))
        print(f"      {kernel} the feature: {text} bytes of text, {data} of "
              f"data, {bss} of bss; of them the table {table}")

    def plot(self):
        lacking = False
        for kernel in self.kernels:
            for kind, driver in ("stock", BASE), ("patched", OURS):
                for step in FLOOR:
                    name = f"plot-{kernel}-{kind}-{step}.dat"
                    points = [(k[4], self.work(*k)) for k in sorted(
                        self.samples, key=lambda k: k[4])
                        if k[:4] == (kernel, kind, "bar", driver)
                        and k[5] == step and k[4] > 1]
                    with open(self.build / name, "w") as data:
                        for vfs, time in points:
                            print(vfs, time, file=data)
                    lacking = lacking or not points
        if lacking:
            print("\nbench.svg: not drawn, a subset has too few points")
            return
        subprocess.run(["gnuplot", "-e", f"kernels='{' '.join(self.kernels)}'",
                        PLOT.resolve()], cwd=self.build, check=True)

    def figure(self, kernel, what):
        """One of README.md's, or None."""
        def largest(values):
            return max((v for v in values if v), default=None)

        def quotient(a, b):
            return a / b if a and b else None

        if what == "drivers":
            return largest(self.ratio(kernel, "counted", k[2], k[4], step)
                           for k in self.samples if k[:2] == (kernel, "counted")
                           for step in FLOOR)
        if what == "growth":
            return largest(self.exponent(kernel, "patched", case, OURS, step,
                                         256, 16384)
                           for case in ("plain", "bar") for step in FLOOR)
        if what == "vfio":
            return quotient(*(self.median(kernel, "patched", "bar", driver, 4096,
                                          "enable") for driver in ("vfio-pci", BASE)))
        if what == "verdict":
            path = self.build / f"run/main-patched-{kernel}.console"
            match = path.exists() and OVERRIDES.search(read(path))
            return quotient(int(match[2]), int(match[4])) if match else None
        if what[0] == "together":
            return self.together(kernel, "patched", OURS, what[1])
        return quotient(*self.beside(what[0], kernel, *what[1:]))

    def readme(self):
        """Write the figures that were measured into README.md."""
        path = pathlib.Path(__file__).with_name("README.md")
        text = path.read_text()
        rows = [["", *self.kernels], ["---"] * (len(self.kernels) + 1)]
        for title, what in FIGURES:
            values = [self.figure(kernel, what) for kernel in self.kernels]
            rows.append([title, *("not measured" if v is None else f"{v:.3g}"
                                  for v in values)])
        table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        begin, end = text.index(README[0]) + len(README[0]), text.index(README[1])
        path.write_text(f"{text[:begin]}\n{table}{text[end:]}")

    def report(self):
        self.table()
        for kernel in self.kernels:
            print()
            if self.subset == "parallel":
                self.parallel(kernel)
                continue
            for part in (self.drivers, self.growth, self.gain,
                         self.parallel, self.patches, self.verdict, self.boot,
                         self.size):
                part(kernel)
        self.plot()
        print()
        for error in self.errors:
            print(f"FAIL  {error}")
        print(f"bench: {self.failed + len(self.errors)} figures or runs "
              f"failed; all that was measured is in {self.build}")
        return bool(self.failed or self.errors)


if __name__ == "__main__":
    args = sys.argv[1:]
    write = args[0] == "--readme"
    directory, *versions = args[write:]
    bench = Bench(pathlib.Path(directory).resolve(), versions,
                  os.environ.get("BENCH"))
    sys.exit(bench.readme() if write else bench.report())
