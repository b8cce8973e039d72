#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# initramfs.sh <output> <directory with the tests> <module...>
#
# BUSYBOX	another than this machine's; then driverctl, which the documents tell
#		of, stays out: it would not run there
# DEVBIND	DPDK's program of this name, which they tell of too, if it is wanted
# SRIOVADM	the program, with its table beside it, if it is wanted
# BUILTIN	the kernel's modules.builtin: what modprobe need not load
set -eu

output=$1 tests=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
trap 'exit 1' INT TERM
chmod 755 "$root"	# tests that run as nobody look for files too

# bring <file...>: programs and shared objects, with those that they need
bring()
{
	for path; do
		for file in "$path" $(ldd "$path" | grep -o '/[^ ]*'); do
			install -D "$file" "$root$file"
		done
	done
}

# program <name or path>: it is in /bin
program()
{
	path=$(command -v "$1")
	bring "$path"
	[ -e "$root/bin/${1##*/}" ] || ln -s "$path" "$root/bin/${1##*/}"
}

# imported <program>: what Python loads until it has printed its help, and later
imported()
{
	/usr/bin/python3 -I -S - "$1" <<- 'END'
		import platform, runpy, site, subprocess, sys
		platform.uname()
		subprocess.check_output(["true"])
		sys.argv = [sys.argv[1], "--help"]
		sys.stdout, stdout = open("/dev/null", "w"), sys.stdout
		try:
		    runpy.run_path(sys.argv[0], run_name="__main__")
		except SystemExit:
		    pass
		for name, module in list(sys.modules.items()):
		    if name != "__main__" and getattr(module, "__file__", None):
		        print(module.__file__, file=stdout)
	END
}

mkdir -p "$root/bin" "$root/tests" "$root/proc" "$root/sys" "$root/dev" \
	"$root/tmp" "$root/etc"
cp "${BUSYBOX:-$(command -v busybox)}" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
if [ -z "${BUSYBOX:-}" ]; then
	program bash
	install /usr/sbin/driverctl "$root/bin/driverctl"
fi
if [ -n "${DEVBIND:-}" ]; then
	install "$DEVBIND" "$root/bin/dpdk-devbind.py"
	program lspci
	program /usr/bin/python3
	imports=$(imported "$DEVBIND"; imported "$here/../docs/nvme.py")
	for file in $imports; do
		case $file in
		*.so)	bring "$file" ;;
		*)	install -D "$file" "$root$file" ;;
		esac
	done
fi
if [ -n "${SRIOVADM:-}" ]; then
	# shellcheck disable=SC2046 # a word for each
	bring $(ldd "$SRIOVADM" | grep -o '/[^ ]*')
	install "$SRIOVADM" "${SRIOVADM%/*}"/*.hwdb "$root/bin/"
	mkdir -p "$root/etc/sriovadm/pf.d"
fi
# driverctl has drivers loaded that are there already
if [ -n "${BUILTIN:-}" ]; then
	release=$(cat "${BUILTIN%/*}/include/config/kernel.release")
	mkdir -p "$root/sbin" "$root/lib/modules/$release"
	ln -s ../bin/busybox "$root/sbin/modprobe"
	cp "$BUILTIN" "$BUILTIN.modinfo" "$root/lib/modules/$release/"
	: > "$root/lib/modules/$release/modules.order"
	/sbin/depmod -b "$root" "$release"
fi
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' \
	> "$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"
cp "$here/init" "$root/init"
cp "$here"/guest-*.sh "$here"/../bench/guest-*.sh "$here"/../demo/guest-*.sh \
	"$here"/../docs/guest-*.sh "$here"/../same/guest-*.sh \
	"$here/../testing/selftests/pci_sim/pci_sim.sh" "$root/tests/"
chmod +x "$root/init"
cp "$@" "$root/tests/"
find "$tests" -maxdepth 1 -type f -perm -u+x -exec cp {} "$root/tests/" \;

(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) > "$output.new"
mv "$output.new" "$output"
