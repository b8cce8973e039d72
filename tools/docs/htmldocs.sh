#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# htmldocs.sh <patched kernel tree> <directory>: render the project's documents
# as the kernel does, and its ABI files, into a directory.  The exit status is
# 0 only if nothing of ours gave a warning.
set -eu

tree=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
log=$output.log

# Sphinx repeats no warning for a page that it rendered before
rm -rf "$output"
mkdir -p "$output/abi/in"

if ! make -C "$tree" O="$output" SPHINXDIRS=PCI htmldocs > "$log" 2>&1; then
	tail -n 20 "$log"
	exit 1
fi

# The kernel's own pages refer to others that are not rendered here
pages=("$top"/Documentation/PCI/*.rst)
ours="drivers/pci/|include/linux/pci-sriov|$output/abi/$(printf '|PCI/%s' "${pages[@]##*/}")"
for page in "${pages[@]##*/}"; do
	[ -s "$output/Documentation/output/PCI/${page%.rst}.html" ] ||
		echo "Documentation/PCI/$page: WARNING: was not rendered" >> "$log"
done

cp "$top"/Documentation/ABI/testing/* "$output/abi/in/"
if [ -e "$tree/tools/docs/get_abi.py" ]; then
	"$tree/tools/docs/get_abi.py" -D "$output/abi/in" rest
else # 6.12 has it in Perl
	"$tree/scripts/get_abi.pl" rest --dir "$output/abi/in"
fi > "$output/abi/index.rst" 2>> "$log"
sphinx-build -q -C -b html "$output/abi" "$output/abi/html" 2>> "$log"

# What names no file at all, such as a figure that dot cannot draw, counts too
grep -i -E 'warning|error:|severe:' "$log" |
	grep -v -E '^build (succeeded|finished)' > "$output/said" || :
# Two ABI files of the kernel's own may define one thing, and neither comes first
awk -v ours="$ours" '
	$0 ~ ours || / is defined [0-9]+ times: .*sriov/ { print; next }
	!/^[^ ]+\.[a-z]+:/ && !/^WARNING: [^:]*:?.* is defined [0-9]+ times: /' "$output/said" |
	tee "$output/warnings"
echo "htmldocs: $((${#pages[@]} + 1)) pages, $(grep -c . "$output/warnings") warnings"
echo "htmldocs: $output/Documentation/output/PCI/sriov-unmanaged.html" >&2
[ ! -s "$output/warnings" ]
