#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# archive.sh [suite]: the address of the Debian archive that this machine's apt
# uses, or, if the suite is one for security, of that for security.  Nothing if
# it uses none.
set -eu

# shellcheck disable=SC1091 # is checked by itself
. "$(dirname "$0")/apt.sh"
apt_archive "${1:-}"
