# SPDX-License-Identifier: GPL-2.0
"""C source as text: what can be said of it without a compiler.

This finds out where to look; what an id table holds is read from the
compiled object instead (see objects.py).
"""

import re

_LEXEME = re.compile(r'/\*.*?\*/|//[^\n]*'
                     r'|"(?:\\.|[^"\\\n])*"'
                     r"|'(?:\\.|[^'\\\n])*'", re.S)
_EXPORT = re.compile(r'\bEXPORT_SYMBOL\w*\s*\(\s*(\w+)')
# Kernel style puts the braces of a function, and of nothing else, in column 0
_FUNCTION = re.compile(r'\b(\w+)\s*\([^;{}]*\)[^;{}()]*\n\{(.*?)^\}',
                       re.S | re.M)
_CONFIGURE = re.compile(r'(?:\.|->)\s*sriov_configure\s*=(?!=)'
                        r'|\bsriov_configure\s*:(?!:)')
_DRIVER = re.compile(r'\bstruct\s+pci_driver\s+(\w+)\s*(?:\[[^\]]*\]\s*)?'
                     r'(?:__\w+\s*)*=')
_TABLES = re.compile(r'\bMODULE_DEVICE_TABLE\s*\(\s*pci\b'
                     r'|\bstruct\s+pci_driver\s+\w+'
                     r'|\bstruct\s+pci_device_id\s+\w+\s*\[')
_DISABLES = re.compile(r'\s*\([^();]*,\s*0\s*\)')
_STATEMENT = ('return', 'else', 'do', 'case', 'goto')


def _blank(match):
    """Spaces of the same length, so that offsets and lines stay."""
    text = match.group()
    if text[0] == '/':
        return re.sub(r'[^\n]', ' ', text)
    return text[0] + ' ' * (len(text) - 2) + text[-1]


def code_of(text):
    """The text with comments and the insides of strings blanked out."""
    return _LEXEME.sub(_blank, text)


def exports(code):
    """Names that the file exports to modules."""
    return set(_EXPORT.findall(code))


def functions(code):
    """{name: body} of the functions that the file defines."""
    return {m.group(1): m.group(2) for m in _FUNCTION.finditer(code)}


def sets_sriov_configure(code):
    """Does the file give a driver an sriov_configure callback?"""
    return _CONFIGURE.search(code) is not None


def pci_drivers(code):
    """Names of the struct pci_driver that the file defines."""
    return _DRIVER.findall(code)


def may_hold_ids(code):
    """May the file hold an id table, or the driver that points to one?"""
    return _TABLES.search(code) is not None


def _harmless(code, match):
    """Is this mention of a name its declaration, definition or export, or a
    call that sets the number of VFs to 0?
    """
    if _DISABLES.match(code, match.end()):
        return True
    line = code[code.rfind('\n', 0, match.start()) + 1:match.start()]
    if re.search(r'#\s*(define|undef|ifn?def)\s+$|EXPORT_SYMBOL\w*\s*\(\s*$',
                 line):
        return True
    if not re.match(r'\s*\(', code[match.end():match.end() + 80]):
        return False
    before = code[max(0, match.start() - 80):match.start()].rstrip()
    if before.endswith('*'):
        return True
    word = re.search(r'\w+$', before)
    return word is not None and word.group() not in _STATEMENT


def mentions(code, names):
    """Which of @names does the file call or take the address of?"""
    if not names:
        return set()
    pattern = re.compile(r'\b(?:%s)\b' % '|'.join(map(re.escape, names)))
    return {m.group() for m in pattern.finditer(code)
            if not _harmless(code, m)}


def callers(code, names):
    """Functions of the file that reach one of @names within the file."""
    bodies = functions(code)
    found, known = set(), set(names)
    while True:
        more = {name for name, body in bodies.items()
                if name not in found and mentions(body, known)}
        if not more:
            return found
        found |= more
        known |= more


def line_of(text, offset):
    """Line number of an offset."""
    return text.count('\n', 0, offset) + 1
