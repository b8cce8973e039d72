# SPDX-License-Identifier: GPL-2.0
"""What is decided: the quirk table, and what stands in decided.tsv beside it."""

import collections
import fnmatch
import os
import re


class AuditError(Exception):
    """The audit cannot answer."""


class Id(collections.namedtuple('Id', 'ids class_ mask')):
    """What an id of a driver or of the table matches.  @ids: vendor, device,
    subvendor and subdevice, each four digits or *.
    """

    @classmethod
    def make(cls, ids, class_, mask):
        """Of 24 bits of class, which is zero outside of its mask."""
        return cls(tuple(ids), class_ & mask & 0xffffff, mask & 0xffffff)

    def covers(self, other):
        """Does every function that matches @other match this one?"""
        return (all(a in ('*', b) for a, b in zip(self.ids, other.ids)) and
                self.mask & other.mask == self.mask and
                other.class_ & self.mask == self.class_)

    def meets(self, other):
        """Is there a function that both match?"""
        both = self.mask & other.mask
        return (all(a == b or '*' in (a, b)
                    for a, b in zip(self.ids, other.ids)) and
                self.class_ & both == other.class_ & both)

    def wider(self, other):
        """Is it by class, where @other names a device?"""
        return bool(self.mask) and self.ids[1] == '*' != other.ids[1]

    def rank(self):
        """The larger wins, as in sriov_quirk_find()."""
        return [self.ids[i] != '*' for i in (0, 1, 3, 2)], self.mask

    def __str__(self):
        ids = self.ids[:2] if self.ids[2:] == ('*', '*') else self.ids
        class_ = f'@{self.class_:06x}/{self.mask:06x}' if self.mask else ''
        return ':'.join(ids) + class_


Entry = collections.namedtuple('Entry', 'id verdict driver')


def read_table(path, text):
    """The entries about single drivers' devices.  What refuses a whole class,
    unseen, decides nothing.
    """
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            *ids, class_, mask, verdict, hazards, driver = line.split('\t')
            id_ = Id.make(ids, *(int(n.replace('*', '0'), 16)
                                 for n in (class_, mask)))
        except ValueError as error:
            raise AuditError(f'{path}:{number}: not a line of "make '
                             f'quirks-tsv": {line}') from error
        if hazards != 'class':
            entries.append(Entry(id_, verdict, driver))
    if not entries:
        raise AuditError(f'{path}: no entries')
    return entries


class Row:
    """A line of decided.tsv; README.md says what its columns are."""

    def __init__(self, where, line):
        fields = line.split('\t')
        if len(fields) != 4 or not all(field.strip() for field in fields):
            raise AuditError(f'{where}: a module, ids, a decision and a reason'
                             ' are needed, with one tab between them')
        self.where, self.used = where, False
        self.module, self.ids, decision, why = fields
        self.whole = self.ids == '*'
        if not re.fullmatch(r'(refuse|allow):\S+|none' if self.whole else
                            'vf|none|class|extra', decision):
            raise AuditError(f'{where}: "{decision}" is no decision about ' +
                             ('a module' if self.whole else 'ids'))
        self.decision, _, drivers = decision.partition(':')
        self.drivers = set(filter(None, drivers.split(',')))
        self.is_file = '/' in self.module
        self.functions = set(re.findall(r'\w+', why.split(';')[0])
                             if self.whole and not self.is_file else ())

    def matches(self, id_):
        """Is it about that id, and not about all of its module?"""
        return not self.whole and any(fnmatch.fnmatchcase(str(id_), ids)
                                      for ids in self.ids.split(','))


def read_record(path):
    """The rows of decided.tsv."""
    with open(path, encoding='utf-8', errors='replace') as file:
        return [Row(f'{os.path.basename(path)}:{number}', line.rstrip('\n'))
                for number, line in enumerate(file, 1)
                if line.strip() and line[0] != '#']
