#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# check-config.sh <fragment> <.config>: name every option of the fragment that
# did not make it into the configuration.
set -eu

# Of an option that is set twice the last counts
missing=$(grep '^CONFIG_.*=' "$1" | tac | sort -u -s -t= -k1,1 | while IFS= read -r line; do
	case $line in
	*=n)	! grep -q "^${line%n}" "$2" || echo "$line" ;;
	*)	grep -qxF "$line" "$2" || echo "$line" ;;
	esac
done)

[ -z "$missing" ] && exit 0
echo "check-config.sh: this kernel does not take:" >&2
echo "$missing" >&2
exit 1
