#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# image.sh <suite>: print the directory of a root file system, Debian with systemd,
# udev and its stock kernel, for QEMU; make it if it is not there.
# image.sh <suite or such a directory> <name> <script> [file...]: the same with what
# the script adds.
#
# The suites are in the file "suites".  In the directory are
#
#	disk		ext4, the whole disk; boot.sh writes to an overlay
#	vmlinuz, initrd	of /boot
#	release		as uname -r says it
#	root/		the same as a tree, for chroot; do not change it
#
# The script runs in a chroot of a copy of the tree, in a directory with the files,
# and has the network.  It runs again only if one of these, or the base, is new.
#
# Exit status 3: it cannot be had, and standard error says why.
#
# BUILD_ROOTFS	where to, if not below build/rootfs/
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tools/rootfs/lib.sh
. "$here/lib.sh"

[ $# = 1 ] || [ $# -ge 3 ] ||
	die "usage: image.sh <suite> [<name> <script> [file...]]"
suite=$(basename "$1") name=$(basename "$1")${2:+-$2}
base=
case $1 in
*/*)	base=$1
	[ -e "$base/sum" ] || die "$base is none of image.sh's directories" ;;
*)	fields=$(suite_fields "$suite") ||
		die "no suite $suite in $here/suites; there are: $(suite_names)"
	IFS='	' read -r _ codename version suites <<- END
		$fields
	END
	;;
esac
shift
[ $# = 0 ] || shift

if [ $# -gt 0 ]; then
	[ -n "$base" ] || base=$("$0" "$suite")
	sum=$(cat "$base/sum" "$@" | cksum)
else
	sum=$(cat "$here/image.sh" "$here/lib.sh" "$here/guest/"* | cksum)
	sum="$fields $sum"
fi

mkdir -p "$BUILD_ROOTFS"
dir=$(cd "$BUILD_ROOTFS" && pwd)/$name
exec 9> "$dir.lock"
flock 9
if [ "$(cat "$dir/sum" 2> /dev/null)" = "$sum" ]; then
	echo "$dir"
	exit
fi

[ "$(id -u)" = 0 ] || cannot "$name" "only root can make it: sudo $0 $suite"
for tool in mmdebstrap mkfs.ext4; do
	command -v $tool > /dev/null || cannot "$name" \
		"no $tool here; on Debian: apt-get install mmdebstrap e2fsprogs"
done

# Whatever becomes of this run
leave()
{
	[ -z "${root:-}" ] || unmount_below "$root"
}
trap leave EXIT
trap 'exit 1' INT TERM

root=$dir/root
if [ -e "$dir" ]; then
	unmount_below "$root"
	rm -rf "$dir"
fi
mkdir -p "$dir"
start=$(date +%s)

# What no test asks for, and would take half of the disk
slim='/usr/share/locale/* /usr/share/doc/*/* /usr/share/man/??/*
	/usr/share/man/??_*/* /usr/share/info/*'
for class in gpu media staging sound iio bluetooth hwmon net/wireless; do
	slim="$slim /lib/modules/*/kernel/drivers/$class/*
		/usr/lib/modules/*/kernel/drivers/$class/*"
done
slim="$slim /lib/modules/*/kernel/sound/* /usr/lib/modules/*/kernel/sound/*"

# sources: lines for apt
sources()
{
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	for each in "$codename" $(echo "$suites" | tr , ' '); do
		[ "$each" != - ] || continue
		uri=$("$here/../kernels/archive.sh" "$each")
		[ -n "$uri" ] || cannot "$name" \
			"apt's sources know no Debian archive to look for $each in"
		echo "deb [signed-by=$keys] $uri $each main"
	done
}

bootstrap()
{
	packages=systemd-sysv,udev,kmod,initramfs-tools,zstd,iproute2,pciutils,procps
	packages=$packages,debian-archive-keyring,ca-certificates
	kernel=linux-image-amd64
	case $suites in
	*-backports)	kernel=$kernel/${suites##*,} ;;
	esac
	set --
	set -f
	for pattern in $slim; do
		set -- "$@" "--dpkgopt=path-exclude=$pattern"
	done
	set +f
	list=$(sources)
	# The initramfs has what QEMU's disk needs: with Debian's own choice of
	# modules the making of it takes minutes
	echo "$list" | env PATH=/usr/sbin:/usr/bin:/sbin:/bin mmdebstrap --quiet --mode=root --variant=minbase \
		"$@" --dpkgopt=path-include='/usr/share/doc/*/copyright' \
		--dpkgopt=force-unsafe-io \
		--aptopt='APT::Install-Recommends "false"' \
		--include="$packages,$kernel" \
		--essential-hook="$here/guest/before-kernel \"\$1\"" \
		"$codename" "$root" - > "$dir/log" 2>&1 || {
		tail -n 20 "$dir/log" >&2
		cannot "$name" "mmdebstrap fails; all it says is in $dir/log"
	}
	release=$(ls "$root/lib/modules")
	case $release in
	"$version".* | "$version"+*) ;;
	*)	cannot "$name" "the kernel of $codename ($suites) is $release, and" \
			"$here/suites says $version" ;;
	esac

	# No host keeps such a machine; each boot would make one anew
	echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
	echo rootfs > "$root/etc/hostname"
	echo '/dev/vda / ext4 defaults 0 1' > "$root/etc/fstab"
	chroot "$root" passwd -q -d root
	install "$here/guest/rootfs-test" "$root/usr/local/sbin/rootfs-test"
	cp "$here/guest/rootfs-test.service" "$root/etc/systemd/system/"
	mkdir -p "$root/etc/systemd/journald.conf.d" "$root/var/lib/rootfs-test"
	cp "$here/guest/journald.conf" "$root/etc/systemd/journald.conf.d/rootfs.conf"
	ln -s ../rootfs-test.service \
		"$root/etc/systemd/system/multi-user.target.wants/rootfs-test.service"
	ln -sfn /lib/systemd/system/multi-user.target \
		"$root/etc/systemd/system/default.target"
	mkdir -p "$root/etc/systemd/system-generators"
	grep -v '^#' "$here/guest/masked" | while read -r entry; do
		case $entry in
		*-generator)	where=system-generators ;;
		*)		where=system ;;
		esac
		ln -sfn /dev/null "$root/etc/systemd/$where/$entry"
	done
}

# extend <script> [file...]
extend()
{
	cp -a "$base/root" "$root"
	mkdir "$root/tmp/files"
	cp -L "$@" "$root/tmp/files/"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	mount -t proc proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	mount --bind /dev "$root/dev"
	mount -t devpts devpts "$root/dev/pts"
	# dpkg would start services
	printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
	chmod +x "$root/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016 # of the inner shell
	if ! env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
	     DEBIAN_FRONTEND=noninteractive chroot "$root" sh -c \
	     'cd /tmp/files && exec sh "./$0"' "$(basename "$1")" \
	     > "$dir/log" 2>&1 9>&-; then
		tail -n 30 "$dir/log" >&2
		cannot "$name" "$1 fails in its chroot; all it says is in $dir/log"
	fi
	unmount_below "$root"
	rm -rf "$root/tmp/files" "$root/usr/sbin/policy-rc.d"
}

echo "image.sh: making $name" >&2
if [ $# -gt 0 ]; then
	extend "$@"
else
	bootstrap
fi
rm -rf "$root/var/cache/apt/"*.bin "$root/var/cache/apt/archives/"*.deb

# boot.sh's guest tells by it whether /boot has changed
cp -L "$root/vmlinuz" "$dir/vmlinuz"
cp -L "$root/initrd.img" "$dir/initrd"
basename "$(readlink "$root/vmlinuz")" | sed 's/^vmlinuz-//' > "$dir/release"
chroot "$root" stat -L -c '%s %Y' /vmlinuz /initrd.img \
	> "$root/var/lib/rootfs-test/boot"
truncate -s 6G "$dir/disk"
mkfs.ext4 -q -F -L rootfs -d "$root" "$dir/disk"

echo "$sum" > "$dir/sum"
echo "image.sh: $name, Linux $(cat "$dir/release"), took" \
	"$(($(date +%s) - start)) s, $(du -sm "$dir/disk" | cut -f1) MiB" >&2
echo "$dir"
