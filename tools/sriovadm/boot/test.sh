#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# test.sh <sriovadm>: what is around the program, without a VM: early.sh, where things
# are installed, units, manual pages, completion, the JSON Schema.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
program=$1
json=$(mktemp -d)
trap 'rm -rf "$json"' EXIT
failed=0

# run <test> [argument...]: what it says if it fails, or one line
run()
{
	if said=$("$@" 2>&1); then
		echo "ok ${1##*/}: $(echo "$said" | tail -n 1)"
	else
		failed=1
		echo "not ok ${1##*/}"
		echo "$said" | grep -v '^ok '
	fi
}

# Commands that change nothing, whatever machine this is
for command in list doctor diff 'explain 8086:10fb' 'explain 8086' nonsense \
	'reserve -n 0000:ff:1f.7' 'list --no-such-option'; do
	# Unquoted: words
	# shellcheck disable=SC2086
	"$program" --json $command > "$json/$(echo "$command" | tr ' :' '--')" || :
done

run "$here/test-early.sh"
run "$here/test-install.sh" "$program"
run "$here/../completion/test-completion.sh" "$program"
run "$here/../schema/test-schema.py" "$json"/*
exit $failed
