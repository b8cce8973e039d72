#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# test-completion.sh [<sriovadm>]: what the shells offer; with the program, whether
# that is all of its commands and options.
set -u

here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
number=0 failed=0

is()
{
	number=$((number + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "# '$2', not '$3'"
		failed=$((failed + 1))
	fi
}

devices=$root/sys/bus/pci/devices
mkdir -p "$devices"/0000:0{1,2}:00.0 "$devices/0000:01:00.0/nvme/nvme0" \
	"$devices/0000:02:00.0/net/enp2s0" "$devices/0000:03:00.0" \
	"$root/sys/bus/pci/drivers"/{nvme,ixgbe}
touch "$devices"/0000:0{1,2}:00.0/sriov_totalvfs
export SRIOVADM_ROOT=$root

# shellcheck source=/dev/null
. "$here/sriovadm.bash"
COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'

# offers <line>: what bash puts in place of its last word
offers()
{
	COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
	_sriovadm
	echo "${COMPREPLY[*]}"
}

is 'bash: commands and PFs' "$(offers 'sriovadm ')" \
	"list explain reserve release vfs autoprobe override unlisted scope restore diff doctor 0000:01:00.0 nvme0 0000:02:00.0 enp2s0"
is 'bash: the beginning of a command' "$(offers 'sriovadm re')" \
	'reserve release restore'
is 'bash: an option of all before the command' \
	"$(offers 'sriovadm -n --timeout 5 unl')" unlisted
is 'bash: a PF' "$(offers 'sriovadm reserve ')" \
	'0000:01:00.0 nvme0 0000:02:00.0 enp2s0'
is 'bash: only one PF' "$(offers 'sriovadm reserve nvme0 ')" ''
is 'bash: more PFs' "$(offers 'sriovadm restore nvme0 e')" enp2s0
is 'bash: the rest of an address' "$(offers 'sriovadm vfs 0000:0')" \
	'01:00.0 02:00.0'
is 'bash: a PF without a command' "$(offers 'sriovadm nvme0 --v')" '--version'
is 'bash: options of a command' "$(offers 'sriovadm reserve nvme0 --v')" \
	'--version --vfs --vf-driver'
is 'bash: options of list' "$(offers 'sriovadm --vf')" '--vfs'
is 'bash: a driver' "$(offers 'sriovadm reserve nvme0 --vf-driver vf')" \
	vfio-pci
is 'bash: a driver of this machine' "$(offers 'sriovadm vfs nvme0 4 --vf-driver ix')" \
	ixgbe
is 'bash: a number' "$(offers 'sriovadm reserve nvme0 --vfs ')" ''
is 'bash: list takes no number' "$(offers 'sriovadm --vfs nv')" nvme0
is 'bash: a check' "$(offers 'sriovadm release nvme0 --force=ro')" root-fs
is 'bash: one more check' "$(offers 'sriovadm release nvme0 --force=root-fs,mo')" \
	root-fs,mounted
is 'bash: on and off' "$(offers 'sriovadm autoprobe nvme0 ')" 'on off'
is 'bash: scope' "$(offers 'sriovadm scope ')" 'stub any'
is 'bash: override' "$(offers 'sriovadm override ')" 'allow refuse clear'
is 'bash: nothing for diff' "$(offers 'sriovadm diff ')" ''

if command -v zsh > /dev/null; then
	is 'zsh: syntax' "$(zsh -n "$here/_sriovadm" 2>&1)" ''
fi

if [ -n "${1:-}" ]; then
	help=$("$1" --help)
	options=$(grep -oE -e '(^|[^-[:alnum:]])--?[a-z][-a-z]*' <<< "$help" |
		grep -oE -e '--?[a-z][-a-z]*$' | sort -u)
	commands=$(sed -n 's/^  sriovadm \[\{0,1\}\([a-z]\{1,\}\).*/\1/p' <<< "$help")
	checks=$(grep -oE '(root-fs|mounted|swap|holder|default-route|ssh|vf-open)' \
		<<< "$help" | sort -u)
	is 'its help names all commands and checks' \
		"$(wc -w <<< "$commands") $(wc -w <<< "$checks")" '12 7'
	for word in $commands $options $checks; do
		for file in sriovadm.bash _sriovadm; do
			grep -q -w -e "$word" "$here/$file"
			is "$file: $word" $? 0
		done
	done
fi

echo "1..$number"
[ $failed = 0 ]
