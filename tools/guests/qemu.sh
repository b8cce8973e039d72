#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh: print the path of a QEMU that has igb, the model of an 82576: 8.0 or
# later.  This machine's, if it is one; or else that of Debian 12's backports,
# unpacked below build/qemu-10/.
#
# Exit status 3: it cannot be had, and standard error says why.
#
# apt works on lists and a cache of its own, so that neither this machine's package
# sources nor its packages change.  The libraries are those of the QEMU that
# setup.sh installs.
#
# BUILD		where to, if not build/
set -eu

suite=bookworm-backports
packages="qemu-system-x86 qemu-system-common qemu-system-data seabios"

build=${BUILD:-$(dirname "$0")/../../build}
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
has_igb()
{
	"$1" -device igb,help 2> /dev/null | grep -q 'options'
}

for have in "$qemu" "$(command -v qemu-system-x86_64 || echo none)"; do
	if [ -x "$have" ] && has_igb "$have"; then
		echo "$have"
		exit
	fi
done

command -v apt-get > /dev/null ||
	cannot "this machine's is too old; no apt-get here to get another by"

dir=$(mktemp -d "$build/apt.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
options="-o APT::Sandbox::User=root -o Dir::State::Lists=$dir/lists
	-o Dir::Cache=$dir/cache"

# The address of the Debian archive is the one that this machine uses
# shellcheck disable=SC2086 # options
apt-get -qq $options update > "$dir/log" 2>&1 || :
# shellcheck disable=SC2016,SC2086 # apt's; options
uri=$(apt-get $options indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' \
	'Created-By: Packages' 2> /dev/null |
	awk '$1 == "Debian" && $2 !~ /-security$/ { print $3; exit }')
[ -n "$uri" ] || cannot "none of apt's sources is a Debian archive to look for $suite in"
signed=
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ ! -e $keys ] || signed="[signed-by=$keys] "
echo "deb $signed$uri $suite main" > "$dir/sources.list"
options="$options -o Dir::Etc::SourceList=$dir/sources.list
	-o Dir::Etc::SourceParts=/dev/null"

echo "qemu.sh: downloading QEMU from $suite, some 20 MB" >&2
# shellcheck disable=SC2086 # options
apt-get -qq $options update > "$dir/log" 2>&1 ||
	cannot "$suite cannot be read: $(tail -n 2 "$dir/log")"
# shellcheck disable=SC2086 # options
(cd "$dir" && apt-get -qq $options download $packages) > "$dir/log" 2>&1 ||
	cannot "apt-get download fails: $(tail -n 2 "$dir/log")"
for package in "$dir"/*.deb; do
	dpkg-deb -x "$package" "$dir/root"
done

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
