#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# get.sh [option...] <directory> <package>...: unpack Debian packages there.
#
#	-a <architecture>	of them, if not this machine's
#	-s <suite>		that they are of if apt's own sources do not know the
#				first, at the address of their Debian archive
#	-n			of that suite in any case
#
# apt works on lists and a cache of its own, so that it needs no root, and neither
# this machine's package sources nor its lists change.
#
# Exit status 3: they cannot be had, and standard error says why.
# shellcheck disable=SC2086 # options
set -eu

here=$(cd "$(dirname "$0")" && pwd)
apt=$(mktemp -d)
trap 'rm -rf "$apt"' EXIT
trap 'exit 1' INT TERM
options="-o APT::Sandbox::User=root -o Dir::State::Lists=$apt/lists -o Dir::Cache=$apt/cache"
suite='' sources=own
while getopts a:s:n option; do
	case $option in
	a)	options="$options -o APT::Architecture=$OPTARG -o APT::Architectures=$OPTARG"
		options="$options -o Dir::State::status=/dev/null" ;;
	s)	suite=$OPTARG ;;
	n)	sources=suite ;;
	*)	exit 2 ;;
	esac
done
shift $((OPTIND - 1))
directory=$1
shift

cannot()
{
	echo "get.sh: no $*" >&2
	exit 3
}

# known <package>: does apt know it, with these options?
known()
{
	apt-get -qq $options update > "$apt/log" 2>&1 || :
	[ -n "$(apt-cache $options madison "$1" 2> /dev/null)" ]
}

command -v apt-get > /dev/null || cannot "apt-get here to get $* by"
mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$directory"
if ! known "$1" || [ $sources = suite ]; then
	uri=${suite:+$("$here/archive.sh" "$suite" $options)}
	[ -n "$uri" ] || cannot "$1 in apt's sources, and no Debian archive to look for" \
		"${suite:-it} in"
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -e $keys ] || signed="[signed-by=$keys]"
	echo "deb ${signed:-} $uri $suite main" > "$apt/sources.list"
	options="$options -o Dir::Etc::SourceList=$apt/sources.list"
	options="$options -o Dir::Etc::SourceParts=/dev/null"
	known "$1" || cannot "$1 in $suite; it has:" "$(apt-cache $options pkgnames "${1%-*}-" |
		sort -V | xargs)" "$(tail -n 2 "$apt/log")"
fi

echo "get.sh: downloading $*" >&2
(cd "$apt" && apt-get -qq $options download "$@") > "$apt/log" 2>&1 ||
	cannot "download of $*: $(tail -n 2 "$apt/log")"
for package in "$apt"/*.deb; do
	dpkg-deb -x "$package" "$directory"
done
