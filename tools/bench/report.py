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
# A walk over all siblings, with pwrctl, makes disable quadratic in these; mainline has
# none any more
WALK = {"6.12"}
# So many PFs at a time, of so many VFs each
PFS = 16
PFS_VFS = 4
# Where each patch shows: the case, its VFs, the step, and the kernels
PATCHES = (("pwrctl's walk over all siblings", "plain", 4096, "disable", WALK),
           ("BARs behind those of the VF before", "gain", 4096, "enable", None),
           ("the VF to remove, on its bus first", "beside", 4096, "disable", None),
           ("aliases, on the device's bus only", "iommu-nvme-beside-4096", 127,
            "enable", None))
# README.md's rows, by the names that figures() has for them
ROWS = {
    "drivers": "pci-stub to pci-pf-stub, any count, enable and disable, counted: at most",
    "growth": "growth from 256 to 16384 VFs, exponent: at most, of enable and disable, "
              "without and with a BAR",
    **{f"{what} {step}": f"stock to patched, {vfs} VFs with a BAR, {step}"
       for what, vfs in (("gain", 4096), ("most", 16384)) for step in FLOOR},
    "beside": "stock to patched, disable of 4096 VFs beside 4096 of another PF",
    "vfio": "vfio-pci to pci-pf-stub, 4096 VFs with a BAR, enable, with its own probing "
            "of VFs",
    **{f"together {step}": f"{PFS} PFs at a time, {PFS_VFS} VFs each, to one with "
                           f"{PFS * PFS_VFS}, {step}" for step in FLOOR},
    "verdict": "a verdict for a miss with 256 overrides to `pci_match_id()` over as many "
               "entries",
}
README = ("<!-- Written by make bench-readme -->\n", "\n<!-- To here -->")
PLOT = pathlib.Path(__file__).with_name("bench.gp")

TIME = re.compile(r"^time (\S+) (\S+) (\d+) \d+ (\S+) (\S+)$", re.M)
VERDICT = re.compile(r"(verdict, (?:hit|miss|wildcard): \d+ ns)")
OVERRIDES = re.compile(r"(verdict, miss with \d+ overrides: (\d+) ns; "
                       r"pci_match_id\(\) over \d+ entries: (\d+) ns)")
INIT = re.compile(r"^\[ *([0-9.]+)\] Run /init", re.M)
PROFILE = re.compile(r"^profile begin (\S+) (\w+) (\d+) (\S+)\n(.*?)^profile end$",
                     re.M | re.S)


def read(path):
    return path.read_text(errors="replace").replace("\r", "") if path.exists() else ""


def quotient(a, b):
    return a / b if a and b else None


class Bench:
    """All that was measured.

    A key is the kernel; "stock" or "patched" by the host's clock, or "counted"
    (patched, by instructions); the case, the driver, the VFs and the step.
    """

    def __init__(self, build, kernels, subset):
        self.build = build
        self.subset = subset
        self.kernels = kernels
        self.failed = 0
        self.samples = collections.defaultdict(list)
        self.errors = []
        for path in sorted((build / "run").glob("*.report")):
            name, kind, kernel = path.stem.split("-", 2)
            if kernel in kernels:
                self.add(read(path), path.stem, name,
                         "counted" if name == "counted" else kind, kernel)

    def add(self, text, stem, name, kind, kernel):
        """What one VM reported."""
        under = "iommu-" if name == "iommu" else ""
        for what, driver, vfs, *times in TIME.findall(text):
            # "bar", alone on the machine
            what = "gain" if name.startswith("gain") else under + what
            for step, time in zip(FLOOR, times):
                self.samples[kernel, kind, what, driver, int(vfs), step].append(float(time))
        self.errors += [f"{stem}: {line}" for line in re.findall("^error.*", text, re.M)]
        if "# end of run" not in text:
            self.errors.append(f"{stem}: did not finish")
        for what, step, vfs, driver, table in PROFILE.findall(text):
            what = under + what
            file = f"profile-{kernel}-{kind}-{what}-{driver}-{vfs}-{step}.txt"
            (self.build / file).write_text(
                f"# {what}, {step} {vfs} VFs, {driver}, {kind} {kernel}: "
                f"time in each function alone\n{table}")

    # --- Figures, or None

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

    def gain(self, what, kernel, vfs, step):
        return quotient(*self.beside(what, kernel, vfs, step))

    def exponent(self, kernel, kind, what, step, first=256, last=16384):
        driver = BASE if kind == "stock" else OURS
        growth = quotient(*(self.work(kernel, kind, what, driver, vfs, step)
                            for vfs in (last, first)))
        return growth and math.log(growth) / math.log(last / first)

    def ratio(self, kernel, kind, what, vfs, step, driver=OURS):
        return quotient(*(self.median(kernel, kind, what, name, vfs, step)
                          for name in (driver, BASE)))

    def counted(self, kernel):
        """Case and VFs of what was."""
        return sorted({(k[2], k[4]) for k in self.samples if k[:2] == (kernel, "counted")})

    def together(self, kernel, kind, driver, step, vfs=PFS * PFS_VFS):
        """All PFs to one that has so many VFs, with the sleeps: those may be at the same
        time, the work of adding VFs takes its time on one CPU."""
        return quotient(self.median(kernel, kind, f"pfs-{PFS}", driver, PFS_VFS, step),
                        self.median(kernel, kind, "pfs-1", driver, vfs, step))

    def console(self, kernel):
        return read(self.build / f"run/main-patched-{kernel}.console")

    # --- The report

    def tsv(self, name, rows):
        with open(self.build / name, "w") as file:
            for row in rows:
                print(*row, sep="\t", file=file)

    def table(self):
        rows = ["kernel patches case driver VFs n enable_ms per_floor "
                "per_pf_stub disable_ms per_floor per_pf_stub".split()]
        for case in sorted({key[:-1] for key in self.samples}, key=lambda k: (
                self.kernels.index(k[0]), k[1], k[2], k[4], k[3])):
            kernel, kind, what, driver, vfs = case
            row = [*case, len(self.samples[(*case, "enable")])]
            for step, floor in FLOOR.items():
                time = self.median(*case, step)
                base = self.ratio(kernel, kind, what, vfs, step, driver)
                row += [f"{time * 1e3:.1f}", f"{time / floor:.2f}",
                        f"{base:.3f}" if base else "-"]
            rows.append([str(field) for field in row])
        self.tsv("bench.tsv", rows)
        self.tsv("samples.tsv", ((*key, f"{time:.6f}") for key, times in
                                 sorted(self.samples.items()) for time in times))
        widths = [max(map(len, column)) for column in zip(*rows)]
        for row in rows:
            print("  ".join(field.rjust(width)
                            for field, width in zip(row, widths)))

    def figures(self, kernel):
        """Row of README.md or None, what it is, the value, what it is to be at most, or
        at least, if anything."""
        if self.subset != "parallel":
            yield from self.alone(kernel)
        for step in FLOOR:
            stock = self.together(kernel, "stock", BASE, step)
            for driver in BASE, OURS:
                note = f", stock {stock:.1f}; patched" if stock and driver == BASE else ""
                yield (f"together {step}" if driver == OURS else None,
                       f"{PFS} PFs at a time, {step} {PFS_VFS} VFs each, to one with "
                       f"{PFS * PFS_VFS}: {driver}{note}",
                       self.together(kernel, "patched", driver, step), 1.3, False)

    def alone(self, kernel):
        """Those of one PF at a time."""
        # The difference is smaller than the noise of a clock: counted
        for what, vfs in self.counted(kernel):
            for step in FLOOR:
                clock = self.ratio(kernel, "patched", what, vfs, step)
                note = f" (by the clock {clock:.3f})" if clock else ""
                yield ("drivers", f"{what} {vfs} VFs, {step}: {OURS} to {BASE}{note}",
                       self.ratio(kernel, "counted", what, vfs, step), 1.03, False)
        for what in "plain", "bar":
            for step in FLOOR:
                others = {kind: self.exponent(kernel, kind, what, step)
                          for kind in ("stock", "counted")}
                others["patched from 4096 on"] = self.exponent(
                    kernel, "patched", what, step, 4096)
                note = "".join(f", {name} {value:.2f}"
                               for name, value in others.items() if value)
                yield ("growth", f"{what}, {step}: growth from 256 to 16384 VFs{note}; "
                       "patched", self.exponent(kernel, "patched", what, step), 1.15,
                       False)
        for step, limit in ("enable", 1.5), ("disable", 3 if kernel in WALK else None):
            yield (f"gain {step}", f"bar 4096 VFs, {step}: stock to patched, {BASE}",
                   self.gain("gain", kernel, 4096, step), limit, True)
            yield (f"most {step}", "", self.gain("bar", kernel, 16384, step), None, True)
        yield ("beside", "", self.gain("beside", kernel, 4096, "disable"), None, True)
        yield ("vfio", "", self.ratio(kernel, "patched", "bar", 4096, "enable",
                                      "vfio-pci"), None, False)
        match = OVERRIDES.search(self.console(kernel))
        yield ("verdict", "verdict to pci_match_id()",
               match and quotient(int(match[2]), int(match[3])), 2, False)

    def check(self, what, value, limit, at_least):
        good = value is not None and (value >= limit if at_least else value <= limit)
        verdict = "PASS" if good else "FAIL"
        if value is None and self.subset:
            verdict = "----"
        self.failed += verdict == "FAIL"
        print(f"{verdict}  {what}: "
              f"{'not measured' if value is None else f'{value:.3f}'} "
              f"(at {'least' if at_least else 'most'} {limit})")

    def notes(self, kernel):
        """What else is worth a line."""
        for kind in "stock", "patched":
            for step in FLOOR:
                value = self.together(kernel, kind, BASE, step, PFS_VFS)
                if value:
                    yield f"{kind}: {PFS} PFs to one with {PFS_VFS} VFs, {step}: {value:.1f}"
        if self.subset == "parallel":
            return
        # Before and after, for the message of each patch
        for patch, what, vfs, step, kernels in PATCHES:
            stock, patched = self.beside(what, kernel, vfs, step)
            if stock and patched and kernel in (kernels or self.kernels):
                yield (f"{patch}: {what} {vfs} VFs, {step}: {stock:.3f} s stock, "
                       f"{patched:.3f} s patched, {stock / patched:.1f} times (without the "
                       "sleep)")
        yield from VERDICT.findall(self.console(kernel))
        for said, *_ in OVERRIDES.findall(self.console(kernel))[:1]:
            yield said
        for kind in "stock", "patched":
            times = [float(time) for path in
                     self.build.glob(f"run/boot*-{kind}-{kernel}.console")
                     for time in INIT.findall(read(path))[:1]]
            if times:
                yield (f"{kind}: init runs after {statistics.median(times):.3f} s (median of "
                       f"{len(times)} boots, {min(times):.3f} to {max(times):.3f})")
        objects = self.build / f"patched/kernel-{kernel}/drivers/pci"
        total, symbols = (subprocess.check_output(command, text=True) for command in (
            ["size", "-t", *(objects / f"sriov-{name}.o" for name in (
                "policy", "override", "quirks", "param", "unmanaged"))],
            ["nm", "-S", objects / "sriov-quirks.o"]))
        text, data, bss = total.splitlines()[-1].split()[:3]
        table = sum(int(size, 16) for size in re.findall(
            r"^\w+ (\w+) \w sriov_(?:quirks|families)$", symbols, re.M))
        yield (f"the feature: {text} bytes of text, {data} of data, {bss} of bss; of them "
               f"the table {table}")

    def plot(self):
        lacking = False
        for kernel in self.kernels:
            for kind, driver in ("stock", BASE), ("patched", OURS):
                for step in FLOOR:
                    points = sorted((k[4], self.work(*k)) for k in self.samples
                                    if k[:4] == (kernel, kind, "bar", driver)
                                    and k[5] == step and k[4] > 1)
                    (self.build / f"plot-{kernel}-{kind}-{step}.dat").write_text(
                        "".join(f"{vfs} {time}\n" for vfs, time in points))
                    lacking = lacking or not points
        if lacking:
            print("\nbench.svg: not drawn, a subset has too few points")
            return
        subprocess.run(["gnuplot", "-e", f"kernels='{' '.join(self.kernels)}'",
                        PLOT.resolve()], cwd=self.build, check=True)

    def readme(self):
        """Write the figures that were measured into README.md, where others stay."""
        path = pathlib.Path(__file__).with_name("README.md")
        text = path.read_text()
        begin, end = text.index(README[0]) + len(README[0]), text.index(README[1])
        table = [[cell.strip() for cell in line.strip("|").split("|")]
                 for line in text[begin:end].strip().split("\n")]
        known = {(row[0], kernel): cell for row in table
                 for kernel, cell in zip(table[0][1:], row[1:])}
        for kernel in self.kernels:
            figures = list(self.figures(kernel))
            for row, title in ROWS.items():
                value = max((f[2] for f in figures if f[0] == row and f[2]), default=None)
                if value is not None:
                    known[title, kernel] = f"{value:.3g}"
        rows = [["", *self.kernels], ["---"] * (len(self.kernels) + 1)]
        rows += [[title, *(known.get((title, kernel), "not measured")
                           for kernel in self.kernels)] for title in ROWS.values()]
        table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        path.write_text(f"{text[:begin]}\n{table}{text[end:]}")

    def report(self):
        self.table()
        for kernel in self.kernels:
            print()
            for _, what, value, limit, at_least in self.figures(kernel):
                if limit:
                    self.check(f"{kernel} {what}", value, limit, at_least)
            for note in self.notes(kernel):
                print(f"      {kernel} {note}")
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
