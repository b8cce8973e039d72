#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Entries of one key collide at build time because each makes an enumerator of
# its fields as they are written.  So every number is written the one way: 0x
# and four lower-case digits, six for a class and its mask.
set -eu

cd "$(dirname "$0")/../../quirks"

! grep -n -H '^SRIOV_QUIRK_[PCMV]' -- *.h |
	grep -E '0[xX]([0-9a-f]*[A-FX]|[0-9a-fA-F]{1,3}[^0-9a-fA-F]|[0-9a-fA-F]{5}[^0-9a-fA-F]|[0-9a-fA-F]{7})' ||
	{ echo "write ids as 0x and four lower-case digits" >&2; exit 1; }
