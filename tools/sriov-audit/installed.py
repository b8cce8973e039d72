# SPDX-License-Identifier: GPL-2.0
"""Drivers that enable VFs among the modules of an installed kernel.

A module tells which ids it claims and which symbols it uses, but neither why
nor which ids are VFs'.  What is built into the kernel itself is not seen.
"""

from dataclasses import dataclass
import gzip
import lzma
import os
import struct
import subprocess

import callgraph
import elf
from enablers import ENABLE, SIMPLE
import objects
import pciid
import resolve

_SUFFIXES = ('.ko', '.ko.gz', '.ko.xz', '.ko.zst')
# sizeof(struct pci_device_id) with 64-bit longs: since and before Linux 5.16
_ID_SIZES = (40, 32)
_POINTER = 8


class ModulesError(Exception):
    """A folder that cannot be audited."""


def _unpack(path):
    if path.endswith('.zst'):
        return subprocess.run(['zstd', '-dcq', path], check=True,
                              stdout=subprocess.PIPE).stdout
    opener = {'.xz': lzma.open, '.gz': gzip.open}.get(
        os.path.splitext(path)[1], open)
    with opener(path, 'rb') as file:
        return file.read()


class Module:
    """A module file."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path).split('.ko')[0].replace('-', '_')
        self.object = elf.Object(_unpack(path), path)
        self.uses = self.object.undefined()

    def _section(self, name):
        return next((s.data for s in self.object.sections
                     if s.name == name and s.data), b'')

    def exports(self):
        """Symbols that other modules can use."""
        return set(self._section('__ksymtab_strings').decode().split('\0'))

    def aliases(self):
        """The PCI ids that depmod sees."""
        lines = self._section('.modinfo').split(b'\0')
        found = (pciid.parse_alias(line[6:].decode()) for line in lines
                 if line.startswith(b'alias='))
        return {id_ for id_ in found if id_}


def _modules(folder):
    for path, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(_SUFFIXES):
                yield os.path.join(path, name)


def _read_all(folder):
    """All modules; only what is asked of each is kept in memory."""
    found = False
    for path in _modules(folder):
        found = True
        yield Module(path)
    if not found:
        raise ModulesError(f'{folder}: no modules (.ko, .ko.gz, .ko.xz, '
                           '.ko.zst) here')


def _library_symbols(module):
    """What modules may call so that @module enables VFs for them."""
    public = module.exports()
    return public & callgraph.callers(module.object, ENABLE) or public


# The structures, without the headers that they were compiled with

def _tables(module):
    """{(section, offset): size} of the tables in MODULE_DEVICE_TABLE(pci)."""
    return {(s.section, s.value): s.size for s in module.object.symbols
            if objects.TABLE.fullmatch(s.name) and s.section}


def _ids(obj, place, size, entry_size):
    """The ids of a table, or None if entries cannot be of that size."""
    data = obj.bytes_at(*place, size)
    if size % entry_size or any(data[-entry_size:]):
        return None
    ids = []
    for at in range(0, size - entry_size, entry_size):
        # override_only, where there is one
        if not any(data[at + 32:at + entry_size]):
            ids.append(pciid.from_kernel(
                struct.unpack_from('<6I', data, at)))
    return ids


@dataclass(frozen=True)
class _Driver:
    """A struct pci_driver; @callback: does it set .sriov_configure?"""

    name: str
    callback: bool


def _driver(obj, place):
    """The driver with that table, or None.

    The name stands before .id_table, .sriov_configure six members after it
    (since Linux 5.5).
    """
    for index, section in enumerate(obj.sections):
        if not section.name.startswith(('.data', '.rodata', '.ref.data')):
            continue
        for offset in obj.relocs(index):
            target = obj.pointer(index, offset)
            if (target.section, target.offset) == place:
                name = obj.pointer(index, offset - _POINTER)
                if name and name.section != elf.SHN_UNDEF:
                    return _Driver(
                        obj.string_at(name.section, name.offset),
                        obj.pointer(index, offset + 6 * _POINTER) is not None)
    return None


def _drivers(module):
    """(driver, ids) for each driver in a module that claims some.

    The layout is a guess, so it counts only if it leads to just those ids
    that the module's aliases name.
    """
    aliases = module.aliases()
    for entry_size in _ID_SIZES:
        ids = {place: _ids(module.object, place, size, entry_size)
               for place, size in _tables(module).items()}
        if None not in ids.values() and aliases == set().union(*ids.values()):
            break
    else:
        yield _Driver(module.name, True), aliases
        return
    for place, claimed in ids.items():
        yield (_driver(module.object, place) or
               _Driver(module.name, True)), claimed


def _resolve(module, callee):
    """The drivers of a module that enables VFs by way of @callee."""
    own = [f'{module.name}: {callee}'] if callee != SIMPLE else []
    callback = SIMPLE if SIMPLE in module.uses else None
    for driver, ids in _drivers(module):
        # Users of a common part: VF drivers may be among them
        if callee not in (ENABLE, SIMPLE) and not driver.callback:
            continue
        claims = [resolve.Claim(id_, module.path, '')
                  for id_ in sorted(set(ids), key=str)]
        yield resolve.Driver(driver.name, module.name, module.path, callback,
                             own, claims=claims)


def _enabling(folder):
    """(module, what it uses to enable VFs) of those that do and claim ids."""
    libraries, rest = {}, []
    for module in _read_all(folder):
        direct = module.uses & {ENABLE, SIMPLE}
        claims = bool(module.aliases())
        if direct and claims:
            yield module, ENABLE if ENABLE in direct else SIMPLE
        elif direct:
            libraries.update(dict.fromkeys(_library_symbols(module),
                                           module.name))
        elif claims:
            rest.append((module.path, module.uses))
    for path, uses in rest:
        used = uses & libraries.keys()
        if used:
            yield Module(path), f'symbols of {libraries[min(used)]}'


def read(folder):
    """Return: (drivers that enable VFs, problems)."""
    if not os.path.isdir(folder):
        raise ModulesError(f'{folder}: no such folder')
    try:
        drivers = [d for module, callee in _enabling(folder)
                   for d in _resolve(module, callee)]
    except (elf.ElfError, lzma.LZMAError, subprocess.SubprocessError) as error:
        raise ModulesError(f'{folder}: {error}') from error
    return drivers, []
