# SPDX-License-Identifier: GPL-2.0
"""Keep what was read from a tree until the tree, the tools or the audit
itself change.
"""

import hashlib
import json
import os
import subprocess

import kernelbuild
import pciid
import resolve


def key_of(source, program):
    """A key of everything that a result depends on.

    @source: a tree.Tree; @program: the folder of the audit
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(source.digest().encode())
    digest.update(source.root.encode())
    for name in sorted(os.listdir(program)):
        if name.endswith(('.py', '.config')):
            with open(os.path.join(program, name), 'rb') as file:
                digest.update(file.read())
    for toolchain in kernelbuild.toolchains():
        digest.update(repr(toolchain).encode())
    version = subprocess.run(['gcc', '--version'], capture_output=True,
                             check=False)
    digest.update(version.stdout)
    return digest.hexdigest()


def _pack(drivers):
    return [{**vars(d), 'claims': [[d_to_list(c.id), c.where, c.text]
                                   for c in d.claims]} for d in drivers]


def d_to_list(id_):
    """An id as JSON can hold it."""
    return [*id_.ids, id_.class_, id_.mask]


def _unpack(rows):
    drivers = []
    for row in rows:
        claims = [resolve.Claim(pciid.PciId(*fields), where, text)
                  for fields, where, text in row.pop('claims')]
        drivers.append(resolve.Driver(**row, claims=claims))
    return drivers


class Store:
    """The results of one tree."""

    def __init__(self, path, key):
        self._path = path
        self._content = self._load(key) or {'key': key, 'others': {}}

    def _load(self, key):
        try:
            with open(self._path, encoding='utf-8') as file:
                content = json.load(file)
        except (OSError, ValueError):
            return None
        return content if content.get('key') == key else None

    def _save(self):
        temporary = f'{self._path}.{os.getpid()}'
        with open(temporary, 'w', encoding='utf-8') as file:
            json.dump(self._content, file)
        os.replace(temporary, self._path)

    def enabling(self, resolver):
        """The drivers that enable VFs, from @resolver if they are not kept."""
        if 'drivers' not in self._content:
            found = resolver()
            self._content['drivers'] = _pack(found.drivers)
            self._content['problems'] = found.problems
            self._save()
        return resolve.Resolved(
            _unpack(json.loads(json.dumps(self._content['drivers']))),
            [tuple(p) for p in self._content['problems']])

    def others(self, ids, finder):
        """{id: other drivers that claim it}, from @finder where not kept."""
        kept = self._content['others']
        new = [id_ for id_ in ids if str(id_) not in kept]
        if new:
            found = finder(new)
            kept.update({str(id_): _pack(found.get(id_, [])) for id_ in new})
            self._save()
        return {id_: _unpack(json.loads(json.dumps(kept[str(id_)])))
                for id_ in ids}
