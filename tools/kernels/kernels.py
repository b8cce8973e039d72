#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""A kernel's work tree, and the series that is made of it."""

import argparse
import pathlib
import subprocess
import sys

import series
import tree
from post import Posting
from refresh import Refresh
from repo import Failure


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add('action', choices=('tree', 'source', 'port', 'refresh', 'series'))
    add('tree', type=pathlib.Path)
    add('--kernel', help='a version of patches/kernels', choices=series.kernels())
    add('--source', type=pathlib.Path,
        help='a tree or a tarball instead of that version\'s')
    add('--patches', default='all', choices=('none', 'all', *series.FOLDERS))
    add('--patch', help='refresh: what uncommitted edits belong to')
    add('--new', choices=series.FOLDERS,
        help='refresh: add a commit that is in no series')
    add('--output', type=pathlib.Path, help='series: where to')
    add('--build', action='store_true',
        help='series: build after every patch what is touched, and install the '
        'selftests by the kernel\'s own rules at the end')
    add('--first', type=int, help='series: build after so many patches only')
    args = parser.parse_args()
    if not args.kernel and not args.source:
        parser.error('a version or a source is needed')
    return args


def run(args):
    """Do it; return the exit status."""
    this = tree.Tree(args)
    with this.repo.locked():
        if args.action == 'tree':
            tree.update(this, args.patches)
        elif args.action == 'source':
            this.prepare()
        elif args.action == 'port':
            tree.port(this)
        elif args.action == 'refresh':
            if not args.kernel:
                raise Failure('KERNEL= is needed, the kernel whose patches they become')
            if not this.exists():
                raise Failure(f'there is no {args.tree}; make trees first')
            Refresh(this, args.new).run(args.patch)
        else:
            posting = Posting(this, args.output.absolute())
            posting.write()
            posting.prove()
    return 1 if args.build and posting.build(args.first) else 0


if __name__ == '__main__':
    try:
        sys.exit(run(arguments()))
    except (Failure, subprocess.CalledProcessError) as error:
        sys.exit(f'{sys.argv[1]}: {error}')
