#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# cc.sh <compiler> <argument...>: with ccache, except for assembler.  A source may have a
# file included by .incbin, as the bootable image has the compressed kernel.  With
# CCACHE_DEPEND ccache does not look for that, and would take an image of old, if the new
# one is as long.
for argument; do
	case $argument in
	*.S)	exec "$@" ;;
	esac
done
exec ccache "$@"
