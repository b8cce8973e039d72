#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write what was changed in a kernel's work tree back to patches/ and to the
project's files.

Each commit on the source is a patch of the series, found by its subject.
"""

import argparse
import re
import sys

import compose
import hunks
import series
import tree
from repo import TOP, Failure, GitError


def merge(repo, base, ours, theirs):
    """What changed from base to theirs, on ours: a tree; GitError if it
    conflicts.  All are commits."""
    if repo.tree(base) == repo.tree(ours):
        return repo.tree(theirs)
    ours = repo.text('commit-tree', repo.tree(ours), '-p', base, stdin=b'',
                     **tree.WHO)
    done = repo.run('merge-tree', '--write-tree', ours, theirs, check=False)
    if done.returncode:
        raise GitError(['merge-tree'], done.stdout.decode(errors='replace'))
    return done.stdout.decode().split('\n', 1)[0]


class Commit:
    """One of the history."""

    def __init__(self, repo, name):
        self.repo = repo
        self.name = name
        author, when, parents, body = repo.text(
            'show', '-s', '--date=raw', '--format=%an <%ae>%x00%ad%x00%P%x00%B',
            name).split('\0')
        self.author, self.when, self.parents = author, when, parents.split()
        self.message = body.strip('\n') + '\n'
        self.subject = body.strip('\n').split('\n\n', 1)[0].replace('\n', ' ')

    def again(self, parent, treeish):
        """The same commit elsewhere, with another tree."""
        name, mail = re.fullmatch(r'(.*) <(.*)>', self.author).groups()
        env = {'GIT_AUTHOR_NAME': name, 'GIT_AUTHOR_EMAIL': mail,
               'GIT_AUTHOR_DATE': f'@{self.when}', 'GIT_COMMITTER_NAME': name,
               'GIT_COMMITTER_EMAIL': mail,
               'GIT_COMMITTER_DATE': f'@{self.when}'}
        return self.repo.text('commit-tree', treeish, '-p', parent,
                              stdin=self.message.encode(), **env)


def squashed(repo, base, head, where):
    """The history with its fixup! commits in their places: commits, oldest
    first."""
    found = [Commit(repo, name) for name in repo.text(
        'rev-list', '--reverse', '--topo-order', f'{base}..{head}').split()]
    if any(len(c.parents) != 1 for c in found):
        raise Failure(f'{where} has a merge among its commits: rebase it away')
    order = []          # [commit, fixup, fixup, ...] each
    for commit in found:
        if re.match(r'(squash|amend)! ', commit.subject):
            raise Failure(f'{commit.subject}: please git rebase -i --autosquash '
                          f'{base} in {where}; only fixup! is done here')
        if not commit.subject.startswith('fixup! '):
            order.append([commit])
            continue
        target = re.sub(r'^(fixup! )+', '', commit.subject)
        to = [c for c in order if c[0].subject.startswith(target)] or \
             [c for c in order if c[0].name.startswith(target)]
        if not to:
            raise Failure(f'{commit.subject}: no commit of that subject is '
                          'before it')
        to[0].append(commit)

    result = []
    parent = base
    for first, *fixups in order:
        now = first.name if first.parents == [parent] else first.again(
            parent, _moved(repo, first, parent, base, where))
        for fixup in fixups:
            now = first.again(parent, _moved(repo, fixup, now, base, where))
        result.append(now)
        parent = now
    if repo.tree(parent) != repo.tree(head):
        raise Failure(f'fixup! commits of {where} do not add up: please git '
                      f'rebase -i --autosquash {base} there')
    return [Commit(repo, name) for name in result]


def _moved(repo, commit, onto, base, where):
    try:
        return merge(repo, commit.parents[0], onto, commit.name)
    except GitError as error:
        raise Failure(f'"{commit.subject}" conflicts where it belongs: please git '
                      f'rebase -i --autosquash {base} in {where}\n'
                      f'{error.output}') from error


class Refresh:
    """One tree's way back."""

    def __init__(self, kernel, new):
        self.repo = kernel.repo
        self.kernel = kernel
        self.tree = kernel.tree
        self.base = kernel.base.commit()
        self.series = kernel.series()
        self.new = new
        self.patches = self.series.top / 'patches'
        self.writes = {}        # {path: (bytes, executable)}
        self.lines = self.series.path.read_text().splitlines()
        self.told = []
        self.newer = set()      # new files that changed in the project since
        self.composer = compose.Composer(self.repo, self.series, self.base)
        self.composed = {c.subject: c for c in (Commit(self.repo, name)
                         for name in self.repo.text(
                             'rev-list', f'{self.base}..{self.tree.composed}')
                         .split())}

    # --- the parts of a commit

    def changed(self, commit):
        """The paths that a commit changes: of files of the kernel, and new ones;
        {path: entry}."""
        raw = self.repo.bytes('diff-tree', '-r', '-z', '--no-renames', '--raw',
                              '--no-commit-id', commit.name).decode().split('\0')
        entries = {}
        for fields, path in zip(raw[0:-1:2], raw[1::2]):
            _, mode, _, blob, status = fields.split()
            entries[path] = None if status == 'D' else (mode, blob)
        stock = self.repo.entries(self.base, entries)
        return ({p: e for p, e in entries.items() if p in stock},
                {p: e for p, e in entries.items() if p not in stock})

    def text(self, commit, old):
        """A patch of what it changes in files of the kernel."""
        alone = compose.make_commit(self.repo, commit.parents[0], commit.author,
                                    commit.when, commit.message, old)
        text = self.repo.bytes(
            'format-patch', '-1', '--stdout', '--always', '--zero-commit',
            '--no-signature', '--abbrev=12', '--no-renames', '-U3', alone)
        # One that only brings new files is a message
        return text if b'\n---\n' in text else text + b'---\n'

    def same(self, path, commit, old):
        """Does this patch of another kernel do just what the commit does?"""
        text = path.read_bytes()
        if compose.mail(self.repo, text)[2] != commit.message:
            return False
        paths = hunks.changed_paths(text.decode(errors='replace')) | set(old)
        index = compose.Index(self.repo, commit.parents[0], paths)
        try:
            if paths and b'\ndiff --git ' in text and index.apply(text):
                return False
            if index.entries(sorted(old)) != old or set(old) != paths:
                return False
        finally:
            index.close()
        return not hunks.misplaced(
            text.decode(errors='replace'), self.repo.bytes(
                'diff-tree', '-p', '-U3', '--no-renames', commit.parents[0],
                commit.name, '--', *sorted(paths)).decode(errors='replace')
            if paths else '')

    # --- the series

    def owner(self, name):
        """The kernel that a patch is made for: the first of the list that takes
        it."""
        for version in series.kernels():
            if version == self.series.version:
                return version
            path = self.patches / version / 'series'
            if path.exists() and any(
                    line.strip() == name
                    for line in path.read_text().splitlines()
                    if line[:1] not in ('', '#', ' ', '\t')):
                return version
        return self.series.version

    def add_line(self, after, line):
        """Below a patch of the series and its files, or at the start."""
        at = 0
        if after:
            at = self.lines.index(after) + 1
            while at < len(self.lines) and self.lines[at][:1] in (' ', '\t'):
                at += 1
        self.lines.insert(at, line)

    def next_name(self, commit):
        """For a new patch."""
        taken = [int(name.split('/')[-1][:4]) for name in
                 [p.relative_to(self.patches).as_posix()
                  for p in self.patches.glob('**/*.patch')] + self.lines
                 if re.search(rf'(^|/){self.new}/\d{{4}}-[^/]*$', name)]
        slug = self.repo.text('show', '-s', '--format=%f', commit.name)
        return f'{self.new}/' + \
            f'{max(taken, default=0) + 1:04d}-{slug}'[:57].rstrip('-.') + '.patch'

    def step_of(self, commits):
        """[(commit, name of its patch)], in order."""
        by_subject = {}
        for step in self.series.steps:
            text = (self.patches / step.patch).read_bytes()
            subject = compose.mail(self.repo, text)[2].split('\n', 1)[0]
            by_subject[subject] = step.patch
        order = [step.patch for step in self.series.steps]
        pairs = []
        for commit in commits:
            name = by_subject.get(commit.subject)
            if not name and self.new:
                name = self.next_name(commit)
                after = pairs[-1][1] if pairs else None
                self.add_line(after, name)
                order.insert(order.index(after) + 1 if after else 0, name)
                self.told.append(f'{name} is new: name it in the series of the '
                                 'other kernels as well')
            if not name:
                raise Failure(
                    f'the commit "{commit.subject}" is no patch of '
                    f'{self.series.name}: NEW=<{"|".join(series.FOLDERS)}> adds '
                    'it there; if it is a patch of the series under another '
                    'subject, change the Subject: of that one as well')
            pairs.append((commit, name))
        names = [name for _, name in pairs]
        if len(set(names)) != len(names):
            raise Failure('two commits of one subject')
        if names != order[:len(names)]:
            missing = [n for n in order[:order.index(names[-1])]
                       if n not in names]
            raise Failure(
                f'the commits are not in the order of {self.series.name}' +
                (f', or it has what they lack: {" ".join(missing)}; write '
                 '"without <folder>/<name><tab><reason>" for what this kernel '
                 'does without' if missing else ': put its lines in their order'))
        return pairs

    # --- all of it

    def run(self):
        """Back to patches/, and prove it."""
        head = self.tree.git.commit('HEAD')
        if self.repo.maybe('merge-base', '--is-ancestor', self.base,
                           head) is None:
            raise Failure(f'{self.tree.path} is not on top of '
                          f'{self.kernel.base.tag}: git rebase --onto it')
        commits = squashed(self.repo, self.base, head, self.tree.path)
        pairs = self.step_of(commits)
        for commit, name in pairs:
            self.patch(commit, name)
        whole = len(pairs) == len(self.series.steps)
        if commits:
            self.files(commits[-1], whole)
        text = '\n'.join(self.lines) + '\n'
        if text != self.series.path.read_text():
            self.writes[self.series.path] = (text.encode(), False)

        for path, (data, executable) in sorted(self.writes.items()):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            if executable:
                path.chmod(0o755)
            print(f'refresh: {path.relative_to(self.series.top)}')
        if not self.writes:
            print('refresh: nothing has changed')

        again = compose.Composer(
            self.repo, series.Series(self.series.version, self.series.top),
            self.base).compose(len(pairs))
        self.prove(commits[-1].name if commits else self.base,
                   again[-1] if again else self.base)
        for line in self.told:
            print(f'refresh: {line}')

    def patch(self, commit, name):
        """One commit's patch, and the new files that no line names."""
        old, new = self.changed(commit)
        path = self.patches / name
        text = self.text(commit, old)
        version = self.series.version
        if not path.exists() or self.owner(name) == version or \
                name.startswith(f'{version}/'):
            if not path.exists() or path.read_bytes() != text:
                self.not_newer(path, commit)
                self.writes[path] = (text, False)
        elif not self.same(path, commit, old):
            backport = self.backport(name, commit, old)
            self.lines[self.lines.index(name)] = backport
            if backport.startswith(f'{version}/'):
                self.writes[self.patches / backport] = (text, False)
            name = backport
        named = [line.strip() for line in self.lines if line[:1] in (' ', '\t')]
        for file, entry in new.items():
            if series.is_project_only(series.in_project(file)):
                raise Failure(f'{file} is no file for a kernel')
            if entry and file not in named and not any(
                    line.endswith('/') and file.startswith(line)
                    for line in named):
                self.add_line(name, f'\t{file}')
                named.append(file)
                self.told.append(f'{file} is new: it belongs to '
                                 f'{series.logical(name)} in the series of the '
                                 'other kernels as well')

    def backport(self, name, commit, old):
        """The name of a patch in place of the shared one: another kernel's that
        does just this, or one of its own."""
        name = series.logical(name)
        for version in series.kernels():
            path = self.patches / version / name
            if version != self.series.version and path.exists() and \
                    self.same(path, commit, old):
                return f'{version}/{name}'
        return f'{self.series.version}/{name}'

    def not_newer(self, path, commit):
        """A patch that somebody changed is not overwritten by an older one."""
        before = self.composed.get(commit.subject)
        made_of = before and self.composer.made_of(before.name)
        if path.exists() and made_of and \
                compose.digest(path.read_bytes()) != made_of:
            raise Failure(
                f'{path.relative_to(self.series.top)} has changed since '
                f'{self.tree.path} was made of it.  Put what you committed there '
                'aside (git branch), make tree, and cherry-pick it')

    def files(self, tip, whole):
        """The new files, as the last commit has them; what did not change there
        may have changed in the project."""
        output = self.repo.bytes('diff-tree', '-r', '-z', '--no-renames', '--raw',
                                 self.base, tip.name).decode().split('\0')
        for fields, file in zip(output[0:-1:2], output[1::2]):
            _, mode, _, blob, status = fields.split()
            if status != 'A' or file == compose.LIST and not whole:
                continue
            path = self.series.top / series.in_project(file)
            data = self.repo.bytes('cat-file', 'blob', blob)
            ours = path.read_bytes() if path.exists() else None
            if ours == data:
                continue
            before = self.repo.maybe('rev-parse', '-q', '--verify',
                                     f'{self.tree.composed}:{file}')
            if before == blob:
                self.newer.add(file)
            elif before and ours != self.repo.bytes('cat-file', 'blob', before):
                raise Failure(
                    f'{file} has changed in {self.tree.path} and, since that was '
                    f'made, as {series.in_project(file)}: bring them together in '
                    'either place')
            else:
                self.writes[path] = (data, mode == '100755')

    def prove(self, mine, again):
        """What was written gives what was there."""
        raw = self.repo.text('diff-tree', '-r', '--no-renames', '--name-status',
                             mine, again)
        # New files that nobody has put into a tree whose porting goes on
        differ = [line for line in raw.split('\n')
                  if line and not line.startswith('A\t') and
                  line.split('\t')[1] not in self.newer]
        if differ:
            raise Failure('patches/ do not give what is in '
                          f'{self.tree.path}, which is left as it is:\n' +
                          '\n'.join(differ))
        self.tree.move(again)
        print(f'refresh: {len(self.repo.text("rev-list", f"{self.base}..{again}").split())} '
              f'patches give the tree {self.repo.tree(again)[:12]}')


def commit_edits(kernel, name):
    """What is not committed becomes a fixup! of a patch's commit."""
    found = [s.patch for s in kernel.series().steps if name in s.patch]
    if len(found) != 1:
        raise Failure(f'PATCH={name} is ' + (
            f'one of several: {" ".join(found)}' if found else
            'none of the series'))
    text = (TOP / 'patches' / found[0]).read_bytes()
    subject = compose.mail(kernel.repo, text)[2].split('\n', 1)[0]
    kernel.tree.add_edits()
    kernel.tree.git.run('commit', '-q', '--no-verify', '-m', f'fixup! {subject}',
                        **tree.WHO)


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    tree.add_arguments(parser)
    parser.add_argument('--patch', help='what uncommitted edits belong to')
    parser.add_argument('--new', choices=series.FOLDERS,
                        help='add a commit that is in no series')
    args = parser.parse_args()
    if not args.kernel:
        raise Failure('KERNEL= is needed, the kernel whose patches they become')
    kernel = tree.Kernel(args)
    with kernel.repo.locked():
        if not kernel.tree.exists():
            raise Failure(f'there is no {args.tree}; make tree first')
        if kernel.tree.edits():
            if not args.patch:
                raise Failure('uncommitted edits: PATCH=<part of its name> says '
                              'which patch they belong to\n' +
                              kernel.tree.edits()[:1000])
            commit_edits(kernel, args.patch)
        Refresh(kernel, args.new).run()


if __name__ == '__main__':
    try:
        main()
    except (Failure, GitError) as error:
        print(f'refresh: {error}', file=sys.stderr)
        sys.exit(1)
