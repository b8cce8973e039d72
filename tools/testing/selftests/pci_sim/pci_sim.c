// SPDX-License-Identifier: GPL-2.0
/* Simulated PCI devices for a test; see pci_sim.h */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pci_sim.h"

#define CONFIGFS "/sys/kernel/config"

bool pci_sim_available(void)
{
	if (access(PCI_SIM_DIR, F_OK))
		mount("configfs", CONFIGFS, "configfs", 0, NULL);
	return !access(PCI_SIM_DIR, F_OK);
}

static int open_attr(const char *dir, const char *attr, int flags)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), PCI_SIM_DIR "/%s/%s", dir, attr);
	fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

int pci_sim_set(const char *dir, const char *attr, const char *form, ...)
{
	char text[256];
	va_list args;
	int fd, err = 0;

	va_start(args, form);
	vsnprintf(text, sizeof(text), form, args);
	va_end(args);
	fd = open_attr(dir, attr, O_WRONLY);
	if (fd < 0)
		return fd;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

int pci_sim_get(const char *dir, const char *attr, char *text, size_t size)
{
	int fd = open_attr(dir, attr, O_RDONLY);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, text, size - 1);
	if (n < 0)
		n = -errno;
	close(fd);
	if (n < 0)
		return n;
	if (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return 0;
}

long long pci_sim_stat(const char *function, const char *name)
{
	size_t len = strlen(name);
	char text[512], *line;
	int err;

	err = pci_sim_get(function, "stats", text, sizeof(text));
	if (err)
		return err;
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strtoll(line + len, NULL, 10);
	return -ENOENT;
}

int pci_sim_mkdir(const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), PCI_SIM_DIR "/%s", dir);
	return mkdir(path, 0755) ? -errno : 0;
}

int pci_sim_rmdir(const char *dir)
{
	char path[512];

	snprintf(path, sizeof(path), PCI_SIM_DIR "/%s", dir);
	return rmdir(path) ? -errno : 0;
}

static int set_ids(const char *function, const struct pci_sim_ids *ids)
{
	return pci_sim_set(function, "vendor", "%x", ids->vendor) ?:
	       pci_sim_set(function, "device", "%x", ids->device) ?:
	       pci_sim_set(function, "subvendor", "%x", ids->subvendor) ?:
	       pci_sim_set(function, "subdevice", "%x", ids->subdevice) ?:
	       pci_sim_set(function, "class", "%x", ids->class);
}

int pci_sim_add(const char *function, const struct pci_sim_ids *ids,
		unsigned int vfs)
{
	return pci_sim_mkdir(function) ?:
	       (ids ? set_ids(function, ids) : 0) ?:
	       pci_sim_set(function, "sriov/total_vfs", "%u", vfs) ?:
	       pci_sim_set(function, "driver_override", "none");
}

static const char *pf0(const char *bridge)
{
	static char name[128];

	snprintf(name, sizeof(name), "%s/pf0", bridge);
	return name;
}

int pci_sim_new(const char *bridge, const struct pci_sim_ids *ids,
		unsigned int vfs)
{
	pci_sim_destroy(bridge);
	return pci_sim_mkdir(bridge) ?: pci_sim_add(pf0(bridge), ids, vfs);
}

int pci_sim_live(const char *bridge, bool live)
{
	return pci_sim_set(bridge, "live", "%u", live);
}

int pci_sim_address(const char *function, char address[PCI_SIM_ADDRESS])
{
	return pci_sim_get(function, "address", address, PCI_SIM_ADDRESS);
}

int pci_sim_create(const char *bridge, const struct pci_sim_ids *ids,
		   unsigned int vfs, char address[PCI_SIM_ADDRESS])
{
	return pci_sim_new(bridge, ids, vfs) ?: pci_sim_live(bridge, true) ?:
	       pci_sim_address(pf0(bridge), address);
}

void pci_sim_destroy(const char *bridge)
{
	char path[320];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), PCI_SIM_DIR "/%s", bridge);
	dir = opendir(path);
	if (!dir)
		return;
	pci_sim_live(bridge, false);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", bridge, entry->d_name);
		pci_sim_rmdir(path);
	}
	closedir(dir);
	pci_sim_rmdir(bridge);
}
