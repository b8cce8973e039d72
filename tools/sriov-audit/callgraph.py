# SPDX-License-Identifier: GPL-2.0
"""Which functions of an object reach one that it does not define.

Calls that the linker fills in are relocations.  The assembler fills in those
within a section itself; they are found by their encoding, and only a call to
the very start of a function counts.
"""

import bisect
import struct

import elf

# R_AARCH64_JUMP26 and R_AARCH64_CALL26: b and bl
_ARM_BRANCHES = (0x14000000, 0x94000000)
_ARM_OPCODE = 0xfc000000


class _Functions:
    """The functions of an object, by place."""

    def __init__(self, obj):
        self.by_start = {}
        for symbol in obj.symbols:
            if symbol.type == elf.STT_FUNC and symbol.section:
                self.by_start.setdefault((symbol.section, symbol.value),
                                         symbol)
        self._starts = sorted(self.by_start)

    def around(self, section, offset):
        """The function that a place is in, or None."""
        index = bisect.bisect_right(self._starts, (section, offset)) - 1
        if index < 0:
            return None
        symbol = self.by_start[self._starts[index]]
        inside = symbol.section == section and \
            offset < symbol.value + symbol.size
        return symbol if inside else None


def _branches_x86(data):
    """(offset of the displacement, target relative to the start of @data) of
    whatever may be a "call rel32" or "jmp rel32".
    """
    for at in range(len(data) - 4):
        if data[at] in (0xe8, 0xe9):
            distance, = struct.unpack_from('<i', data, at + 1)
            yield at + 1, at + 5 + distance


def _branches_arm64(data):
    for at in range(0, len(data) - 3, 4):
        word, = struct.unpack_from('<I', data, at)
        if word & _ARM_OPCODE in _ARM_BRANCHES:
            distance = (word & 0x3ffffff ^ 0x2000000) - 0x2000000
            yield at, at + 4 * distance


_BRANCHES = {elf.EM_X86_64: _branches_x86, elf.EM_AARCH64: _branches_arm64}


def _near_calls(obj, functions):
    finder = _BRANCHES.get(obj.machine)
    for symbol in functions.by_start.values() if finder else ():
        relocs = obj.relocs(symbol.section)
        data = obj.bytes_at(symbol.section, symbol.value, symbol.size)
        for at, target in finder(data):
            # What the linker fills in is zero until then
            if symbol.value + at in relocs:
                continue
            callee = functions.by_start.get((symbol.section,
                                             symbol.value + target))
            if callee:
                yield symbol.name, callee.name


def _far_calls(obj, functions):
    for section in sorted({place[0] for place in functions.by_start}):
        for offset, (symbol, addend) in obj.relocs(section).items():
            caller = functions.around(section, offset)
            if caller is None:
                continue
            name = symbol.name
            if symbol.type == elf.STT_SECTION:
                # The addend of a branch counts from the next instruction
                callee = functions.around(symbol.section, addend + 4)
                name = callee.name if callee else ''
            yield caller.name, name


def callers(obj, wanted):
    """Names of the functions that reach @wanted."""
    functions = _Functions(obj)
    called_by = {}
    for finder in (_near_calls, _far_calls):
        for caller, callee in finder(obj, functions):
            called_by.setdefault(callee, set()).add(caller)
    found, new = set(), {wanted}
    while new:
        new = set().union(*(called_by.get(n, set()) for n in new)) - found
        found |= new
    return found
