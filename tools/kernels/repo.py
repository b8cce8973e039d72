# SPDX-License-Identifier: GPL-2.0
"""The git repository of the kernels, and how git is called."""

import contextlib
import fcntl
import os
import pathlib
import subprocess
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]

# How sections are named in a hunk's header: the kernel's .gitattributes, and what
# is none of C
DRIVERS = {
    'cpp': (['*.[ch]'], None),
    'kconfig': (['Kconfig*'], r'^((config|menuconfig|choice|menu|if)[ \t].*)$'),
    'maintainers': (['/MAINTAINERS'], '!^[A-Z]:[ \t]\n^([0-9A-Z].*)$'),
    'parameters': (['kernel-parameters.txt'], '^\t([^ \t].*)$'),
    'abi': (['/Documentation/ABI/**'], '^What:[ \t]*(.*)$'),
}

CONFIG = {
    # Nothing is ever packed: objects without compression are fast to add and to read
    'core.compression': '0',
    'core.looseCompression': '0',
    'core.logAllRefUpdates': 'true',
    'gc.auto': '0',
    'maintenance.auto': 'false',
    'advice.detachedHead': 'false',
    **{f'diff.{name}.xfuncname': regex
       for name, (_, regex) in DRIVERS.items() if regex},
}

# Patches as they stand in patches/
FORMAT = ('format-patch', '-q', '--zero-commit', '--no-signature', '--no-renames',
          '--abbrev=12', '-U3')


class Failure(Exception):
    """Something that the user has to know; the text says what to do."""


class Git:
    """git, with nobody's own settings: its results must be everywhere the same."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith('GIT_')}
        self.env.update(GIT_CONFIG_GLOBAL='/dev/null', GIT_CONFIG_NOSYSTEM='1',
                        LC_ALL='C', TZ='UTC')

    def run(self, *args, stdin=b'', check=True, **env):
        """The finished process; input and output are bytes."""
        done = subprocess.run(['git', '-C', self.directory, *args], input=stdin,
                              capture_output=True, env={**self.env, **env},
                              check=False)
        if check and done.returncode:
            output = (done.stderr + done.stdout[-2000:]).decode(errors='replace')
            raise Failure(f'git {" ".join(map(str, args))}: {output.strip()}')
        return done

    def text(self, *args, **kwargs):
        """What it prints, without the last line's end."""
        return self.run(*args, **kwargs).stdout.decode(errors='replace').rstrip('\n')

    def lines(self, *args, **kwargs):
        """The lines that it prints."""
        return self.text(*args, **kwargs).splitlines()

    def commit(self, name):
        """The id of a commit, or an empty string."""
        return self.text('rev-parse', '-q', '--verify', f'{name}^{{commit}}',
                         check=False)

    def tree(self, name):
        """The id of a commit's tree."""
        return self.text('rev-parse', f'{name}^{{tree}}')


class Repository(Git):
    """The one with every kernel's source as a commit."""

    def __init__(self, path):
        super().__init__(path)
        self.path = pathlib.Path(path).resolve()
        if not (self.path / 'HEAD').exists():
            self.path.mkdir(parents=True, exist_ok=True)
            self.run('init', '-q', '--bare', '-b', 'none', '.')
        settings = f'{CONFIG}{DRIVERS}'
        stamp = self.path / 'settings'
        if not stamp.exists() or stamp.read_text() != settings:
            for key, value in CONFIG.items():
                self.run('config', key, value)
            (self.path / 'info').mkdir(exist_ok=True)
            (self.path / 'info/attributes').write_text(''.join(
                f'{pattern} diff={name}\n'
                for name, (patterns, _) in DRIVERS.items() for pattern in patterns))
            stamp.write_text(settings)

    @contextlib.contextmanager
    def locked(self):
        """Several makes may be at it."""
        with open(self.path / 'lock', 'w', encoding='ascii') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def scratch(self, commit, paths):
        """A work tree of some of a commit's files, for as long as it is needed."""
        with tempfile.TemporaryDirectory(dir=self.path) as directory:
            self.run('worktree', 'add', '--no-checkout', '--detach', directory,
                     commit)
            git = Git(directory)
            git.env.update(GIT_CONFIG_COUNT='1', GIT_CONFIG_VALUE_0='true',
                           GIT_CONFIG_KEY_0='core.sparseCheckout')
            sparse = pathlib.Path(git.text('rev-parse', '--absolute-git-dir'),
                                  'info/sparse-checkout')
            sparse.parent.mkdir(exist_ok=True)
            sparse.write_text(''.join(f'/{path}\n' for path in paths))
            git.run('read-tree', '-m', '-u', 'HEAD')
            yield git
        self.run('worktree', 'prune')
