// SPDX-License-Identifier: GPL-2.0
/* A PCI device, as sysfs and its config space show it; see device.h */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device.h"

#define DEVICES	"/sys/bus/pci/devices"

int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int set(const char *dev, const char *attr, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", dev, attr);
	return write_file(path, text);
}

const char *get(const char *dev, const char *attr)
{
	static char text[1024];
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/%s", dev, attr);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

bool exists(const char *dev)
{
	char path[128];

	snprintf(path, sizeof(path), DEVICES "/%s", dev);
	return !access(path, F_OK);
}

unsigned int count_devices(const char *pf)
{
	size_t domain = strchr(pf, ':') - pf + 1;
	struct dirent *entry;
	unsigned int n = 0;
	DIR *dir;

	dir = opendir(DEVICES);
	while (dir && (entry = readdir(dir)))
		n += !strncmp(entry->d_name, pf, domain);
	if (dir)
		closedir(dir);
	return n;
}

const char *vf_of(const char *pf, unsigned int n)
{
	static char target[128];
	char path[128];
	ssize_t len;

	snprintf(path, sizeof(path), DEVICES "/%s/virtfn%u", pf, n);
	len = readlink(path, target, sizeof(target) - 1);
	target[len > 0 ? len : 0] = '\0';
	return len > 0 ? strrchr(target, '/') + 1 : target;
}

int rescan(void)
{
	return write_file("/sys/bus/pci/rescan", "1");
}

/* --- Config space */

uint32_t peek(const char *dev, unsigned int where, unsigned int size)
{
	uint32_t val = 0;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/config", dev);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, &val, size, where) != (ssize_t)size)
		val = 0x0bad0bad;
	if (fd >= 0)
		close(fd);
	return val;
}

bool poke(const char *dev, unsigned int where, unsigned int size, uint32_t val)
{
	char path[128];
	bool written;
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/config", dev);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return false;
	written = pwrite(fd, &val, size, where) == (ssize_t)size;
	close(fd);
	return written;
}

unsigned int find_cap(const char *dev, unsigned int id)
{
	unsigned int pos = peek(dev, PCI_CAPABILITY_LIST, 1), left = 48;

	while (pos >= 0x40 && pos < 0x100 && left--) {
		if (peek(dev, pos, 1) == id)
			return pos;
		pos = peek(dev, pos + 1, 1);
	}
	return 0;
}

unsigned int find_ext_cap(const char *dev, unsigned int id)
{
	unsigned int pos = 0x100, left = 960;
	uint32_t header;

	while (pos >= 0x100 && left--) {
		header = peek(dev, pos, 4);
		if (PCI_EXT_CAP_ID(header) == id)
			return pos;
		pos = PCI_EXT_CAP_NEXT(header);
	}
	return 0;
}
