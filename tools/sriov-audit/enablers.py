# SPDX-License-Identifier: GPL-2.0
"""Which sources of a tree can enable VFs.

A source can if it sets .sriov_configure, or calls (or takes the address of)
pci_enable_sriov() or a function of another module that ends there, as the
common parts of a vendor's drivers do.
"""

from dataclasses import dataclass, field
import re

import ctext

ENABLE = 'pci_enable_sriov'
SIMPLE = 'pci_sriov_configure_simple'
# A KUnit test drives no device
_TEST = re.compile(r'^\s*#\s*include\s*<kunit/test\.h>', re.M)


@dataclass
class Enablers:
    """What was found.

    @calls: {source: what it calls}
    @public: functions of several modules' common parts that enable VFs
    @odd_headers: {header: what it calls} that nothing can be said about
    """

    calls: dict = field(default_factory=dict)
    public: set = field(default_factory=set)
    odd_headers: dict = field(default_factory=dict)


class _Search:
    """The files that may matter, and their text."""

    def __init__(self, tree):
        self._tree = tree
        self._code = {}
        self.files = set(filter(_is_c, tree.with_word('sriov')))

    def code(self, name):
        """A file without comments, read once."""
        if name not in self._code:
            self._code[name] = ctext.code_of(self._tree.read(name))
        return self._code[name]

    def widen(self, names):
        """Look in the whole tree for names that the index cannot know."""
        names = [name.encode() for name in names if 'sriov' not in name]
        if not names:
            return
        for file in filter(_is_c, self._tree.files()):
            data = self._tree.read_bytes(file)
            if any(name in data for name in names):
                self.files.add(file)


def _is_c(name):
    return name.endswith(('.c', '.h'))


def _public_callers(search, names):
    """Functions that reach one of @names within their file and that other
    files can call: exported ones, and inline ones in headers.
    """
    found = set()
    for file in search.files:
        code = search.code(file)
        header = file.endswith('.h')
        public = ctext.exports(code)
        if (public or header) and ctext.mentions(code, names):
            callers = ctext.callers(code, names)
            found |= callers if header else public & callers
    return found


def _in_header(code, calls, names):
    """Does a header enable VFs other than in an inline function?"""
    return (ctext.sets_sriov_configure(code) or
            calls and not ctext.callers(code, names))


def find(tree):
    """Find the enabling sources of a tree whose index is filled."""
    search = _Search(tree)
    names = {ENABLE, SIMPLE}
    new = names
    while new:
        search.widen(new)
        new = _public_callers(search, new) - names
        names = names | new

    result = Enablers(public=names - {ENABLE, SIMPLE})
    for file in sorted(search.files):
        code = search.code(file)
        if _TEST.search(code):
            continue
        calls = ctext.mentions(code, names)
        if file.endswith('.h'):
            if _in_header(code, calls, names):
                result.odd_headers[file] = calls
        elif calls or ctext.sets_sriov_configure(code):
            result.calls[file] = calls
    return result
