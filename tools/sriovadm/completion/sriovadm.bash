# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Completion of sriovadm(8) for bash.

# PFs, by address and by the names that sriovadm takes
_sriovadm_pfs()
{
	local pf name

	for pf in "${SRIOVADM_ROOT-}"/sys/bus/pci/devices/*/sriov_totalvfs; do
		pf=${pf%/*}
		[[ -d $pf ]] || continue
		echo "${pf##*/}"
		for name in "$pf"/{net,nvme}/*; do
			[[ ! -d $name ]] || echo "${name##*/}"
		done
	done
}

_sriovadm_drivers()
{
	local driver

	echo pci-stub pci-pf-stub uio_pci_generic vfio-pci none
	for driver in "${SRIOVADM_ROOT-}"/sys/bus/pci/drivers/*; do
		[[ ! -d $driver ]] || echo "${driver##*/}"
	done
}

# What may stand in place of the word that is typed
_sriovadm_words()
{
	local current=$1 previous=$2 command=$3 number=$4

	case $previous in
	--driver|--vf-driver)
		_sriovadm_drivers
		return ;;
	--force)
		current=--force=$current ;;
	--timeout|--class)
		return ;;
	--vfs)
		[[ $command != reserve ]] || return ;;
	esac

	case $current in
	--force=*)
		# Those that are there already, and one more
		current=${current#--force=}
		[[ $current == *,* ]] && current=${current%,*}, || current=
		printf "$current%s\n" root-fs mounted swap holder \
			default-route ssh vf-open
		return ;;
	--driver=*|--vf-driver=*)
		_sriovadm_drivers
		return ;;
	-*)
		printf '%s\n' -n --dry-run --json --runtime --boot --force= \
			--timeout -q --quiet --version -h --help
		case $command in
		''|list)	echo --vfs ;;
		explain)	echo --class ;;
		reserve)	echo --driver --vfs --vf-driver --autoprobe ;;
		vfs)		echo --vf-driver --recreate ;;
		restore)	echo --wait ;;
		esac
		return ;;
	esac

	case $command:$number in
	:*)			echo list explain reserve release vfs autoprobe \
					override unlisted scope restore diff doctor
				_sriovadm_pfs ;;
	list:*|restore:*|doctor:*)
				_sriovadm_pfs ;;
	explain:0|reserve:0|release:0|vfs:0|autoprobe:0)
				_sriovadm_pfs ;;
	autoprobe:1)		echo on off ;;
	override:0)		echo allow refuse clear ;;
	unlisted:0)		echo allow refuse ;;
	scope:0)		echo stub any ;;
	esac
}

_sriovadm()
{
	local line=${COMP_LINE:0:COMP_POINT} command='' number=0
	local words word current before i

	# By itself: bash takes addresses and --force= apart
	read -ra words <<< "$line"
	[[ $line != *[[:space:]] ]] || words+=('')
	current=${words[-1]}
	for ((i = 1; i < ${#words[@]} - 1; i++)); do
		word=${words[i]}
		case $word in
		--driver|--vf-driver|--timeout|--class|--force)
			((i++)) ;;
		--vfs)
			[[ $command != reserve ]] || ((i++)) ;;
		-*)	;;
		*)
			if [[ -z $command ]]; then
				command=$word
			else
				((number++))
			fi ;;
		esac
	done
	# Of a PF that is to be listed
	[[ $command != *:* ]] || command=list

	word=${current##*=}
	[[ $current == -*=* ]] || word=$current
	mapfile -t COMPREPLY < <(compgen -W \
		"$(_sriovadm_words "$current" "${words[-2]}" "$command" "$number")" \
		-- "$word")

	# What bash takes for words before this one is not to be repeated
	if [[ $current != -* && $COMP_WORDBREAKS == *:* && $current == *:* ]]; then
		before=${current%:*}:
		COMPREPLY=("${COMPREPLY[@]#"$before"}")
	fi
	[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2> /dev/null
}

complete -F _sriovadm sriovadm
