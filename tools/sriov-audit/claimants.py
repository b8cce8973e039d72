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


def _macros(text, device):
    return {name for name, value in _DEFINE.findall(text)
            if int(value, 16) == device}


def _candidates(tree, device):
    """Sources that mention a device id."""
    folders = _folders(tree)
    headers = _headers(tree, folders)
    common = _macros(tree.read(_COMMON), device) if tree.exists(_COMMON) \
        else set()
    digits = '%x' % device
    for folder, sources in folders.items():
        names = set(common)
        for header in headers[folder]:
            if digits.encode() in tree.read_bytes(header).lower():
                names |= _macros(tree.read(header), device)
        pattern = re.compile('|'.join(
            [r'\b0x0*%s\b' % digits, *(rf'\b{n}\b' for n in names)]), re.I)
        yield from (s for s in sources if pattern.search(tree.read(s)))


def find(tree, resolver, ids, known):
    """{id: drivers that claim just that device}, for ids with a device.

    @known: sources that are resolved already.
    """
    wanted = {}
    for id_ in ids:
        if None not in (id_.vendor, id_.device):
            sources = set(_candidates(tree, id_.device)) - known
            if len(sources) <= _MOST:
                wanted[id_] = sources
    every = set().union(*wanted.values()) if wanted else set()
    drivers = resolver.others(every).drivers if every else []
    return {id_: [d for d in drivers
                  if any(_same(c.id, id_) for c in d.claims)]
            for id_ in wanted}


def _same(claim, id_):
    return (claim.vendor, claim.device) == (id_.vendor, id_.device)
