#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh: print the path of a QEMU that has igb, the model of an 82576: 8.0 or
# later.  This machine's, if it is one; or else that of Debian 12's backports,
# unpacked below build/qemu-10/.
#
# Exit status 3: it cannot be had, and standard error says why.
#
# Neither this machine's package sources nor its packages change.  The libraries are
# those of the QEMU that setup.sh installs.
#
# BUILD		where to, if not build/
set -eu

suite=bookworm-backports
packages="qemu-system-x86 qemu-system-common qemu-system-data seabios"

here=$(cd "$(dirname "$0")" && pwd)
build=${BUILD:-$here/../../build}
mkdir -p "$build"
build=$(cd "$build" && pwd)
qemu=$build/qemu-10/qemu-system-x86_64

cannot()
{
	echo "qemu.sh: no QEMU with igb: $*" >&2
	exit 3
}

# has_igb <qemu>: asked by its name, as a list of all devices loads all modules, and
# may find those of another QEMU
has_igb() { "$1" -device igb,help 2> /dev/null | grep -q 'options'; }

for have in "$qemu" "$(command -v qemu-system-x86_64 || echo none)"; do
	if [ -x "$have" ] && has_igb "$have"; then
		echo "$have"
		exit
	fi
done

dir=$(mktemp -d "$build/get.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
# shellcheck disable=SC2086 # a word for each
"$here/../kernels/get.sh" -n -s "$suite" "$dir/root" $packages ||
	cannot "this machine's is too old, and that of $suite cannot be had"

# Where it is unpacked it finds no firmware, and modules of this machine's QEMU
cat > "$dir/root/qemu-system-x86_64" << 'END'
#!/bin/sh
here=$(dirname "$0")
export QEMU_MODULE_DIR="$here/usr/lib/x86_64-linux-gnu/qemu"
exec "$here/usr/bin/qemu-system-x86_64" -L "$here/usr/share/qemu" \
	-L "$here/usr/share/seabios" -L /usr/lib/ipxe/qemu "$@"
END
chmod +x "$dir/root/qemu-system-x86_64"
has_igb "$dir/root/qemu-system-x86_64" ||
	cannot "that of $suite does not run here:" \
		"$("$dir/root/qemu-system-x86_64" --version 2>&1 | tail -n 1)"
rm -rf "$build/qemu-10"
mv "$dir/root" "$build/qemu-10"
echo "$qemu"
