#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Two files of one length, included by assembler one after the other: two objects, and
# not one of them from the compiler cache?
set -eu

here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CCACHE_DEPEND=1 CCACHE_DIR="$dir/cache"
echo '.incbin "blob"' > image.S
for blob in old new; do
	echo $blob > blob
	"$here/cc.sh" gcc -Wp,-MMD,image.d -c -o $blob.o image.S
done
! cmp -s old.o new.o || { echo "an object has what .incbin included before" >&2; exit 1; }
