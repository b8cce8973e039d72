# SPDX-License-Identifier: GPL-2.0
"""Compile single files of a kernel tree with the kernel's own build.

allmodconfig, out of tree.  Kbuild knows which flags a file needs; nothing is
linked, and make builds no more than what the first object needs.
"""

from dataclasses import dataclass
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess

import elf

_HERE = os.path.dirname(os.path.abspath(__file__))
_CONFIG = os.path.join(_HERE, 'audit.config')
_TAIL = 15
# struct pci_device_id and struct pci_driver as this tree lays them out
_PROBE = '''
#include <linux/pci.h>
#define ID(field)	offsetof(struct pci_device_id, field)
#define DRIVER(field)	offsetof(struct pci_driver, field)
const unsigned int sriov_audit_layout[] = {
	sizeof(struct pci_device_id), ID(vendor), ID(device), ID(subvendor),
	ID(subdevice), ID(class), ID(class_mask), sizeof(struct pci_driver),
	DRIVER(name), DRIVER(id_table), DRIVER(sriov_configure),
#ifdef PCI_DRIVER_OVERRIDE_DEVICE_VFIO
	ID(override_only),
#endif
};
'''


class BuildError(Exception):
    """The kernel's build cannot be used at all."""


@dataclass(frozen=True)
class Layout:
    """Sizes and offsets in bytes; @override_only is None in old kernels."""

    id_size: int
    id_fields: tuple
    driver_size: int
    name: int
    id_table: int
    sriov_configure: int
    override_only: int | None


@dataclass
class Wanted:
    """A source to compile: the modules that it belongs to, and the options
    that they depend on, which are forced if allmodconfig leaves them out.
    """

    modules: set
    configs: set


@dataclass(frozen=True)
class Toolchain:
    """An architecture, and what make must be told to compile for it."""

    name: str
    options: tuple


def _compiler(name):
    return f'ccache {name}' if shutil.which('ccache') else name


def toolchains():
    """The machine's own compiler, then one for what x86 cannot compile."""
    yield Toolchain('native', (f'CC={_compiler("gcc")}',))
    if os.uname().machine == 'aarch64':
        return
    prefix = 'aarch64-linux-gnu-'
    if shutil.which(f'{prefix}gcc'):
        yield Toolchain('arm64', ('ARCH=arm64', f'CROSS_COMPILE={prefix}',
                                  f'CC={_compiler(prefix + "gcc")}'))
    elif shutil.which('clang') and shutil.which('ld.lld'):
        yield Toolchain('arm64', ('ARCH=arm64', 'LLVM=1'))


def _environment():
    """Ours, without what a calling make or another kernel build left there."""
    return {name: value for name, value in os.environ.items()
            if name not in ('ARCH', 'CROSS_COMPILE', 'MAKEFLAGS', 'MFLAGS',
                            'MAKELEVEL', 'LLVM') and
            not name.startswith('KBUILD_')} | {
                'LC_ALL': 'C', 'CCACHE_DEPEND': '1'}


class Build:
    """An output directory of one tree and one toolchain."""

    def __init__(self, tree, out, toolchain, jobs=1):
        self._tree = tree
        self._out = os.path.abspath(out)
        self._options = toolchain.options
        self._jobs = jobs
        self._log = f'{self._out}.log'
        os.makedirs(self._out, exist_ok=True)

    def _make(self, *words):
        # objtool takes long to build and changes no data
        command = ['make', '-C', self._tree.root, f'O={self._out}', '-k',
                   f'-j{self._jobs}', *self._options, 'CONFIG_OBJTOOL=',
                   *words]
        with open(self._log, 'a', encoding='utf-8') as log:
            log.write(f'$ {shlex.join(command)}\n')
            log.flush()
            return subprocess.run(
                command, stdout=log, stderr=subprocess.STDOUT, check=False,
                stdin=subprocess.DEVNULL, env=_environment()).returncode

    def _fail(self, what):
        with open(self._log, encoding='utf-8', errors='replace') as log:
            tail = ''.join(log.readlines()[-_TAIL:])
        raise BuildError(f'{self._tree.root}: {what}; the end of {self._log}:'
                         f'\n{tail}')

    def configure(self):
        """Write a configuration, if none of these Kconfig files is there."""
        state = os.path.join(self._out, '.audit-config')
        with open(_CONFIG, 'rb') as file:
            key = hashlib.blake2b(file.read(), digest_size=16).hexdigest()
        key += self._tree.digest(lambda name: 'Kconfig' in name)
        key += ' '.join(self._options)
        if _read(state) == key:
            return
        with open(self._log, 'w', encoding='utf-8'):
            pass
        if self._make(f'KCONFIG_ALLCONFIG={_CONFIG}', 'allmodconfig'):
            self._fail('allmodconfig failed')
        with open(state, 'w', encoding='utf-8') as file:
            file.write(key)

    def compile(self, wanted):
        """Bring objects up to date.

        @wanted: {source: Wanted}

        Return: the sources that have an object now.
        """
        self.configure()
        self._drop_stale(wanted)
        # Compiles faster; data stays the same
        self._make('KCFLAGS=-O1', *map(_object, wanted))
        left = [s for s in wanted if not self._is_right(s, wanted[s])]
        if len(left) == len(wanted) > 0 and not self._prepared():
            self._fail('the build failed before it compiled anything')
        if left:
            force = set().union(*(wanted[s].configs for s in left))
            self._make(*(f'{name}=m' for name in sorted(force -
                                                        self._enabled())),
                       *map(_object, left))
        self._remember(wanted)
        return [s for s in wanted if self.has(s)]

    def _is_right(self, source, wanted):
        """Is there an object, compiled for the module that it belongs to?

        Kbuild does not know the module of a file that is configured out.
        """
        return self.has(source) and not wanted.modules.isdisjoint(
            self.module_names(source))

    def _prepared(self):
        return os.path.exists(os.path.join(
            self._out, 'include/generated/asm-offsets.h'))

    def _enabled(self):
        text = _read(os.path.join(self._out, '.config')) or ''
        return set(re.findall(r'^(CONFIG_\w+)=[ym]$', text, re.M))

    def object(self, source):
        """Path of a source's object."""
        return os.path.join(self._out, _object(source))

    def has(self, source):
        """Is there an object of that source?"""
        return os.path.exists(self.object(source))

    # Objects by content: make goes by time, which a tree that was unpacked
    # or checked out again may have turned back.

    def _manifest(self):
        return os.path.join(self._out, '.audit-objects')

    def _drop_stale(self, sources):
        known = json.loads(_read(self._manifest()) or '{}')
        for source in sources:
            if self.has(source) and known.get(source) != self._key(source):
                os.unlink(self.object(source))

    def _remember(self, sources):
        known = json.loads(_read(self._manifest()) or '{}')
        known.update({s: self._key(s) for s in sources if self.has(s)})
        with open(self._manifest(), 'w', encoding='utf-8') as file:
            json.dump(known, file, indent=0)

    def _key(self, source):
        digest = hashlib.blake2b(digest_size=16)
        for name in self._dependencies(source):
            path = os.path.normpath(os.path.join(self._out, name))
            inside = os.path.relpath(path, self._tree.root)
            content = self._tree.hash_of(inside) or _read(path) or ''
            digest.update(f'{name} {content}\n'.encode())
        return digest.hexdigest()

    def _dependencies(self, source):
        text = self._command_file(source)
        start = text.find('deps_')
        return re.findall(r'^  (\S+) \\$', text[start:], re.M) + [
            self._tree.path(source)]

    def _command_file(self, source):
        folder, name = os.path.split(_object(source))
        return _read(os.path.join(self._out, folder, f'.{name}.cmd')) or ''

    # What Kbuild did for a file, to do it again for another purpose

    def _command(self, source):
        line = self._command_file(source).split('\n', 1)[0]
        command = line.partition(':=')[2].replace('$(pound)', '#')
        words = shlex.split(command.split(';', 1)[0])
        skipped = words.index('-o')
        del words[skipped:skipped + 2]
        return [w for w in words if w != '-c' and
                not w.startswith('-Wp,-M') and not w.endswith(source)]

    def module_names(self, source):
        """The modules that Kbuild compiled the file for."""
        found = re.search(r'-DKBUILD_MODNAME=\S*?"([^"]+)"',
                          self._command_file(source))
        return set(found.group(1).split(':')) if found else set()

    def preprocess(self, source):
        """The source as compiled, with conditions and includes resolved but
        macros and comments left alone; None if the compiler cannot do that.
        """
        command = [*self._command(source), '-E', '-fdirectives-only', '-C',
                   '-o', '-', self._tree.path(source)]
        result = subprocess.run(command, cwd=self._out, capture_output=True,
                                check=False, env=_environment())
        if result.returncode:
            return None
        return result.stdout.decode(errors='replace')

    def layout(self, source):
        """The layouts, with the flags of a file that has been compiled."""
        probe = os.path.join(self._out, 'sriov-audit-probe')
        with open(f'{probe}.c', 'w', encoding='utf-8') as file:
            file.write(_PROBE)
        command = [*self._command(source), '-c', '-o', f'{probe}.o',
                   f'{probe}.c']
        result = subprocess.run(command, cwd=self._out, capture_output=True,
                                text=True, check=False, env=_environment())
        if result.returncode:
            raise BuildError(f'{self._tree.root}: cannot learn the layout of '
                             f'struct pci_device_id:\n{result.stderr}')
        return _layout(elf.Object.open(f'{probe}.o'))


def _object(source):
    return source[:-2] + '.o'


def _layout(probe):
    symbol = probe.defined('sriov_audit_layout')
    data = probe.bytes_at(symbol.section, symbol.value, symbol.size)
    numbers = [int.from_bytes(data[i:i + 4], 'little')
               for i in range(0, len(data), 4)]
    return Layout(numbers[0], tuple(numbers[1:7]), *numbers[7:11],
                  numbers[11] if len(numbers) > 11 else None)


def _read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.read()
    except OSError:
        return None
