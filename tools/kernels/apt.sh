# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# apt on package sources, lists and a cache of its own, to be sourced: it needs no
# root, and neither this machine's package sources nor its lists change.

# apt_own <directory>: print the options for it
apt_own()
{
	mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
	echo "-o APT::Sandbox::User=root -o Dir::State::Lists=$1/lists" \
		"-o Dir::Cache=$1/cache"
}

# apt_archive <suite> [<option>...]: print the address of the Debian archive, or of the
# one for security if the suite is one of that, that apt with these options has
apt_archive()
{
	suite=$1
	shift
	# shellcheck disable=SC2016 # apt's
	apt-get "$@" indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' \
		'Created-By: Packages' 2> /dev/null |
		awk -v security="${suite%-security}" -v suite="$suite" '
		$1 == "Debian" && ($2 ~ /-security$/) == (security != suite) {
			print $3
			exit
		}'
}

# apt_suite <directory> <suite> [<option>...]: print the options for nothing but
# this suite, at that address.  Fails if there is none.
apt_suite()
{
	directory=$1
	shift
	uri=$(apt_archive "$@")
	[ -n "$uri" ] || return
	suite=$1
	signed=
	keys=/usr/share/keyrings/debian-archive-keyring.gpg
	[ ! -e $keys ] || signed="[signed-by=$keys] "
	mkdir -p "$directory"
	echo "deb $signed$uri $suite main" > "$directory/sources.list"
	echo "$(apt_own "$directory") -o Dir::Etc::SourceList=$directory/sources.list" \
		"-o Dir::Etc::SourceParts=/dev/null"
}
