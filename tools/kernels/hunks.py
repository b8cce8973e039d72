# SPDX-License-Identifier: GPL-2.0
"""The hunks of a patch, and whether they landed where their headers say."""

import collections
import os
import re

Hunk = collections.namedtuple('Hunk', 'path line section lines')

HEADER = re.compile(r'^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$')
# Words before a function's name that look like one
DECORATION = re.compile(r'\b(?:__attribute__|__printf|__acquires|__releases|'
                        r'__must_hold|__cond_acquires|__aligned|__section|'
                        r'DECLARE_\w+)\s*\((?:[^()]|\([^()]*\))*\)')


def text_of(hunk):
    """As it stands in the patch, for a message."""
    return '\n'.join([f'{hunk.path}: @@ line {hunk.line} @@ {hunk.section}',
                      *hunk.lines])


def hunks_of(text):
    """All hunks of a patch or of git's output."""
    hunks = []
    path = None
    lines = iter(text.split('\n'))
    for line in lines:
        if line.startswith('--- '):
            path = line[4:].removeprefix('a/')
        elif line.startswith('+++ '):
            if line[4:] != '/dev/null':
                path = line[4:].removeprefix('b/')
        found = HEADER.match(line)
        if not found or path is None:
            if line.startswith('diff --git '):
                path = None
            continue
        old = int(found[2] if found[2] is not None else 1)
        new = int(found[4] if found[4] is not None else 1)
        body = []
        while old > 0 or new > 0:
            line = next(lines, None)
            if line is None:
                break
            body.append(line)
            kind = line[:1]
            if kind in ('-', ' ', ''):
                old -= 1
            if kind in ('+', ' ', ''):
                new -= 1
        hunks.append(Hunk(path, int(found[1]), found[5], tuple(body)))
    return hunks


def changed_paths(text):
    """The paths that a patch touches."""
    paths = set()
    for line in text.split('\n'):
        found = re.match(r'^diff --git a/(\S+) b/(\S+)$', line)
        if found:
            paths.update(found.groups())
    return paths


def kind_of(path):
    """How sections of a file are named, or None if that says nothing."""
    name = os.path.basename(path)
    if name.endswith(('.c', '.h')):
        return 'cpp'
    if name.startswith('Kconfig'):
        return 'kconfig'
    if path == 'MAINTAINERS':
        return 'maintainers'
    if name == 'kernel-parameters.txt':
        return 'parameters'
    if path.startswith('Documentation/ABI/'):
        return 'abi'
    return None


def begins_section(kind, line):
    """Does a section begin with this line of a file?"""
    if kind == 'cpp':
        return bool(re.match(r'[A-Za-z_]', line) and
                    not re.match(r'[A-Za-z_]\w*:\s*($|/[/*])', line))
    if kind == 'kconfig':
        return bool(re.match(r'(config|menuconfig|choice|menu|if)\b', line))
    if kind == 'maintainers':
        return bool(re.match(r'[0-9A-Z]', line) and
                    not re.match(r'[A-Z]:\s', line))
    if kind == 'parameters':
        return bool(re.match(r'\t[^ \t]', line))
    return line.startswith('What:')


def section_name(kind, section):
    """What of a hunk's header has to stay the same: the function, not what it
    takes; the config symbol; the parameter."""
    section = section.strip()
    if kind == 'cpp':
        plain = DECORATION.sub(' ', section)
        found = re.search(r'(\w+)\s*\(', plain)
        if found and found[1].isupper():        # DEVICE_ATTR_RO(name)
            return re.sub(r'\s+', '', plain[found.start():])
        if found:
            return found[1]
        found = re.search(r'\b(struct|union|enum)\s+(\w+)', plain)
        return f'{found[1]} {found[2]}' if found else section
    if kind == 'parameters':
        return section.split()[0] if section else ''
    return section


def where(kind, hunk):
    """The section that its first change is in; from its own lines if they say so,
    since then it cannot be in another one."""
    for number, line in enumerate(hunk.lines):
        if line[:1] in ('+', '-'):
            context = hunk.lines[:number]
            break
    else:
        return None
    if any(begins_section(kind, line[1:]) for line in context):
        return None
    return section_name(kind, hunk.section)


def changes(hunk):
    """What it takes away and adds."""
    return [line for line in hunk.lines if line[:1] in ('+', '-')]


def misplaced(patch, actual):
    """Of a patch's text and of git's diff of what it did: a description of every
    hunk that landed in another section than its header names."""
    wrong = []
    want = collections.defaultdict(list)
    got = collections.defaultdict(list)
    for hunk in hunks_of(patch):
        want[hunk.path].append(hunk)
    for hunk in hunks_of(actual):
        got[hunk.path].append(hunk)
    for path, hunks in want.items():
        kind = kind_of(path)
        if not kind:
            continue
        if [changes(h) for h in hunks] != [changes(h) for h in got[path]]:
            wrong.append(f'{path}: git divides what the patch does into other '
                         'hunks here, so that their headers cannot be compared')
            continue
        for hunk, real in zip(hunks, got[path]):
            name = where(kind, hunk)
            if name is not None and name != section_name(kind, real.section):
                wrong.append(f'{path}: a hunk for "{hunk.section}" lands in '
                             f'"{real.section}", line {real.line}:\n' +
                             '\n'.join(hunk.lines))
    return wrong
