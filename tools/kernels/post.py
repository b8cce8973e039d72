# SPDX-License-Identifier: GPL-2.0
"""Write a kernel's four series as they would be posted, each with its cover
letter, and prove by git am that they arrive: each on what its cover letter says,
and all of them, on a fresh source, as the tree that is tested.
"""

import re
import shutil
import subprocess
import textwrap

import series
from repo import FORMAT, TOP, Failure, Git
from tree import parse

# What each applies to, beside the source itself
ON = {'fixes': (), 'cost': ('fixes',), 'simulator': (),
      'feature': ('fixes', 'simulator')}
# As many as people read
AT_MOST = {'feature': 12}

TESTS = 'pci_sim pci_sriov'
FOLDERS = ('drivers/pci/', 'drivers/uio/', 'drivers/vfio/pci/')


def whoever():
    """The identity that sends it: git's, or else the last commit's author."""
    git = Git(TOP)
    del git.env['GIT_CONFIG_GLOBAL'], git.env['GIT_CONFIG_NOSYSTEM']
    found = {}
    for what in ('name', 'email'):
        value = git.text('config', f'user.{what}', check=False) or \
            git.text('log', '-1', f'--format=%a{what[0]}', check=False)
        if not value:
            raise Failure(f'nobody to send it: git config --global user.{what}')
        found[f'GIT_AUTHOR_{what.upper()}'] = value
        found[f'GIT_COMMITTER_{what.upper()}'] = value
    return found


def wrapped(text, mark=''):
    """A paragraph of a letter, or an entry of a list."""
    return textwrap.fill(mark + text, 74, subsequent_indent=' ' * len(mark),
                         break_long_words=False, break_on_hyphens=False)


def cover(folder):
    """The text of a series' letter, its title in the first line."""
    return (series.PATCHES / folder / 'cover.txt').read_text().rstrip('\n')


def subject(name):
    """Of a patch that some kernel has."""
    path = sorted(series.PATCHES.glob(f'**/{name}'))[-1]
    return parse(path.read_bytes(), name).subject


class Posting:
    """The series of one kernel."""

    def __init__(self, tree, out):
        self.tree = tree
        self.repo = tree.repo
        self.series = tree.series()
        self.mainline = series.Series(series.kernels()[0])
        self.base = tree.base
        self.head = tree.git.commit('HEAD')
        self.out = out
        self.work = out.with_name(out.name + '.work')
        self.steps = self.series.steps
        self.commits = self.repo.lines('rev-list', '--reverse',
                                       f'{self.base}..{self.head}')
        if len(self.commits) != len(self.steps):
            raise Failure(f'{tree.path} has {len(self.commits)} commits, '
                          f'{self.series.name} {len(self.steps)} patches')
        self.patches = {}       # {folder: [file]}
        self.arrived = {(): self.base}      # commits, by the folders that are applied

    def say(self, text):
        """A line of the result."""
        print(f'{self.out.name}: {text}', flush=True)

    # --- the letters

    def not_alone(self, folder):
        """Patches that need others of their folder before them, as 2/15."""
        names = [s.patch for s in self.steps if s.folder == folder]
        self.tree.index('read-tree', self.base)
        return [f'{number}/{len(names)}' for number, name in enumerate(names, 1)
                if self.tree.index('apply', '--cached', '--check', '--allow-empty',
                                   series.PATCHES / name, check=False).returncode]

    def letter(self, folder):
        """Subject and text of a cover letter."""
        parts = [self.about_these(folder)]
        if folder == 'fixes':
            alone = self.not_alone(folder)
            parts.append(wrapped('Each patch applies by itself' + (
                f', but for {" and ".join(alone)}, which need what comes before '
                'them.' if alone else '.')))
        if self.mainline.version != self.series.version:
            mine = self.series.taken()
            not_in_mainline = {name: reason for name, reason
                               in self.mainline.without.items() if name in mine}
            for heading, without in (
                    ('Not needed in mainline:', not_in_mainline),
                    ('Of what is for mainline, not needed here:',
                     self.series.without)):
                lines = [wrapped(f'{subject(name)}: {reason}', '- ')
                         for name, reason in without.items()
                         if name.startswith(f'{folder}/')]
                if lines:
                    parts.append('\n'.join([heading, '', *lines]))
        version, _, source = self.repo.lines('show', '-s', '--format=%B', self.base)[:3]
        on = ' and '.join(f'the series "{cover(f).splitlines()[0]}"' for f in ON[folder])
        parts.append(wrapped(f'It applies to {version} ({source})' +
                             (f' with {on}.' if on else '.')))
        return '\n\n'.join(parts) + '\n'

    def about_these(self, folder):
        """The letter's text.  An entry "- <subject>" of a list that is about a
        patch is left out where this kernel does without; each has one, or none."""
        text = cover(folder)
        entries = {m[2]: m[1] for m in re.finditer(r'^(- (.*)\n(?:  .*\n)+)', text, re.M)}
        mine = {subject(name) for name in self.series.taken()
                if name.startswith(f'{folder}/')}
        if mine & set(entries) and mine - set(entries):
            raise Failure(f'patches/{folder}/cover.txt says nothing of "{min(mine - set(entries))}"')
        for name in (*self.series.without, *self.mainline.without):
            entry = entries.get(subject(name))
            if entry and subject(name) not in mine:
                text = text.replace(entry, '')
        return text

    # --- the patches

    def write(self):
        """All of them."""
        shutil.rmtree(self.out, ignore_errors=True)
        prefix = 'PATCH' if self.series.version == self.mainline.version else \
            f'PATCH {self.series.version}'
        for folder in series.FOLDERS:
            mine = [c for c, s in zip(self.commits, self.steps)
                    if s.folder == folder]
            limit = AT_MOST.get(folder, len(mine))
            if len(mine) > limit:
                raise Failure(f'{folder} has {len(mine)} patches, and {limit} are '
                              'what people read: bring some of them together')
            if not mine:
                continue
            branch = f'{self.out.name}/{folder}'
            self.repo.run('update-ref', f'refs/heads/{branch}', mine[-1])
            try:
                self.repo.run('-c', f'branch.{branch}.description={self.letter(folder)}',
                              *FORMAT, '--cover-letter',
                              '--cover-from-description=subject',
                              f'--subject-prefix={prefix}', '-o', self.out / folder,
                              f'{mine[0]}^..{branch}', **whoever())
            finally:
                self.repo.run('update-ref', '-d', f'refs/heads/{branch}')
            _, *self.patches[folder] = sorted((self.out / folder).iterdir())

    # --- do they arrive?

    def prove(self):
        """By git am, each on what it says, and all of them as the tree."""
        touched = self.repo.lines('diff', '--name-only', '--no-renames', self.base,
                                  self.head)
        with self.repo.scratch(self.base, touched) as git:
            for folder, patches in self.patches.items():
                self.am(git, (*ON[folder], folder))
                self.say(f'{folder}: {len(patches)} '
                         f'patch{"es" if len(patches) != 1 else ""}, on '
                         f'{" and ".join(ON[folder] or ("the source",))}')
            self.whole(self.am(git, tuple(self.patches)))

    def am(self, git, folders):
        """git am of the series of these folders, one after the other."""
        if folders not in self.arrived:
            git.run('checkout', '-q', self.am(git, folders[:-1]))
            git.run('am', '-q', '--keep-cr', *self.patches.get(folders[-1], []),
                    **whoever())
            self.arrived[folders] = git.commit('HEAD')
        return self.arrived[folders]

    def whole(self, commit):
        """What was applied is what is tested."""
        if self.repo.tree(commit) != self.repo.tree(self.head):
            raise Failure('git am of all of them does not give the tree that is '
                          'tested:\n' + self.repo.text('diff', '--stat', commit,
                                                       self.head))
        self.say(f'git am of all {len(self.steps)} patches gives tree '
                 f'{self.repo.tree(commit)[:12]}, which is tested')

    # --- do they compile?

    def build(self, first):
        """After every patch, or every one of a few; the number that does not."""
        linux = Git(self.work / 'linux')
        self.repo.run('worktree', 'prune')
        if not (linux.directory / '.git').exists():
            self.repo.run('worktree', 'add', '-f', '--detach', linux.directory, self.base)
        touched = [f'{f[:-1]}o' for f in self.repo.lines(
            'diff', '--name-only', '--diff-filter=M', self.base, self.head)
                   if f.endswith('.c') and not f.startswith(FOLDERS)]
        log = self.work / 'build.log'

        def make(goals, *args):
            with open(log, 'a', encoding='utf-8') as file:
                return not subprocess.run(
                    ['make', '-s', '-f', TOP / 'tools/vm/Makefile', 'kbuild',
                     f'TREE={linux.directory}', f'OBJ={self.work / "obj"}',
                     f'EXTRA_CONFIG={TOP / "tools/lint/touched.config"}',
                     f'GOALS={goals}', *args],
                    stdout=file, stderr=file, check=False).returncode

        def tail():
            print('\n'.join(log.read_text(errors='replace').split('\n')[-20:]))

        patches = [p for some in self.patches.values() for p in some][:first]
        failed = 0
        for patch, commit in zip(patches, self.commits):
            linux.run('reset', '-q', '--hard', commit)
            log.write_text('')
            good = make(' '.join((*FOLDERS, *touched)), 'W=1', 'KCFLAGS=-Werror')
            print(f'{"ok" if good else "not ok"} {self.out.name}: '
                  f'{patch.parent.name}/{patch.name}', flush=True)
            if not good:
                failed += 1
                tail()
        if first is None:
            log.write_text('')
            installed = self.work / 'installed'
            shutil.rmtree(installed, ignore_errors=True)
            if not make('headers') or not make('kselftest-install', f'TARGETS={TESTS}',
                                               f'INSTALL_PATH={installed}'):
                tail()
                raise Failure(f'make kselftest-install TARGETS="{TESTS}" fails')
            listed = (installed / 'kselftest-list.txt').read_text().split()
            self.say(f'make kselftest-install installs {len(listed)} programs')
        self.say(f'{len(patches) - failed} patches build, {failed} do not')
        return failed
