#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is the SR-IOV quirk table complete and in step with kernels?

Finds every driver that can enable VFs, and each id that it claims; prints what
neither the table nor decided.tsv decides, and where they contradict each other
or a kernel.  Exit status: 0 nothing, 1 something, 2 the audit cannot tell.
"""

import argparse
import collections
import os
import sys

import modules
import record
import sources

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))


class Audit:
    """@said: {what is wrong: names of the kernels where it is}"""

    def __init__(self, table, rows):
        self._table, self._rows = table, rows
        self._of = collections.defaultdict(list)
        for row in rows:
            self._of[row.module].append(row)
        self._backed, self.said = set(), {}

    def _say(self, what, kernel=None):
        self.said.setdefault(what, []).extend([kernel.name] if kernel else [])

    def contradictions(self):
        """Of the table and the record."""
        verdicts = collections.defaultdict(set)
        for row in self._rows:
            for driver in row.drivers:
                verdicts[driver].add(row.decision)
        for entry in self._table:
            if entry.driver not in verdicts:
                self._say(f'undecided: driver {entry.driver}: in the table, '
                          'but in no row of decided.tsv')
            elif entry.verdict not in verdicts[entry.driver]:
                self._say(f'verdict: {entry.driver}: {entry.verdict} in the '
                          f'table, {"/".join(verdicts[entry.driver])} in '
                          'decided.tsv')

    def kernel(self, kernel):
        """One kernel.  Return: how many ids of PFs it has, and others."""
        count = [0, 0]
        for file, why in kernel.odd.items():
            self._say(f'undecided: {file}: {why}', kernel)
        for module, functions in kernel.functions.items():
            whole = [row for row in self._of[module] if row.whole]
            drivers = set().union(*(row.drivers for row in whole))
            for row in whole:
                row.used = True
                functions = {name: where for name, where in functions.items()
                             if name not in row.functions}
            for name, where in functions.items():
                self._say(f'undecided: {module}: enables VFs by {name} '
                          f'({where}), which decided.tsv does not have',
                          kernel)
            # A library has no devices, or those of others
            if drivers or not whole:
                for id_, where in kernel.ids[module].items():
                    count[not self._claim(kernel, module, drivers, id_,
                                          where)] += 1
                if not kernel.ids[module]:
                    self._say(f'undecided: {module}: enables VFs, but has no '
                              'table of ids', kernel)
        return count

    def _claim(self, kernel, module, drivers, id_, where):
        """An id of a module.  Return: is it a PF's?"""
        what = f'{module} {id_} ({where})'
        row = next((row for row in self._of[module] if row.matches(id_)), None)
        by_class = bool(row and row.decision == 'class')
        if row:
            row.used = True
        entries = [entry for entry in self._table if
                   (entry.id.covers(id_) and not entry.id.wider(id_)
                    if not by_class else entry.id.mask and
                    entry.driver in drivers and entry.id.meets(id_))]
        best = max(entries, key=lambda entry: entry.id.rank(), default=None)
        if row and row.decision in ('vf', 'none'):
            if best:
                self._say(f'contradiction: {what}: "{row.decision}" in '
                          f'{row.where}, but {best.driver} {best.id} in the '
                          'table', kernel)
            return False
        if not best:
            self._say(f'undecided: {what}: neither in the table nor in '
                      'decided.tsv', kernel)
        elif best.driver not in drivers:
            self._say(f'driver: {what}: in the table for {best.driver}, in '
                      f'decided.tsv for {" and ".join(drivers) or "none"}',
                      kernel)
        self._backed.update(entry for entry in self._table
                            if entry.driver in drivers and
                            (id_.covers(entry.id) or
                             by_class and entry in entries))
        return True

    def unbacked(self):
        """What no kernel has, if these are all kernels."""
        for entry in self._table:
            rows = [row for row in self._rows if entry.driver in row.drivers]
            extra = [row for of in rows for row in self._of[of.module]
                     if row.decision == 'extra' and row.matches(entry.id)]
            for row in extra:
                row.used = True
            if (any(row.used for row in rows) and not extra and
                    entry not in self._backed):
                self._say(f'stale: {entry.driver} {entry.id}: no kernel\'s '
                          'driver of that name has it as a PF\'s')
        for row in self._rows:
            if not row.used and (row.functions or not row.whole):
                self._say(f'stale: {row.where}: explains nothing in these '
                          'kernels')


def _audit(args):
    rows = record.read_record(args.decided)
    audit = Audit(record.read_table(
        args.table or 'make quirks-tsv',
        sources.read(args.table) if args.table else
        sources.run('make', '-s', '-C', TOP, 'quirks-tsv').decode()), rows)
    functions = set().union(*(row.functions for row in rows if not row.drivers))
    ignored = [row.module for row in rows if row.is_file]
    audit.contradictions()
    for name in args.kernel_tree + args.modules:
        kernel = (sources.read_source(name, args.work, functions, ignored)
                  if name in args.kernel_tree else
                  modules.read_modules(name, functions))
        pfs, others = audit.kernel(kernel)
        print(f'{kernel.name}: {len(kernel.functions)} modules enable VFs; '
              f'they claim {pfs} ids of PFs, {others} others')
    if args.all:
        audit.unbacked()
    for what, kernels in sorted(audit.said.items()):
        print(what + (f' [{", ".join(kernels)}]' if kernels else ''))
    print(f'audit: {len(audit.said)} to decide or to correct')
    return 1 if audit.said else 0


def main():
    """Run it; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add = parser.add_argument
    add('--kernel-tree', action='append', default=[], metavar='DIR',
        help='source without build products; may be repeated')
    add('--modules', action='append', default=[], metavar='DIR',
        help='modules of a built kernel, as /lib/modules/X; may be repeated')
    add('--all', action='store_true', help='these are all kernels that the table is '
        'for: report what none backs')
    add('--table', help='a file (default: what "make -s quirks-tsv" prints)')
    add('--decided', default=os.path.join(HERE, 'decided.tsv'))
    add('--work', default=os.path.join(TOP, 'build', 'audit'),
        help='for objects (default: build/audit)')
    args = parser.parse_args()
    if not args.kernel_tree + args.modules:
        parser.error('name a kernel with --kernel-tree or --modules')
    try:
        return _audit(args)
    except (record.AuditError, OSError) as error:
        print(f'audit: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
