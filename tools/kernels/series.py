# SPDX-License-Identifier: GPL-2.0
"""The series of each kernel: patches/<version>/series.  In order, a line each:

<path>			a patch, below patches/: <folder>/<name>, or
			<version>/<folder>/<name> for a backport that differs
without <folder>/<name>	<reason>
			a patch of another kernel that this one does without

The folders come in the order of FOLDERS.

patches/files has the new files that belong to each patch, on all kernels:

<folder>/<name>	<path>	a file, at its place in a kernel tree; with a / at the end,
			all that is there and has no line of its own
"""

import collections
import os
import pathlib
import subprocess

from repo import TOP, Failure

PATCHES = TOP / 'patches'
FILES = PATCHES / 'files'
FOLDERS = ('fixes', 'cost', 'simulator', 'feature')

# New files, by where they are in the project; what is at another place in the
# kernel
NEW_FILES = ('drivers', 'include', 'Documentation', 'quirks',
             'tools/testing/selftests/pci_sim',
             'tools/testing/selftests/pci_sriov')
OURS, THEIRS = 'quirks/', 'drivers/pci/sriov-quirks/'

Step = collections.namedtuple('Step', 'folder patch files')


def in_project(path):
    """Where a new file of a kernel tree is in the project."""
    return TOP / (OURS + path[len(THEIRS):] if path.startswith(THEIRS) else path)


def new_files():
    """The project's files for a kernel: {place in the tree: path}."""
    found = {}
    for start in NEW_FILES:
        for base, dirs, names in os.walk(TOP / start):
            dirs[:] = sorted(d for d in dirs if d != '__pycache__')
            for path in (pathlib.Path(base, name) for name in names):
                place = path.relative_to(TOP).as_posix()
                if not place.startswith(OURS):
                    found[place] = path
                elif place.endswith('.h'):
                    found[THEIRS + place[len(OURS):]] = path
    return found


def logical(name):
    """A patch's name without the version that it is for."""
    return '/'.join(name.split('/')[-2:])


def places():
    """{place in a tree: folder/name of its patch}, as patches/files has it."""
    found = {}
    for line in FILES.read_text().splitlines():
        if line and not line.startswith('#'):
            name, _, place = line.partition('\t')
            if not place or place in found:
                raise Failure(f'patches/files: wrong, or there twice: {line}')
            found[place] = name
    return found


def owner_of(file, known):
    """The patch that brings a file: of its own line, or of the deepest folder's."""
    folders = [p for p in known if p == file or p.endswith('/') and file.startswith(p)]
    return known[max(folders, key=len)] if folders else None


def number(version):
    """To compare versions."""
    return [int(part) for part in version.split('.')]


def kernels():
    """The versions of the list, the base first."""
    done = subprocess.run([pathlib.Path(__file__).parent / 'list.sh'],
                          stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode or not done.stdout:
        raise Failure('there is no list of kernels')
    return done.stdout.split()


class Series:
    """That of one kernel."""

    def __init__(self, version):
        self.version = version
        self.path = PATCHES / version / 'series'
        self.name = f'patches/{version}/series'
        self.steps = []
        self.without = {}       # {folder/name: reason}
        if not self.path.exists():
            raise Failure(f'{self.name}: there is none; patches/README.md says '
                          'how to add a kernel')
        for number_, line in enumerate(self.path.read_text().splitlines(), 1):
            try:
                if line.startswith('without '):
                    self._without(*line[len('without '):].partition('\t')[::2])
                elif line.strip() and not line.startswith('#'):
                    self._patch(line.strip())
            except Failure as failure:
                raise Failure(f'{self.name}:{number_}: {failure}') from failure
        known = places()
        for file, path in sorted(new_files().items()):
            for step in self.steps:
                if logical(step.patch) == owner_of(file, known):
                    step.files[file] = path

    def _without(self, name, reason):
        if not reason.strip():
            raise Failure('a reason is needed, after a tab')
        if name in self.without:
            raise Failure(f'{name} is there twice')
        self.without[name] = reason.strip()

    def _patch(self, name):
        parts = name.split('/')
        folder = parts[-2] if len(parts) in (2, 3) else ''
        path = PATCHES / name
        if folder not in FOLDERS:
            raise Failure(f'{name} is in none of the folders {" ".join(FOLDERS)}')
        if not path.is_file():
            raise Failure(f'there is no patches/{name}')
        if not path.stat().st_size:
            raise Failure(f'patches/{name} is empty; take the line out and say '
                          '"without", with the reason')
        if self.steps and FOLDERS.index(folder) < \
                FOLDERS.index(self.steps[-1].folder):
            raise Failure(f'{folder} comes before {self.steps[-1].folder}: '
                          f'{" ".join(FOLDERS)}')
        if logical(name) in self.taken():
            raise Failure(f'{logical(name)} is there twice')
        self.steps.append(Step(folder, name, {}))

    def taken(self):
        """{folder/name: path below patches/} of its patches."""
        return {logical(step.patch): step.patch for step in self.steps}


def check():
    """Fails if something is wrong with the lists taken together."""
    every = [Series(version) for version in kernels()]
    wrong = []
    named = {step.patch for s in every for step in s.steps}
    for path in sorted(PATCHES.glob('**/*.patch')):
        if path.relative_to(PATCHES).as_posix() not in named:
            wrong.append(f'{path.relative_to(TOP)}: no series names it')
    patches = {logical(name) for name in named}
    for series in every:
        taken = series.taken()
        wrong += [f'{series.name}: says nothing of {name}: take it, or write '
                  f'"without {name}<tab><reason>"'
                  for name in sorted(patches - {*taken, *series.without})]
        wrong += [f'{series.name}: without {name}: it is taken, or there is none'
                  for name in series.without if name in taken or name not in patches]
    files = new_files()
    known = places()
    wrong += [f'patches/files: no patch brings {file}: add a line for it'
              for file in files if not owner_of(file, known)]
    for place, name in known.items():
        if name not in patches:
            wrong.append(f'patches/files: there is no patch {name}')
        if not any(f == place or place.endswith('/') and f.startswith(place)
                   for f in files):
            wrong.append(f'patches/files: there is no {place}')
    if wrong:
        raise Failure('\n'.join(wrong))
