#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""vendor-message.py <file of quirks/>: the commit message of its patch.

What a reviewer of the table wants to see: the drivers, the verdicts and the
evidence for each.
"""

import re
import sys
import textwrap

FAMILY = re.compile(r'^SRIOV_QUIRK_FAMILY\((\w+), "([^"]+)",\s*([^"]+?),\s*'
                    r'"([^"]+)"\)', re.M)
ENTRY = re.compile(r'^SRIOV_QUIRK_(?!FAMILY|NOTE)\w+\((\w+),', re.M)
VENDOR = re.compile(r'/\*\s*(?:\*\s*)?([^;:.]+?)[;:.]')


def main():
    """Print the message."""
    with open(sys.argv[1], encoding='utf-8') as file:
        text = file.read()
    body = text.split('\n', 1)[1]
    vendor = re.sub(r'\s*\*?\s+', ' ', VENDOR.search(body).group(1))
    entries = ENTRY.findall(text)
    print(f'PCI/IOV: List PFs of {vendor}\n')
    print('What is known of enabling their VFs without the driver of the PF:')
    for family, driver, hazards, reason in FAMILY.findall(text):
        count = entries.count(family)
        verdict = 'allow' if hazards == 'SRIOV_HAZARD_NONE' else 'refuse'
        ids = f'{count} id' + ('s' if count != 1 else '')
        print()
        print(textwrap.fill(f'{driver} ({ids}), {verdict}: {reason}.', 72,
                            break_long_words=False, break_on_hyphens=False))


if __name__ == '__main__':
    main()
