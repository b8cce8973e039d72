# SPDX-License-Identifier: GPL-2.0
"""The git repository of the kernels, and how git is called."""

import contextlib
import fcntl
import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]

# How sections are named in a hunk's header: the kernel's .gitattributes, and what
# is none of C.  Also what hunks.py checks
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
}


class GitError(Exception):
    """git failed; what it said."""

    def __init__(self, command, output):
        super().__init__(f'git {" ".join(command)}: {output.strip()}')
        self.output = output


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

    def run(self, *args, stdin=None, check=True, **env):
        """The finished process; input and output are bytes."""
        command = [str(a) for a in args]
        done = subprocess.run(['git', '-C', str(self.directory), *command],
                              input=stdin if stdin is not None else b'',
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**self.env, **env}, check=False)
        if check and done.returncode:
            raise GitError(command, done.stderr.decode(errors='replace') +
                           done.stdout.decode(errors='replace')[-2000:])
        return done

    def bytes(self, *args, **kwargs):
        """What it prints."""
        return self.run(*args, **kwargs).stdout

    def text(self, *args, **kwargs):
        """What it prints, as text without the last line's end."""
        return self.bytes(*args, **kwargs).decode(errors='replace').rstrip('\n')

    def maybe(self, *args, **kwargs):
        """What it prints, or None if it fails."""
        done = self.run(*args, check=False, **kwargs)
        if done.returncode:
            return None
        return done.stdout.decode(errors='replace').rstrip('\n')

    def commit(self, name):
        """The id of a commit, or None."""
        return self.maybe('rev-parse', '-q', '--verify', f'{name}^{{commit}}')

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
        settings = ''.join(f'{k} {v}\n' for k, v in CONFIG.items()) + str(DRIVERS)
        stamp = self.path / 'settings'
        if not stamp.exists() or stamp.read_text() != settings:
            for key, value in CONFIG.items():
                self.run('config', key, value)
            lines = []
            for name, (patterns, regex) in DRIVERS.items():
                lines += [f'{pattern} diff={name}\n' for pattern in patterns]
                if regex:
                    self.run('config', f'diff.{name}.xfuncname', regex)
            (self.path / 'info').mkdir(exist_ok=True)
            (self.path / 'info/attributes').write_text(''.join(lines))
            stamp.write_text(settings)

    @contextlib.contextmanager
    def locked(self):
        """Several makes may be at it."""
        with open(self.path / 'lock', 'w', encoding='ascii') as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def entries(self, commit, paths):
        """{path: (mode, blob)} of those that a commit has."""
        paths = sorted(paths)
        if not paths:
            return {}
        found = {}
        output = self.bytes('ls-tree', '-z', '--full-tree', commit, '--', *paths)
        for line in output.decode().split('\0')[:-1]:
            fields, path = line.split('\t', 1)
            mode, kind, blob = fields.split()
            if kind == 'blob':
                found[path] = (mode, blob)
        return found
