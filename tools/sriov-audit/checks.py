# SPDX-License-Identifier: GPL-2.0
"""Compare the quirk table with what kernels hold."""

from dataclasses import dataclass, field

from enablers import SIMPLE
from waivers import in_range

# More ids than these without a driver mean that the table is for another
# kernel; who else claims them does not matter then
_MOST_STRAYS = 40


@dataclass
class Finding:
    """Something to be corrected.  @trees: where it was found."""

    kind: str
    where: str
    text: str
    trees: list = field(default_factory=list)

    def __str__(self):
        trees = f' [{", ".join(self.trees)}]' if self.trees else ''
        return f'{self.kind}: {self.where}: {self.text}{trees}'


@dataclass(frozen=True)
class Claim:
    """What a driver claims, as the exceptions see it.

    @id: narrowed by an exception; @raw: as the driver has it
    """

    driver: str
    id: object
    raw: object
    where: str
    text: str
    is_vf: bool

    def __str__(self):
        text = f' ("{_short(self.text)}")' if self.text else ''
        return f'{self.driver} {self.id}{text}'


@dataclass
class Kernel:
    """A kernel that the table is compared with.

    @drivers: resolve.Driver
    @others: a function that says which other drivers claim some ids
    @not_pf: {driver: ids} that are not PFs', where no source says which
    @complete: does it have every driver, or only those of one configuration?
    @claims, @excused: filled by the audit; ids that need not be in the table
    """

    name: str
    version: tuple
    drivers: list
    problems: list
    others: object = lambda ids: {}
    not_pf: dict = field(default_factory=dict)
    complete: bool = True
    claims: list = field(default_factory=list)
    excused: set = field(default_factory=set)

    def pf_claims(self):
        """Claims of ids that are not VFs'."""
        return (c for c in self.claims if not c.is_vf)


def _short(text, most=70):
    return text if len(text) <= most else text[:most - 3] + '...'


class Audit:
    """One comparison.  Findings of the same kind about the same thing in
    several kernels are one finding.
    """

    def __init__(self, table, kernels, waivers):
        self._table = table
        self._kernels = kernels
        self._waivers = waivers
        self._findings = {}

    def run(self):
        """Return: all findings."""
        for kernel in self._kernels:
            self._unresolved(kernel)
            self._claims(kernel)
            for claim in kernel.pf_claims():
                self._covered(kernel, claim)
            self._verdicts(kernel)
        self._backed()
        self._duplicates()
        self._redundant()
        if all(k.complete for k in self._kernels):
            self._unused()
        return list(self._findings.values())

    def _report(self, key, kind, where, text, kernel=None):
        finding = self._findings.setdefault((kind, key),
                                            Finding(kind, where, text))
        if kernel and kernel.name not in finding.trees:
            finding.trees.append(kernel.name)

    # What the kernel holds, as the exceptions see it

    def _unresolved(self, kernel):
        for where, text in kernel.problems:
            if not self._waivers.find('unresolved', where, None):
                self._report((where, text), 'unresolved', where,
                             f'{text}; the audit must learn to read it, or '
                             'an exception "unresolved" must say why not',
                             kernel)

    def _claims(self, kernel):
        kernel.drivers = [d for d in kernel.drivers if d.enables and not
                          self._waivers.find('not-enabling', d.name, None)]
        for driver in kernel.drivers:
            known = kernel.not_pf.get(driver.name, ())
            for claim in driver.claims:
                kernel.claims.append(Claim(
                    driver.name, self._narrowed(driver.name, claim.id),
                    claim.id, claim.where, claim.text,
                    self._is_vf(driver.name, claim, known)))

    def _narrowed(self, driver, id_):
        waiver = None if id_.mask else self._waivers.find('class', driver, id_)
        return id_.narrowed(*waiver.argument) if waiver else id_

    def _is_vf(self, driver, claim, known):
        if claim.says_vf or claim.id in known:
            return not self._waivers.find('pf', driver, claim.id)
        return self._waivers.find('vf', driver, claim.id) is not None

    # Does the table have what the kernel has?

    def _covered(self, kernel, claim):
        entry = self._table.lookup(claim.id)
        key = (claim.driver, claim.id)
        if entry is None:
            if self._waivers.find('no-sriov', claim.driver, claim.id):
                kernel.excused.add(claim.id)
                return
            self._report(key, 'missing', claim.where,
                         f'{claim} is not in the table{self._in_part(claim)};'
                         ' add it, or an exception "no-sriov" or "vf"',
                         kernel)
        elif entry.driver != claim.driver and not self._waivers.find(
                'owner', claim.driver, claim.id, entry.driver):
            self._report(key, 'wrong-driver', entry.where,
                         f'the table has {entry.id} for {entry.driver}, but '
                         f'{claim.where} is of {claim}; correct the driver, '
                         f'or add an exception "owner:{entry.driver}"', kernel)

    def _in_part(self, claim):
        parts = [e for e in self._table.meeting(claim.id)
                 if e.driver == claim.driver]
        if not parts:
            return ''
        return f' as a whole (only {parts[0].id}, {parts[0].where})'

    # Does the kernel back what the table says?

    def _verdicts(self, kernel):
        for driver in kernel.drivers:
            own = list(driver.own)
            if driver.callback not in (None, SIMPLE):
                own.append(f'its sriov_configure is {driver.callback}')
            for entry in self._table.entries:
                if entry.driver == driver.name:
                    self._verdict(kernel, driver, entry, own)

    def _verdict(self, kernel, driver, entry, own):
        safe = entry.hazards == 'none'
        key = entry.family
        if safe and own and not self._waivers.find(
                'safe', driver.name, entry.id):
            self._report(key, 'verdict', entry.where,
                         f'{driver.name} {entry.id} is "none", but the driver '
                         f'does more than {SIMPLE}: {"; ".join(own)}; name '
                         'its hazards, or add an exception "safe"', kernel)
        if not safe and not own and kernel.complete and not \
                self._waivers.find('hazard', driver.name, entry.id):
            self._report(key, 'verdict', entry.where,
                         f'{driver.name} {entry.id} is "{entry.hazards}", but '
                         f'all that the driver does is {SIMPLE}; make it '
                         '"none", or add an exception "hazard"', kernel)

    def _backed(self):
        kernels = [k for k in self._kernels if k.complete]
        strays = []
        for entry in self._table.entries:
            if (entry.verdict == 'allow') != (entry.hazards == 'none'):
                self._report(entry, 'verdict', entry.where,
                             f'{entry.driver} {entry.id} is "{entry.hazards}" '
                             f'and {entry.verdict}')
            if not kernels or self._held(entry, kernels):
                continue
            if any(self._waivers.expected(entry.driver, entry.id, k.version)
                   for k in kernels):
                strays.append(entry)
        self._strays(strays, kernels)

    @staticmethod
    def _held(entry, kernels):
        """Does a driver of that name have the id, in any of them?"""
        return any(c.driver == entry.driver and c.raw.covers(entry.id)
                   for kernel in kernels for c in kernel.pf_claims())

    def _strays(self, strays, kernels):
        names = {d.name for k in kernels for d in k.drivers}
        modules = {d.module: d.name for k in kernels for d in k.drivers}
        asked = []
        for entry in strays:
            vf = next((c for k in kernels for c in k.claims
                       if c.is_vf and c.raw.covers(entry.id)), None)
            if vf:
                self._is_vf_entry(entry, f'{vf.where} calls {vf} a VF')
            elif self._waivers.find('extra', entry.driver, entry.id):
                continue
            elif entry.driver not in names:
                self._no_driver(entry, modules)
            elif not self._misattributed(entry):
                asked.append(entry)
        self._ask_others(asked, kernels)

    def _is_vf_entry(self, entry, evidence):
        self._report(entry, 'vf', entry.where,
                     f'{entry.driver} {entry.id} is a VF\'s: {evidence}; '
                     'remove it, or add an exception "pf"')

    def _no_driver(self, entry, modules):
        hint = ''
        if entry.driver.replace('-', '_') in modules:
            hint = (' (the driver of that module is called '
                    f'{modules[entry.driver.replace("-", "_")]})')
        count = sum(e.driver == entry.driver for e in self._table.entries)
        self._report(entry.driver, 'driver', entry.where,
                     f'no driver that enables VFs is called {entry.driver}'
                     f'{hint}; correct the name, remove its {count} ids, or '
                     'add an exception "since", "until" or "extra"')

    def _misattributed(self, entry):
        """Is the wrong driver for it reported already?"""
        return any(key[1].covers(entry.id) for kind, key in self._findings
                   if kind == 'wrong-driver')

    def _ask_others(self, entries, kernels):
        answers = {}
        if len(entries) <= _MOST_STRAYS:
            for kernel in kernels if entries else ():
                for id_, drivers in kernel.others(
                        [e.id for e in entries]).items():
                    answers.setdefault(id_, []).extend(drivers)
        for entry in entries:
            if answers.get(entry.id):
                other = answers[entry.id][0]
                self._is_vf_entry(
                    entry, f'only {other.name} ({other.source}) claims it, '
                    'which enables no VFs')
            else:
                self._stale(entry, kernels)

    def _stale(self, entry, kernels):
        inside = [c for k in kernels for c in k.pf_claims()
                  if c.driver == entry.driver and entry.id.covers(c.raw)]
        wide = f' in full (only {inside[0].id})' if inside else ''
        self._report(entry, 'stale', entry.where,
                     f'{entry.driver} does not claim {entry.id}{wide} in any '
                     'kernel audited; correct it, remove it, or add an '
                     'exception "since", "until" or "extra"')

    # Is the table in order?

    def _duplicates(self):
        first = {}
        for entry in self._table.entries:
            other = first.setdefault(entry.id, entry)
            if other is not entry:
                self._report(entry, 'duplicate', entry.where,
                             f'{entry.driver} {entry.id} stands at '
                             f'{other.where} already ({other.driver}); '
                             'remove one')

    def _redundant(self):
        for entry in self._table.entries:
            wider = self._rules_without(entry)
            if wider and not self._waivers.find('redundant', entry.driver,
                                                entry.id):
                self._report(entry, 'redundant', entry.where,
                             f'{entry.driver} {entry.id} changes nothing: '
                             f'{wider.id} at {wider.where} covers it; remove '
                             'it, or add an exception "redundant"')

    def _rules_without(self, entry):
        """The entry of its family that would decide instead, if one would."""
        others = [e for e in self._table.near(entry.id)
                  if e.id != entry.id and e.id.meets(entry.id) and
                  e.id.rank() < entry.id.rank()]
        others.sort(key=lambda e: e.id.rank(), reverse=True)
        for other in others:
            if other.family != entry.family:
                return None
            if other.id.covers(entry.id):
                return other
        return None

    def _unused(self):
        unused = {}
        for waiver in self._waivers.all:
            if waiver.kind in ('since', 'until'):
                used = self._tells_apart(waiver)
            else:
                used = waiver.used or not self._applies(waiver)
            if not used:
                unused.setdefault(waiver.where, []).append(waiver)
        for where, waivers in unused.items():
            ids = ','.join(str(w.id or '*') for w in waivers)
            self._report(where, 'exception', where,
                         f'"{waivers[0].label} {waivers[0].driver} {ids}" '
                         'explains nothing any more; remove it')

    def _applies(self, waiver):
        """Should a kernel audited have what the exception is about?"""
        id_ = waiver.id.wide if waiver.id else None
        return any(self._waivers.expected(waiver.driver, id_, kernel.version)
                   for kernel in self._kernels)

    def _tells_apart(self, waiver):
        """Do the kernels on both sides of a version differ as it says?

        Also true if all are on one side.
        """
        inside, outside = [], []
        for kernel in self._kernels:
            side = inside if in_range(waiver, kernel.version) else outside
            side.append({c.raw for c in kernel.claims
                         if waiver.matches(c.driver, c.raw)})
        if not inside or not outside:
            return True
        return not set().union(*inside) <= set().union(*outside)
