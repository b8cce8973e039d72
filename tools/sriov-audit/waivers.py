# SPDX-License-Identifier: GPL-2.0
"""The exceptions file: findings that somebody has looked at and explained."""

from dataclasses import dataclass
import re

import pciid

# What the part after the colon of a kind must be
_ARGUMENTS = {
    'class': 'class/mask', 'owner': 'driver', 'since': 'version',
    'until': 'version', 'vf': None, 'pf': None, 'no-sriov': None,
    'not-enabling': None, 'extra': None, 'safe': None, 'hazard': None,
    'redundant': None, 'unresolved': None,
}


class WaiverError(Exception):
    """An exceptions file that cannot be read."""


def parse_version(text):
    """6.12 to (6, 12)."""
    if not re.fullmatch(r'\d+\.\d+(\.\d+)?', text):
        raise ValueError(f'"{text}" is not a kernel version')
    return tuple(map(int, text.split('.')))


@dataclass
class Waiver:
    """One exception for one id (None: any); @used when it explained
    something.
    """

    kind: str
    argument: object
    driver: str
    id: pciid.Pattern | None
    reason: str
    where: str
    used: bool = False

    def matches(self, driver, id_):
        """Is it about this id (None: the driver as a whole)?"""
        if self.driver != driver:
            return False
        return self.id is None or id_ is not None and self.id.covers(id_)

    @property
    def label(self):
        """The kind as it is written in the file."""
        argument = self.argument
        if self.kind in ('since', 'until'):
            argument = '.'.join(map(str, argument))
        elif self.kind == 'class':
            argument = '%06x/%06x' % argument
        return self.kind if argument is None else f'{self.kind}:{argument}'


def _argument(kind, text):
    wanted = _ARGUMENTS[kind]
    if (wanted is None) != (text == ''):
        raise ValueError(f'"{kind}" needs ' + (f':{wanted}' if wanted else
                                               'nothing after it'))
    if wanted == 'version':
        return parse_version(text)
    if wanted == 'class/mask':
        return pciid.parse_class(text)
    return text or None


def _parse(line, where):
    fields = line.split('\t')
    if len(fields) != 4 or not all(f.strip() for f in fields):
        raise WaiverError(f'{where}: a kind, a driver, an id or *, and a '
                          'reason are needed, with one tab between them')
    kind, _, argument = fields[0].partition(':')
    if kind not in _ARGUMENTS:
        raise WaiverError(f'{where}: unknown kind "{kind}"; known are '
                          f'{", ".join(sorted(_ARGUMENTS))}')
    try:
        value = _argument(kind, argument)
        for text in fields[2].split(','):
            id_ = None if text == '*' else pciid.parse_pattern(text)
            yield Waiver(kind, value, fields[1], id_, fields[3], where)
    except ValueError as error:
        raise WaiverError(f'{where}: {error}') from error


class Waivers:
    """All exceptions."""

    def __init__(self, lines, path):
        self.all = []
        for number, line in enumerate(lines, 1):
            line = line.rstrip('\n')
            if line and not line.startswith('#'):
                self.all += _parse(line, f'{path}:{number}')

    def find(self, kind, driver, id_, argument=None):
        """The exception of that kind for an id, marked as used, or None."""
        for waiver in self.all:
            if (waiver.kind == kind and waiver.matches(driver, id_) and
                    argument in (None, waiver.argument)):
                waiver.used = True
                return waiver
        return None

    def expected(self, driver, id_, version):
        """Should a kernel of that version have the id?"""
        for waiver in self.all:
            if (waiver.kind in ('since', 'until') and
                    waiver.matches(driver, id_) and
                    not in_range(waiver, version)):
                return False
        return True


def in_range(waiver, version):
    """Is the kernel one that a since or until exception says has the id?"""
    if waiver.kind == 'since':
        return version >= waiver.argument
    return version < waiver.argument


def read(path):
    """The exceptions of a file."""
    try:
        with open(path, encoding='utf-8') as file:
            return Waivers(file, path)
    except OSError as error:
        raise WaiverError(f'{path}: {error.strerror}') from error
