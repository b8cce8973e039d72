# SPDX-License-Identifier: GPL-2.0
"""A reader of relocatable 64-bit little-endian ELF objects (.o, .ko)."""

from dataclasses import dataclass
import struct

SHT_SYMTAB, SHT_RELA, SHT_NOBITS = 2, 4, 8
SHN_UNDEF, SHN_LORESERVE = 0, 0xff00
STT_OBJECT, STT_FUNC, STT_SECTION = 1, 2, 3
EM_X86_64, EM_AARCH64 = 62, 183


class ElfError(ValueError):
    """A file that is no object of the expected kind."""


@dataclass(frozen=True)
class Section:
    """A section header; @data is None where the file holds no bytes."""

    name: str
    type: int
    info: int
    link: int
    data: bytes | None
    size: int


@dataclass(frozen=True)
class Symbol:
    """A symbol; @section is SHN_UNDEF (0) for one of another object."""

    name: str
    type: int
    section: int
    value: int
    size: int


@dataclass(frozen=True)
class Place:
    """What a pointer points to; @section is SHN_UNDEF if it is elsewhere."""

    section: int
    offset: int
    symbol: str


class Object:
    """One object file."""

    def __init__(self, data, name='object'):
        self.name = name
        if len(data) < 64 or data[:6] != b'\x7fELF\x02\x01':
            raise ElfError(f'{name}: not a 64-bit little-endian ELF file')
        self.machine = struct.unpack_from('<H', data, 18)[0]
        self.sections = self._read_sections(data)
        self.symbols = self._read_symbols()
        self._relocs = {}

    @classmethod
    def open(cls, path):
        """Read an object from a file."""
        with open(path, 'rb') as file:
            return cls(file.read(), str(path))

    def _read_sections(self, data):
        offset, = struct.unpack_from('<Q', data, 40)
        size, count, names = struct.unpack_from('<HHH', data, 58)
        # More than 65279 sections (-ffunction-sections): counts are elsewhere
        first = struct.unpack_from('<IIQQQQIIQQ', data, offset)
        count = count or first[5]
        names = first[6] if names == 0xffff else names
        headers = [struct.unpack_from('<IIQQQQIIQQ', data, offset + i * size)
                   for i in range(count)]
        start = headers[names][4]
        return [self._section(data, start, header) for header in headers]

    @staticmethod
    def _section(data, names, header):
        name, type_, _, _, offset, size, link, info = header[:8]
        end = data.index(b'\0', names + name)
        body = None if type_ == SHT_NOBITS else data[offset:offset + size]
        return Section(data[names + name:end].decode(), type_, info, link,
                       body, size)

    def _read_symbols(self):
        for section in self.sections:
            if section.type == SHT_SYMTAB:
                names = self.sections[section.link].data
                return [self._symbol(names, fields) for fields in
                        struct.iter_unpack('<IBBHQQ', section.data)]
        return []

    @staticmethod
    def _symbol(names, fields):
        name, info, _, section, value, size = fields
        text = names[name:names.index(b'\0', name)].decode(errors='replace')
        return Symbol(text, info & 15, section, value, size)

    def defined(self, name):
        """The symbol of that name that this object defines, or None."""
        for symbol in self.symbols:
            if (symbol.name == name and
                    SHN_UNDEF < symbol.section < SHN_LORESERVE):
                return symbol
        return None

    def undefined(self):
        """Names that other objects must provide."""
        return {s.name for s in self.symbols
                if s.section == SHN_UNDEF and s.name}

    def relocs(self, section):
        """{offset: (symbol, addend)} of what points out of a section."""
        if section not in self._relocs:
            found = {}
            for rela in self.sections:
                if rela.type == SHT_RELA and rela.info == section:
                    for where, info, addend in struct.iter_unpack(
                            '<QQq', rela.data):
                        found[where] = (self.symbols[info >> 32], addend)
            self._relocs[section] = found
        return self._relocs[section]

    def pointer(self, section, offset):
        """Where the pointer at an offset points to; None for NULL."""
        target = self.relocs(section).get(offset)
        if target is None:
            return None
        symbol, addend = target
        return Place(symbol.section, symbol.value + addend, symbol.name)

    def bytes_at(self, section, offset, size):
        """The bytes at a place; a section without bytes is zero."""
        data = self.sections[section].data
        if data is None:
            return bytes(size)
        return data[offset:offset + size]

    def string_at(self, section, offset):
        """The C string at a place."""
        data = self.sections[section].data or b''
        end = data.find(b'\0', offset)
        return data[offset:end].decode() if end >= 0 else ''

    def names_at(self, section, offset, type_):
        """Names of the functions or variables that start at a place."""
        return [symbol.name for symbol in self.symbols
                if symbol.section == section and symbol.value == offset and
                symbol.type == type_ and symbol.name]
