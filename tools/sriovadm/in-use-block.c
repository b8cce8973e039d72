// SPDX-License-Identifier: GPL-2.0
/*
 * Disks: who has mounted them, swaps on them, or holds them?  From a PF or VF to
 * its block devices, their partitions, and what dm and md made of those.
 */
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sriovadm.h"

#define DEPTH	16	/* of holders; no more are made in practice */

/* What is looked at while all disks are walked through */
struct walk {
	struct snapshot *snapshot;
	struct libmnt_table *mounts;
	strings swaps;		/* names below /sys/class/block */
	bool try_open;
	struct pf *pf;		/* whose disk it is */
	int vf;
};

static const char *link_target(const char *path)
{
	char target[1024];
	ssize_t len;

	len = readlinkat(root_fd(), path, target, sizeof(target) - 1);
	return len < 0 ? NULL : mem_text(target, len);
}

/* A path below /dev may be a link, as those of device mapper are */
static const char *device_name(const char *path)
{
	const char *target, *slash;

	if (*path != '/')
		return NULL;
	target = link_target(path + 1);
	if (!target)
		target = path;
	slash = strrchr(target, '/');
	return slash ? slash + 1 : target;
}

static void read_swaps(strings *swaps)
{
	const char *text = file_read("proc/swaps");

	while (text && *text) {
		const char *line = mem_text(text, strcspn(text, "\n"));
		const char *name;

		name = device_name(mem_text(line, strcspn(line, " \t")));
		if (name)
			VEC_ADD(swaps, name);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

/* Btrfs and its like have numbers of their own, so the source counts too */
static bool is_mounted_from(struct libmnt_fs *fs, const char *name,
			    const char *number)
{
	const char *source = mnt_fs_get_srcpath(fs);
	dev_t devno = mnt_fs_get_devno(fs);

	if (same(number, mem_printf("%u:%u", major(devno), minor(devno))))
		return true;
	return source && same(device_name(source), name);
}

static void check_mounts(const struct walk *walk, const char *name,
			 const char *number, const char *via)
{
	struct libmnt_iter *iter;
	struct libmnt_fs *fs;

	if (!walk->mounts) {
		in_use_add(walk->pf, walk->vf, CHECK_MOUNTED,
			   mem_printf("%s: /proc/self/mountinfo cannot be read",
				      via));
		return;
	}
	iter = mnt_new_iter(MNT_ITER_FORWARD);
	if (!iter)
		return;
	while (!mnt_table_next_fs(walk->mounts, iter, &fs)) {
		const char *target = mnt_fs_get_target(fs);

		if (!target || !is_mounted_from(fs, name, number))
			continue;
		in_use_add(walk->pf, walk->vf, same(target, "/") ?
			   CHECK_ROOT_FS : CHECK_MOUNTED,
			   mem_printf("%s is mounted on %s", via, target));
	}
	mnt_free_iter(iter);
}

/*
 * Whoever holds a disk exclusively is found here even if nothing else knows of
 * it: another mount namespace, ZFS, a program.  Those that are known are named
 * by the other checks.
 */
static void check_open(const struct walk *walk, const char *name,
		       const char *via, bool known)
{
	int fd;

	fd = openat(root_fd(), mem_printf("dev/%s", name),
		    O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return;
	}
	/* No medium: nobody can have it mounted */
	if (errno == ENOMEDIUM || (errno == EBUSY && known))
		return;
	if (errno == EACCES && !walk->snapshot->may_see_all)
		return;
	in_use_add(walk->pf, walk->vf, CHECK_HOLDER, errno == EBUSY ?
		   mem_printf("%s is held by somebody: opening /dev/%s exclusively says busy",
			      via, name) :
		   mem_printf("%s may be in use: opening /dev/%s says %s",
			      via, name, strerror(errno)));
}

static void check_block(const struct walk *walk, const char *name,
			const char *via, int depth)
{
	const char *dir = mem_printf("sys/class/block/%s", name);
	const char *number = file_read(mem_printf("%s/dev", dir));
	strings names = { NULL, 0, 0 };
	size_t before = walk->pf->in_use.count;

	check_mounts(walk, name, number, via);
	for (size_t i = 0; i < walk->swaps.count; i++) {
		if (same(walk->swaps.item[i], name))
			in_use_add(walk->pf, walk->vf, CHECK_SWAP,
				   mem_printf("%s is swap space", via));
	}

	dir_list(root_fd(), mem_printf("%s/holders", dir), &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *holder = names.item[i];
		const char *dm = file_read(mem_printf("sys/class/block/%s/dm/name",
						      holder));
		const char *chain = mem_printf("%s < %s%s%s%s", via, holder,
					       dm ? " (" : "", dm ? dm : "",
					       dm ? ")" : "");

		in_use_add(walk->pf, walk->vf, CHECK_HOLDER,
			   mem_printf("%s is held by %s%s%s%s", via, holder,
				      dm ? " (" : "", dm ? dm : "",
				      dm ? ")" : ""));
		if (depth < DEPTH)
			check_block(walk, holder, chain, depth + 1);
	}

	/* Partitions of this disk, or of what was made of it */
	names.count = 0;
	dir_list(root_fd(), dir, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *part = names.item[i];

		if (file_exists(mem_printf("%s/%s/partition", dir, part)) &&
		    depth < DEPTH)
			check_block(walk, part, part, depth + 1);
	}

	/* Not what holders made of them: they are in use by being held */
	if (walk->try_open &&
	    (!depth || file_exists(mem_printf("%s/partition", dir))))
		check_open(walk, name, via,
			   walk->pf->in_use.count != before);
}

/* The disk of an NVMe subsystem belongs to all of its controllers */
static void check_subsystem(struct walk *walk, const char *subsystem,
			    const char *name)
{
	const char *dir = mem_printf("sys/class/nvme-subsystem/%s", subsystem);
	strings names = { NULL, 0, 0 };

	dir_list(root_fd(), dir, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *target;

		target = link_target(mem_printf("%s/%s", dir, names.item[i]));
		if (!target || !starts(names.item[i], "nvme"))
			continue;
		if (in_use_owner(walk->snapshot, target, &walk->pf, &walk->vf))
			check_block(walk, name, name, 0);
	}
}

/* Return: the part of @path behind @mark, up to the next slash; or NULL */
static const char *part_after(const char *path, const char *mark)
{
	const char *at = strstr(path, mark);

	if (!at)
		return NULL;
	at += strlen(mark);
	return mem_text(at, strcspn(at, "/"));
}

/**
 * in_use_blocks - which disks of PFs and VFs are in use?
 * @snapshot: where it is kept
 * @try_open: also try to open each of them exclusively
 */
void in_use_blocks(struct snapshot *snapshot, bool try_open)
{
	struct walk walk = { .snapshot = snapshot, .try_open = try_open };
	strings names = { NULL, 0, 0 };

	walk.mounts = mnt_new_table_from_file(root_path("proc/self/mountinfo"));
	read_swaps(&walk.swaps);

	dir_list(root_fd(), "sys/class/block", &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.item[i];
		const char *path = mem_printf("sys/class/block/%s", name);
		const char *target = link_target(path);
		const char *subsystem;

		/* A partition comes with its disk */
		if (!target ||
		    file_exists(mem_printf("%s/partition", path)))
			continue;
		/* A path to a disk of a subsystem: it has no device node */
		if (same(file_read(mem_printf("%s/hidden", path)), "1"))
			continue;
		subsystem = part_after(target, "/nvme-subsystem/");
		if (subsystem)
			check_subsystem(&walk, subsystem, name);
		else if (in_use_owner(snapshot, target, &walk.pf, &walk.vf))
			check_block(&walk, name, name, 0);
	}
	mnt_unref_table(walk.mounts);
}
