# SPDX-License-Identifier: GPL-2.0
"""Write what was changed in a kernel's work tree back to patches/ and to the
project's files.

Each commit on the source is a patch of the series, found by its subject.
"""

import os
import pathlib
import re
import tempfile

import series
from repo import FORMAT, Failure
from tree import WHO, parse, plain


class Refresh:
    """One tree's way back."""

    def __init__(self, tree, new):
        self.tree = tree
        self.repo = tree.repo
        self.base = tree.base
        self.series = tree.series()
        self.new = new
        self.writes = {}        # {path: (bytes, mode)}
        self.lines = self.series.path.read_text().splitlines()
        self.told = []

    # --- the history as it should be

    def commit_edits(self, part):
        """What is not committed becomes a fixup! of a patch's commit."""
        if not part:
            raise Failure('uncommitted edits: PATCH=<part of its name> says which '
                          f'patch they belong to\n{self.tree.edits()}')
        found = [s.patch for s in self.series.steps if part in s.patch]
        if len(found) != 1:
            raise Failure(f'PATCH={part} is ' + (
                f'one of several: {" ".join(found)}' if found else
                'none of the series'))
        git = self.tree.git
        git.run('add', '-u')
        git.run('add', '-f', '--', *self.tree.untracked())
        git.run('commit', '-q', '--no-verify', '-m', f'fixup! {self.subject(found[0])}',
                **WHO)

    def rebase(self, head, *args):
        """git rebase, beside the work tree, whose files keep their time stamps."""
        paths = self.repo.lines('diff', '--name-only', '--no-renames', self.base, head)
        with self.repo.scratch(head, paths) as git:
            if git.run('rebase', '-q', *args, check=False, GIT_EDITOR='true',
                       GIT_SEQUENCE_EDITOR='true', **WHO).returncode:
                raise Failure(f'in {self.tree.path}, please git rebase '
                              f'{" ".join(args)}: it conflicts')
            return git.commit('HEAD')

    def history(self):
        """The last commit, with fixups in their places, on what patches/ and the
        project's files are now; and that."""
        old = self.repo.commit(self.tree.composed)
        count = len(self.repo.lines('rev-list', f'{self.base}..{old}'))
        now = self.tree.compose(self.series.steps[:count])[-1]
        head = self.tree.git.commit('HEAD')
        if self.repo.run('merge-base', '--is-ancestor', self.base, head,
                         check=False).returncode:
            raise Failure(f'{self.tree.path} is not on top of {self.tree.base_tag}: '
                          'git rebase --onto it')
        if now != old:
            head = self.rebase(head, '--onto', now, old)
        if re.search(r'^(fixup|squash|amend)! ', self.repo.text(
                'log', '--format=%s', f'{self.base}..{head}'), re.M):
            head = self.rebase(head, '-i', '--autosquash', self.base)
        return head, now

    # --- the series

    @staticmethod
    def subject(name):
        """Of a patch."""
        return parse((series.PATCHES / name).read_bytes(), name).subject

    def owner(self, name):
        """The kernel that a patch is made for: the first of the list that takes it."""
        for version in series.kernels():
            if version == self.series.version or \
                    name in series.Series(version).taken().values():
                return version
        return self.series.version

    def new_name(self, subject, slug, after):
        """Of a commit that is no patch yet; it gets a line in the series."""
        if not self.new:
            raise Failure(
                f'the commit "{subject}" is no patch of {self.series.name}: '
                f'NEW=<{"|".join(series.FOLDERS)}> adds it there; if it is a patch of '
                'the series under another subject, change the Subject: of that one '
                'as well')
        taken = [int(path.name[:4]) for path in (
            *series.PATCHES.glob(f'**/{self.new}/*.patch'), *self.writes)
            if path.parent.name == self.new]
        name = f'{self.new}/{max(taken, default=0) + 1:04d}{slug}'
        self.lines.insert(self.lines.index(after) + 1 if after else 0, name)
        self.told.append(f'{name} is new: name it in the series of the other kernels '
                         'as well')
        return name

    def patches(self, head, new_files):
        """What the commits do to files of the kernel; their patches' names."""
        known = {self.subject(step.patch): step.patch for step in self.series.steps}
        names = []
        with tempfile.TemporaryDirectory() as directory:
            self.repo.run(*FORMAT, '-N', '-o', directory, '--always', '--sparse',
                          f'{self.base}..{head}', '--', '.',
                          *(f':(exclude){path}' for path in new_files))
            for file in sorted(pathlib.Path(directory).iterdir()):
                text = file.read_bytes()
                # One that only brings new files is a message
                text = text if b'\n---\n' in text else text.rstrip(b'\n') + b'\n---\n'
                subject = parse(text, file.name).subject
                name = known.get(subject) or self.new_name(
                    subject, file.name[4:], names[-1] if names else None)
                names.append(self.patch(name, text))
        if len(set(names)) != len(names):
            raise Failure('two commits of one subject')
        order = [line for line in self.lines if line and line[0] != '#' and
                 not line.startswith('without ')]
        if names != order[:len(names)]:
            missing = [n for n in order[:order.index(names[-1])] if n not in names]
            raise Failure(
                f'the commits are not in the order of {self.series.name}' +
                (f', or it has what they lack: {" ".join(missing)}; write "without '
                 '<folder>/<name><tab><reason>" for what this kernel does without'
                 if missing else ': put its lines in their order'))
        return names

    def patch(self, name, text):
        """Write it, if it does something else than before; its name, which is
        another one if it was made for another kernel."""
        path = series.PATCHES / name
        if path.exists() and plain(path.read_text()) == plain(text.decode()):
            return name
        if path.exists() and self.owner(name) != self.series.version:
            backport = f'{self.series.version}/{series.logical(name)}'
            self.lines[self.lines.index(name)] = name = backport
        self.writes[series.PATCHES / name] = (text, 0o644)
        return name

    def files(self, now, head, names, new_files):
        """The new files that are not as they were; a line for those that have none."""
        commits = self.repo.lines('rev-list', '--reverse', f'{self.base}..{head}')
        known = series.places()
        lines = ''
        for file in new_files:
            if not series.owner_of(file, known):
                first = self.repo.lines('rev-list', '--reverse', f'{self.base}..{head}',
                                        '--', file)[0]
                lines += f'{series.logical(names[commits.index(first)])}\t{file}\n'
        if lines:
            self.writes[series.FILES] = (
                (series.FILES.read_text() + lines).encode(), 0o644)
        changed = self.repo.lines('diff', '--name-only', '--no-renames',
                                  '--diff-filter=d', now, head)
        for file in set(changed) & set(new_files):
            mode = int(self.repo.text('ls-tree', '--format=%(objectmode)', head, file), 8)
            self.writes[series.in_project(file)] = (
                self.repo.run('cat-file', 'blob', f'{head}:{file}').stdout, mode & 0o777)

    def run(self, part):
        """Back to patches/, and prove it."""
        if self.tree.edits():
            self.commit_edits(part)
        head, now = self.history()
        new_files = self.repo.lines('diff', '--name-only', '--no-renames',
                                    '--diff-filter=A', self.base, head)
        names = self.patches(head, new_files)
        self.files(now, head, names, new_files)
        text = '\n'.join(self.lines) + '\n'
        if text != self.series.path.read_text():
            self.writes[self.series.path] = (text.encode(), 0o644)

        for path, (data, mode) in sorted(self.writes.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            path.chmod(mode)
            print(f'refresh: {os.path.relpath(path, series.TOP)}')
        if not self.writes:
            print('refresh: nothing has changed')

        again = self.tree.compose(self.tree.series().steps[:len(names)])[-1]
        if self.repo.tree(again) != self.repo.tree(head):
            raise Failure('patches/ do not give what is in '
                          f'{self.tree.path}, which is left as it is:\n' +
                          self.repo.text('diff', '--stat', '--no-renames', head, again))
        self.tree.move(again)
        print(f'refresh: {len(names)} patches give the tree '
              f'{self.repo.tree(again)[:12]}')
        for line in self.told:
            print(f'refresh: {line}')
