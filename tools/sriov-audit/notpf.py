# SPDX-License-Identifier: GPL-2.0
"""Ids that modules which enable VFs claim, and that are not those of PFs.

A module says which ids it claims, but not which of them are VFs' or belong to
a driver in it that enables none; source trees do, and it is recorded.
"""

import pciid

_HEAD = '''# SPDX-License-Identifier: GPL-2.0
# Ids that modules which enable VFs claim, but that are not of PFs: VFs' own,
# and those of other drivers in the module.  For audit.py --modules; written
# by audit.py --record-not-pf: driver, id, how the source writes it.
'''


class RecordError(Exception):
    """A file that cannot be read."""


def record(path, drivers):
    """Write what @drivers, of all trees and modules, claim for other than PFs.
    """
    rows = {(d.name, str(c.id)): c.text for d in drivers for c in d.claims
            if c.says_vf or not d.enables}
    with open(path, 'w', encoding='utf-8') as file:
        file.write(_HEAD)
        for (driver, id_), text in sorted(rows.items()):
            file.write(f'{driver}\t{id_}\t{text}\n')
    print(f'audit: {len(rows)} ids in {path}')


def read(path):
    """{driver: ids}; empty if nothing has been recorded."""
    found = {}
    try:
        with open(path, encoding='utf-8') as file:
            lines = [line for line in file if not line.startswith('#')]
    except FileNotFoundError:
        return found
    for line in lines:
        try:
            driver, id_ = line.split('\t')[:2]
            found.setdefault(driver, set()).add(pciid.parse_id(id_))
        except ValueError as error:
            raise RecordError(f'{path}: {error}') from error
    return found
