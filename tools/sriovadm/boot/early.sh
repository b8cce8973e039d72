#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Reserve the PFs of /etc/sriovadm/pf.d before their native drivers get them.
#
#	early.sh		write driver_override of all of them
#	early.sh once		the same, and leave /run/sriovadm.early behind
#	early.sh add <PF>	of this one; true if it is listed
#	early.sh change <PF>	write nothing; true if it is listed, has the driver
#				that is listed, and has VFs
#
# The first is for the initramfs, the others are for 05-sriovadm.rules.  Nothing is
# unbound: `sriovadm restore` does the rest, once its checks can be made.
#
# The initramfs may have klibc's shell and no tools but those that its hook copied,
# so this is built-in commands, and od for a PF's serial number.  A file that it does
# not understand is left out as a whole, as sriovadm does: a key that it ignored might
# be the one that says "not this PF".  The boot goes on whatever is in the files.
# sriovadm=off on the kernel command line keeps all of this from happening.
#
# SRIOVADM_ROOT stands before all paths, for tests.
set -u

root=${SRIOVADM_ROOT:-}
devices=$root/sys/bus/pci/devices
mode=${1:-all}
only=${2:-}

say()
{
	{ echo "<4>sriovadm: $*" >> "$root/dev/kmsg"; } 2> /dev/null ||
		echo "sriovadm: $*" >&2
}

# note <what>: said once a boot, and not again at each event
note()
{
	case $mode in
	all|once)	say "$@" ;;
	esac
}

# bad <what>: of this line of this file
bad()
{
	note "${file#"$root"}:$number: $*; the file is left out: correct it," \
		"then run: sriovadm restore"
	return 1
}

# is_hex <text> <digits, at most>
is_hex()
{
	case $1 in
	''|*[!0-9a-fA-F]*)	return 1 ;;
	esac
	[ ${#1} -le "$2" ]
}

# take_address <text>: in the kernel's way of writing it, into "address"
take_address()
{
	function=${1##*.}
	slot=${1%.*}
	slot=${slot##*:}
	bus=${1%:*}
	domain=${bus%:*}
	[ "$domain" != "$bus" ] || domain=0
	bus=${bus##*:}
	case $1 in
	*:*:*:*|*.*.*)		return 1 ;;
	*:*.?)			;;
	*)			return 1 ;;
	esac
	is_hex "$domain" 8 && is_hex "$bus" 2 && is_hex "$slot" 2 &&
		is_hex "$function" 1 &&
		[ $((0x$slot)) -le 31 ] && [ $((0x$function)) -le 7 ] || return
	address=$(printf '%04x:%02x:%02x.%x' "0x$domain" "0x$bus" "0x$slot" \
		"0x$function")
}

# take_id <text>: as a pattern of what id_of() says, into "id"
take_id()
{
	case $1 in
	*:*:*:*:*|*:)	return 1 ;;
	*:*)		rest=$1: ;;
	*)		return 1 ;;
	esac
	pattern=
	while [ -n "$rest" ]; do
		field=${rest%%:*}
		rest=${rest#*:}
		field=${field#0[xX]}
		if [ "$field" != '*' ]; then
			is_hex "$field" 4 || return
			field=$(printf %04x "0x$field")
		fi
		pattern=$pattern$field:
	done
	id=$pattern
}

# take_serial <text>: eight bytes as lspci prints them, into "serial"
take_serial()
{
	case $1 in
	*[!0-9a-fA-F-]*)			return 1 ;;
	??-??-??-??-??-??-??-??)		;;
	*)					return 1 ;;
	esac
	old=$IFS
	IFS=-
	# Unquoted: a word a byte
	# shellcheck disable=SC2086
	set -- $1
	IFS=$old
	for byte; do
		is_hex "$byte" 2 || return
		shift
		set -- "$@" "0x$byte"
	done
	serial=$(printf '%02x-%02x-%02x-%02x-%02x-%02x-%02x-%02x' "$@")
}

# take_driver <text>: a name of a driver, into "driver"
take_driver()
{
	case $1 in
	''|*[!0-9a-zA-Z_-]*)	return 1 ;;
	esac
	driver=$1
}

is_number()
{
	case $1 in
	''|*[!0-9]*)		return 1 ;;
	esac
}

is_bool()
{
	case $1 in
	[01NnYyFfTt]|[Nn][Oo]|[Yy][Ee][Ss]|[Oo][Nn]|[Oo][Ff][Ff])	;;
	[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])				;;
	*)								return 1 ;;
	esac
}

# parse <file>: its address, id, serial and driver; false if it is broken
parse()
{
	file=$1 number=0 section=
	address='' id='' serial='' driver=''
	if [ ! -f "$file" ] || [ ! -r "$file" ]; then
		note "${file#"$root"}: cannot be read, and is left out"
		return 1
	fi
	line=
	while IFS=' 	' read -r line || [ -n "$line" ]; do
		number=$((number + 1))
		line=${line%"$cr"}
		line=${line%"${line##*[! 	]}"}
		case $line in
		''|'#'*|';'*)
			continue ;;
		'[Match]'|'[PF]'|'[VF]')
			section=${line#'['}
			section=${section%']'}
			continue ;;
		'[VF '*[!0-9]*']'|'[VF ]')
			bad "which VF is $line" || return ;;
		'[VF '*']')
			section=VF
			continue ;;
		'['*)
			bad "unknown section $line" || return ;;
		*=*)	;;
		*)
			bad "neither [Section] nor Key=value: $line" || return ;;
		esac
		key=${line%%=*}
		key=${key%"${key##*[! 	]}"}
		value=${line#*=}
		value=${value#"${value%%[! 	]*}"}
		case $section.$key in
		Match.Address)	take_address "$value" ;;
		Match.Id)	take_id "$value" ;;
		Match.Serial)	take_serial "$value" ;;
		PF.Driver)	take_driver "$value" ;;
		PF.VFs|PF.WaitSec) is_number "$value" ;;
		PF.Autoprobe)	is_bool "$value" ;;
		VF.Driver)	pf=$driver
				take_driver "$value" && driver=$pf ;;
		*)		bad "unknown key $key in [$section]" || return ;;
		esac || bad "$key=$value is none that can be" || return
	done < "$file"
	number=$((number + 1))
	[ -n "$address$serial${id%%[*]*}" ] ||
		bad "no Address=, Id= or Serial= in [Match]"
}

# id_of <device>: its four ids, into "is"
id_of()
{
	is=
	for field in vendor device subsystem_vendor subsystem_device; do
		part=
		{ read -r part < "$1/$field"; } 2> /dev/null
		is=$is${part#0x}:
	done
}

# serial_of <device>: the bytes of its capability "Device Serial Number", the last
# one first, as lspci prints them, into "is"
serial_of()
{
	is=none
	pci=$1 at=256 hops=0
	while [ $at -ge 256 ] && [ $hops -lt 64 ]; do
		# Unquoted: a word a byte
		# shellcheck disable=SC2046
		set -- $(od -An -v -tx1 -j $at -N 12 "$pci/config" 2> /dev/null)
		[ $# = 12 ] || return 0
		case $2$1 in
		0003)	is=${12}-${11}-${10}-$9-$8-$7-$6-$5
			return ;;
		0000|ffff) return 0 ;;
		esac
		at=$((0x$4 << 4 | 0x$3 >> 4))
		hops=$((hops + 1))
	done
}

# matches <device>: what the file gives
matches()
{
	[ -e "$1/sriov_totalvfs" ] || {
		[ -z "$address" ] ||
			note "$address is no PF; it is left alone, see ${file#"$root"}"
		return 1
	}
	if [ -n "$id" ]; then
		id_of "$1"
		# Unquoted: a pattern
		# shellcheck disable=SC2254
		case $is in
		$id*)	;;
		*)	differs Id "${is%:}" "${id%:}"
			return 1 ;;
		esac
	fi
	if [ -n "$serial" ]; then
		serial_of "$1"
		[ "$is" = "$serial" ] || {
			differs Serial "$is" "$serial"
			return 1
		}
	fi
}

# differs <key> <is> <listed>: only worth a word if the file says where to look
differs()
{
	[ -z "$address" ] ||
		note "$address has $1 $2, and not $3 of ${file#"$root"};" \
			"it is left alone: sriovadm diff"
}

# override <device>: name its driver
override()
{
	[ -n "$driver" ] || return 0
	now=
	{ read -r now < "$1/driver_override"; } 2> /dev/null
	[ "$now" != "$driver" ] || return 0
	{ echo "$driver" > "$1/driver_override"; } 2> /dev/null ||
		say "${1##*/}: driver_override cannot be written; its native driver" \
			"may get it: sriovadm restore"
	return 0
}

# as_listed <device>: it has the driver that is listed, and VFs
as_listed()
{
	[ -e "$1/virtfn0" ] || return
	[ -n "$driver" ] || return 0
	has=$(cd -P "$1/driver" 2> /dev/null && pwd)
	has=${has##*/}
	[ "${has:-none}" = "$driver" ]
}

words=
{ read -r words < "$root/proc/cmdline"; } 2> /dev/null
case " $words " in
*' sriovadm=off '*)	[ "$mode" = all ] || [ "$mode" = once ]
			exit ;;
esac

cr=$(printf '\r')
taken=
case $mode in
all|once)	listed=0 ;;
add|change)	listed=1 ;;
*)		echo "usage: early.sh [once | add <PF> | change <PF>]" >&2
		exit 2 ;;
esac

for config in "$root"/etc/sriovadm/pf.d/*.conf; do
	[ -e "$config" ] || continue
	parse "$config" || continue
	for pf in "$devices/"${only:-${address:-*}}; do
		[ -z "$address" ] || [ "$address" = "${pf##*/}" ] || continue
		[ -e "$pf" ] || continue
		matches "$pf" || continue
		case $taken in
		*" $pf "*)
			note "${file#"$root"}: another file is about ${pf##*/}" \
				"already; delete one of the two"
			continue ;;
		esac
		taken="$taken $pf "
		if [ "$mode" = change ]; then
			as_listed "$pf" || continue
		else
			override "$pf"
		fi
		listed=0
	done
done

[ "$mode" != once ] || : > "$root/run/sriovadm.early"
exit $listed
