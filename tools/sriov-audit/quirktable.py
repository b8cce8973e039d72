# SPDX-License-Identifier: GPL-2.0
"""The quirk table, as "make quirks-tsv" prints it."""

from dataclasses import dataclass, field
import os
import re

import pciid

_COLUMNS = ('vendor', 'device', 'subvendor', 'subdevice', 'class',
            'class mask', 'verdict', 'hazards', 'driver')
_CALL = re.compile(r'^SRIOV_QUIRK_(FAMILY|MATCH|PF|PF_SUBSYS|PF_CLASS|CLASS)'
                   r'\s*\(([^")]*)(?:"([^"]+)")?', re.M)


class TableError(Exception):
    """A table that cannot be read."""


@dataclass(frozen=True)
class Entry:
    """A line of the table.  @where: for humans, the line that makes it."""

    id: pciid.PciId
    verdict: str
    hazards: str
    driver: str
    where: str

    @property
    def family(self):
        """What entries have in common that mean the same."""
        return self.driver, self.hazards


@dataclass
class Table:
    """All entries, in file order."""

    entries: list = field(default_factory=list)
    _exact: dict = field(default_factory=dict)
    _wild: list = field(default_factory=list)

    def add(self, entry):
        """Append an entry."""
        self.entries.append(entry)
        key = (entry.id.vendor, entry.id.device)
        if None in key:
            self._wild.append(entry)
        else:
            self._exact.setdefault(key, []).append(entry)

    def near(self, id_):
        """Entries that may cover an id."""
        return self._exact.get((id_.vendor, id_.device), []) + self._wild

    def lookup(self, id_):
        """The entry that decides for every device of @id_, or None."""
        covering = [e for e in self.near(id_) if e.id.covers(id_)]
        return max(covering, key=lambda e: e.id.rank(), default=None)

    def meeting(self, id_):
        """Entries that decide for some device of @id_."""
        return [e for e in self.entries if e.id.meets(id_)]


def _number(text, digits, what):
    if text == '*':
        return None
    if not re.fullmatch(r'[0-9a-f]{1,%d}' % digits, text):
        raise TableError(f'{what}: "{text}" is neither * nor at most '
                         f'{digits} lower-case hex digits')
    return int(text, 16)


def _entry(line, where, places):
    fields = line.split('\t')
    if len(fields) != len(_COLUMNS):
        raise TableError(f'{where}: {len(fields)} columns instead of '
                         f'{len(_COLUMNS)}: {", ".join(_COLUMNS)}')
    numbers = [_number(text, 6 if i > 3 else 4, f'{where}: {_COLUMNS[i]}')
               for i, text in enumerate(fields[:6])]
    id_ = pciid.PciId(*numbers[:4], numbers[4] or 0, numbers[5] or 0)
    verdict, hazards, driver = fields[6:]
    if verdict not in ('allow', 'refuse') or not hazards or not driver:
        raise TableError(f'{where}: no verdict, hazards or driver')
    return Entry(id_, verdict, hazards, driver,
                 places.get((id_, driver), where))


def read(path, text, quirks):
    """The table in @text, which @path is the name of.

    @quirks: the folder of the X-macro files, to say where an entry stands.
    """
    places = _places(quirks)
    table = Table()
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith('#'):
            table.add(_entry(line, f'{path}:{number}', places))
    if not table.entries:
        raise TableError(f'{path}: no entries')
    return table


def _places(folder):
    """{(id, driver): file:line} of the entries of the X-macro files."""
    places, drivers = {}, {}
    if not folder or not os.path.isdir(folder):
        return places
    for name in sorted(os.listdir(folder)):
        if not name.endswith('.h') or name == 'quirks.h':
            continue
        path = os.path.join(folder, name)
        with open(path, encoding='utf-8') as file:
            text = file.read()
        for match in _CALL.finditer(text):
            kind, words, string = match.groups()
            args = [word.strip() for word in words.split(',')]
            if kind == 'FAMILY':
                drivers[args[0]] = string
            elif id_ := _id(kind, args[1:]):
                line = text.count('\n', 0, match.start()) + 1
                key = (id_, drivers.get(args[0]))
                places.setdefault(key, f'{_shown(path)}:{line}')
    return places


def _shown(path):
    short = os.path.relpath(path)
    return path if short.startswith('..') else short


def _id(kind, args):
    """The id that a macro of quirks.h stands for; None if it is misspelt."""
    try:
        numbers = [None if a == 'SRIOV_QUIRK_ANY' else int(a, 16)
                   for a in args]
    except ValueError:
        return None
    none = [None] * 4
    forms = {'MATCH': numbers, 'PF': numbers + none[:2],
             'PF_SUBSYS': numbers, 'CLASS': none + numbers,
             'PF_CLASS': numbers[:2] + none[:2] + numbers[2:]}
    fields = forms[kind]
    return pciid.PciId(*fields) if len(fields) in (4, 6) else None
