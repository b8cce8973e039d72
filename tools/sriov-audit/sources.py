# SPDX-License-Identifier: GPL-2.0
"""What a kernel's source says: grep and spatch find who can enable VFs, the
kernel's own build compiles those files, binutils read the ids.
"""

import collections
import fnmatch
import os
import re
import struct
import subprocess

from record import AuditError, Id

HERE = os.path.dirname(os.path.abspath(__file__))
ENABLE = ['pci_enable_sriov', 'pci_sriov_configure_simple']
TABLE = re.compile(r'(?:\bpci_device_id\s+|MODULE_DEVICE_TABLE\(\s*pci\s*,\s*)'
                   r'(\w+)')


class Kernel:
    """@functions: {module: {by what it enables VFs: where}}
    @ids: {module: {an id that it claims: where}}
    @odd: {file: why nothing is known of it}
    """

    def __init__(self, name):
        self.name, self.odd = name, {}
        self.functions = collections.defaultdict(dict)
        self.ids = collections.defaultdict(dict)


def run(*command, fine=(0,), **options):
    """What a command prints.  @fine: exit statuses that are no error."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False,
                              capture_output=True, **options)
    except OSError as error:
        raise AuditError(f'{command[0]}: {error.strerror}') from error
    if done.returncode not in fine:
        raise AuditError(f'{" ".join(command)[:200]} ends with '
                         f'{done.returncode}:\n'
                         f'{done.stderr[-1500:].decode(errors="replace")}')
    return done.stdout


def read(*path):
    """A text, or nothing."""
    try:
        with open(os.path.join(*path), encoding='utf-8',
                  errors='replace') as file:
            return file.read()
    except OSError:
        return ''


class _Source:
    """A source tree, and a directory of objects made of it."""

    def __init__(self, root, work):
        self.root = os.path.abspath(root)
        if 'kernelversion' not in read(self.root, 'Makefile'):
            raise AuditError(f'{root}: no kernel source tree')
        # Whoever calls may be a make, or build another kernel
        self._env = {name: value for name, value in os.environ.items() if not
                     re.match('MAKE|MFLAGS|KBUILD|ARCH$|CROSS_COMP', name)}
        self.version = self._make('-s', 'kernelversion').decode().strip()
        # make goes by time, which tells no two trees of one place apart
        self.out = os.path.join(os.path.abspath(work), self.version +
                                self.root.replace('/', '-'))
        os.makedirs(self.out, exist_ok=True)
        # objtool takes long to build, and changes no data
        self._options = (f'O={self.out}', 'CC=ccache gcc', 'CONFIG_OBJTOOL=',
                         'KCFLAGS=-O1', '-k', '-s', f'-j{os.cpu_count()}')

    def _make(self, *words, **options):
        return run('make', '-C', self.root, *words, env=self._env, **options)

    def mentions(self, functions, ignored):
        """Files that may enable VFs: the rule alone takes 10 minutes for drivers/."""
        words = fr'\b({"|".join(functions)})\b|\.sriov_configure\s*(=|$)'
        found = run('grep', '-rlE', words, '--include=*.[ch]', '.',
                    '--exclude-dir=tools', '--exclude-dir=Documentation',
                    cwd=self.root, fine=(0, 1)).decode().split()
        found = [file[len('./'):] for file in found]
        return [file for file in found if not
                any(fnmatch.fnmatchcase(file, name) for name in ignored)]

    def enablers(self, files, functions):
        """[file, line, by what] of those that do."""
        rule = read(HERE, 'enablers.cocci').replace('|'.join(ENABLE),
                                                    '|'.join(functions))
        with open(f'{self.out}/enablers.cocci', 'w', encoding='utf-8') as file:
            file.write(rule)
        found = run('spatch', '--very-quiet', '--no-includes', '--sp-file',
                    file.name, *files, cwd=self.root).decode().splitlines()
        return [line.split('\t') for line in found if line.count('\t') == 2]

    def compile(self, files):
        """{file: its module} of those that could be compiled."""
        config = os.path.join(HERE, 'audit.config')
        objects = [f'{file[:-2]}.o' for file in files]
        self._make(*self._options, f'KCONFIG_ALLCONFIG={config}',
                   'allmodconfig')
        self._make(*self._options, *objects, fine=(0, 2))
        commands = {file: read(self.out, os.path.dirname(file), '.' +
                               os.path.basename(file)[:-2] + '.o.cmd')
                    for file in files
                    if os.path.exists(f'{self.out}/{file[:-2]}.o')}
        if not commands:
            self._make(*self._options, *objects[:1])
        return {file: re.search(r'KBUILD_MODNAME=\W*(\w+)', command).group(1)
                for file, command in commands.items()}

    def beside(self, files):
        """Sources with tables of ids in the folders of @files."""
        paths = {os.path.join(folder, name)
                 for folder in set(map(os.path.dirname, files))
                 for name in os.listdir(os.path.join(self.root, folder))}
        return {path for path in paths if path.endswith('.c') and
                TABLE.search(read(self.root, path))}

    def ids(self, file):
        """{id: its table} of a file that has been compiled."""
        path, ids = f'{self.out}/{file[:-2]}.o', {}
        names = TABLE.findall(read(self.root, file))
        size_of = int(re.search(r'SIZE_pci_device_id (\d+)', read(
            self.out, 'scripts/mod/devicetable-offsets.h')).group(1))
        for line in run('objdump', '-t', path).decode().splitlines():
            words = line.split()
            if words and words[-1] in names and words[-3][0] == '.':
                # Where in its section, flags, section, size, name
                start, size = int(words[0], 16), int(words[-2], 16)
                data = self._section(path, words[-3])
                for at in range(start, start + size, size_of):
                    *four, class_, mask = struct.unpack_from('=6I', data, at)
                    if any((*four, class_)):
                        four = ['*' if number == 0xffffffff else
                                f'{number:04x}' for number in four]
                        ids[Id.make(four, class_, mask)] = \
                            f'{file}: {words[-1]}'
        return ids

    def _section(self, path, name):
        run('objcopy', '-O', 'binary', '-j', name, path, f'{self.out}/section')
        with open(f'{self.out}/section', 'rb') as file:
            return file.read()


def read_source(root, work, functions, ignored):
    """The Kernel of a source tree.

    @functions: of libraries that enable VFs.  @ignored: patterns of files.
    """
    source = _Source(root, work)
    kernel = Kernel(source.version)
    functions = [*ENABLE, *sorted(functions - set(ENABLE))]
    files = source.mentions(functions, ignored)
    lines = source.enablers(files, functions)
    kernel.odd = dict.fromkeys(set(files) - {file for file, *_ in lines},
                               'mentions what enables VFs')
    enabling = {file for file, *_ in lines}
    # Ids may stand in a file of the module that enables nothing
    modules = source.compile(enabling | source.beside(enabling))
    for file, number, what in lines:
        if file not in modules:
            kernel.odd[file] = ('cannot be compiled; make -C '
                                f'{source.root} O={source.out} {file[:-2]}.o '
                                'says why')
            continue
        for name in re.findall(r'\b[a-z]\w+', what):
            kernel.functions[modules[file]][name] = f'{file}:{number}'
    for file, module in modules.items():
        if module in kernel.functions:
            kernel.ids[module].update(source.ids(file))
    return kernel
