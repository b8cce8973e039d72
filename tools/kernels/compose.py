# SPDX-License-Identifier: GPL-2.0
"""A kernel's history: a commit for each patch of its series, on its source.

Nothing but git's objects is needed for it, no work tree: what did not change is
not done again, and what did costs little.
"""

import email.utils
import hashlib
import os
import re
import tempfile

import hunks
from repo import Failure

# With more than is there yet it would not compile: includes of what a later patch
# brings are left out
LIST = 'drivers/pci/sriov-quirks/quirks.h'


class PatchFails(Failure):
    """A patch that does not do what it should; with its place in the series."""

    def __init__(self, text, index, applies):
        super().__init__(text)
        self.index = index
        self.applies = applies


def digest(text):
    """Of a patch, to know it again: see Composer.made_of()."""
    return hashlib.sha256(text).hexdigest()


def as_of_now(text, present):
    """LIST without the headers that are not there yet."""
    folder = os.path.dirname(LIST)
    now = re.sub(r'^#include "([^"]+)"\n',
                 lambda m: m[0] if f'{folder}/{m[1]}' in present else '',
                 text, flags=re.M)
    # With the last of a group, one of two empty lines goes
    return re.sub(r'\n\n\n+', '\n\n', now) if now != text else text


def mail(repo, text):
    """Author, date and message of a patch, as git am takes them."""
    with tempfile.TemporaryDirectory(dir=repo.path) as temp:
        info = repo.bytes('mailinfo', '--encoding=UTF-8', f'{temp}/body',
                          f'{temp}/diff', stdin=text).decode()
        with open(f'{temp}/body', encoding='utf-8') as file:
            body = file.read().strip('\n')
    field = dict(re.findall(r'^(\w+): (.*)$', info, re.M))
    for key in ('Author', 'Email', 'Subject', 'Date'):
        if key not in field:
            raise Failure(f'a patch without {key}')
    message = field['Subject'] + '\n' + (f'\n{body}\n' if body else '')
    return f'{field["Author"]} <{field["Email"]}>', field['Date'], message


def make_commit(repo, parent, author, when, message, changes):
    """A commit that changes {path: (mode, blob), or None}."""
    data = message.encode()
    stream = [f'commit refs/compose/step\nmark :1\nauthor {author} {when}\n'
              f'committer {author} {when}\ndata {len(data)}\n'.encode(), data,
              f'\nfrom {parent}\n'.encode()]
    for path, entry in sorted(changes.items()):
        stream.append(f'M {entry[0]} {entry[1]} {path}\n'.encode() if entry
                      else f'D {path}\n'.encode())
    stream.append(b'\nget-mark :1\ndone\n')
    return repo.text('fast-import', '--quiet', '--force', '--done',
                     stdin=b''.join(stream))


def commit(repo, parent, text, changes):
    """A commit with a patch's message."""
    author, date, message = mail(repo, text)
    date = email.utils.parsedate_to_datetime(date)
    when = f'{int(date.timestamp())} {date.strftime("%z") or "+0000"}'
    return make_commit(repo, parent, author, when, message, changes)


class Index:
    """The files that patches touch, and no others, as an index of git."""

    def __init__(self, repo, start, paths):
        self.repo = repo
        self.directory = tempfile.TemporaryDirectory(dir=repo.path)
        self.env = {'GIT_INDEX_FILE': f'{self.directory.name}/index'}
        self.add(repo.entries(start, paths))

    def close(self):
        """Nothing of it stays behind."""
        self.directory.cleanup()

    def add(self, entries):
        """{path: (mode, blob)}"""
        lines = ''.join(f'{mode} {blob} 0\t{path}\0'
                        for path, (mode, blob) in entries.items())
        self.repo.run('update-index', '-z', '--add', '--index-info',
                      stdin=lines.encode(), **self.env)

    def entries(self, paths):
        """{path: (mode, blob) or None}"""
        found = dict.fromkeys(paths)
        output = self.repo.bytes('ls-files', '-s', '-z', '--', *paths, **self.env)
        for line in output.decode().split('\0')[:-1]:
            fields, path = line.split('\t', 1)
            found[path] = tuple(fields.split()[:2])
        return found

    def apply(self, text):
        """What git says against a patch, or None."""
        done = self.repo.run('apply', '--cached', '--whitespace=nowarn', '-',
                             stdin=text, check=False, **self.env)
        return done.stderr.decode(errors='replace') if done.returncode else None


def failing_hunks(text, output):
    """The hunks that git speaks of."""
    said = re.findall(r'^error: patch failed: (.*):(\d+)$', output, re.M)
    found = [h for h in hunks.hunks_of(text)
             if (h.path, str(h.line)) in said]
    return '\n'.join(map(hunks.text_of, found))


class Composer:
    """Makes the history of one series on a base."""

    def __init__(self, repo, series, base):
        self.repo = repo
        self.series = series
        self.base = base
        self.cache = repo.path / 'steps'
        self.cache.mkdir(exist_ok=True)

    def contents(self):
        """[{place: (mode, blob)}] of the new files, one for each step."""
        placed = self.series.place_files()
        paths = [path for files in placed for path in files.values()]
        blobs = dict(zip(paths, self.repo.text(
            'hash-object', '-w', '--no-filters', '--stdin-paths',
            stdin=''.join(f'{p}\n' for p in paths).encode()).split()))
        steps = []
        present = set()
        text = last = None
        for files in placed:
            step = {place: ('100755' if os.access(path, os.X_OK) else '100644',
                            blobs[path]) for place, path in files.items()}
            present.update(step)
            if LIST in files:
                text = files[LIST].read_text()
            if text is not None:
                now = as_of_now(text, present)
                if now != last:
                    step[LIST] = ('100644', self.repo.text(
                        'hash-object', '-w', '--stdin', stdin=now.encode()))
                last = now
            steps.append(step)
        return steps

    def made_of(self, commit):
        """The digest of the patch that a composed commit was made of, or None."""
        path = self.cache / commit
        return path.read_text() if path.exists() else None

    def compose(self, count=None):
        """The commits of the first steps, or of all."""
        steps = self.series.steps[:count]
        files = self.contents()
        texts = [(self.series.top / 'patches' / step.patch).read_bytes()
                 for step in steps]
        commits = []
        parent = self.base
        index = None
        try:
            for number, text in enumerate(texts):
                key = hashlib.sha256(b'\0'.join(
                    [b'1', parent.encode(), text,
                     repr(sorted(files[number].items())).encode()])).hexdigest()
                known = self.cache / key
                done = known.read_text() if known.exists() else None
                if not done:
                    if index is None:
                        index = Index(self.repo, parent, set().union(
                            *(hunks.changed_paths(t.decode(errors='replace'))
                              for t in texts[number:])))
                    done = self._step(index, parent, number, text, files[number])
                    known.write_text(done)
                    (self.cache / done).write_text(digest(text))
                elif index is not None:
                    index.add(self.repo.entries(done, hunks.changed_paths(
                        text.decode(errors='replace'))))
                commits.append(done)
                parent = done
        finally:
            if index is not None:
                index.close()
        return commits

    def _step(self, index, parent, number, text, files):
        name = self.series.steps[number].patch
        version = self.series.version
        readable = text.decode(errors='replace')
        paths = hunks.changed_paths(readable)
        changes = {}
        if paths:
            output = index.apply(text)
            if output:
                raise PatchFails(
                    f'Linux {version}: patches/{name} does not apply:\n'
                    f'{failing_hunks(readable, output)}\n{output.strip()}',
                    number, False)
            changes = index.entries(sorted(paths))
        for path in files:
            if path in changes or self.repo.entries(parent, [path]) and \
                    path != LIST:
                raise Failure(f'{self.series.name}: {path} is there already when '
                              f'patches/{name} brings it')
        try:
            done = commit(self.repo, parent, text, {**changes, **files})
        except Failure as failure:
            raise Failure(f'patches/{name}: {failure}') from failure
        if paths:
            wrong = hunks.misplaced(readable, self.repo.bytes(
                'diff-tree', '-p', '-U3', '--no-renames', parent, done, '--',
                *sorted(paths)).decode(errors='replace'))
            if wrong:
                raise PatchFails(
                    f'Linux {version}: patches/{name} applies at the wrong '
                    'place:\n' + '\n'.join(wrong), number, True)
        return done
