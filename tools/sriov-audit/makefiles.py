# SPDX-License-Identifier: GPL-2.0
"""Which source files make up a module, read from the Kbuild Makefiles.

Conditions are ignored: a file that any configuration builds into a module
belongs to it.  What Kbuild itself says of a compiled file is checked against
this later (see resolve.py).
"""

from dataclasses import dataclass, field
import posixpath
import re

_ASSIGN = re.compile(r'^\s*([\w.+-]+)-(y|m|objs|objs-[ym]|\$\(.*?\)+)'
                     r'\s*[:+?]?=\s*(.*)$')
_PLAIN = re.compile(r'^\s*([\w.-]+)\s*[:+?]?=\s*(.*)$')
_CONFIG = re.compile(r'\bCONFIG_\w+')


@dataclass
class Module:
    """A module, or an object that is built in by itself."""

    name: str
    folder: str
    sources: set = field(default_factory=set)
    configs: set = field(default_factory=set)


@dataclass
class _Makefile:
    """{name: parts} of composite objects and variables; obj-* objects."""

    parts: dict = field(default_factory=dict)
    objects: dict = field(default_factory=dict)
    configs: dict = field(default_factory=dict)


def module_name(text):
    """The name that the kernel gives to the module."""
    return text.replace('-', '_')


def _logical_lines(text):
    text = re.sub(r'\\\n', ' ', text)
    return (line.split('#', 1)[0] for line in text.splitlines())


def _parse(text):
    makefile = _Makefile()
    for line in _logical_lines(text):
        match = _ASSIGN.match(line)
        if match:
            name, condition, value = match.groups()
            _add(makefile, name, condition, value)
        elif match := _PLAIN.match(line):
            makefile.parts.setdefault(match.group(1), []).append(
                match.group(2))
    return makefile


def _add(makefile, name, condition, value):
    configs = set(_CONFIG.findall(condition))
    if name == 'obj':
        for item in value.split():
            makefile.objects.setdefault(item, set()).update(configs)
        return
    # $(name-y) and $(name-objs) refer to it as well
    for alias in (name, f'{name}-{condition}'):
        makefile.parts.setdefault(alias, []).append(value)
    for item in value.split():
        makefile.configs.setdefault((name, item), set()).update(configs)


def _expand(makefile, value, depth=4):
    """Words of a value with the file's own variables put in."""
    def replace(match):
        values = makefile.parts.get(match.group(1), [])
        return _expand(makefile, ' '.join(values), depth - 1) if depth else ''

    return re.sub(r'\$[({]([\w.-]+)[)}]', replace, value)


class Makefiles:
    """The Makefiles of a tree."""

    def __init__(self, tree):
        self._tree = tree
        self._parsed = {}

    def _of(self, folder):
        if folder not in self._parsed:
            text = ''
            for name in ('Kbuild', 'Makefile'):
                path = posixpath.join(folder, name)
                if self._tree.exists(path):
                    text = self._tree.read(path)
                    break
            self._parsed[folder] = _parse(text)
        return self._parsed[folder]

    def modules_of(self, source):
        """The modules that a .c file is linked into; usually one."""
        found = []
        folder = posixpath.dirname(source)
        while folder:
            found += self._modules_in(folder, source)
            folder = posixpath.dirname(folder)
        return found

    def _modules_in(self, folder, source):
        makefile = self._of(folder)
        target = posixpath.relpath(source, folder)[:-2] + '.o'
        for item, configs in makefile.objects.items():
            if not item.endswith('.o'):
                continue
            name = item[:-2]
            objects = self._objects(makefile, name)
            if target in objects or (target == item and not objects):
                yield self._module(folder, name, objects or {item}, configs)

    def _objects(self, makefile, name):
        """Objects of a composite module; none if it is a single file."""
        value = ' '.join(makefile.parts.get(name, []))
        words = _expand(makefile, value).split()
        return {posixpath.normpath(w) for w in words if w.endswith('.o')}

    def _module(self, folder, name, objects, configs):
        paths = (posixpath.normpath(posixpath.join(folder, o))[:-2] + '.c'
                 for o in objects)
        module = Module(module_name(posixpath.basename(name)), folder)
        module.sources = {p for p in paths if self._tree.exists(p)}
        module.configs = configs | self._part_configs(folder, name)
        return module

    def _part_configs(self, folder, name):
        """Options that the parts and the folders down to here depend on."""
        found = set()
        for (owner, _), configs in self._of(folder).configs.items():
            if owner == name:
                found |= configs
        while folder:
            parent = posixpath.dirname(folder)
            below = posixpath.relpath(folder, parent or '.') + '/'
            found |= self._of(parent).objects.get(below, set()) if parent \
                else set()
            folder = parent
        return found
