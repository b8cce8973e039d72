#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# archive.sh [<suite> [<option of apt>...]]: the address of the Debian archive that
# apt uses, or, if the suite is one for security, of that for security.  Nothing if
# it uses none.
set -eu

suite=${1:-}
[ $# = 0 ] || shift
# shellcheck disable=SC2016 # apt's
apt-get "$@" indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' \
	2> /dev/null | awk -v security="${suite%-security}" -v suite="$suite" '
	$1 == "Debian" && ($2 ~ /-security$/) == (security != suite) {
		print $3
		exit
	}'
