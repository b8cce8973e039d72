# SPDX-License-Identifier: GPL-2.0
"""What the modules of a built kernel say: nm and modinfo."""

import os
import re
import tempfile

from record import AuditError, Id
from sources import ENABLE, Kernel, run

UNPACK = {'.ko': 'cat', '.xz': 'xzcat', '.zst': 'zstdcat', '.gz': 'zcat'}
ALIAS = re.compile(r'pci:v(\w+|\*)d(\w+|\*)sv(\w+|\*)sd(\w+|\*)'
                   r'bc(\*|..)sc(\*|..)i(\*|..)')


def _id(*fields):
    class_ = ''.join(field.replace('*', '00') for field in fields[4:])
    mask = ''.join('00' if field == '*' else 'ff' for field in fields[4:])
    return Id.make([field.lower()[-4:] for field in fields[:4]],
                   int(class_, 16), int(mask, 16))


def read_modules(folder, functions):
    """The Kernel below a folder of modules.  @functions: as read_source()."""
    kernel = Kernel(folder)
    paths = [os.path.join(place, name) for place, _, names in os.walk(folder)
             for name in names if re.search(r'\.ko(\.xz|\.zst|\.gz)?$', name)]
    if not paths:
        raise AuditError(f'{folder}: no modules')
    for path in paths:
        data = run(UNPACK[os.path.splitext(path)[1]], path)
        if b'sriov' not in data:
            continue
        with tempfile.NamedTemporaryFile(suffix='.ko') as copy:
            copy.write(data)
            copy.flush()
            used = run('nm', '-u', copy.name).decode().split()
            aliases = run('modinfo', '-F', 'alias', copy.name).decode()
        used = {*ENABLE, *functions}.intersection(used)
        if used:
            name = os.path.basename(path).split('.')[0].replace('-', '_')
            kernel.functions[name] = dict.fromkeys(used, path)
            kernel.ids[name] = {_id(*alias): path
                                for alias in ALIAS.findall(aliases)}
    return kernel
