#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The shell examples of the documents.

	examples.py script		a script for the VM that runs them, on
					standard output
	examples.py files		check the configuration files in the
					documents with their own tools

Every literal block of the documents is one of these, or there is no script:

* A session: lines that begin with "# " (root) or "$ " (a user) are commands, a
  trailing backslash continues one, and what follows a command is what it
  prints.  A comment in front of it, ".. example: <states>", says what the
  machine is like (see guest-examples.sh); following blocks continue there.
  In a file without such comments the machine is as STATES says.
* ".. boot:"		words of the kernel's command line; the VM has them
* ".. file: <path>"	a configuration file
* ".. not run: <reason>"

In Markdown the comments are <!-- ... -->, and a fenced block is prose.
"""
import collections
import glob
import os
import re
import shlex
import subprocess
import sys

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))

STATES = {
    "Documentation/ABI/testing/sysfs-bus-pci-sriov-unmanaged": "reserved",
    "Documentation/ABI/testing/sysfs-module-sriov_unmanaged": "pf",
    "README.md": "pf",
}

MARK = re.compile(r"^(?:\.\.|<!--)\s+(example|boot|file|not run):\s*(.*?)\s*(?:-->)?$")


class Block(collections.namedtuple("Block", "path line session kind argument lines")):
    """A literal block: where it stands, what it is, its lines"""

    def where(self, offset=0):
        return f"{os.path.basename(self.path)}:{self.line + offset}"

    def commands(self):
        """[where, prompt, command, expected lines] of a session"""
        found = []
        more = False
        for offset, line in enumerate(self.lines):
            if more:
                found[-1][2] += "\n" + line.strip()
            elif re.match(r"[#$] \S", line):
                found.append([self.where(offset), line[0], line[2:], []])
            elif not found:
                sys.exit(f"{self.where()}: neither a session nor marked; see {__file__}")
            elif line:
                found[-1][3].append(line)
            more = found[-1][2].endswith("\\")
        return found


def indent(line):
    """How deep it stands"""
    return len(line) - len(line.lstrip())


def blocks(path):
    """The literal blocks of a document"""
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        lines = file.read().expandtabs(8).split("\n")
    markdown = path.endswith(".md")
    kind, argument = "example", None
    state = STATES.get(path)
    session = 0
    fenced = opened = False
    outer = 3       # what stands deeper than this, once a block is opened, is in it
    i = 0
    while i < len(lines):
        start, text = i, lines[i].strip()
        mark = MARK.match(text)
        i += 1
        if markdown and text.startswith("```"):
            fenced = not fenced
        elif mark and mark[1] == "example":
            state = mark[2]
            session += 1
        elif mark:
            kind, argument = mark[1], mark[2]
        elif text:
            if markdown:
                opened = not fenced and not lines[start - 1].strip()
            if opened and indent(lines[start]) > outer:
                while i < len(lines) and (not lines[i].strip() or indent(lines[i]) > outer):
                    i += 1
                body = [line[indent(lines[start]):].rstrip() for line in lines[start:i]]
                while not body[-1]:
                    body.pop()
                if kind == "example" and not state:
                    sys.exit(f"{path}:{start + 1}: in what state?")
                yield Block(path, start + 1, session, kind,
                            state if kind == "example" else argument, body)
                # ABI files and sessions: what follows continues
                kind, argument = "example", None
                opened = False
            elif not markdown:
                opened = text.endswith("::") and not text.startswith(".. ") or \
                    bool(re.match(r"\.\. (code|parsed-literal).*::", text))
                outer = indent(lines[start])


def documents():
    """Those that have examples, in the order in which these run"""
    names = [name for pattern in ("Documentation/PCI/*", "Documentation/ABI/testing/*")
             for name in sorted(glob.glob(pattern, root_dir=TOP))]
    names += ["README.md", "CONTRIBUTING.md", "quirks/README.md",
              "tools/testing/selftests/pci_sriov/README.md"]
    names += sorted(glob.glob("tools/*/README.md", root_dir=TOP))
    return [name for name in names if not name.endswith((".dot", ".svg"))]


def normalize(line):
    """Times, and what a shell calls itself, differ from machine to machine"""
    line = re.sub(r"^\[ *[0-9]+\.[0-9]+\]", "[time]", line.rstrip())
    return re.sub(r"^-?(ba)?sh: ((line )?[0-9]+: |echo: )*", "", line)


def script():
    """Sessions in the order of the documents, those after a boot first"""
    sessions = collections.defaultdict(list)
    for path in documents():
        for block in blocks(path):
            if block.kind == "boot":
                sessions[0, path, "boot", 0] += [
                    [block.where(i), "boot", line, []]
                    for i, line in enumerate(block.lines) if line]
            elif block.kind == "example":
                booted = block.argument == "boot"
                sessions[not booted, path, block.argument,
                         0 if booted else block.session] += block.commands()
    print("#!/bin/sh\n# Made by examples.py from the documents\n")
    print(f". ./guest-examples.sh\n\necho 1..{sum(map(len, sessions.values()))}\n")
    number = 0
    for key in sorted(filter(sessions.get, sessions), key=lambda key: key[0]):
        print(f"# {key[1]}\n(\nsession {key[2]}")
        for where, prompt, command, expected in sessions[key]:
            number += 1
            title = where + " " + command.split("\n")[0]
            expected = "\n".join(map(normalize, expected)).rstrip()
            print("example", number, *map(shlex.quote, (prompt, title, command, expected)))
        print(")\n")
    print("finish")


def files():
    """What virsh says against each device of libvirt's, in a domain that it is for"""
    bad = 0
    for block in (b for path in documents() for b in blocks(path) if b.kind == "file"):
        if not block.argument.endswith(".xml"):
            sys.exit(f"{block.where()}: what is {block.argument}?")
        domain = ("<domain type='test'><name>guest</name><memory>8192</memory>"
                  "<os><type>hvm</type></os><devices>" + "\n".join(block.lines) +
                  "\n</devices></domain>")
        done = subprocess.run(["virsh", "-q", "-c", "test:///default", "define", "--validate",
                               "/dev/stdin"], input=domain, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        bad += done.returncode != 0
        print(f"{block.where()}: {block.argument}: "
              f"{done.stdout if done.returncode else 'virsh define --validate'}")
    sys.exit(bad != 0)


if sys.argv[1:] == ["script"]:
    script()
elif sys.argv[1:] == ["files"]:
    files()
else:
    sys.exit(__doc__)
