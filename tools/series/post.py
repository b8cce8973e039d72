#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write a kernel's four series as they would be posted, each with its cover
letter, and prove by git am that they arrive: each on what its cover letter says,
and all of them, on a fresh source, as the tree that is tested.

--build builds after every patch what is touched, and installs the selftests by
the kernel's own rules at the end.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'kernels'))
# pylint: disable=wrong-import-position
import compose                                          # noqa: E402
import hunks                                            # noqa: E402
import series                                           # noqa: E402
import tree                                             # noqa: E402
from repo import TOP, Failure, Git, GitError            # noqa: E402

# What each applies to, beside the source itself
ON = {'fixes': (), 'cost': ('fixes',), 'simulator': (),
      'feature': ('fixes', 'simulator')}
# As many as people read
AT_MOST = {'feature': 12}

VM = TOP / 'tools/vm'
TESTS = 'pci_sim pci_sriov'
FOLDERS = ('drivers/pci/', 'drivers/uio/', 'drivers/vfio/pci/')


def whoever():
    """The identity that sends it: git's, or else the last commit's author."""
    git = Git(TOP)
    del git.env['GIT_CONFIG_GLOBAL'], git.env['GIT_CONFIG_NOSYSTEM']
    found = {}
    for what, form in (('name', '%an'), ('email', '%ae')):
        value = git.maybe('config', f'user.{what}') or \
            git.maybe('log', '-1', f'--format={form}')
        if not value:
            raise Failure(f'nobody to send it: git config --global user.{what}')
        found[f'GIT_AUTHOR_{what.upper()}'] = value
        found[f'GIT_COMMITTER_{what.upper()}'] = value
    return found


def wrapped(text, mark=''):
    """A paragraph of a letter, or an entry of a list."""
    return textwrap.fill(mark + text, 74, subsequent_indent=' ' * len(mark),
                         break_long_words=False, break_on_hyphens=False)


class Clone(Git):
    """A git of our own with a kernel's source, which shares its objects.  Only
    those files are checked out that are touched, or all of them."""

    def __init__(self, repo, directory, base, touched):
        fresh = not (directory / '.git').exists()
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__(directory)
        self.env.update(whoever())
        if fresh:
            self.run('init', '-q', '-b', 'none', '.')
            self.run('config', 'gc.auto', '0')
        (directory / '.git/objects/info/alternates').write_text(
            f'{repo.path}/objects\n')
        self.run('am', '--abort', check=False)
        if touched:
            self.run('config', 'core.sparseCheckout', 'true')
            (directory / '.git/info').mkdir(exist_ok=True)
            (directory / '.git/info/sparse-checkout').write_text(
                ''.join(f'/{path}\n' for path in touched))
        self.start(base)
        self.done = {(): base}  # commits, by the folders that are applied

    def start(self, commit):
        """From there on."""
        self.run('checkout', '-q', '-f', '-B', 'am', commit)

    def am(self, patches):
        """Apply them."""
        self.run('am', '-q', '--keep-cr', *patches)


class Posting:
    """The series of one kernel."""

    def __init__(self, kernel, out):
        self.kernel = kernel
        self.repo = kernel.repo
        self.series = kernel.series()
        self.mainline = series.Series(series.kernels()[0])
        self.base = kernel.base.commit()
        self.head = kernel.tree.git.commit('HEAD')
        self.out = out
        self.work = out.with_name(out.name + '.work')
        self.commits = self.repo.text('rev-list', '--reverse',
                                      f'{self.base}..{self.head}').split()
        self.steps = self.series.steps
        if len(self.commits) != len(self.steps):
            raise Failure(f'{kernel.tree.path} has {len(self.commits)} commits, '
                          f'{self.series.name} {len(self.steps)} patches')
        self.patches = {}       # {folder: [file]}

    def say(self, text):
        """A line of the result."""
        print(f'{self.out.name}: {text}', flush=True)

    def touched(self):
        """The files that differ from the source."""
        return self.repo.text('diff', '--name-only', '--no-renames', self.base,
                              self.head).split('\n')

    # --- the letters

    def not_alone(self, folder):
        """Patches that need others of their folder before them."""
        found = []
        for step in self.steps:
            text = (self.series.top / 'patches' / step.patch).read_bytes()
            paths = hunks.changed_paths(text.decode(errors='replace'))
            if step.folder != folder or not paths:
                continue
            index = compose.Index(self.repo, self.base, paths)
            if index.apply(text):
                found.append(step.patch)
            index.close()
        return found

    def letter(self, folder):
        """Subject and text of a cover letter."""
        linux = self.repo.text('show', '-s', '--format=%B', self.base)
        version, _, source = linux.partition('\n\n')
        on = ' and '.join(f'the series "{self.subject(f)}"' for f in ON[folder])
        parts = [self.about_these(folder)]
        if folder == 'fixes':
            alone = [self.number(name) for name in self.not_alone(folder)]
            parts.append(wrapped('Each patch applies by itself' + (
                f', but for {" and ".join(alone)}, which need what comes before '
                'them.' if alone else '.')))
        if self.mainline.version != self.series.version:
            mine = self.series.taken()
            for title, without in (
                    ('Not needed in mainline:', {
                        name: reason for name, reason
                        in self.mainline.without.items() if name in mine}),
                    ('Of what is for mainline, not needed here:',
                     self.series.without)):
                lines = [wrapped(f'{self.subject_of(name)}: {reason}', '- ')
                         for name, reason in without.items()
                         if name.startswith(f'{folder}/')]
                if lines:
                    parts.append('\n'.join([title, '', *lines]))
        parts.append(wrapped(f'It applies to {version} ({source.strip()})' +
                             (f' with {on}.' if on else '.')))
        return '\n\n'.join(parts) + '\n'

    def about_these(self, folder):
        """The letter's text.  An entry "- <subject>" of a list that is about a
        patch is left out where this kernel does without; each has one, or none."""
        text = (HERE / f'{folder}.txt').read_text().rstrip('\n')
        entries = dict(re.findall(r'^(- (.*)\n(?:  .*\n)+)', text, re.M))
        entries = {subject: entry for entry, subject in entries.items()}
        mine = [self.subject_of(name) for name in self.series.taken()
                if name.startswith(f'{folder}/')]
        every = [self.subject_of(name) for name in
                 {*self.series.without, *self.mainline.without,
                  *self.mainline.taken()}] + mine
        if set(mine) & set(entries):
            missing = [s for s in mine if s not in entries]
            if missing:
                raise Failure(f'{folder}.txt says nothing of "{missing[0]}"')
        for subject, entry in entries.items():
            if subject in every and subject not in mine:
                text = text.replace(entry, '')
        return text

    def subject(self, folder):
        """Of a series."""
        return (HERE / f'{folder}.txt').read_text().split('\n', 1)[0]

    def subject_of(self, name):
        """Of a patch that some kernel has."""
        path, = sorted((self.series.top / 'patches').glob(f'**/{name}'))[-1:]
        return compose.mail(self.repo, path.read_bytes())[2].split('\n', 1)[0]

    def number(self, name):
        """Of a patch in its folder's series."""
        same = [s.patch for s in self.steps
                if s.folder == name.split('/')[-2]]
        return f'{same.index(name) + 1}/{len(same)}'

    # --- the patches

    def write(self):
        """All of them."""
        shutil.rmtree(self.out, ignore_errors=True)
        git = Git(self.kernel.tree.path)
        git.env.update(whoever())
        prefix = 'PATCH' if self.series.version == self.mainline.version else \
            f'PATCH {self.series.version}'
        for folder in series.FOLDERS:
            mine = [c for c, s in zip(self.commits, self.steps)
                    if s.folder == folder]
            limit = AT_MOST.get(folder)
            if limit and len(mine) > limit:
                raise Failure(f'{folder} has {len(mine)} patches, and {limit} are '
                              'what people read: bring some of them together')
            if not mine:
                continue
            directory = self.out / folder
            branch = f'{self.out.name}/{folder}'
            self.repo.run('update-ref', f'refs/heads/{branch}', mine[-1])
            try:
                git.run('-c', f'branch.{branch}.description={self.letter(folder)}',
                        'format-patch', '-q', '--cover-letter',
                        '--cover-from-description=subject', '--zero-commit',
                        '--no-signature', '--no-renames', '--abbrev=12',
                        f'--subject-prefix={prefix}', '-o', directory,
                        f'{mine[0]}^..{branch}')
            finally:
                self.repo.run('update-ref', '-d', f'refs/heads/{branch}')
            _, *self.patches[folder] = sorted(directory.glob('*.patch'))

    # --- do they arrive?

    def prove(self):
        """By git am, each on what it says, and all of them as the tree."""
        clone = Clone(self.repo, self.work / 'am', self.base, self.touched())
        for folder, patches in self.patches.items():
            self.arrives(clone, (*ON[folder], folder))
            number = len(patches)
            self.say(f'{folder}: {number} patch{"es" if number != 1 else ""}, on '
                     f'{" and ".join(ON[folder] or ("the source",))}')
        self.arrives(clone, tuple(self.patches))
        self.whole(clone)

    def arrives(self, clone, folders):
        """Git am of the series of these folders, one after the other."""
        known = max((f for f in clone.done if folders[:len(f)] == f), key=len)
        clone.start(clone.done[known])
        for count in range(len(known), len(folders)):
            clone.am(self.patches.get(folders[count], []))
            clone.done[folders[:count + 1]] = clone.commit('HEAD')

    def whole(self, clone):
        """What was applied is what is tested."""
        tested = self.repo.tree(self.head)
        if clone.tree('HEAD') != tested:
            raise Failure('git am of all of them does not give the tree that is '
                          'tested:\n' + clone.text('diff', '--stat', 'HEAD',
                                                   self.head))
        self.say(f'git am of all {len(self.steps)} patches gives tree '
                 f'{tested[:12]}, which is tested')

    # --- do they compile?

    def build(self, limit):
        """After every patch, or every one of a few; the number that does not."""
        clone = Clone(self.repo, self.work / 'linux', self.base, None)
        obj = self.work / 'obj'
        obj.mkdir(exist_ok=True)
        fragment = obj / '.fragment'
        fragment.write_text(''.join(file.read_text() for file in
                                    (VM / 'kernel.config',
                                     VM / 'kernel-optional.config',
                                     TOP / 'tools/lint/touched.config')))
        objects = [f'{f[:-1]}o' for f in
                   self.repo.entries(self.base, self.touched())
                   if f.endswith('.c') and not f.startswith(FOLDERS)]
        make = ['make', '-s', '-C', clone.directory, f'O={obj}',
                f'-j{os.cpu_count()}', 'CC=ccache gcc', 'HOSTCC=ccache gcc']
        env = {**os.environ, 'CCACHE_BASEDIR': str(TOP), 'CCACHE_DEPEND': '1',
               'KBUILD_BUILD_TIMESTAMP': '2026-01-01'}
        log = self.work / 'build.log'

        def run(*args):
            with open(log, 'a', encoding='utf-8') as file:
                done = subprocess.run([*make, *args], env=env, stdout=file,
                                      stderr=file, check=False)
            return done.returncode == 0

        def tail():
            print('\n'.join(log.read_text(errors='replace').split('\n')[-20:]))

        patches = [p for some in self.patches.values() for p in some]
        failed = 0
        for patch in patches[:limit]:
            clone.am([patch])
            log.write_text('')
            good = run(f'KCONFIG_ALLCONFIG={fragment}', 'allnoconfig') and \
                run('W=1', 'KCFLAGS=-Werror', *FOLDERS, *objects)
            print(f'{"ok" if good else "not ok"} {self.out.name}: '
                  f'{patch.parent.name}/{patch.name}', flush=True)
            if not good:
                failed += 1
                tail()
        if limit is None:
            self.whole(clone)
            log.write_text('')
            installed = self.work / 'installed'
            shutil.rmtree(installed, ignore_errors=True)
            if not run('headers') or not run('kselftest-install',
                                             f'TARGETS={TESTS}',
                                             f'INSTALL_PATH={installed}'):
                tail()
                raise Failure(f'make kselftest-install TARGETS="{TESTS}" fails')
            listed = (installed / 'kselftest-list.txt').read_text().split()
            self.say(f'make kselftest-install installs {len(listed)} programs')
        self.say(f'{len(patches[:limit]) - failed} patches build, {failed} do not')
        return failed


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    tree.add_arguments(parser)
    parser.add_argument('--output', type=pathlib.Path, required=True)
    parser.add_argument('--build', action='store_true')
    parser.add_argument('--first', type=int,
                        help='build after so many patches only')
    args = parser.parse_args()
    kernel = tree.Kernel(args)
    with kernel.repo.locked():
        posting = Posting(kernel, args.output.absolute())
        posting.write()
        posting.prove()
    return 1 if args.build and posting.build(args.first) else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except (Failure, GitError) as error:
        print(f'series: {error}', file=sys.stderr)
        sys.exit(1)
