#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do the trees notice what is wrong with patches and series, and is nobody's work
# lost?  On two kernels of a few lines, in a project of its own, without network;
# takes seconds.  Prints "ok" or "not ok" for each; the exit status is 0 if all are
# ok.
set -u

here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
top=$work/project
patches=$top/patches
iov=drivers/pci/iov.c
count=0 bad=0

unset KERNEL KSRC MAKEFLAGS
export LINUX_GIT=$work/build/linux.git BUILD_SRC=$work/src HOME=$work
export GIT_CONFIG_NOSYSTEM=1 PATH=$work/bin:$PATH
git config --global user.name A
git config --global user.email a@example.org

ok()		# <what> <status>
{
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $1"
	else
		echo "not ok $1"
		sed 's/^/	/' "$work/log"
		bad=$((bad + 1))
	fi
}

# run <command...>: its output is in $work/log
run() { "$@" > "$work/log" 2>&1; }

tree()		# <kernel> [action]
{
	run "$top/tools/kernels/kernels.py" "${2:-tree}" "$work/build/linux-$1" \
		--kernel "$1"
}

refresh()	# <kernel> [option...]
{
	local kernel=$1
	shift
	run "$top/tools/kernels/kernels.py" refresh "$work/build/linux-$kernel" \
		--kernel "$kernel" "$@"
}

# fails <what> <text> <command...>: it does, and says so
fails()
{
	local what=$1 text=$2
	shift 2
	! "$@" && grep -q -e "$text" "$work/log"
	ok "$what" $?
}

# works <what> <command...>
works()
{
	local what=$1
	shift
	"$@"
	ok "$what" $?
}

# --- Kernel 2.0, the base; and 1.0, where there is one more function, of the same
# lines, and where a line of another one differs
function_()	# <name> <its line>
{
	printf 'static int %s(struct pci_dev *dev)\n{\n\tint rc;\n\n' "$1"
	printf '\trc = begin(dev);\n\tif (rc)\n\t\treturn rc;\n\n\t%s\n' "$2"
	printf '\tmiddle(dev);\n\tmiddle(dev);\n\tmiddle(dev);\n'
	printf '\tif (dev)\n\t\tend(dev);\n\n\treturn 0;\n}\n\n'
}

kernel()	# <version> <function>=<its line>...
{
	local version=$1 dir=$work/linux-$1 word
	shift

	mkdir -p "$dir/drivers/pci" "$work/src"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 3\n' \
		"${version%.*}" "${version#*.}" > "$dir/Makefile"
	# As Debian's
	echo '/*' > "$dir/.gitignore"
	printf '#include <a.h>\n\n' > "$dir/$iov"
	for word; do
		function_ "${word%%=*}" "${word#*=}" >> "$dir/$iov"
	done
	tar -C "$work" -cJf "$work/src/linux-test-$version.tar.xz" \
		"linux-$version"
}

kernel 2.0 'sriov_enable=first(dev);' 'sriov_disable=second(dev);'
kernel 1.0 'sriov_early=zeroth(dev);' 'sriov_enable=first(dev, 0);' \
	'sriov_disable=second(dev);'

# --- A project of three patches, one of which 1.0 has different
mkdir -p "$top/tools" "$top/drivers/pci" "$patches/1.0/fixes" "$patches/2.0" \
	"$patches/"{fixes,cost,simulator,feature} "$work/bin" "$work/build"
cp -r "$here" "$top/tools/"
for folder in fixes cost simulator feature; do
	printf 'PCI: Do %s\n\nText.\n' $folder > "$patches/$folder/cover.txt"
done
echo 'int new;' > "$top/drivers/pci/new.c"
printf '2.0\tlinux-test-2.0\tnone\n1.0\tlinux-test-1.0\tnone\n' > "$patches/kernels"

patch()		# <file> <subject> <sed script> <kernel>
{
	mkdir -p "$work/a/drivers/pci" "$work/b/drivers/pci"
	cp "$work/linux-$4/$iov" "$work/a/$iov"
	sed "$3" "$work/a/$iov" > "$work/b/$iov"
	{
		printf 'From %040d Mon Sep 17 00:00:00 2001\n' 0
		printf 'From: A <a@example.org>\n'
		printf 'Date: Tue, 24 Nov 2026 12:00:00 +0000\n'
		printf 'Subject: [PATCH] %s\n\nWhy.\n\n---\n' "$2"
		(cd "$work" && git diff --no-index --no-prefix "a/$iov" "b/$iov")
	} > "$patches/$1"
}

patch fixes/0001-PCI-One.patch "PCI: One" 's/first(dev)/one(dev)/' 2.0
patch 1.0/fixes/0001-PCI-One.patch "PCI: One" 's/first(dev, 0)/one(dev)/' 1.0
patch fixes/0002-PCI-Two.patch "PCI: Two" 's/second(dev)/two(dev)/' 2.0
sed '/^---$/q' "$patches/fixes/0001-PCI-One.patch" | sed 's/One/New/' \
	> "$patches/feature/0001-PCI-New.patch"
printf '%s\n' fixes/0001-PCI-One.patch fixes/0002-PCI-Two.patch \
	feature/0001-PCI-New.patch > "$patches/2.0/series"
printf 'feature/0001-PCI-New.patch\tdrivers/pci/new.c\n' > "$patches/files"
sed '1s|^|1.0/|' "$patches/2.0/series" > "$patches/1.0/series"
cp -r "$patches" "$work/good"
restore() { rm -rf "$patches"; cp -r "$work/good" "$patches"; }

# --- As it should be
both_trees() { tree 2.0 && tree 1.0; }
three_commits()
{
	[ "$(git -C "$work/build/linux-$1" rev-list --count "base-$1..")" = 3 ] &&
		grep -q 'one(dev)' "$work/build/linux-$1/$iov" &&
		grep -q 'two(dev)' "$work/build/linux-$1/$iov" &&
		[ -e "$work/build/linux-$1/drivers/pci/new.c" ]
}
works "trees of two kernels" both_trees
works "a commit for each patch" three_commits 2.0
works "and with its backport" three_commits 1.0

post()
{
	run "$top/tools/kernels/kernels.py" series "$work/build/linux-$1" --kernel "$1" \
		--output "$work/build/series-$1" &&
		grep -q "git am of all 3 patches gives tree" "$work/log" &&
		grep -q "PATCH 1.0 1/2\] PCI: One" \
			"$work"/build/series-1.0/fixes/0001-*.patch
}
works "the series arrive by git am" post 1.0

# --- Patches that are wrong
sed -i 's/^ \(.*return rc\)/ \1 = 1/' "$patches/fixes/0002-PCI-Two.patch"
sed -i 's/^ \tmiddle/ \tmuddle/' "$patches/fixes/0002-PCI-Two.patch"
fails "a patch that does not apply, with its hunk" '^+.two(dev);' tree 2.0
restore

# On 1.0 these very lines are those of another function
patch fixes/0002-PCI-Two.patch "PCI: Two" '/_enable/,/^}/s/end(dev)/fin(dev)/' 2.0
fails "a hunk that lands in another function" '^+@@ static int sriov_early' tree 1.0
works "with the hunk" grep -q '^ +.*fin(dev)' "$work/log"
restore

cp "$patches/fixes/0002-PCI-Two.patch" "$patches/fixes/0003-PCI-Three.patch"
fails "a patch that no series names" '0003-PCI-Three.patch: no series names it' \
	tree 2.0
restore

: > "$patches/1.0/fixes/0001-PCI-One.patch"
fails "an empty patch" '0001-PCI-One.patch is empty' tree 1.0
restore

sed -i '/0002-/d' "$patches/1.0/series"
fails "a patch that a series neither takes nor leaves out" \
	'says nothing of fixes/0002-PCI-Two.patch' tree 1.0
printf 'without fixes/0002-PCI-Two.patch\tno need\n' >> "$patches/1.0/series"
works "a patch that a series leaves out, with the reason" tree 1.0
restore

: > "$patches/files"
fails "a new file that no patch brings" 'no patch brings drivers/pci/new.c' tree 2.0
restore

for number in $(seq 2 13); do
	name=feature/$(printf %04d "$number")-PCI-New.patch
	sed "s/New/New $number/" "$patches/feature/0001-PCI-New.patch" \
		> "$patches/$name"
	echo "$name" | tee -a "$patches/2.0/series" >> "$patches/1.0/series"
done
too_many() { tree 2.0 && post 2.0; }
fails "more than 12 patches in feature" 'feature has 13 patches' too_many
restore
both_trees

# --- Somebody's work
clone=$work/build/linux-2.0
echo '/* mine */' >> "$clone/$iov"
fails "an edit is not lost" 'has local edits' tree 2.0
works "and is still there" grep -q mine "$clone/$iov"
fails "an edit that belongs to no patch" 'PATCH=' refresh 2.0
works "an edit becomes part of a patch" refresh 2.0 --patch 0002
works "which has it" grep -q '^+/\* mine' "$patches/fixes/0002-PCI-Two.patch"
works "and gives the same tree" tree 2.0
works "in which it is" grep -q mine "$clone/$iov"
nothing() { refresh 2.0 && grep -q 'nothing has changed' "$work/log"; }
works "a second refresh changes nothing" nothing

both()
{
	echo '/* of the tree */' >> "$clone/$iov"
	echo '/* of the project */' >> "$top/drivers/pci/new.c"
	refresh 2.0 --patch 0002 &&
		[ "$(grep -c ': patches/' "$work/log")" = 1 ] && tree 2.0 &&
		grep -q 'of the tree' "$patches/fixes/0002-PCI-Two.patch" &&
		grep -q 'of the project' "$clone/drivers/pci/new.c"
}
works "edits of tree and project come together" both

echo 'int other;' > "$clone/drivers/pci/other.c"
git -C "$clone" add -f drivers/pci/other.c
git -C "$clone" commit -q -m 'PCI: Other' -m 'Why.'
fails "a commit is not lost" 'has commits of yours' tree 2.0
fails "a commit that is no patch yet" 'NEW=' refresh 2.0
works "a commit becomes a patch" refresh 2.0 --new feature
works "its new file is in the project" [ -e "$top/drivers/pci/other.c" ]
rm "$top/drivers/pci/other.c"
restore
git -C "$clone" checkout -q -B linux-2.0 "$(git -C "$clone" rev-parse \
	refs/composed/linux-2.0)"

# --- A backport that has to be made
cp "$patches/fixes/0001-PCI-One.patch" "$patches/1.0/fixes/"
fails "a backport that does not apply says how to port" 'make port' tree 1.0
works "make port stops where git am -3 conflicts" tree 1.0 port
fails "nothing else happens until that is resolved" 'does not apply' tree 1.0
works "and it is there to be" grep -q '^<<<<<<<' "$work/build/linux-1.0/$iov"
sed -i '/^<<<<<<</,/^>>>>>>>/c\	one(dev);' "$work/build/linux-1.0/$iov"
resolved()
{
	git -C "$work/build/linux-1.0" add -f "$iov" &&
		run git -C "$work/build/linux-1.0" am --continue &&
		refresh 1.0 && tree 1.0 && three_commits 1.0
}
works "make refresh writes the backport" resolved
works "as it was" cmp -s <(sed -n '/^@@/,$p' "$patches/1.0/fixes/0001-PCI-One.patch") \
	<(sed -n '/^@@/,$p' "$work/good/1.0/fixes/0001-PCI-One.patch")
restore

# --- Other sources
ksrc()
{
	run "$top/tools/kernels/kernels.py" tree "$work/build/linux-other" \
		--source "$1" &&
		grep -q 'one(dev)' "$work/build/linux-other/$iov"
}
works "KSRC=, a directory, with the series of its version" ksrc "$work/linux-2.0"
echo '/* theirs */' >> "$work/linux-2.0/$iov"
theirs()
{
	ksrc "$work/linux-2.0" &&
		grep -q theirs "$work/build/linux-other/$iov"
}
works "an edit of that directory arrives" theirs
works "and it has not been written to" [ -z "$(find "$work/linux-2.0" -name '.git*' \
	! -name .gitignore)" ]
works "KSRC=, a tarball" ksrc "$work/src/linux-test-2.0.tar.xz"

# An apt that has nothing
printf '#!/bin/sh\n' | tee "$work/bin/apt-get" > "$work/bin/apt-cache"
chmod +x "$work"/bin/*
sed -i 's/linux-test-2.0/linux-test-2.1/' "$patches/kernels"
cannot() { run "$top/tools/kernels/source.sh" 2.0; [ $? = 3 ]; }
works "a source that cannot be had is told from an error" cannot
works "and says what helps" grep -q KSRC= "$work/log"

echo "$count checks, $bad failed"
[ "$bad" = 0 ]
