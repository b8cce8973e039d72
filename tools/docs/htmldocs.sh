#!/bin/sh
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
ours="drivers/pci/|include/linux/pci-sriov"
pages=0
for page in "$top"/Documentation/PCI/*.rst; do
	name=$(basename "$page" .rst)
	ours="$ours|Documentation/PCI/$name\.rst"
	pages=$((pages + 1))
	[ -s "$output/Documentation/output/PCI/$name.html" ] ||
		echo "$page: WARNING: was not rendered" >> "$log"
done

cp "$top"/Documentation/ABI/testing/* "$output/abi/in/"
if [ -e "$tree/tools/docs/get_abi.py" ]; then
	"$tree/tools/docs/get_abi.py" -D "$output/abi/in" rest
else # 6.12 has it in Perl
	"$tree/scripts/get_abi.pl" rest --dir "$output/abi/in"
fi > "$output/abi/index.rst" 2>> "$log"
sphinx-build -q -C -b html "$output/abi" "$output/abi/html" 2>> "$log"
ours="$ours|$output/abi/"
pages=$((pages + 1))

# What names no file at all, such as a figure that dot cannot draw, counts too
grep -i -E 'warning|error:|severe:' "$log" |
	grep -v -E '^build (succeeded|finished)' > "$output/said" || :
grep -E "$ours" "$output/said" > "$output/warnings" || :
# Two ABI files of the kernel's own may define one thing, and neither comes first
grep -v -E '^[^ ]+\.[a-z]+:' "$output/said" |
	grep -v -E '^WARNING: [^:]*:?.* is defined [0-9]+ times: ' >> "$output/warnings" || :
grep -E ' is defined [0-9]+ times: .*sriov' "$output/said" >> "$output/warnings" || :

cat "$output/warnings"
echo "htmldocs: $pages pages, $(grep -c . "$output/warnings") warnings"
echo "htmldocs: $output/Documentation/output/PCI/sriov-unmanaged.html" >&2
[ ! -s "$output/warnings" ]
