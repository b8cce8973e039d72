# SPDX-License-Identifier: GPL-2.0
"""A kernel source tree: its version, and an index of its files by content.

The index keeps for each file a hash and what a first look found in it.  Like
git's, it trusts size, inode, mtime and ctime and reads again what they say has
changed, so that nothing changed costs one stat() per file.
"""

import hashlib
import json
import os
import re

# Neither is built into a kernel or a module
_SKIPPED = ('Documentation', 'tools')
_SUFFIXES = ('.c', '.h', '.S', '.inc', '.tbl', '.lds', '.sh', '.py', '.pl',
             '.awk', '.config')
_NAMES = ('Makefile', 'Kbuild', 'Kconfig')
_FORMAT = 1


class TreeError(Exception):
    """A directory that cannot be audited."""


class Tree:
    """A source tree.  Paths are relative to it, with slashes."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.version = self._read_version()
        self._index = {}

    def __str__(self):
        return 'linux-' + '.'.join(map(str, self.version))

    def _read_version(self):
        try:
            head = self.read('Makefile')[:2000]
        except OSError as error:
            raise TreeError(f'{self.root}: not a kernel source tree: '
                            f'{error.strerror}') from error
        found = dict(re.findall(r'^(VERSION|PATCHLEVEL|SUBLEVEL)\s*=\s*(\d+)',
                                head, re.M))
        if 'VERSION' not in found or 'PATCHLEVEL' not in found:
            raise TreeError(f'{self.root}: not a kernel source tree: its '
                            'Makefile has no VERSION')
        return tuple(int(found.get(part, 0)) for part in
                     ('VERSION', 'PATCHLEVEL', 'SUBLEVEL'))

    def path(self, name):
        """Where a file of the tree stands."""
        return os.path.join(self.root, name)

    def read(self, name):
        """A file's text; a stray byte that is no UTF-8 does not matter."""
        with open(self.path(name), encoding='utf-8', errors='replace') as file:
            return file.read()

    def read_bytes(self, name):
        """A file's bytes."""
        with open(self.path(name), 'rb') as file:
            return file.read()

    def exists(self, name):
        """Is there such a file?"""
        return os.path.isfile(self.path(name))

    def files(self):
        """Every source file, Makefile and Kconfig."""
        return self._index.keys()

    def hash_of(self, name):
        """Hash of a file's content, or None if the index lacks the file."""
        entry = self._index.get(name)
        return entry[1] if entry else None

    def with_word(self, word):
        """Files in which the first look found b'sriov' or 'pci_device_id'."""
        bit = _WORDS[word]
        return sorted(n for n, entry in self._index.items() if entry[2] & bit)

    def digest(self, wanted=lambda name: True):
        """One hash of all files that are wanted, their names included."""
        digest = hashlib.blake2b(digest_size=16)
        for name in sorted(filter(wanted, self._index)):
            digest.update(f'{name} {self._index[name][1]}\n'.encode())
        return digest.hexdigest()

    def index(self, cache):
        """Fill the index, with the help of the file @cache."""
        old = _load(cache)
        self._index = {name: _look(path, old.get(name))
                       for name, path in self._walk()}
        if self._index != old:
            _save(cache, self._index)

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            rel = os.path.relpath(folder, self.root)
            folders[:] = sorted(f for f in folders if not f.startswith('.'))
            if rel == '.':
                rel = ''
                folders[:] = [f for f in folders if f not in _SKIPPED]
            for name in names:
                path = os.path.join(folder, name)
                if _is_source(name) and os.path.isfile(path):
                    yield os.path.join(rel, name), path


_WORDS = {'sriov': 1, 'pci_device_id': 2}


def _is_source(name):
    return name.endswith(_SUFFIXES) or name.startswith(_NAMES)


def _look(path, known):
    """[stat, hash, words found], from the index where the file is the same."""
    stat = os.stat(path)
    key = [stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
    if known and known[0] == key:
        return known
    with open(path, 'rb') as file:
        data = file.read()
    words = sum(bit for word, bit in _WORDS.items() if word.encode() in data)
    return [key, hashlib.blake2b(data, digest_size=16).hexdigest(), words]


def _load(cache):
    try:
        with open(cache, encoding='utf-8') as file:
            content = json.load(file)
    except (OSError, ValueError):
        return {}
    return content['files'] if content.get('format') == _FORMAT else {}


def _save(cache, index):
    temporary = f'{cache}.{os.getpid()}'
    with open(temporary, 'w', encoding='utf-8') as file:
        json.dump({'format': _FORMAT, 'files': index}, file)
    os.replace(temporary, cache)
