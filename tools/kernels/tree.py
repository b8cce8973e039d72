#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Make or update a kernel's work tree: its source, with a commit for each patch.

A file whose content stays the same keeps its time stamp, so that nothing is
rebuilt that did not change.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

import compose
import series
from repo import TOP, Failure, Git, GitError, Repository

WHO = {f'GIT_{who}_{what}': value for who in ('AUTHOR', 'COMMITTER')
       for what, value in (('NAME', 'Linux'), ('EMAIL', 'linux@localhost'),
                           ('DATE', '@1767225600 +0000'))}

# Built in the tree, of no use for a build elsewhere, or in its way
BUILT = ('*.o', '*.a', '*.ko', '*.cmd', '*.mod', '*.mod.c', '.tmp_*', '/.config',
         '/vmlinux*', '/include/config', '/include/generated',
         '/arch/*/include/generated')
# Left behind by editors and other programs
JUNK = ('__pycache__', '*.pyc', '*~', '.*.sw?', '*.orig', '*.rej', 'tags', 'TAGS',
        'cscope.*', '.cache')


def say(text):
    """Progress."""
    print(f'tree: {text}', file=sys.stderr, flush=True)


def linux_version(directory):
    """Such as 6.12.117, of a tree's Makefile."""
    text = (directory / 'Makefile').read_text(errors='replace')
    return '.'.join(re.search(rf'^{key} = (\d+)', text, re.M)[1]
                    for key in ('VERSION', 'PATCHLEVEL', 'SUBLEVEL'))


class Base:
    """A kernel's source as a commit."""

    def __init__(self, repo, name):
        self.repo = repo
        self.name = name
        self.tag = f'refs/tags/base-{name}'
        self.identity = repo.path / 'identity' / name

    def commit(self):
        """Its id, or None."""
        return self.repo.commit(self.tag)

    def is_of(self, source):
        """Is it of this tarball?"""
        return self.commit() and self.identity.exists() and \
            self.identity.read_text() == identity(source)

    def add(self, git, directory, source, *args):
        """What is in a directory becomes the base."""
        git.run('add', '-A', '-f', *args)
        tree = git.text('write-tree')
        old = self.commit()
        if not old or self.repo.tree(old) != tree:
            message = f'Linux {linux_version(directory)}\n\n{source.name}\n'
            self.repo.run('update-ref', self.tag, self.repo.text(
                'commit-tree', tree, stdin=message.encode(), **WHO))
        self.identity.parent.mkdir(exist_ok=True)
        self.identity.write_text(identity(source))

    def read_directory(self, source):
        """Of a directory, which is only read: every time, as it may have changed."""
        git = Git(source)
        git.env.update(GIT_DIR=str(self.repo.path), GIT_WORK_TREE=str(source),
                       GIT_INDEX_FILE=str(self.repo.path / f'source-{self.name}'))
        self.add(git, source, source, '--', '.',
                 *(f':(exclude,glob){"" if p[0] == "/" else "**/"}{p.lstrip("/")}'
                   for p in BUILT))


def identity(source):
    """What is the same as long as a source is."""
    if source.is_dir():
        return f'directory {source}\n'
    stat = source.stat()
    return f'tarball {source} {stat.st_size} {stat.st_mtime_ns}\n'


class WorkTree:
    """One of the repository's work trees."""

    def __init__(self, repo, path):
        self.repo = repo
        self.path = path
        try:
            name = path.relative_to(repo.path.parent).as_posix()
        except ValueError:
            name = path.as_posix().strip('/')
        self.branch = re.sub(r'[^\w./+-]', '_', name)
        # The last that was composed: what HEAD has beyond is somebody's work
        self.composed = f'refs/composed/{self.branch}'
        self.git = Git(path)

    def exists(self):
        """Is it there, and whole?"""
        return (self.path / '.git').exists() and self.git.commit('HEAD') and \
            self.repo.commit(self.composed)

    def create(self, commit, checkout=True):
        """Anew, on a commit."""
        if (self.path / '.git').exists() or self.path.with_name(
                self.path.name + '.state').is_dir():
            # Its making was interrupted; or it is of an older harness
            shutil.rmtree(self.path, ignore_errors=True)
            shutil.rmtree(f'{self.path}.state', ignore_errors=True)
        if self.path.exists() and any(self.path.iterdir()):
            raise Failure(f'{self.path} is there, but none of this harness\'s; '
                          'please delete it')
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.repo.run('worktree', 'prune')
        self.repo.run('worktree', 'add', '-f', '--no-checkout', '-B',
                      self.branch, self.path, commit)
        if checkout:
            self.git.run('reset', '-q', '--hard')
            self.repo.run('update-ref', self.composed, commit)

    def unpack(self, base, tarball):
        """A tarball as the base, and this work tree of it."""
        say(f'making {self.path} from {tarball}')
        empty = self.repo.text('commit-tree', self.repo.text(
            'hash-object', '-w', '-t', 'tree', '--stdin'), stdin=b'', **WHO)
        self.create(empty, checkout=False)
        subprocess.run(['tar', '-C', str(self.path), '--strip-components=1',
                        '-xf', str(tarball)], check=True)
        base.add(self.git, self.path, tarball)
        self.git.run('update-ref', 'HEAD', base.commit())
        self.repo.run('update-ref', self.composed, base.commit())

    def untracked(self):
        """New files.  Debian's .gitignore is of no use: it ignores everything."""
        return [f for f in self.git.bytes(
            'ls-files', '-o', '-z', *(f'--exclude={p}' for p in (*BUILT, *JUNK))
        ).decode().split('\0') if f]

    def edits(self):
        """What is not committed, as git status shows it."""
        return '\n'.join([line for line in [self.git.text(
            'status', '--porcelain', '-uno')] if line] +
            [f'?? {file}' for file in self.untracked()])

    def add_edits(self):
        """All of that into the index."""
        new = self.untracked()
        self.git.run('add', '-u')
        if new:
            self.git.run('add', '-f', '--', *new)

    def own_work(self):
        """What would be lost, in words; or None."""
        for state in ('rebase-merge', 'rebase-apply', 'CHERRY_PICK_HEAD',
                      'MERGE_HEAD'):
            if pathlib.Path(self.git.text('rev-parse', '--absolute-git-dir'),
                            state).exists():
                return f'a git am, rebase or merge has not ended in {self.path}'
        if self.git.commit('HEAD') != self.repo.commit(self.composed):
            return f'{self.path} has commits of yours'
        edits = self.edits()
        if edits:
            return f'{self.path} has local edits:\n{edits[:1000]}'
        return None

    def move(self, commit):
        """On to a commit; nothing is written that does not differ."""
        if self.git.commit('HEAD') != commit:
            self.git.run('reset', '-q', '--keep', commit)
        self.repo.run('update-ref', self.composed, commit)


class Kernel:
    """What a tree is made of: a source, and a series for it."""

    def __init__(self, args):
        self.repo = Repository(os.environ.get('LINUX_GIT') or
                               TOP / 'build/linux.git')
        self.tree = WorkTree(self.repo, args.tree.absolute())
        self.kernel = args.kernel
        self.source = args.source and args.source.resolve()
        self.base = Base(self.repo, self.tree.path.name.removeprefix('linux-')
                         if args.source else args.kernel)

    def tarball(self):
        """Where the source is."""
        if self.source:
            return self.source
        done = subprocess.run(
            [pathlib.Path(__file__).parent / 'source.sh', self.kernel],
            stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            sys.exit(done.returncode)
        return pathlib.Path(done.stdout.strip())

    def prepare(self):
        """The base is there and up to date, and a work tree of it as well."""
        source = self.tarball()
        if not source.exists():
            raise Failure(f'no kernel source at {source}')
        if source.is_dir():
            if not (source / 'drivers/pci/iov.c').exists():
                raise Failure(f'{source} is no kernel tree')
            self.base.read_directory(source)
        elif not self.base.is_of(source):
            if self.tree.exists():
                other = WorkTree(self.repo, self.tree.path.with_name(
                    self.tree.path.name + '.new'))
                other.unpack(self.base, source)
                self.repo.run('worktree', 'remove', '-f', '-f', other.path)
            else:
                self.tree.unpack(self.base, source)
        if not self.tree.exists():
            say(f'making {self.tree.path}')
            self.tree.create(self.base.commit())

    def series(self):
        """The series that is to be applied."""
        version = self.kernel
        if not version:
            text = self.repo.text('show', f'{self.base.commit()}:Makefile')
            mine = '.'.join(re.search(rf'^{key} = (\d+)', text, re.M)[1]
                            for key in ('VERSION', 'PATCHLEVEL'))
            older = [v for v in series.kernels()
                     if series.number(v) <= series.number(mine)]
            if not older:
                raise Failure(f'Linux {mine} is older than any of '
                              'patches/kernels; name one of these: KERNEL=')
            version = max(older, key=series.number)
        return series.Series(version)


def update(kernel, patches):
    """The tree with the patches of some folders, or of all."""
    if patches != 'none':
        wrong = series.complaints()
        if wrong:
            raise Failure('\n'.join(wrong))
    kernel.prepare()
    commits = [kernel.base.commit()]
    if patches != 'none':
        steps = kernel.series()
        count = None
        if patches != 'all':
            last = series.FOLDERS.index(patches)
            count = sum(series.FOLDERS.index(s.folder) <= last
                        for s in steps.steps)
        try:
            commits += compose.Composer(kernel.repo, steps,
                                        commits[0]).compose(count)
        except compose.PatchFails as failure:
            raise Failure(f'{failure}\n{how_to_port(kernel)}') from failure
    work = kernel.tree.own_work()
    if work:
        raise Failure(f'{work}\nmake refresh writes it back to patches/ (see '
                      'patches/README.md); this throws it away:\n'
                      f'git -C {kernel.tree.path} reset --hard '
                      f'{kernel.tree.composed}; git -C {kernel.tree.path} clean '
                      '-fdqx')
    kernel.tree.move(commits[-1])


def how_to_port(kernel):
    """What to do about a patch that fails."""
    which = f'KSRC={kernel.source}' if kernel.source else \
        f'KERNEL={kernel.kernel}'
    return (f'"make port {which}" applies it in {kernel.tree.path} by git am -3, '
            'for you to\nput right there; patches/README.md has the steps')


def port(kernel):
    """The tree up to the patch that fails, and that one by git am -3."""
    kernel.prepare()
    work = kernel.tree.own_work()
    if work:
        raise Failure(f'{work}\nmake refresh first')
    steps = kernel.series()
    composer = compose.Composer(kernel.repo, steps, kernel.base.commit())
    try:
        composer.compose()
    except compose.PatchFails as failure:
        commits = [kernel.base.commit(), *composer.compose(failure.index)]
        kernel.tree.move(commits[-1])
        path = steps.top / 'patches' / steps.steps[failure.index].patch
        print(failure)
        done = subprocess.run(['git', '-C', kernel.tree.path, 'am', '-3',
                               '--keep-cr', path], check=False)
        then = 'git show: is it at its place?  If not, edit and commit --amend'
        if done.returncode:
            then = 'resolve what conflicts, git add, git am --continue'
        print(f'\nNow in {kernel.tree.path}: {then}.\nThen make refresh, and '
              'make port again until nothing is left to port.')
        return
    print('port: every patch applies; nothing is left to port')


def add_arguments(parser):
    """What a Kernel is made of."""
    parser.add_argument('tree', type=pathlib.Path)
    parser.add_argument('--kernel', help='a version of patches/kernels')
    parser.add_argument('--source', type=pathlib.Path,
                        help='a tree or a tarball instead of that version\'s')


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('action', choices=('update', 'source', 'port'))
    add_arguments(parser)
    parser.add_argument('--patches', default='all',
                        choices=('none', 'all', *series.FOLDERS))
    args = parser.parse_args()
    if not args.kernel and not args.source:
        parser.error('a version or a source is needed')
    if args.kernel and args.kernel not in series.kernels():
        raise Failure(f'{args.kernel} is none of patches/kernels')
    kernel = Kernel(args)
    with kernel.repo.locked():
        if args.action == 'source':
            kernel.prepare()
        elif args.action == 'port':
            port(kernel)
        else:
            update(kernel, args.patches)


if __name__ == '__main__':
    try:
        main()
    except (Failure, GitError, subprocess.CalledProcessError) as error:
        print(f'tree: {error}', file=sys.stderr)
        sys.exit(1)
