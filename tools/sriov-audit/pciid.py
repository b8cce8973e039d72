# SPDX-License-Identifier: GPL-2.0
"""What a PCI id matches: the six fields of struct pci_device_id."""

from dataclasses import dataclass
import re

CLASS_BITS = 0xffffff
PCI_ANY_ID = 0xffffffff


class IdError(ValueError):
    """A text that is no PCI id."""


def _inside(wide, narrow):
    return wide is None or wide == narrow


def _meets(one, other):
    return one is None or other is None or one == other


@dataclass(frozen=True)
class PciId:
    """A set of PCI functions; an id of None matches any.

    class_ is zero outside of mask, so that equal sets compare equal.
    """

    vendor: int | None = None
    device: int | None = None
    subvendor: int | None = None
    subdevice: int | None = None
    class_: int = 0
    mask: int = 0

    def __post_init__(self):
        mask = self.mask & CLASS_BITS
        object.__setattr__(self, 'mask', mask)
        object.__setattr__(self, 'class_', self.class_ & mask)

    @property
    def ids(self):
        """The four ids, widest first."""
        return (self.vendor, self.device, self.subvendor, self.subdevice)

    def covers(self, other):
        """Does every function that @other matches match this one too?"""
        return (all(map(_inside, self.ids, other.ids)) and
                self.mask & other.mask == self.mask and
                other.class_ & self.mask == self.class_)

    def meets(self, other):
        """Is there a function that both match?"""
        both = self.mask & other.mask
        return (all(map(_meets, self.ids, other.ids)) and
                self.class_ & both == other.class_ & both)

    def narrowed(self, class_, mask):
        """This id, for devices of one class only."""
        return PciId(*self.ids, class_, mask)

    def rank(self):
        """How specific: the larger wins, as in sriov_quirk_find()."""
        named = [value is not None for value in
                 (self.vendor, self.device, self.subdevice, self.subvendor)]
        return (*named, self.mask)

    def __str__(self):
        shown = self.ids if self.ids[2:] != (None, None) else self.ids[:2]
        text = ':'.join('*' if v is None else f'{v:04x}' for v in shown)
        if self.mask:
            text += f'@{self.class_:06x}/{self.mask:06x}'
        return text


def from_kernel(fields):
    """An id from the numbers of a struct pci_device_id."""
    ids = [None if value == PCI_ANY_ID else value for value in fields[:4]]
    return PciId(*ids, fields[4], fields[5])


def _hex(text, digits):
    if not re.fullmatch(r'[0-9a-f]{%d}' % digits, text):
        raise IdError(f'"{text}" is not {digits} lower-case hex digits')
    return int(text, 16)


def parse_class(text):
    """cccccc/mmmmmm to two numbers."""
    class_, slash, mask = text.partition('/')
    if not slash:
        raise IdError(f'"{text}" is not class/mask')
    return _hex(class_, 6), _hex(mask, 6)


def _fields(text):
    ids, at, class_ = text.partition('@')
    fields = ids.split(':')
    if len(fields) not in (2, 4):
        raise IdError(f'"{text}" is not vendor:device[:subvendor:subdevice]'
                      '[@class/mask]')
    return fields, (parse_class(class_) if at else (0, 0))


def parse_id(text):
    """The text that str() prints, back to an id."""
    fields, class_ = _fields(text)
    numbers = [None if f == '*' else _hex(f, 4) for f in fields]
    return PciId(*numbers, *[None] * (4 - len(numbers)), *class_)


@dataclass(frozen=True)
class Pattern:
    """An id in which a ? stands for any hex digit."""

    text: str
    fields: tuple
    wide: PciId

    def covers(self, id_):
        """Does every function that @id_ matches match this one too?"""
        return self.wide.covers(id_) and all(
            '?' not in field or value is not None and
            re.fullmatch(field.replace('?', '.'), f'{value:04x}')
            for field, value in zip(self.fields, id_.ids))

    def __str__(self):
        return self.text


def parse_pattern(text):
    """An id with * and ? to a pattern."""
    fields, class_ = _fields(text)
    numbers = [None if '?' in f or f == '*' else _hex(f, 4) for f in fields]
    for field in fields:
        if '?' in field:
            _hex(field.replace('?', '0'), 4)
    wide = PciId(*numbers, *[None] * (4 - len(numbers)), *class_)
    return Pattern(text, tuple(fields), wide)


def parse_alias(alias):
    """A "pci:v...d..." module alias to an id; None for any other alias."""
    match = re.fullmatch(r'pci:v([0-9A-F]{8}|\*)d([0-9A-F]{8}|\*)'
                         r'sv([0-9A-F]{8}|\*)sd([0-9A-F]{8}|\*)'
                         r'bc([0-9A-F]{2}|\*)sc([0-9A-F]{2}|\*)'
                         r'i([0-9A-F]{2}|\*)\*?', alias)
    if not match:
        return None
    parts = match.groups()
    ids = [None if p == '*' else int(p, 16) for p in parts[:4]]
    class_ = int(''.join('00' if p == '*' else p for p in parts[4:]), 16)
    mask = int(''.join('00' if p == '*' else 'ff' for p in parts[4:]), 16)
    return PciId(*ids, class_, mask)
