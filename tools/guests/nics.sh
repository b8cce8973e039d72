#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# nics.sh <kernel tree> <directory>: put the sources of igb and igbvf there, and of what
# igb needs, for a build outside of the kernel.  A file that is the same stays as old as
# it was.
set -eu

tree=$1 output=$2
here=$(cd "$(dirname "$0")" && pwd)
network=$tree/drivers/net/ethernet/intel

mkdir -p "$output/i2c"
rsync -c "$here/nics/Kbuild" "$output/"
rsync -rc "$network/igb" "$network/igbvf" "$output/"
rsync -c "$tree"/drivers/i2c/i2c-core*.[ch] "$tree/drivers/i2c/i2c-boardinfo.c" \
	"$tree/drivers/i2c/algos/i2c-algo-bit.c" "$output/i2c/"
rsync -c "$here/nics/Makefile.i2c" "$output/i2c/Makefile"
