# SPDX-License-Identifier: GPL-2.0
"""PCI drivers and their id tables: exact numbers out of compiled objects."""

from dataclasses import dataclass, field
import re
import struct

import elf
import pciid

# MODULE_DEVICE_TABLE(pci, <table>): before and since Linux 6.14
TABLE = re.compile(r'__mod_pci__(?P<old>\w+)_device_table'
                    r'|__mod_device_table__(?:\w+?__)?pci__(?P<new>\w+)')


class ObjectError(Exception):
    """An object that does not hold what its source says."""

    def __init__(self, source, text):
        super().__init__(text)
        self.source = source


@dataclass(frozen=True)
class Table:
    """An id table; @name is None if it has no symbol.

    @ids keeps the order, with None for entries that match only if the
    administrator asks for the driver.
    """

    source: str
    name: str | None
    ids: tuple


@dataclass
class Driver:
    """A struct pci_driver; @table is None if it matches no id."""

    name: str
    source: str
    table: Table | None = None
    callback: str | None = None


@dataclass
class Contents:
    """Everything of interest in the objects of one module.

    @missing: symbols that an object not compiled yet defines
    """

    drivers: list = field(default_factory=list)
    tables: list = field(default_factory=list)
    missing: set = field(default_factory=set)


class Reader:
    """Reads the objects of one module."""

    def __init__(self, layout, objects):
        """@objects: {source: path of its object}"""
        self._layout = layout
        self._objects = {source: elf.Object.open(path)
                         for source, path in objects.items()}
        self._contents = Contents()

    def read(self, driver_names):
        """@driver_names: {source: struct pci_driver that it defines}"""
        for source, obj in self._objects.items():
            for name in driver_names.get(source, ()):
                self._add_driver(source, obj, name)
        used = {(d.table.source, d.table.name)
                for d in self._contents.drivers if d.table}
        for source, obj in self._objects.items():
            for table in self._device_tables(source, obj):
                if (table.source, table.name) not in used:
                    self._contents.tables.append(table)
        return self._contents

    def _add_driver(self, source, obj, name):
        symbol = obj.defined(name)
        if symbol is None:
            raise ObjectError(source, f'its struct pci_driver {name} is not '
                              'in the object')
        size = self._layout.driver_size
        if symbol.size == 0 or symbol.size % size:
            raise ObjectError(source, f'{name} has {symbol.size} bytes, a '
                              f'struct pci_driver {size}')
        for base in range(symbol.value, symbol.value + symbol.size, size):
            self._contents.drivers.append(Driver(
                self._string(obj, symbol.section, base + self._layout.name),
                source,
                self._table(source, obj, symbol.section,
                            base + self._layout.id_table),
                self._function(obj, symbol.section,
                               base + self._layout.sriov_configure)))

    def _follow(self, source, obj, section, offset):
        """Where a pointer points, in whichever object that is."""
        place = obj.pointer(section, offset)
        if place is None or place.section != elf.SHN_UNDEF:
            return source, obj, place
        for other_source, other in self._objects.items():
            symbol = other.defined(place.symbol)
            if symbol:
                return other_source, other, elf.Place(
                    symbol.section, symbol.value, symbol.name)
        self._contents.missing.add(place.symbol)
        return source, obj, None

    def _string(self, obj, section, offset):
        _, where, place = self._follow('', obj, section, offset)
        return where.string_at(place.section, place.offset) if place else ''

    @staticmethod
    def _function(obj, section, offset):
        place = obj.pointer(section, offset)
        if place is None:
            return None
        names = obj.names_at(place.section, place.offset, elf.STT_FUNC)
        return place.symbol or next(iter(names), '?')

    def _table(self, source, obj, section, offset):
        where, obj, place = self._follow(source, obj, section, offset)
        if place is None:
            return None
        # MODULE_DEVICE_TABLE() gives it a second name
        names = obj.names_at(place.section, place.offset, elf.STT_OBJECT)
        name = next((n for n in names if not TABLE.fullmatch(n)), None)
        symbol = obj.defined(name) if name else None
        end = symbol.value + symbol.size if symbol else None
        return Table(where, name, tuple(
            self._ids(where, obj, place.section, place.offset, end)))

    def _ids(self, source, obj, section, offset, end):
        """The entries up to the terminator, as the PCI core walks them."""
        layout = self._layout
        size = obj.sections[section].size
        while offset + layout.id_size <= (end or size):
            entry = obj.bytes_at(section, offset, layout.id_size)
            fields = [struct.unpack_from('<I', entry, at)[0]
                      for at in layout.id_fields]
            if not (fields[0] or fields[2] or fields[5]):
                return
            yield (None if self._override_only(entry)
                   else pciid.from_kernel(fields))
            offset += layout.id_size
        raise ObjectError(source, 'an id table of it has no terminator')

    def _override_only(self, entry):
        """Entries that match only if the administrator asks for the driver."""
        at = self._layout.override_only
        return at is not None and struct.unpack_from('<I', entry, at)[0] != 0

    def _device_tables(self, source, obj):
        for symbol in obj.symbols:
            match = TABLE.fullmatch(symbol.name)
            if match and symbol.section != elf.SHN_UNDEF:
                name = match.group('old') or match.group('new')
                end = symbol.value + symbol.size
                yield Table(source, name, tuple(self._ids(
                    source, obj, symbol.section, symbol.value, end)))
