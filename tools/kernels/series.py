# SPDX-License-Identifier: GPL-2.0
"""The series of each kernel: patches/<version>/series.

In order, a line each:

<path>			a patch, below patches/: <folder>/<name>, or
			<version>/<folder>/<name> for a backport that differs
	<path>		indented: a new file that belongs to it, at its place in
			a kernel tree; with a / at the end, all that is there and
			has no line of its own
without <folder>/<name>	<reason>
			a patch of another kernel that this one does without

The folders come in the order of FOLDERS.
"""

import collections
import os
import pathlib
import subprocess

from repo import TOP, Failure

FOLDERS = ('fixes', 'cost', 'simulator', 'feature')

# New files, by where they are in the project; what is at another place in the
# kernel
NEW_FILES = ('drivers', 'include', 'Documentation', 'quirks',
             'tools/testing/selftests/pci_sim',
             'tools/testing/selftests/pci_sriov')
PLACES = (('quirks/', 'drivers/pci/sriov-quirks/'),)

Step = collections.namedtuple('Step', 'folder patch files')


def in_tree(path):
    """Where a file of the project is in a kernel tree."""
    for ours, theirs in PLACES:
        if path.startswith(ours):
            return theirs + path[len(ours):]
    return path


def in_project(path):
    """Where a new file of a kernel tree is in the project."""
    for ours, theirs in PLACES:
        if path.startswith(theirs):
            return ours + path[len(theirs):]
    return path


def is_project_only(path):
    """Is it no file for a kernel?"""
    return path.startswith('quirks/') and not path.endswith('.h')


def kernels(top=TOP):
    """The versions of the list, the base first."""
    done = subprocess.run([pathlib.Path(__file__).parent / 'list.sh'],
                          env={'KERNELS_LIST': str(top / 'patches/kernels'),
                               **os.environ},
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not done.stdout:
        raise Failure('there is no list of kernels')
    return done.stdout.split()


def number(version):
    """To compare versions."""
    return [int(part) for part in version.split('.')]


def new_files(top=TOP):
    """The project's files for a kernel: {place in the tree: path}."""
    found = {}
    for start in NEW_FILES:
        for base, dirs, names in os.walk(top / start):
            dirs[:] = sorted(d for d in dirs if d != '__pycache__')
            for name in names:
                path = (pathlib.Path(base) / name).relative_to(top).as_posix()
                if not is_project_only(path):
                    found[in_tree(path)] = top / path
    return found


class Series:
    """That of one kernel."""

    def __init__(self, version, top=TOP):
        self.version = version
        self.top = top
        self.path = top / 'patches' / version / 'series'
        self.steps = []
        self.without = {}       # {folder/name: reason}
        if not self.path.exists():
            raise Failure(f'{self.name}: there is none; patches/README.md says '
                          'how to add a kernel')
        self._parse()

    @property
    def name(self):
        """For messages."""
        return self.path.relative_to(self.top).as_posix()

    def _parse(self):
        for number_, line in enumerate(self.path.read_text().splitlines(), 1):
            where = f'{self.name}:{number_}'
            if not line.strip() or line.startswith('#'):
                continue
            if line[0] in ' \t':
                if not self.steps:
                    raise Failure(f'{where}: a file before the first patch')
                self.steps[-1].files.append(line.strip())
            elif line.startswith('without '):
                name, _, reason = line[len('without '):].partition('\t')
                if not reason.strip():
                    raise Failure(f'{where}: a reason is needed, after a tab')
                if name in self.without:
                    raise Failure(f'{where}: {name} is there twice')
                self.without[name] = reason.strip()
            else:
                self._patch(where, line.strip())

    def _patch(self, where, name):
        parts = name.split('/')
        folder = parts[-2] if len(parts) > 1 else ''
        path = self.top / 'patches' / name
        if folder not in FOLDERS or len(parts) > 3:
            raise Failure(f'{where}: {name} is in none of the folders '
                          f'{" ".join(FOLDERS)}')
        if not path.is_file():
            raise Failure(f'{where}: there is no patches/{name}')
        if not path.stat().st_size:
            raise Failure(f'{where}: patches/{name} is empty; take the line out '
                          'and say "without", with the reason')
        if self.steps and FOLDERS.index(folder) < \
                FOLDERS.index(self.steps[-1].folder):
            raise Failure(f'{where}: {folder} comes before '
                          f'{self.steps[-1].folder}: {" ".join(FOLDERS)}')
        if logical(name) in self.taken():
            raise Failure(f'{where}: {logical(name)} is there twice')
        self.steps.append(Step(folder, name, []))

    def taken(self):
        """{folder/name: path below patches/} of its patches."""
        return {logical(step.patch): step.patch for step in self.steps}

    def place_files(self):
        """[{place in the tree: path in the project}], one for each step."""
        files = new_files(self.top)
        named = {}
        for index, step in enumerate(self.steps):
            for name in step.files:
                if name in named:
                    raise Failure(f'{self.name}: {name} is there twice')
                named[name] = index
        placed = [{} for _ in self.steps]
        for name, index in named.items():
            if name.endswith('/'):
                continue
            if name not in files:
                raise Failure(f'{self.name}: there is no file {name} '
                              f'({in_project(name)})')
            placed[index][name] = files.pop(name)
        # The deepest folder first
        for name in sorted(named, key=len, reverse=True):
            if name.endswith('/'):
                inside = [f for f in files if f.startswith(name)]
                if not inside:
                    raise Failure(f'{self.name}: nothing is left for {name}')
                for file in inside:
                    placed[named[name]][file] = files.pop(file)
        if files:
            raise Failure(f'{self.name}: no patch brings '
                          f'{" ".join(sorted(files))}: add a line with a tab '
                          'and the path below a patch')
        return placed


def logical(name):
    """A patch's name without the version that it is for."""
    return '/'.join(name.split('/')[-2:])


def complaints(top=TOP):
    """What is wrong with the lists taken together."""
    every = {}
    wrong = []
    for version in kernels(top):
        try:
            every[version] = Series(version, top)
        except Failure as failure:
            wrong.append(str(failure))
    if wrong:
        return wrong

    named = {step.patch for s in every.values() for step in s.steps}
    for path in sorted((top / 'patches').glob('**/*.patch')):
        name = path.relative_to(top / 'patches').as_posix()
        if name not in named:
            wrong.append(f'patches/{name}: no series names it')
    patches = sorted({logical(name) for name in named})
    for series in every.values():
        taken = series.taken()
        for name in patches:
            if name in taken and name in series.without:
                wrong.append(f'{series.name}: {name} is both taken and left out')
            if name not in taken and name not in series.without:
                wrong.append(f'{series.name}: says nothing of {name}: take it, '
                             f'or write "without {name}<tab><reason>"')
        for name in series.without:
            if name not in patches:
                wrong.append(f'{series.name}: without {name}: no such patch')
    return wrong
