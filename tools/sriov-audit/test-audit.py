#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Does the audit find what it is for?  A small kernel tree, a table and a
record agree; then one thing at a time is spoilt, and the audit must name it
and nothing else.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# A folder below drivers/ is a module; each of its files includes pci.h
FILES = {
    'linux/Makefile': r'''
kernelversion: ; @echo 9.9
allmodconfig: ; @mkdir -p $(O)/scripts/mod && echo '#define SIZE_pci_device_id 40' \
	> $(O)/scripts/mod/devicetable-offsets.h
%.o: FORCE ; @mkdir -p $(O)/$(@D) && rm -f $(O)/$@ && \
	echo "gcc -DKBUILD_MODNAME='\"$(notdir $(@D))\"'" > $(O)/$(@D)/.$(@F).cmd && \
	gcc -c -include include/pci.h -o $(O)/$@ $*.c
FORCE Makefile: ;
''',
    'linux/include/pci.h': '''
struct pci_device_id {
	unsigned int vendor, device, subvendor, subdevice, class, class_mask;
	unsigned long driver_data;
	unsigned int override_only;
};
struct pci_driver {
	const char *name;
	const struct pci_device_id *id_table;
	int (*sriov_configure)(void *pdev, int n);
};
#define ID(device) { 0x1aaa, device, ~0, ~0 }
#define NULL ((void *)0)
#define IS_ENABLED(option) 1
int pci_enable_sriov(void *pdev, int n);
int pci_sriov_configure_simple(void *pdev, int n);
int lib_configure(void *pdev, int n);
''',
    'linux/drivers/acme/main.c': '''
static int acme_configure(void *pdev, int n)
{
	return pci_enable_sriov(pdev, n);
}
static const struct pci_device_id acme_ids[] = { ID(1), ID(2), ID(3), { } };
struct pci_driver acme = {
	.name = "acme", .id_table = acme_ids, .sriov_configure = acme_configure,
};
''',
    'linux/drivers/lib/lib.c': '''
int lib_configure(void *pdev, int n)
{
	return n ? pci_enable_sriov(pdev, n) : 0;
}
''',
    'linux/drivers/user/user.c': '''
extern const struct pci_device_id user_ids[];
struct pci_driver user = {
	.id_table = user_ids,
	.sriov_configure = IS_ENABLED(CONFIG_IOV) ? lib_configure : NULL,
};
''',
    'linux/drivers/user/ids.c': '''
const struct pci_device_id user_ids[] = {
	{ 0x1aaa, 0x10, ~0, ~0, 0x020000, 0xffff00 },
	{ 0x1aaa, 0x11, ~0, ~0, 0x020000, 0xffff00 }, { }
};
''',
    'linux/drivers/new/new.c': '''
static const struct pci_device_id ids[] = { ID(0x20), { } };
struct pci_driver new = { .name = "new", .id_table = ids };
int probe(void *pdev) { return 0; }
''',
    'table': '''\
1aaa 0001 * * * * refuse mailbox acme
1aaa 0010 1bbb * 020000 ffff00 allow none user
1aaa 0011 * * 020000 ffff00 allow none user
1aaa 0012 * * * * allow none user
* * * * 020000 ff0000 refuse class network
1ccc 0001 * * * * refuse mailbox vendor
''',
    'decided': '''\
acme|*|refuse:acme|acme_configure pci_enable_sriov
acme|1aaa:0002|vf|ACME_VF
acme|1aaa:000[3-4]|none|no SR-IOV
lib|*|none|pci_enable_sriov lib_configure; user has the devices
user|*|allow:user|lib_configure
user|1aaa:0010@*|class|nobody else makes one
user|1aaa:0012|extra|a board that was never sold
vendor|*|refuse:vendor|-; not in Linux
include/pci.h|*|none|the core
''',
}
KO = '''
static const char alias[] __attribute__((section(".modinfo"), used)) =
	"alias=pci:v00001AAAd0000%04Xsv*sd*bc*sc*i*";
int probe(void *pdev) { return pci_enable_sriov(pdev, 2); }
'''
TREE = ('--all', '--kernel-tree', 'linux')
NEW = 'undecided: new 1aaa:0020 (drivers/new/new.c: ids)'
# What is spoilt: in which file (new text at its end if nothing is replaced),
# and what the audit says of it
SPOILT = (
    ('an id missing in the table', 'table', '1aaa 0001', '1aaa 0009',
     'undecided: acme 1aaa:0001 (drivers/acme/main.c: acme_ids)',
     'stale: acme 1aaa:0009: no kernel'),
    ('an id too many in it', 'table', '',
     '1aaa 0007 * * * * refuse mailbox acme\n', 'stale: acme 1aaa:0007'),
    ('a VF id in it', 'table', '', '1aaa 0002 * * * * refuse mailbox acme\n',
     'contradiction: acme 1aaa:0002 (drivers/acme/main.c: acme_ids): "vf" in '
     'decided.tsv:2', 'stale: acme 1aaa:0002'),
    ('a verdict flipped in it', 'table', 'refuse mailbox acme',
     'allow none acme', 'verdict: acme: allow in the table, refuse in decided.tsv'),
    ('a verdict flipped in the record', 'decided', 'allow:user', 'refuse:user',
     'verdict: user: allow in the table, refuse in decided.tsv'),
    ('the wrong driver', 'table', 'mailbox acme', 'mailbox vendor',
     'driver: acme 1aaa:0001 (drivers/acme/main.c: acme_ids): in the table'),
    ('a driver that the record lacks', 'table', '',
     '1ddd 0001 * * * * refuse mailbox stranger\n',
     'undecided: driver stranger: in the table, but'),
    ('nothing but a class row for an id', 'table', 'ffff00 allow none',
     'ffff00 refuse class', 'undecided: user 1aaa:0010@020000/ffff00 ',
     'undecided: user 1aaa:0011@'),
    ('nothing but a vendor\'s class', 'table', '0011 *', '* *',
     'undecided: user 1aaa:0011@020000/ffff00 '),
    ('a row for some boards only', 'decided', 'user|1aaa:0010@*|class',
     'user|1aaa:0099|class', 'undecided: user 1aaa:0010@020000/ffff00 ',
     'stale: decided.tsv:6'),
    ('a file that mentions the functions', 'decided', 'include/pci.h|',
     'include/x.h|', 'undecided: include/pci.h: mentions'),
    ('a row of the record without use', 'decided', '',
     'acme|1aaa:0008|none|it was never there\n', 'stale: decided.tsv:10: explains'),
    ('a new driver', 'linux/drivers/new/new.c', 'return 0',
     'return pci_enable_sriov(pdev, 2)', 'undecided: new: enables VFs by '
     'pci_enable_sriov (drivers/new/new.c:4)', NEW),
    ('a new driver that uses a library', 'linux/drivers/new/new.c', 'return 0',
     'return lib_configure(pdev, 2)',
     'undecided: new: enables VFs by lib_configure', NEW),
    ('a new id of a known driver', 'linux/drivers/acme/main.c', 'ID(3)',
     'ID(3), ID(5)', 'undecided: acme 1aaa:0005 '),
    ('another way to enable VFs', 'linux/drivers/user/user.c', 'lib_configure',
     'pci_sriov_configure_simple',
     'undecided: user: enables VFs by pci_sriov_configure_simple'),
    ('a driver without ids', 'linux/drivers/user/ids.c',
     'const struct', '#error',
     'undecided: user: enables VFs, but has no table',
     'stale: user 1aaa:0010:1bbb:*@', 'stale: user 1aaa:0011',
     'stale: decided.tsv:6'),
    ('what only a macro does', 'linux/drivers/new/new.c', '',
     '#define CALLBACK .sriov_configure = simple\n',
     'undecided: drivers/new/new.c: mentions'),
    ('a file that does not compile', 'linux/drivers/new/new.c', 'return 0',
     'return pci_enable_sriov(pdev, no)',
     'undecided: drivers/new/new.c: cannot be compiled'),
)
BROKEN = (
    ('a row without a reason', 'decided', '', 'acme|1aaa:0008|none\n',
     'audit: decided.tsv:10: a module'),
    ('a decision that does not exist', 'decided', '', 'acme|*|vf|x\n',
     'audit: decided.tsv:10: "vf"'),
    ('a table of something else', 'table', '', '1aaa 0001\n',
     'audit: table.tsv:7: not a line'),
    ('a tree of something else', 'linux/Makefile', 'kernelversion', 'x',
     'audit: linux: no kernel'),
)


def write(name, text):
    """A file below the current folder."""
    os.makedirs(os.path.dirname(name) or '.', exist_ok=True)
    with open(name, 'w', encoding='utf-8') as file:
        file.write(text)


def audit(status, lines, *kernel):
    """What is wrong with an audit that must end so, and print lines that begin
    so and no others.
    """
    for name in ('table', 'decided'):
        with open(name, encoding='utf-8') as file:
            text = file.read()
        write(f'{name}.tsv', text.replace(*(' \t' if name == 'table' else
                                            '|\t')))
    done = subprocess.run(
        [f'{HERE}/audit.py', *kernel, '--table', 'table.tsv', '--decided',
         'decided.tsv', '--work', 'work'], capture_output=True, text=True,
        check=False)
    found = [line for line in done.stdout.splitlines() if
             not line.startswith(('9.9: ', 'ko: ', 'audit: '))]
    found += done.stderr.splitlines()
    if (done.returncode == status and
            (status == 2 or len(found) == len(lines)) and
            all(any(f.startswith(line) for f in found) for line in lines)):
        return ''
    return f'status {done.returncode}, {found}'


def spoilt(status, name, old, new, *lines):
    """The same with one file spoilt."""
    text = FILES[name]
    write(name, text.replace(old, new) if old else text + new)
    try:
        return audit(status, lines, *TREE)
    finally:
        write(name, text)


def modules():
    """Built modules: acme, and one that nobody knows."""
    os.mkdir('ko')
    for name, device in ('acme', 1), ('new', 0x20):
        write('ko.c', KO % device)
        subprocess.run(['gcc', '-c', '-include', 'linux/include/pci.h', '-o',
                        f'ko/{name}.ko', 'ko.c'], check=True)
    return audit(1, ('undecided: new 1aaa:0020 (ko/new.ko)',
                     'undecided: new: enables VFs by pci_enable_sriov'),
                 '--modules', 'ko')


def main():
    """All of it; return the exit status."""
    for name, text in FILES.items():
        write(name, text)
    results = [('nothing to find', audit(0, (), *TREE)),
               ('modules', modules()),
               ('no kernel', audit(2, ('usage: ', 'audit.py: error')))]
    results += [(what, spoilt(1, *change)) for what, *change in SPOILT]
    results += [(what, spoilt(2, *change)) for what, *change in BROKEN]
    for what, wrong in results:
        print(f'not ok {what}: {wrong}' if wrong else f'ok {what}')
    return any(wrong for _, wrong in results)


if __name__ == '__main__':
    with tempfile.TemporaryDirectory() as top:
        os.chdir(top)
        sys.exit(main())
