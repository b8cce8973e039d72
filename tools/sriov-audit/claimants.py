# SPDX-License-Identifier: GPL-2.0
"""Who claims an id that no driver that enables VFs claims?

Most likely a VF driver.  Sources that mention the number, or a macro of that
number, are candidates; their tables are read like any other.
"""

import posixpath
import re

_COMMON = 'include/linux/pci_ids.h'
# An id that is in this many sources is no clue
_MOST = 16
_DEFINE = re.compile(r'^\s*#\s*define\s+(\w+)\s+\(?0[xX]0*([0-9a-fA-F]+)\b',
                     re.M)
_WORD = re.compile(r'\b\w+\b')
_NUMBER = re.compile(r'0x0*([0-9a-f]+)')


def _folders(tree):
    """Sources with id tables, by folder."""
    folders = {}
    for name in tree.with_word('pci_device_id'):
        if name.endswith('.c'):
            folders.setdefault(posixpath.dirname(name), []).append(name)
    return folders


def _headers(tree, folders):
    """{folder: its headers}"""
    found = {folder: [] for folder in folders}
    for name in tree.files():
        folder = posixpath.dirname(name)
        if name.endswith('.h') and folder in found:
            found[folder].append(name)
    return found


def _macros(tree, headers):
    """{value: names of its macros}, in lower case"""
    found = {}
    for header in headers:
        for name, value in _DEFINE.findall(tree.read(header)):
            found.setdefault(int(value, 16), set()).add(name.lower())
    return found


class _Mentions:
    """Which sources with id tables mention a number, or a macro of it?

    Every source is read once, for all ids that are looked for.
    """

    def __init__(self, tree):
        folders = _folders(tree)
        headers = _headers(tree, folders)
        common = [_COMMON] if tree.exists(_COMMON) else []
        self._common = _macros(tree, common)
        self._folders = [(_macros(tree, headers[folder]),
                          [(s, *self._look(tree, s)) for s in sources])
                         for folder, sources in folders.items()]

    @staticmethod
    def _look(tree, source):
        """The words of a source, and the numbers among them."""
        words = set(_WORD.findall(tree.read(source).lower()))
        numbers = {int(m.group(1), 16)
                   for m in map(_NUMBER.fullmatch, words) if m}
        return words, numbers

    def of(self, device):
        """Sources that mention a device id."""
        common = self._common.get(device, set())
        for macros, sources in self._folders:
            names = common | macros.get(device, set())
            yield from (source for source, words, numbers in sources
                        if device in numbers or words & names)


def find(tree, resolver, ids, known):
    """{id: drivers that claim just that device}, for ids with a device.

    @known: sources that are resolved already.
    """
    mentions = _Mentions(tree)
    wanted = {}
    for id_ in ids:
        if None not in (id_.vendor, id_.device):
            sources = set(mentions.of(id_.device)) - known
            if len(sources) <= _MOST:
                wanted[id_] = sources
    every = set().union(*wanted.values()) if wanted else set()
    drivers = resolver.others(every).drivers if every else []
    return {id_: [d for d in drivers
                  if any(_same(c.id, id_) for c in d.claims)]
            for id_ in wanted}


def _same(claim, id_):
    return (claim.vendor, claim.device) == (id_.vendor, id_.device)
