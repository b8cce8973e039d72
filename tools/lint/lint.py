#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Run the kernel's static checks on what is ours.

The patches, the new files and the files that are patched; each check prints a
line with what it looked at.  What somebody has looked at and can explain is in
exceptions.tsv.  Exit status: 0 no findings, 1 findings or a check that cannot
run, 2 nothing can run.
"""

import argparse
import collections
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SELFTEST = 'tools/testing/selftests/pci_sriov'
SELFTESTS = ('tools/testing/selftests/pci_sim', SELFTEST)
# The oldest that Linux 7.3 takes is 17; Debian 12 has this one
LLVM = '-19'

Finding = collections.namedtuple('Finding', 'check file line kind text')


class LintError(Exception):
    """A check that cannot run."""


def run(command, cwd=None, env=None, fatal=False):
    """The exit status and all output of a command."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=cwd,
                              stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, errors='replace',
                              env={**os.environ, 'LC_ALL': 'C', **(env or {})},
                              check=False)
    except OSError as error:
        raise LintError(f'{command[0]}: {error.strerror}') from error
    if fatal and done.returncode:
        raise LintError(f'{" ".join(map(str, command))} ends with '
                        f'{done.returncode}:\n{done.stdout[-2000:]}')
    return done.returncode, done.stdout


class Exceptions:
    """The lines of exceptions.tsv, and which of them were of use."""

    def __init__(self, path):
        self.path = path
        self.lines = []
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if not line or line.startswith('#'):
                continue
            fields = line.split('\t')
            if len(fields) != 4 or not all(f.strip() for f in fields):
                raise LintError(f'{path}:{number}: a check, a file, a kind '
                                'and a reason are needed, with one tab '
                                'between them')
            self.lines.append([number, fields, False])

    def covers(self, finding):
        """Is there one for it?  Then it was of use."""
        covered = False
        for entry in self.lines:
            check, file, kind, _ = entry[1]
            if (check == finding.check and
                    fnmatch.fnmatchcase(finding.kind, kind) and
                    fnmatch.fnmatchcase(finding.file, file)):
                entry[2] = covered = True
        return covered

    def unused(self, checks):
        """Those of the checks made that match nothing."""
        for number, fields, used in self.lines:
            if fields[0] in checks and not used:
                yield f'{self.path.name}:{number}: matches nothing: ' \
                      f'{" ".join(fields[:3])}'


class Project:
    """Our files, by kind; names are relative to the top."""

    def __init__(self, top):
        self.top = top
        self.files = sorted(self._walk())
        self.patches = self._named('patches/*.patch')
        text = '\n'.join((top / p).read_text() for p in self.patches)
        self.patched = sorted(set(re.findall(r'^\+\+\+ b/(\S+)', text, re.M)))
        self.sources = [f for f in self._named('*.[ch]') +
                        self._named('quirks/*') if f.endswith(('.c', '.h'))]
        self.sources = sorted(set(self.sources))
        self.python = self._named('*.py')
        self.shell = [f for f in self.files if self._is_shell(f)]
        self.abi = self._named('Documentation/ABI/*')

    def _walk(self):
        for base, dirs, names in os.walk(self.top):
            where = pathlib.Path(base).relative_to(self.top)
            dirs[:] = [d for d in dirs
                       if d not in ('.git', '__pycache__', '.issues') and
                       (where / d).as_posix() != 'build']
            for name in names:
                path = (where / name).as_posix()
                if path != '.git' and (self.top / path).is_file():
                    yield path

    def _named(self, pattern):
        return [f for f in self.files if fnmatch.fnmatch(f, pattern)]

    def _is_shell(self, name):
        with open(self.top / name, 'rb') as file:
            return re.match(rb'#!.*\b(ba)?sh\b', file.readline()) is not None

    def in_tree(self, name):
        """Where the file is in a patched kernel tree, or None."""
        if name in self.patched:
            return name
        if fnmatch.fnmatch(name, 'quirks/*.h'):
            return 'drivers/pci/sriov-quirks/' + name[len('quirks/'):]
        if name.startswith(('drivers/', 'include/', 'Documentation/',
                            *(f'{folder}/' for folder in SELFTESTS))):
            return name
        return None

    def of_tree(self, name):
        """Our name of a file of a patched kernel tree, or None."""
        if name.startswith('drivers/pci/sriov-quirks/'):
            name = 'quirks/' + name[len('drivers/pci/sriov-quirks/'):]
        return name if name in self.files or name in self.patched else None


class Kernel:
    """A patched tree, and what is built of it for the checks."""

    def __init__(self, tree, work):
        self.tree = tree.resolve()
        self.work = work
        makefile = (self.tree / 'Makefile').read_text()
        self.version = '.'.join(re.search(rf'^{key} = (\d+)', makefile,
                                          re.M)[1]
                                for key in ('VERSION', 'PATCHLEVEL'))

    def git(self, *args):
        """What git says of the tree."""
        return run(['git', '-C', self.tree, *args], fatal=True)[1]

    @property
    def base(self):
        """The commit of its source, below those of our patches."""
        return self.git('rev-list', '--max-parents=0', 'HEAD').strip()

    def pristine(self, name):
        """A file as the kernel has it, without our patches."""
        path = self.work / f'pristine-{self.version}' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.git('show', f'{self.base}:{name}'))
        return path

    def make(self, obj, *args):
        """The kernel's make with an object folder."""
        # Nothing is linked or run: objtool would take long to build, for nothing
        return run(['make', '-s', '-k', '-C', self.tree, f'O={obj}',
                    f'-j{os.cpu_count()}', 'CONFIG_OBJTOOL=', *args])

    def prepare(self, name, config, *args):
        """An object folder that can build single objects; its name."""
        obj = self.work / f'{name}-{self.version}'
        obj.mkdir(parents=True, exist_ok=True)
        stamp = obj / '.fragment.done'
        kconfig = (self.tree / 'drivers/pci/Kconfig').read_text()
        if not stamp.exists() or stamp.read_text() != config + kconfig:
            (obj / '.fragment').write_text(config)
            for step in ([f'KCONFIG_ALLCONFIG={obj}/.fragment',
                          'allnoconfig'], ['prepare']):
                status, output = self.make(obj, *args, *step)
                if status:
                    raise LintError(f'make {step[-1]} fails:\n{output}')
            stamp.write_text(config + kconfig)
        return obj


class Lint:
    """The checks; each yields findings and counts what it looked at."""

    def __init__(self, project, kernels, excepted):
        self.project = project
        self.kernels = kernels
        self.excepted = excepted        # is there an exception for a finding?
        self.count = 0
        self.unit = 'files'

    # --- helpers

    @property
    def newest(self):
        """The kernel whose scripts check the text of files."""
        return max(self.kernels,
                   key=lambda k: list(map(int, k.version.split('.'))))

    @property
    def config(self):
        """The configuration of the test kernel: all of ours is on."""
        qemu = self.project.top / SELFTEST / 'qemu'
        return ''.join(file.read_text() for file in
                       (qemu / 'kernel.config', qemu / 'kernel-optional.config',
                        HERE / 'touched.config'))

    def path(self, name):
        """A file of ours, where the kernel's scripts expect to find it."""
        place = self.project.in_tree(name)
        if not place or name not in self.project.patched and \
                not (self.newest.tree / place).exists():
            return self.project.top / name
        return self.newest.tree / place

    def name(self, path, cwd):
        """Our name of a file that a tool speaks of, or None."""
        real = pathlib.Path(os.path.normpath(cwd / path))
        for kernel in self.kernels:
            if real.is_relative_to(kernel.tree):
                return self.project.of_tree(
                    real.relative_to(kernel.tree).as_posix())
        if real.is_relative_to(self.project.top):
            return real.relative_to(self.project.top).as_posix()
        return None

    def messages(self, check, output, cwd):
        """Findings of a compiler's output that are about our files."""
        pattern = re.compile(
            r'^(?P<file>[^\s:]+):(?P<line>\d+):(?:\d+:)? '
            r'(?:fatal )?(?P<level>error|warning): (?P<text>.*?)'
            r'(?: \[(?P<kind>-W[^\]]+)\])?$')
        for line in dict.fromkeys(output.splitlines()):
            found = pattern.match(line)
            if not found:
                continue
            name = self.name(found['file'], cwd)
            if name:
                yield Finding(check, name, int(found['line']),
                              found['kind'] or found['text'], found['text'])

    def objects(self):
        """The objects of our C files and of those that are patched."""
        places = {self.project.in_tree(f) for f in self.project.sources}
        return sorted(f[:-1] + 'o' for f in places | set(self.project.patched)
                      if f and f.endswith('.c') and
                      f.startswith(('drivers/', 'kernel/')))

    def compile(self, check, kernel, obj, *args):
        """Build our objects anew; findings of what the compiler says."""
        objects = self.objects()
        for name in objects:
            (obj / name).unlink(missing_ok=True)
        status, output = kernel.make(obj, *args, *objects)
        # Without its object no file has been looked at
        missing = [f for f in objects if not (obj / f).exists()]
        findings = list(self.messages(check, output, obj))
        yield from findings
        if status and not findings or missing:
            raise LintError(f'{check}: {kernel.version}: '
                            f'{" ".join(missing)} not built:\n'
                            f'{output[-2000:]}')
        self.count += len(objects)
        self.unit = 'objects'

    # --- the text of files

    # It leaves a cache where it runs, a long list of names: of use next time
    def checkpatch(self):
        """checkpatch.pl --strict of every patch and every file."""
        # It would end at an empty file, in silence
        names = {str(self.path(f)): f for f in self.project.files
                 if f != 'COPYING' and (self.project.top / f).stat().st_size}
        patches = [p for p, f in names.items() if f in self.project.patches]
        others = [p for p in names if p not in patches]
        size = len(others) // (4 * os.cpu_count()) + 1
        jobs = [[patches]] + [['-f', others[i:i + size]]
                              for i in range(0, len(others), size)]

        for _, match in self._checkpatch(jobs):
            yield Finding('checkpatch', names[match[1]], int(match[2]),
                          match[3], match[4])
        self.count = len(names)

    def _checkpatch(self, jobs):
        """Jobs of options and a list of files; the job of each finding and a
        match: file, line, type, text."""
        script = self.newest.tree / 'scripts/checkpatch.pl'
        self.newest.work.mkdir(parents=True, exist_ok=True)

        def check(job):
            *mode, paths = job
            return job, run(['perl', script, '--strict', '--show-types',
                             '--terse', '--no-summary',
                             f'--root={self.newest.tree}', *mode, '--',
                             *paths], cwd=self.newest.work)

        pattern = re.compile(r'^(.*?):(\d+): (?:ERROR|WARNING|CHECK):(\w+): '
                             r'(.*)$')
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for job, (status, output) in pool.map(check, jobs):
                found = [m for m in map(pattern.match, output.splitlines())
                         if m]
                if bool(status) != bool(found):
                    raise LintError(f'checkpatch.pl:\n{output[-2000:]}')
                for match in found:
                    yield job, match

    def series(self):
        """checkpatch.pl --strict of what goes to the mailing list.

        What is excepted for a file of ours, or for a patch that files are added
        to, is excepted here.
        """
        kernel = self.newest
        out = kernel.work / f'series-{kernel.version}'
        shutil.rmtree(out, ignore_errors=True)
        kernel.git('format-patch', '-q', '--zero-commit', '-o', out, kernel.base)
        patches = sorted(out.glob('*.patch'))
        self.count = len(patches)
        self.unit = 'patches'

        # Their numbers differ
        ours = collections.defaultdict(list)
        for patch in self.project.patches:
            ours[os.path.basename(patch)[5:]].append(patch)
        for (*_, paths), match in self._checkpatch(
                [['--showfile', [patch]] for patch in patches]):
            patch, = paths
            name = self.project.of_tree(match[1])
            finding = Finding('series', f'series/{patch.name[5:]}',
                              int(match[2]), match[3], match[4])
            if not any(self.excepted(finding._replace(check='checkpatch',
                                                      file=file))
                       for file in [name, *ours[patch.name[5:]]] if file):
                yield finding

    def kernel_doc(self):
        """kernel-doc of every C file and header."""
        script = self.newest.tree / 'scripts/kernel-doc'
        option = ['-Wall'] if '-Wall' in script.read_text() else []
        command = [script, '-none', *option, '-Werror']
        names = [f for f in self.project.sources if self.project.in_tree(f)]
        self.count = len(names)
        yield from self.plain('kernel-doc', run(
            [*command, *map(self.path, names)])[1])

        # Of files that are patched, what the patches brought
        names = [f for f in self.project.patched if f.endswith(('.c', '.h'))]
        self.count += len(names)
        stock = collections.Counter(
            f.text for f in self.plain('kernel-doc', run(
                [*command, *map(self.newest.pristine, names)])[1]))
        for finding in self.plain('kernel-doc', run(
                [*command, *map(self.path, names)])[1]):
            if not stock[finding.text]:
                yield finding
            stock[finding.text] -= 1

    def plain(self, check, output):
        """Findings of lines "file:line: level: text"."""
        for line in output.splitlines():
            found = re.match(r'^(\S+?):(\d+): (warning|error):? (.*)$', line)
            if found:
                name = self.name(found[1], self.project.top)
                yield Finding(check, name or found[1], int(found[2]),
                              found[3], found[4])

    def includecheck(self):
        """No header is included twice."""
        script = self.newest.tree / 'scripts/checkincludes.pl'
        names = self.project.sources + [
            f for f in self.project.patched if f.endswith(('.c', '.h'))]
        for name in names:
            self.count += 1
            _, output = run(['perl', script, self.path(name)], fatal=True)
            for header in re.findall(r'^.*: (\S+) is included more', output,
                                     re.M):
                yield Finding('includecheck', name, 0, header,
                              f'{header} is included more than once')

    def get_abi(self):
        """The ABI files, among all of the kernel's."""
        names = self.project.abi
        self.count = len(names)
        output = self._get_abi('validate')
        for line in output.splitlines():
            for name in names:
                if os.path.basename(name) in line:
                    yield Finding('get_abi', name, 0, 'warning', line)
        # It is silent about what it does not read
        for name in names:
            what = re.findall(r'^What:\s+(\S+)',
                              (self.project.top / name).read_text(), re.M)
            if not what or what[0] not in self._get_abi(
                    'search', re.escape(what[0]) + '$'):
                yield Finding('get_abi', name, 0, 'unread',
                              'get_abi does not find what it describes')

    def _get_abi(self, action, *args):
        """What the kernel's parser of ABI files says."""
        tree = self.newest.tree
        folder = tree / 'Documentation/ABI'
        script = tree / 'tools/docs/get_abi.py'
        command = [script, '-D', folder, action]
        if not script.exists():         # 6.12 has it in Perl
            script = tree / 'scripts/get_abi.pl'
            command = [script, action, '--dir', folder]
        if not script.exists():
            raise LintError(f'{tree} has neither tools/docs/get_abi.py nor '
                            'scripts/get_abi.pl')
        return run([*command, *args], cwd=tree)[1]

    def codespell(self):
        """Spelling, of everything."""
        names = [f for f in self.project.files if f != 'COPYING']
        self.count = len(names)
        _, output = run(['codespell', '--quiet-level=2', *names],
                        cwd=self.project.top)
        for line in output.splitlines():
            found = re.match(r'^(\S+?):(\d+): (\S+) ==> (.*)$', line)
            if not found:
                raise LintError(f'codespell: {line}')
            yield Finding('codespell', found[1].removeprefix('./'),
                          int(found[2]), found[3], f'{found[3]}: {found[4]}')

    def shellcheck(self):
        """Every shell script."""
        names = self.project.shell
        self.count = len(names)
        _, output = run(['shellcheck', '-f', 'gcc', *names],
                        cwd=self.project.top)
        pattern = re.compile(r'^(\S+?):(\d+):\d+: \w+: (.*) \[(SC\d+)\]$')
        for line in output.splitlines():
            found = pattern.match(line)
            if not found:
                raise LintError(f'shellcheck: {line}')
            yield Finding('shellcheck', found[1], int(found[2]), found[4],
                          found[3])

    def pyflakes(self):
        """Every Python program: does it compile, and make sense?"""
        names = self.project.python
        self.count = len(names)
        _, output = run(['pyflakes3', *names], cwd=self.project.top)
        for line in output.splitlines():
            found = re.match(r'^(\S+?):(\d+):\d+:? (.*)$', line)
            if found:
                yield Finding('pyflakes', found[1], int(found[2]), 'pyflakes',
                              found[3])

    # --- the code

    def _prepared(self, kernel, llvm=False):
        if llvm:
            args = [f'LLVM={LLVM}', f'CC=ccache clang{LLVM}',
                    f'HOSTCC=ccache clang{LLVM}']
            return kernel.prepare('clang', self.config, *args), args
        args = ['CC=ccache gcc', 'HOSTCC=ccache gcc']
        return kernel.prepare('gcc', self.config, *args), args

    def gcc(self):
        """W=1 with gcc."""
        for kernel in self.kernels:
            obj, args = self._prepared(kernel)
            yield from self.compile('gcc', kernel, obj, 'W=1', *args)

    def clang(self):
        """W=1 with clang."""
        for kernel in self.kernels:
            obj, args = self._prepared(kernel, llvm=True)
            yield from self.compile('clang', kernel, obj, 'W=1', *args)

    def sparse(self):
        """C=2 with what sparse does not do by default."""
        flags = '-Wbitwise -Wcontext -Wcast-to-as -Wdefault-bitfield-sign ' \
                '-Wdo-while -Wparen-string -Wtypesign'
        for kernel in self.kernels:
            obj, args = self._prepared(kernel)
            yield from self.compile('sparse', kernel, obj, 'C=2',
                                    f'CF={flags}', *args)

    def coccicheck(self):
        """The kernel's semantic patches, as scripts/coccicheck runs them."""
        tree = self.newest.tree
        names = {str(self.path(f)): f for f in self.project.sources
                 if f.endswith('.c')}
        scripts = []
        for script in sorted(tree.glob('scripts/coccinelle/**/*.cocci')):
            text = script.read_text()
            # One for a single driver's data is written in OCaml, and needs
            # its compiler
            if 'virtual report' in text and 'script:ocaml' not in text:
                options = re.search(r'Options:(.*)', text)
                scripts.append((script, options[1].split() if options else []))
        includes = [w for d in ('arch/x86/include', 'include',
                                'arch/x86/include/uapi', 'include/uapi')
                    for w in ('-I', tree / d)]

        def spatch(job):
            script, options = job
            return script, run(
                ['spatch', '-D', 'report', '--no-show-diff', '--very-quiet',
                 '--cocci-file', script, *options, '--very-quiet', *includes,
                 '--include', tree / 'include/linux/kconfig.h',
                 *names])

        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for script, (status, output) in pool.map(spatch, scripts):
                if status:
                    raise LintError(f'{script}:\n{output[-2000:]}')
                for line in dict.fromkeys(output.splitlines()):
                    found = re.match(r'^(\S+?):(\d+)(?::[-\d]+)?:? (.*)$',
                                     line)
                    if found and found[1] in names:
                        yield Finding('coccicheck', names[found[1]],
                                      int(found[2]), script.stem, found[3])
        self.count = len(names)
        self.unit = f'files with {len(scripts)} semantic patches'

    def selftests(self):
        """The conventions of tools/testing/selftests."""
        self.unit = 'programs'
        for folder in SELFTESTS:
            yield from self._selftest(folder)

    def _selftest(self, folder):
        kernel = self.newest
        base = kernel.tree / 'tools/testing/selftests'
        name = os.path.basename(folder)

        def wrong(text):
            return Finding('selftests', folder, 0, 'convention', text)

        if not re.search(rf'^TARGETS \+= {name}$',
                         (base / 'Makefile').read_text(), re.M):
            yield wrong('not among the TARGETS')
        for file in ('config', 'settings', 'Makefile'):
            if not (base / name / file).is_file():
                yield wrong(f'no file {file}')
        missing = [line for line in (base / name / 'config')
                   .read_text().split() if line not in self.config.split()]
        for line in missing:
            yield wrong(f'config wants {line}, the test kernel lacks it')

        for tools in (['CC=ccache gcc'], [f'LLVM={LLVM}']):
            out = kernel.work / 'selftests'
            shutil.rmtree(out, ignore_errors=True)
            status, output = run(
                ['make', '-s', '-C', base, f'TARGETS={name}', *tools,
                 f'O={out}/build', f'INSTALL_PATH={out}/install', 'install'])
            yield from self.messages('selftests', output, base / name)
            if status:
                raise LintError(f'make install:\n{output[-2000:]}')
            installed = out / 'install'
            text = (installed / 'kselftest-list.txt').read_text()
            programs = re.findall(rf'^{name}:(\S+)$', text, re.M)
            for file in [*programs, 'config', 'settings']:
                if not (installed / name / file).is_file():
                    yield wrong(f'install lacks {file}')
            # What they share has no main
            sources = {f.stem for f in (base / name).glob('*.c')
                       if 'TEST_HARNESS_MAIN' in f.read_text()}
            for file in sources.symmetric_difference(programs):
                yield wrong(f'{file}: a source or a program, not both')
        self.count += len(programs)


CHECKS = ('checkpatch', 'series', 'kernel-doc', 'includecheck', 'get_abi',
          'codespell', 'shellcheck', 'pyflakes', 'gcc', 'clang', 'sparse',
          'coccicheck', 'selftests')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--kernel-tree', type=pathlib.Path, required=True,
                        action='append', help='patched tree; may be repeated')
    parser.add_argument('--work', type=pathlib.Path, required=True,
                        help='where to build')
    parser.add_argument('--top', type=pathlib.Path,
                        default=HERE.parent.parent)
    parser.add_argument('--exceptions', type=pathlib.Path,
                        default=HERE / 'exceptions.tsv')
    parser.add_argument('--times', action='store_true',
                        help='say how long each check takes')
    parser.add_argument('check', nargs='*', choices=[*CHECKS, []],
                        help='only these')
    args = parser.parse_args()

    checks = args.check or CHECKS
    total = 0
    try:
        exceptions = Exceptions(args.exceptions)
        project = Project(args.top.resolve())
        kernels = [Kernel(tree, args.work.resolve())
                   for tree in args.kernel_tree]
        for check in checks:
            lint = Lint(project, kernels, exceptions.covers)
            start = time.monotonic()
            try:
                findings = [f for f in getattr(lint, check.replace('-', '_'))()
                            if not exceptions.covers(f)]
            except LintError as error:
                print(f'{error}\nnot ok lint {check}: cannot run',
                      flush=True)
                total += 1
                continue
            for finding in findings:
                kind = (f'{finding.kind}: '
                        if finding.kind != finding.text else '')
                print(f'{finding.file}:{finding.line}: {check}: '
                      f'{kind}{finding.text}')
            took = f' ({time.monotonic() - start:.0f} s)' if args.times else ''
            print(f'{"not ok" if findings else "ok"} lint {check}: '
                  f'{lint.count} {lint.unit}, {len(findings)} findings{took}',
                  flush=True)
            total += len(findings)
        unused = list(exceptions.unused(checks))
        for line in unused:
            print(line)
        print(f'{"not ok" if unused else "ok"} lint exceptions: '
              f'{len(exceptions.lines)} lines, {len(unused)} without use')
    except (LintError, OSError) as error:
        print(f'lint: {error}', file=sys.stderr)
        return 2
    return 1 if total or unused else 0


if __name__ == '__main__':
    sys.exit(main())
