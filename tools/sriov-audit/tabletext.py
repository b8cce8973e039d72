# SPDX-License-Identifier: GPL-2.0
"""How the source names each entry of an id table.

The numbers come from the object, the names only from here: a macro or a
comment that says VF is the evidence that an entry is a VF's.
"""

from dataclasses import dataclass
import re

import ctext

_MARKER = re.compile(r'^# (\d+) "([^"]+)".*$', re.M)
_DEFINITION = re.compile(r'^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+[^\n]*?'
                         r'/\*[ \t]*([^\n]*?)[ \t]*\*/', re.M)
_NEXT = re.compile(r'\s*[\w{]')


@dataclass(frozen=True)
class Entry:
    """An initializer as it is written, with the comment beside it."""

    text: str
    offset: int


def _body(code, table):
    """Offsets of what stands between the braces of the table, or None."""
    start = re.search(r'\bstruct\s+pci_device_id\s+%s\s*\[[^\]]*\][^=;]*=\s*\{'
                      % re.escape(table), code)
    if not start:
        return None
    depth = 1
    for pos in range(start.end(), len(code)):
        depth += {'{': 1, '}': -1}.get(code[pos], 0)
        if depth == 0:
            return start.end(), pos
    return None


def _ends(code, start, end):
    """Offsets of where an entry ends: at a comma, or where another macro
    call follows (the macro brings the comma along).
    """
    depth = 0
    for pos in range(start, end):
        depth += {'{': 1, '(': 1, '}': -1, ')': -1}.get(code[pos], 0)
        if depth == 0 and (code[pos] == ',' or code[pos] == ')' and
                           _NEXT.match(code, pos + 1, end)):
            yield pos


def _with_comment(text, code, stop):
    """Where the entry that stops at @stop ends, its comment included."""
    newline = text.find('\n', stop)
    if newline < 0 or code[stop + 1:newline].strip():
        return stop + 1
    return newline


def _without_directives(text):
    """Blank out what the preprocessor reads; offsets stay."""
    return re.sub(r'^[ \t]*#.*$', lambda m: ' ' * len(m.group()), text,
                  flags=re.M)


def entries(text, table):
    """Every initializer of the array @table, the terminator included.

    Return: a list, or None if the text does not define the array (it may
    stand in a header, or be written by a macro).
    """
    code = _without_directives(ctext.code_of(text))
    text = _without_directives(text)
    span = _body(code, table)
    if not span:
        return None
    found, start = [], span[0]
    for stop in [*_ends(code, *span), span[1]]:
        end = min(_with_comment(text, code, stop), span[1])
        if code[start:stop].strip():
            first = start + len(code[start:]) - len(code[start:].lstrip())
            found.append(Entry(' '.join(text[first:end].split()), first))
        start = end
    return found


def origin(text, offset):
    """File and line that an offset of preprocessed text comes from."""
    marker = None
    for marker in _MARKER.finditer(text, 0, offset):
        pass
    if marker is None:
        return None
    lines = text.count('\n', marker.end(), offset) - 1
    return marker.group(2), int(marker.group(1)) + lines


def comments_of_macros(text):
    """{macro: the comment beside its definition}"""
    return dict(_DEFINITION.findall(text))


def with_macro_comments(text, comments):
    """An entry, and what its macros' definitions say."""
    found = [comments[name] for name in re.findall(r'\w+', text)
             if name in comments]
    return ' '.join([text, *(f'/* {comment} */' for comment in found)])


def _words(text):
    """Words of identifiers and comments: FOO_82599_VF has the word vf."""
    return {word.lower() for word in re.split(r'[^A-Za-z0-9]+', text)}


def says_vf(text):
    """Does the source call the entry a VF's, and not a PF's as well?"""
    words = _words(text)
    virtual = 'vf' in words or 'virtual function' in text.lower()
    return virtual and 'pf' not in words
