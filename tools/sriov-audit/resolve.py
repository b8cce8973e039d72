# SPDX-License-Identifier: GPL-2.0
"""Every driver of a tree that can enable VFs, with the ids that it claims."""

from dataclasses import dataclass, field
import os
import re
import sys

import ctext
import enablers
import kernelbuild
import makefiles
import objects
import pciid
import tabletext


@dataclass(frozen=True)
class Claim:
    """An id that a driver claims; @text is how its source writes it."""

    id: pciid.PciId
    where: str
    text: str

    @property
    def says_vf(self):
        """Does the source call it a VF's?"""
        return tabletext.says_vf(self.text)


@dataclass
class Driver:
    """A PCI driver.

    @own: what in its module, other than a callback of the PCI core, enables
    VFs.  @enables: can it?
    """

    name: str
    module: str
    source: str
    callback: str | None
    own: list
    enables: bool = True
    claims: list = field(default_factory=list)


@dataclass
class Resolved:
    """What one tree holds.  @problems: (file, what is wrong)."""

    drivers: list = field(default_factory=list)
    problems: list = field(default_factory=list)


def _enabling(drivers, calling):
    """Which drivers of a module enable VFs?

    Those with a callback, and those whose own file does it.  A calling file
    without such a driver may work for any of the others, and so may a file
    that sets a callback at run time.
    """
    sure = [d for d in drivers if d.callback or d.source in calling]
    if not sure or calling - {d.source for d in sure}:
        return drivers
    return sure


def progress(text):
    """Something slow begins."""
    print(f'audit: {text}', file=sys.stderr, flush=True)


class Resolver:
    """Compiles what holds the ids of a tree, and reads them."""

    def __init__(self, tree, work, jobs):
        self._tree = tree
        self._work = work
        self._jobs = jobs
        self._makefiles = makefiles.Makefiles(tree)
        self._built = {}
        self._layouts = {}
        self._codes = {}
        self._headers = None

    def enabling(self):
        """All drivers that can enable VFs."""
        progress(f'{self._tree}: looking for drivers that enable VFs')
        found = enablers.find(self._tree)
        result = Resolved()
        for header, calls in sorted(found.odd_headers.items()):
            result.problems.append(
                (header, f'{", ".join(sorted(calls) or ["sriov_configure"])} '
                 'outside of an inline function: whose is it?'))
        modules = self._modules(found.calls, result)
        self._build(modules.values())
        for module in modules.values():
            self._resolve(module, found, result)
        self._judge_libraries(modules.values(), found, result)
        return result

    def others(self, sources):
        """Drivers that @sources define and that do not enable VFs."""
        result = Resolved()
        modules = self._modules(dict.fromkeys(sources, set()), Resolved())
        self._build(modules.values())
        for module in modules.values():
            self._resolve(module, enablers.Enablers(), result)
        return result

    def _modules(self, sources, result):
        modules = {}
        for source in sorted(sources):
            found = self._makefiles.modules_of(source)
            if not found:
                result.problems.append((source, 'no Makefile builds it'))
            for module in found:
                modules.setdefault((module.folder, module.name), module)
        return modules

    def _holders(self, module):
        """Sources of a module that may hold its ids."""
        return [s for s in sorted(module.sources)
                if ctext.may_hold_ids(self._code(s))]

    def _code(self, source):
        if source not in self._codes:
            self._codes[source] = ctext.code_of(self._tree.read(source))
        return self._codes[source]

    def _build(self, modules):
        """Compile all of them in one go: make is slow to start."""
        wanted = {}
        for module in modules:
            self._want(wanted, module, self._holders(module))
        self._compile(wanted)

    @staticmethod
    def _want(wanted, module, sources):
        for source in sources:
            entry = wanted.setdefault(source, kernelbuild.Wanted(set(), set()))
            entry.modules.add(module.name)
            entry.configs.update(module.configs)

    def _compile(self, wanted):
        for toolchain in kernelbuild.toolchains():
            if not wanted:
                return
            progress(f'{self._tree}: compiling {len(wanted)} sources '
                     f'({toolchain.name})')
            build = kernelbuild.Build(
                self._tree, f'{self._work}/{toolchain.name}', toolchain,
                self._jobs)
            done = build.compile(wanted)
            self._built.update(dict.fromkeys(done, build))
            wanted = {s: w for s, w in wanted.items() if s not in done}

    def _resolve(self, module, found, result):
        holders = self._holders(module)
        built = {s: self._built[s] for s in holders if s in self._built}
        for source in holders:
            if source not in built:
                result.problems.append((source, 'cannot be compiled'))
            elif problem := self._misplaced(module, source):
                result.problems.append((source, problem))
        try:
            contents = self._read(module, built)
        except objects.ObjectError as error:
            result.problems.append((error.source, str(error)))
            return
        for table in contents.tables:
            contents.drivers.append(
                objects.Driver(module.name, table.source, table))
        own = {s: found.calls[s] - {enablers.SIMPLE}
               for s in sorted(module.sources & found.calls.keys())}
        enabling = _enabling(contents.drivers, {s for s in own if own[s]})
        for driver in contents.drivers:
            result.drivers.append(
                self._driver(module, driver, own, driver in enabling))

    def _misplaced(self, module, source):
        """Does Kbuild link the file into a module that we do not know of?"""
        names = self._built[source].module_names(source)
        if module.name in names:
            return None
        return (f'Kbuild compiles it for {", ".join(sorted(names))}, the '
                f'Makefile seems to say {module.name}')

    def _read(self, module, built):
        if not built:
            return objects.Contents()
        contents = self._read_once(built)
        sources = [s for s in sorted(module.sources) if s not in built and
                   self._defines(s, contents.missing)]
        if sources:
            wanted = {}
            self._want(wanted, module, sources)
            self._compile(wanted)
            built |= {s: self._built[s] for s in sources if s in self._built}
            contents = self._read_once(built)
        if contents.missing:
            raise objects.ObjectError(
                next(iter(built)), f'{", ".join(sorted(contents.missing))} is '
                f'defined in no source of {module.name}')
        return contents

    def _read_once(self, built):
        build = next(iter(built.values()))
        layout = self._layout(build, next(iter(built)))
        names = {s: ctext.pci_drivers(self._code(s)) for s in built}
        return objects.Reader(layout, {s: b.object(s) for s, b in
                                       built.items()}).read(names)

    def _layout(self, build, source):
        if build not in self._layouts:
            self._layouts[build] = build.layout(source)
        return self._layouts[build]

    def _defines(self, source, names):
        return names and re.search(
            r'\b(?:%s)\s*\[[^\]]*\]\s*(?:__\w+\s*)*=' %
            '|'.join(map(re.escape, names)), self._code(source))

    def _driver(self, module, driver, own, enables):
        claims = list(self._claims(driver.table)) if driver.table else []
        calls = [f'{s}: {name}' for s in own for name in sorted(own[s])]
        return Driver(driver.name or module.name, module.name, driver.source,
                      driver.callback, calls, enables, claims)

    def _claims(self, table):
        named = self._named(table)
        seen = set()
        for index, id_ in enumerate(table.ids):
            if id_ is not None and id_ not in seen:
                seen.add(id_)
                yield Claim(id_, *(named[index] if named else
                                   (table.source, '')))

    def _named(self, table):
        """Where each entry of a table stands and how it is written.

        Return: (where, text) of each, or None if they cannot be told apart,
        because a macro writes several.
        """
        if table.name is None:
            return None
        text = self._tree.read(table.source)
        found = tabletext.entries(text, table.name)
        if found is None or len(found) != len(table.ids) + 1:
            text = self._built[table.source].preprocess(table.source)
            found = tabletext.entries(text, table.name) if text else None
        if found is None or len(found) != len(table.ids) + 1:
            return None
        comments = self._macro_comments(table.source)
        return [(self._where(table.source, text, entry.offset),
                 tabletext.with_macro_comments(entry.text, comments))
                for entry in found]

    def _where(self, source, text, offset):
        origin = tabletext.origin(text, offset)
        if origin is None:
            return f'{source}:{ctext.line_of(text, offset)}'
        return f'{os.path.relpath(origin[0], self._tree.root)}:{origin[1]}'

    def _macro_comments(self, source):
        """What headers beside a source say of their macros."""
        folder = os.path.dirname(source)
        if self._headers is None:
            self._headers = {}
            for name in self._tree.files():
                if name.endswith('.h'):
                    self._headers.setdefault(os.path.dirname(name),
                                             []).append(name)
        comments = {}
        for name in [*self._headers.get(folder, ()), source]:
            comments |= tabletext.comments_of_macros(self._tree.read(name))
        return comments

    def _judge_libraries(self, modules, found, result):
        """A module that enables VFs for others must lead to a driver."""
        known = {d.module for d in result.drivers}
        code = [self._code(s) for m in modules if m.name in known
                for s in sorted(m.sources)]
        for module in modules:
            if module.name in known:
                continue
            public = set().union(*(ctext.exports(self._code(s))
                                   for s in module.sources))
            if not any(ctext.mentions(c, public) for c in code):
                source = min(module.sources & found.calls.keys())
                result.problems.append(
                    (source, f'{module.name} enables VFs, but is no driver, '
                     'and none that enables VFs uses it'))
