# SPDX-License-Identifier: GPL-2.0
"""Make or update a kernel's work tree: its source, with a commit for each patch.

A file whose content stays the same keeps its time stamp, so that nothing is
rebuilt that did not change.
"""

import difflib
import email.policy
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

import series
from repo import TOP, Failure, Git, Repository

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


class PatchFails(Failure):
    """A patch that does not do what it should; with its place in the series."""

    def __init__(self, text, index):
        super().__init__(text)
        self.index = index


def linux_version(makefile):
    """Such as [6, 12, 117]."""
    return [int(re.search(rf'^{key} = (\d+)', makefile, re.M)[1])
            for key in ('VERSION', 'PATCHLEVEL', 'SUBLEVEL')]


def parse(text, name):
    """Header and message of a patch."""
    mail = email.message_from_bytes(text, policy=email.policy.default)
    if not (mail['From'] and mail['Subject'] and mail['Date']):
        raise Failure(f'patches/{name}: From, Subject or Date is missing')
    mail.subject = re.sub(r'^\[.*?\] *', '', mail['Subject'])
    body = mail.get_content().partition('\n---\n')[0].strip('\n')
    mail.message = f'{mail.subject}\n\n{body}'.strip('\n') + '\n'
    return mail


def plain(text):
    """A patch or a diff without what depends on other changes of its files."""
    text = re.sub(r'^index .*\n', '', text, flags=re.M)
    return re.sub(r'^@@ -.*? @@', '@@', text, flags=re.M)


def misplaced(patch, diff):
    """How a patch differs from git's diff of what it did.  Its hunks are to be in
    the function that their headers name, so all is to be the same."""
    want, got = (plain(''.join(f'\n{text}'.partition('\ndiff --git ')[1:])).split('\n')
                 for text in (patch, diff))
    return '\n'.join(difflib.unified_diff(want, got, 'in the patch', 'as applied',
                                          n=10, lineterm=''))


def failing_hunks(patch, said):
    """The hunks that git apply speaks of."""
    return '\n'.join(
        f'{path}:\n{hunk}' for path, line in
        re.findall(r'^error: patch failed: (.*):(\d+)$', said, re.M) for hunk in
        re.findall(rf'^\+\+\+ b/{re.escape(path)}\n(?:(?!diff --git ).*\n)*?'
                   rf'(@@ -{line}\b.*\n(?:[-+ \\].*\n)*)', patch, re.M))


class Tree:
    """A kernel: its source as a commit, the series on it, and a work tree."""

    def __init__(self, args):
        self.repo = Repository(os.environ.get('LINUX_GIT') or
                               TOP / 'build/linux.git')
        self.path = args.tree.absolute()
        self.git = Git(self.path)
        self.kernel = args.kernel
        self.source = args.source and args.source.resolve()
        name = self.path.name.removeprefix('linux-') if self.source else self.kernel
        self.base_tag = f'refs/tags/base-{name}'
        self.branch = re.sub(r'\.\./|[^\w./+-]', '_', os.path.relpath(
            self.path, self.repo.path.parent))
        # The last that was composed: what HEAD has beyond is somebody's work
        self.composed = f'refs/composed/{self.branch}'

    # --- the source

    @property
    def base(self):
        """The source's commit."""
        return self.repo.commit(self.base_tag)

    def exists(self):
        """Is the work tree there, and whole?"""
        return (self.path / '.git').exists() and self.git.commit('HEAD') and \
            self.repo.commit(self.composed)

    def create(self, commit):
        """The work tree anew, with no file yet."""
        if (self.path / '.git').exists():       # its making was interrupted
            shutil.rmtree(self.path)
        if self.path.exists() and any(self.path.iterdir()):
            raise Failure(f'{self.path} is there, but none of this harness\'s; '
                          'please delete it')
        print(f'tree: making {self.path}', file=sys.stderr, flush=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.repo.run('worktree', 'prune')
        self.repo.run('worktree', 'add', '-f', '--no-checkout', '-B', self.branch,
                      self.path, commit)

    def read(self, git, directory, text, *paths):
        """What is in a directory becomes the base, if it differs."""
        git.run('add', '-A', '-f', *paths)
        tree = git.text('write-tree')
        if not self.base or self.repo.tree(self.base) != tree or \
                self.repo.text('show', '-s', '--format=%b', self.base) != text:
            version = linux_version((directory / 'Makefile').read_text())
            message = f'Linux {".".join(map(str, version))}\n\n{text}\n'
            self.repo.run('update-ref', self.base_tag, self.repo.text(
                'commit-tree', tree, stdin=message.encode(), **WHO))

    def read_directory(self):
        """Of a directory, which is only read: every time, as it may have changed."""
        if not (self.source / 'drivers/pci/iov.c').exists():
            raise Failure(f'{self.source} is no kernel tree')
        git = Git(self.source)
        git.env.update(GIT_DIR=str(self.repo.path), GIT_WORK_TREE=str(self.source),
                       GIT_INDEX_FILE=f'{self.repo.path}/index-{self.branch}')
        self.read(git, self.source, self.source.name, '--', '.',
                  *(f':(exclude,glob){"" if p[0] == "/" else "**/"}{p.lstrip("/")}'
                    for p in BUILT))

    def read_tarball(self, tarball):
        """A tarball is unpacked as the work tree, once."""
        stat = tarball.stat()
        text = f'{tarball.name}\n{stat.st_size} {stat.st_mtime_ns}'
        if self.base and text == self.repo.text('show', '-s', '--format=%b', self.base):
            return
        if self.exists():
            self.no_own_work()
            shutil.rmtree(self.path)
        self.create(self.repo.text('commit-tree', self.repo.text(
            'hash-object', '-w', '-t', 'tree', '--stdin'), **WHO))
        subprocess.run(['tar', '-C', self.path, '--strip-components=1', '-xf',
                        tarball], check=True)
        self.read(self.git, self.path, text)
        self.git.run('update-ref', 'HEAD', self.base)
        self.repo.run('update-ref', self.composed, self.base)

    def prepare(self):
        """The base is there and up to date, and a work tree of it as well."""
        source = self.source
        if not source:
            done = subprocess.run(
                [pathlib.Path(__file__).parent / 'source.sh', self.kernel],
                stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode:
                sys.exit(done.returncode)
            source = pathlib.Path(done.stdout.strip())
        if not source.exists():
            raise Failure(f'no kernel source at {source}')
        if source.is_dir():
            self.read_directory()
        else:
            self.read_tarball(source)
        if not self.exists():
            self.create(self.base)
            self.git.run('reset', '-q', '--hard')
            self.repo.run('update-ref', self.composed, self.base)

    def series(self):
        """The series that is to be applied."""
        version = self.kernel
        if not version:
            mine = linux_version(self.repo.text('show', f'{self.base}:Makefile'))[:2]
            older = [v for v in series.kernels() if series.number(v) <= mine]
            if not older:
                raise Failure(f'Linux {mine[0]}.{mine[1]} is older than any of '
                              'patches/kernels; name one of these: KERNEL=')
            version = max(older, key=series.number)
        return series.Series(version)

    # --- the series

    def compose(self, steps):
        """The source's commit and one for each of these steps.  It takes git's
        objects and an index, no work tree; what did not change is not done again."""
        base = self.base
        every = {place: path for step in steps for place, path in step.files.items()}
        known = self.repo.lines('ls-tree', '-r', '--name-only', base, '--', *every)
        if every and known:
            raise Failure(f'new files that Linux has: {" ".join(known)}')
        blobs = dict(zip(every, self.repo.lines(
            'hash-object', '-w', '--no-filters', '--stdin-paths',
            stdin=''.join(f'{path}\n' for path in every.values()).encode())))
        (self.repo.path / 'steps').mkdir(exist_ok=True)
        commits = [base]
        indexed = None          # the commit that the index has
        for number, step in enumerate(steps):
            text = (series.PATCHES / step.patch).read_bytes()
            entries = ''.join(
                f'{100755 if os.access(path, os.X_OK) else 100644} {blobs[place]}'
                f'\t{place}\n' for place, path in step.files.items())
            key = hashlib.sha256(b'\0'.join(
                [commits[-1].encode(), text, entries.encode()])).hexdigest()
            cached = self.repo.path / 'steps' / key
            done = cached.read_text() if cached.exists() else ''
            if not done:
                if indexed != commits[-1]:
                    self.index('read-tree', commits[-1])
                try:
                    self.apply(commits[-1], step.patch, text.decode(errors='replace'))
                except Failure as failure:
                    raise PatchFails(f'{self.path.name}: patches/{step.patch} '
                                     f'{failure}', number) from failure
                if entries:
                    self.index('update-index', '--add', '--index-info',
                               stdin=entries.encode())
                done = indexed = self.make_commit(commits[-1], parse(text, step.patch))
                cached.write_text(done)
            commits.append(done)
        return commits

    def index(self, *args, **kwargs):
        """git, on the index for this."""
        return self.repo.run(*args, GIT_INDEX_FILE=f'{self.repo.path}/index-compose',
                             **kwargs)

    def apply(self, parent, name, text):
        """A patch to the index.  Some are a message only, for new files."""
        if '\ndiff --git ' not in text:
            return
        done = self.index('apply', '--cached', '--whitespace=nowarn',
                          series.PATCHES / name, check=False)
        if done.returncode:
            said = done.stderr.decode(errors='replace').strip()
            raise Failure(f'does not apply:\n{failing_hunks(text, said)}\n{said}')
        diff = self.index('diff', '--cached', '-U3', '--no-renames', parent).stdout
        wrong = misplaced(text, diff.decode(errors='replace'))
        if wrong:
            raise Failure(f'applies at the wrong place:\n{wrong}')

    def make_commit(self, parent, mail):
        """Of the index, with a patch's message."""
        author = mail['From'].addresses[0]
        who = {f'GIT_{who}_{what}': value for who in ('AUTHOR', 'COMMITTER')
               for what, value in (('NAME', author.display_name),
                                   ('EMAIL', author.addr_spec),
                                   ('DATE', str(mail['Date'])))}
        tree = self.index('write-tree').stdout.decode().strip()
        return self.repo.text('commit-tree', tree, '-p', parent,
                              stdin=mail.message.encode(), **who)

    # --- the work tree

    def untracked(self):
        """New files.  Debian's .gitignore is of no use: it ignores everything."""
        return self.git.lines('ls-files', '-o',
                              *(f'--exclude={p}' for p in (*BUILT, *JUNK)))

    def edits(self):
        """What is not committed, as git status shows it."""
        return '\n'.join([*self.git.lines('status', '--porcelain', '-uno'),
                          *(f'?? {file}' for file in self.untracked())])[:1000]

    def no_own_work(self):
        """Fails if something would be lost."""
        state = pathlib.Path(self.git.text('rev-parse', '--absolute-git-dir'))
        found = None
        if any((state / name).exists() for name in (
                'rebase-merge', 'rebase-apply', 'CHERRY_PICK_HEAD', 'MERGE_HEAD')):
            found = f'a git am, rebase or merge has not ended in {self.path}'
        elif self.git.commit('HEAD') != self.repo.commit(self.composed):
            found = f'{self.path} has commits of yours'
        elif self.edits():
            found = f'{self.path} has local edits:\n{self.edits()}'
        if found:
            raise Failure(
                f'{found}\nmake refresh writes it back to patches/ (see '
                'patches/README.md); this throws it away:\n'
                f'git -C {self.path} reset --hard {self.composed}; '
                f'git -C {self.path} clean -fdqx')

    def move(self, commit):
        """On to a commit; nothing is written that does not differ."""
        if self.git.commit('HEAD') != commit:
            self.git.run('reset', '-q', '--keep', commit)
        self.repo.run('update-ref', self.composed, commit)


def update(tree, patches):
    """The tree with the patches of some folders, or of all."""
    if patches != 'none':
        series.check()
    tree.prepare()
    steps = []
    if patches != 'none':
        last = (*series.FOLDERS, 'all').index(patches)
        steps = [step for step in tree.series().steps
                 if series.FOLDERS.index(step.folder) <= last]
    try:
        commits = tree.compose(steps)
    except PatchFails as failure:
        which = f'KSRC={tree.source}' if tree.source else f'KERNEL={tree.kernel}'
        raise Failure(f'{failure}\n"make port {which}" applies it in {tree.path} by '
                      'git am -3, for you to\nput right there; patches/README.md '
                      'has the steps') from failure
    tree.no_own_work()
    tree.move(commits[-1])


def port(tree):
    """The tree up to the patch that fails, and that one by git am -3."""
    tree.prepare()
    tree.no_own_work()
    steps = tree.series().steps
    try:
        tree.compose(steps)
    except PatchFails as failure:
        tree.move(tree.compose(steps[:failure.index])[-1])
        print(failure, flush=True)
        done = subprocess.run(['git', '-C', tree.path, 'am', '-3', '--keep-cr',
                               series.PATCHES / steps[failure.index].patch],
                              check=False)
        then = 'git show: is it at its place?  If not, edit and commit --amend'
        if done.returncode:
            then = 'resolve what conflicts, git add, git am --continue'
        print(f'\nNow in {tree.path}: {then}.\nThen make refresh, and make port '
              'again until nothing is left to port.')
    else:
        print('port: every patch applies; nothing is left to port')
