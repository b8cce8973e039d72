#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Is the SR-IOV quirk table complete and in step with the kernel?

Finds every driver of a kernel that can enable VFs, reads the ids that it
claims as numbers out of compiled objects, and compares them with the table.
Each finding is one line that says what to do.  Exceptions that somebody has
looked at stand in exceptions.tsv, with the reason.

Exit status: 0 no finding, 1 findings, 2 the audit itself failed.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys

import checks
import claimants
import elf
import installed
import kernelbuild
import notpf
import quirktable
import resolve
import store
import tree
import waivers

_HERE = os.path.dirname(os.path.abspath(__file__))
_REPO = os.path.dirname(os.path.dirname(_HERE))
_ERRORS = (tree.TreeError, kernelbuild.BuildError, quirktable.TableError,
           waivers.WaiverError, installed.ModulesError, notpf.RecordError,
           OSError)


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        '--kernel-tree', action='append', metavar='DIR',
        help='a kernel source tree without build products; may be repeated: '
        'an id of\nthe table must be in one of them (default: all of '
        'build/linux-*)')
    source.add_argument(
        '--modules', metavar='DIR',
        help='modules of an installed kernel instead, as /lib/modules/X/'
        'kernel')
    parser.add_argument(
        '--work', metavar='DIR', default=os.path.join(_REPO, 'build', 'audit'),
        help='where to build and to keep results (default: build/audit)')
    parser.add_argument(
        '--quirks-tsv', metavar='FILE',
        help='the table (default: what "make -s quirks-tsv" prints)')
    parser.add_argument(
        '--quirks', metavar='DIR', default=os.path.join(_REPO, 'quirks'),
        help='its X-macro files, to name lines (default: quirks)')
    parser.add_argument(
        '--exceptions', metavar='FILE',
        default=os.path.join(_HERE, 'exceptions.tsv'),
        help='(default: exceptions.tsv beside this program)')
    parser.add_argument(
        '--not-pf', metavar='FILE', default=os.path.join(_HERE, 'not-pf.tsv'),
        help='for --modules: ids in them that are not those of PFs (default: '
        'not-pf.tsv\nbeside this program)')
    parser.add_argument(
        '--record-not-pf', action='store_true',
        help='write that file from the trees instead of an audit')
    parser.add_argument('--jobs', type=int, default=1, metavar='N',
                        help='compilations at a time (default: 1)')
    return parser.parse_args()


def _read_table(args):
    path = args.quirks_tsv
    if path:
        with open(path, encoding='utf-8') as file:
            text = file.read()
    else:
        path = 'make quirks-tsv'
        made = subprocess.run(['make', '-s', '-C', _REPO, 'quirks-tsv'],
                              capture_output=True, text=True, check=False)
        if made.returncode:
            raise quirktable.TableError(
                f'{path} failed; give the table with --quirks-tsv:\n'
                f'{made.stderr.strip()}')
        text = made.stdout
    return quirktable.read(path, text, args.quirks)


def _default_trees():
    folder = os.path.join(_REPO, 'build')
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    trees = [os.path.join(folder, n) for n in names if n.startswith('linux-')
             and os.path.exists(os.path.join(folder, n, 'Kbuild'))]
    if not trees:
        raise tree.TreeError('no kernel tree in build/; name one with '
                             '--kernel-tree')
    return trees


def _kernel_of_tree(root, args):
    """Audit's view of a source tree, from the cache if nothing changed."""
    source = tree.Tree(root)
    name = hashlib.blake2b(source.root.encode(), digest_size=4).hexdigest()
    work = os.path.join(args.work, f'{source}-{name}')
    os.makedirs(work, exist_ok=True)
    source.index(os.path.join(work, 'index.json'))
    cache = store.Store(os.path.join(work, 'resolved.json'),
                        store.key_of(source, _HERE))
    resolver = resolve.Resolver(source, work, args.jobs)
    found = cache.enabling(resolver.enabling)

    def others(ids):
        known = {d.source for d in found.drivers}
        return cache.others(ids, lambda new: claimants.find(
            source, resolver, new, known))

    return checks.Kernel(str(source), source.version, found.drivers,
                         found.problems, others)


def _kernel_of_modules(args):
    drivers, problems = installed.read(args.modules)
    return checks.Kernel(args.modules, (), drivers, problems,
                         not_pf=notpf.read(args.not_pf), complete=False)


def _pf_ids(kernel):
    return {c.id for c in kernel.pf_claims()} - kernel.excused


def _summaries(kernels, findings):
    for kernel in kernels:
        drivers = {c.driver for c in kernel.claims}
        pfs = _pf_ids(kernel)
        others = {c.id for c in kernel.claims} - pfs - kernel.excused
        count = sum(kernel.name in f.trees for f in findings)
        yield (f'{kernel.name}: {len(drivers)} drivers, {len(pfs)} PF ids, '
               f'{len(others)} VF ids, {len(kernel.excused)} ids without '
               f'SR-IOV, {count} findings')
    drivers = {c.driver for k in kernels for c in k.claims}
    pfs = set().union(*map(_pf_ids, kernels))
    kind = 'trees' if all(k.complete for k in kernels) else 'module folders'
    yield (f'audit: {len(findings)} findings, {len(drivers)} drivers, '
           f'{len(pfs)} ids, {len(kernels)} {kind}')


def _kernels(args):
    if args.modules:
        return [_kernel_of_modules(args)]
    return [_kernel_of_tree(root, args)
            for root in args.kernel_tree or _default_trees()]


def _audit(args):
    kernels = _kernels(args)
    if args.record_not_pf:
        notpf.record(args.not_pf, [d for k in kernels for d in k.drivers])
        return 0
    audit = checks.Audit(_read_table(args), kernels,
                         waivers.read(args.exceptions))
    findings = audit.run()
    for finding in findings:
        print(finding)
    for line in _summaries(kernels, findings):
        print(line)
    return 1 if findings else 0


def main():
    """Run it; return the exit status."""
    try:
        return _audit(_arguments())
    except (*_ERRORS, elf.ElfError, json.JSONDecodeError) as error:
        print(f'audit: {error}', file=sys.stderr)
        return 2


if __name__ == '__main__':
    sys.exit(main())
