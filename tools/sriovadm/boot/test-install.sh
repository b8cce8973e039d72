#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test-install.sh [<sriovadm>]: install what belongs to the program in a root of its
# own, and have the tools that read it look at it.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
number=0 failed=0

check()
{
	local what=$1
	shift
	number=$((number + 1))
	if "$@" > "$root/said" 2>&1; then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what"
		sed 's/^/# /' "$root/said"
		failed=$((failed + 1))
	fi
}

# quiet <command>: done, and nothing was said
quiet()
{
	"$@" > "$root/quiet" 2>&1
	local status=$?

	cat "$root/quiet"
	[ $status = 0 ] && [ ! -s "$root/quiet" ]
}

lint_man()
{
	mandoc -Tlint "$1" > "$root/lint" 2> "$root/lint-errors"
	# It only knows the pages of this machine
	! grep -v -e 'referenced manual not found' "$root/lint"
}

# A program for the units, if none was built yet
program=${1:-}
if [ -z "$program" ]; then
	program=$root/sriovadm
	printf '#!/bin/sh\n' > "$program"
	chmod 755 "$program"
fi
to=$root/to
check 'install' quiet make -s -f "$here/../install.mk" install \
	DESTDIR="$to" SRIOVADM="$program"

while read -r mode path; do
	check "$mode $path" [ "$(stat -c %a "$to$path" 2>&1)" = "$mode" ]
done << 'EOT'
755 /etc/sriovadm/pf.d
755 /usr/sbin/sriovadm
755 /usr/share/sriovadm/early.sh
644 /usr/share/sriovadm/sriovadm.schema.json
644 /usr/lib/systemd/system/sriovadm.service
644 /usr/lib/systemd/system/sriovadm-hotplug@.service
644 /usr/lib/udev/rules.d/05-sriovadm.rules
755 /usr/share/initramfs-tools/hooks/sriovadm
755 /usr/share/initramfs-tools/scripts/init-top/sriovadm
755 /usr/lib/dracut/modules.d/90sriovadm/module-setup.sh
755 /usr/lib/dracut/modules.d/90sriovadm/sriovadm.sh
644 /usr/share/man/man8/sriovadm.8
644 /usr/share/man/man5/sriovadm.conf.5
644 /usr/share/bash-completion/completions/sriovadm
644 /usr/share/zsh/vendor-completions/_sriovadm
EOT
check 'nothing is configured' [ -z "$(ls "$to/etc/sriovadm/pf.d")" ]

mkdir "$root/bookworm"
check 'paths of Debian 12' quiet make -s -f "$here/../install.mk" install-boot \
	DESTDIR="$root/bookworm" UNITDIR=/lib/systemd/system UDEVDIR=/lib/udev
check 'paths of Debian 12: units and rules' [ -e \
	"$root/bookworm/lib/systemd/system/sriovadm.service" -a -e \
	"$root/bookworm/lib/udev/rules.d/05-sriovadm.rules" ]

units=$to/usr/lib/systemd/system
check 'systemd-analyze verify' quiet systemd-analyze verify --root="$to" --man=no \
	"$units/sriovadm.service" "$units/sriovadm-hotplug@.service"
for unit in libvirtd.service virtqemud.service libvirt-guests.service \
	network-pre.target; do
	check "before $unit" grep -q "^Before=.*\b$unit" "$units/sriovadm.service"
done
check 'network-pre.target is there to be waited for' \
	grep -q '^Wants=network-pre.target' "$units/sriovadm.service"
check 'the hotplug unit starts again and again' \
	bash -c "! grep -q ^RemainAfterExit '$units/sriovadm-hotplug@.service'"
check 'nothing waits for udev to settle' \
	bash -c "! grep -rqE 'udev-settle|udevadm settle' '$to/usr/lib' '$to/usr/share/sriovadm' '$to/usr/share/initramfs-tools'"

rules=$to/usr/lib/udev/rules.d/05-sriovadm.rules
if udevadm verify --help > /dev/null 2>&1; then
	check 'udevadm verify' quiet udevadm verify --no-summary "$rules"
fi
for path in $(grep -ohE '"/(usr|bin)/[^" ]*' "$rules" | tr -d '"' | sort -u); do
	check "the rule's $path" [ -x "$to$path" -o -x "$path" ]
done

for script in "$to/usr/share/initramfs-tools/hooks/sriovadm" \
	"$to/usr/share/initramfs-tools/scripts/init-top/sriovadm"; do
	check "${script#"$to"}: no prerequisites" [ -z "$("$script" prereqs)" ]
done
# As initramfs-tools sorts them
order=$(printf '%s %s\n' all_generic_ide all_generic_ide sriovadm sriovadm \
	udev udev | tsort | tr '\n' ' ')
check 'init-top: before udev' [ "${order/sriovadm*udev/}" != "$order" ]
check 'init-top: no script in the initramfs' quiet \
	"$to/usr/share/initramfs-tools/scripts/init-top/sriovadm"

for page in "$to/usr/share/man/"man?/*; do
	check "mandoc -Tlint ${page##*/}" lint_man "$page"
	check "man --warnings ${page##*/}" bash -c \
		"! man --warnings -E UTF-8 -l -Tutf8 '$page' 2>&1 > /dev/null | grep ."
done

echo "1..$number"
[ $failed = 0 ]
