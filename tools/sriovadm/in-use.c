// SPDX-License-Identifier: GPL-2.0
/*
 * Who needs a device?  What is used by something that is used is used, so each
 * check follows its chain to the end; and what cannot be found out is in use.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sriovadm.h"

const char * const check_name[CHECKS] = {
	[CHECK_ROOT_FS] = "root-fs",
	[CHECK_MOUNTED] = "mounted",
	[CHECK_SWAP] = "swap",
	[CHECK_HOLDER] = "holder",
	[CHECK_DEFAULT_ROUTE] = "default-route",
	[CHECK_SSH] = "ssh",
	[CHECK_VF_OPEN] = "vf-open",
};

/* Keep a use of a PF, or of one of its VFs, once */
void in_use_add(struct pf *pf, int vf, enum check check, const char *what)
{
	struct use use = { .check = check, .what = what, .vf = vf };

	for (size_t i = 0; i < pf->in_use.count; i++) {
		if (pf->in_use.item[i].check == check &&
		    pf->in_use.item[i].vf == vf &&
		    same(pf->in_use.item[i].what, what))
			return;
	}
	VEC_ADD(&pf->in_use, use);
}

/* One file that somebody could have open, and whose it is */
struct device_file {
	const char *path;
	struct pf *pf;
	struct vf *vf;		/* NULL: the PF itself */
};

struct device_files {
	VEC(struct device_file) file;
};

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct device_file *)a)->path,
		      ((const struct device_file *)b)->path);
}

static void collect_files(struct snapshot *snapshot,
			  struct device_files *files)
{
	for (size_t i = 0; i < snapshot->pf.count; i++) {
		struct pf *pf = &snapshot->pf.item[i];

		for (size_t j = 0; j < pf->files.count; j++) {
			struct device_file file = {
				pf->files.item[j], pf, NULL,
			};

			VEC_ADD(&files->file, file);
		}
		for (size_t j = 0; j < pf->vf.count; j++) {
			struct vf *vf = &pf->vf.item[j];

			for (size_t k = 0; k < vf->files.count; k++) {
				struct device_file file = {
					vf->files.item[k], pf, vf,
				};

				VEC_ADD(&files->file, file);
			}
		}
	}
	if (files->file.count)
		qsort(files->file.item, files->file.count,
		      sizeof(*files->file.item), compare_files);
}

static bool has_opener(const struct vf *vf, int pid)
{
	for (size_t i = 0; i < vf->open_by.count; i++) {
		if (vf->open_by.item[i].pid == pid)
			return true;
	}
	return false;
}

/* A group may hold several devices: all of them are in use then */
static void mark_open(const struct device_files *files, const char *path,
		      const char *pid)
{
	const char *comm = NULL;

	for (size_t i = 0; i < files->file.count; i++) {
		const struct device_file *file = &files->file.item[i];
		struct opener opener = { .pid = atoi(pid) };

		if (strcmp(file->path, path))
			continue;
		if (!comm) {
			comm = file_read(mem_printf("proc/%s/comm", pid));
			if (!comm)
				comm = "?";
		}
		in_use_add(file->pf, file->vf ? file->vf->index : -1,
			   CHECK_VF_OPEN,
			   mem_printf("%s is open in %s, process %s",
				      path, comm, pid));
		opener.comm = comm;
		opener.file = path;
		if (file->vf && !has_opener(file->vf, opener.pid))
			VEC_ADD(&file->vf->open_by, opener);
	}
}

static void read_process(const struct device_files *files, int proc,
			 const char *pid, bool *denied)
{
	const struct dirent *entry;
	char target[256];
	ssize_t len;
	DIR *dir;
	int fd;

	fd = openat(proc, mem_printf("%s/fd", pid),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		/* It is gone, or somebody else's */
		*denied |= errno != ENOENT && errno != ESRCH;
		return;
	}
	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		*denied = true;
		return;
	}
	while ((entry = readdir(dir))) {
		len = readlinkat(fd, entry->d_name, target,
				 sizeof(target) - 1);
		if (len <= 0)
			continue;
		target[len] = '\0';
		if (starts(target, "/dev/vfio/") || starts(target, "/dev/uio"))
			mark_open(files, target, pid);
	}
	closedir(dir);
}

/**
 * in_use_open - who has the files of which device open?
 * @snapshot: where it is kept
 *
 * An iommufd does not say what it is for; whoever uses a VF by one has the VF's
 * vfio device open as well.
 */
void in_use_open(struct snapshot *snapshot)
{
	struct device_files files = { { NULL, 0, 0 } };
	const struct dirent *entry;
	bool denied = false;
	DIR *proc;
	int fd;

	collect_files(snapshot, &files);
	if (!files.file.count)
		return;
	fd = openat(root_fd(), "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	proc = fd < 0 ? NULL : fdopendir(fd);
	if (!proc) {
		if (fd >= 0)
			close(fd);
		snapshot->may_see_all = false;
		return;
	}
	while ((entry = readdir(proc))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			read_process(&files, fd, entry->d_name, &denied);
	}
	closedir(proc);
	if (denied)
		snapshot->may_see_all = false;
}

/**
 * in_use_read - find out who uses which PF and VF
 * @snapshot: where it is kept
 * @try_open: also open disks, which only a change is worth: for a moment nobody
 *	else can mount them
 */
void in_use_read(struct snapshot *snapshot, bool try_open)
{
	in_use_open(snapshot);
	in_use_blocks(snapshot, try_open);
	in_use_net(snapshot);
	for (size_t i = 0; i < snapshot->pf.count; i++)
		snapshot->pf.item[i].in_use_known = snapshot->may_see_all;
}
