// SPDX-License-Identifier: GPL-2.0
/* All that this program does to the kernel; tests put a simulated one here */
#include <errno.h>
#include <fcntl.h>
#include <libkmod.h>
#include <string.h>
#include <unistd.h>

#include "sriovadm.h"

/**
 * kernel_write - write to a file of the kernel
 * @path: from /
 * @value: the text; "" is sent as an empty line, which clears driver_override
 *
 * Context: may block for as long as the kernel likes.
 * Return: 0 or -errno.
 */
int kernel_write(const char *path, const char *value)
{
	const char *text = *value ? value : "\n";
	size_t len = strlen(text);
	ssize_t written;
	int fd, err = 0;

	fd = openat(root_fd(), path + 1, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	written = write(fd, text, len);
	if (written < 0)
		err = -errno;
	else if ((size_t)written != len)
		err = -EIO;
	close(fd);
	return err;
}

/**
 * kernel_modprobe - load a module and what it needs
 * @name: of the module, or an alias
 *
 * Return: 0, also if it is loaded already, or -errno.
 */
int kernel_modprobe(const char *name)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_ctx *ctx;
	bool loaded = false;
	int err;

	ctx = kmod_new(NULL, NULL);
	if (!ctx)
		return -ENOMEM;
	err = kmod_module_new_from_lookup(ctx, name, &list);
	if (!err && !list)
		err = -ENOENT;

	/* An alias may be of several; one that loads is enough */
	kmod_list_foreach(entry, list) {
		struct kmod_module *module = kmod_module_get_module(entry);
		int one;

		one = kmod_module_probe_insert_module(module,
						      KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY,
						      NULL, NULL, NULL, NULL);
		kmod_module_unref(module);
		loaded |= one >= 0 || one == -EEXIST;
		err = one;
	}
	if (loaded)
		err = 0;

	kmod_module_unref_list(list);
	kmod_unref(ctx);
	return err;
}

/**
 * slow_file_read - read a file for which the kernel takes a lock of its device
 * @path: relative
 *
 * Context: may block for as long as the kernel likes.
 * Return: its text, or NULL.
 */
char *slow_file_read(const char *path)
{
	return file_read(path);
}
