// SPDX-License-Identifier: GPL-2.0
/*
 * A simulated kernel in place of kernel-io.c: it does to a tree of plain files what
 * the kernel does to sysfs.  tree.py makes such trees.  Files that sysfs has not tell
 * it what a device is like:
 *
 * .native	the drivers that take it by themselves, a line each
 * .fails	drivers that do not take it although they should
 *
 * FAKE in the environment plants trouble, comma-separated: block=<end of a path> never
 * returns, stuck=<end of a path> cannot be read, fail=<end of a path>:<errno>, kill=<n>
 * kills the process group before the n-th write, counted from 0, log=<file> gets each
 * write.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sriovadm.h"

static const char *knob(const char *name)
{
	const char *text = getenv("FAKE");
	size_t len = strlen(name);

	while (text && *text) {
		size_t end = strcspn(text, ",");

		if (!strncmp(text, name, len) && text[len] == '=')
			return mem_text(text + len + 1, end - len - 1);
		text += end + (text[end] == ',');
	}
	return NULL;
}

/* As good as never, and yet no test leaves a process behind */
static void hang(void)
{
	alarm(120);
	for (;;)
		pause();
}

static bool ends(const char *path, const char *with)
{
	size_t len = strlen(path), end = strlen(with);

	return len >= end && !strcmp(path + len - end, with);
}

static void put(const char *path, const char *text)
{
	int fd = openat(root_fd(), path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

/* Writes are counted over all processes of a run */
static void count_write(void)
{
	const char *kill_at = knob("kill");
	long n = file_number_at(root_fd(), "fake-count");

	n = n < 0 ? 0 : n;
	put("fake-count", mem_printf("%ld\n", n + 1));
	if (kill_at && n == atol(kill_at))
		kill(0, SIGKILL);
}

static const char *device(const char *address, const char *file)
{
	return mem_printf(PCI_DEVICES "/%s/%s", address, file);
}

static const char *driver_of(const char *address)
{
	return link_name_at(root_fd(), device(address, "driver"));
}

static const char *override_of(const char *address)
{
	const char *text = file_read(device(address, "driver_override"));

	return text && *text && !same(text, "(null)") ? text : NULL;
}

/* Is @name one of the lines of a file? */
static bool names(const char *path, const char *name)
{
	const char *text = file_read(path);

	while (text && *text) {
		size_t len = strcspn(text, "\n");

		if (same(mem_text(text, len), name))
			return true;
		text += len + (text[len] == '\n');
	}
	return false;
}

static bool is_managed_by_gate(const char *driver)
{
	return same(driver, "pci-stub") || same(driver, "uio_pci_generic");
}

/* Host drivers keep off VFs that nobody manages */
static bool may_probe(const char *address)
{
	const char *pf = link_name_at(root_fd(), device(address, "physfn"));
	const char *driver;

	if (!pf || override_of(address))
		return true;
	driver = driver_of(pf);
	if (is_managed_by_gate(driver))
		return same(file_read(device(pf, "sriov_unmanaged_autoprobe")),
			    "1");
	return same(file_read(device(pf, "sriov_drivers_autoprobe")), "1");
}

static bool takes(const char *driver, const char *address)
{
	const char *override = override_of(address);

	if (!file_exists(mem_printf(PCI_DRIVERS "/%s", driver)) ||
	    names(device(address, ".fails"), driver))
		return false;
	if (override)
		return same(override, driver);
	return names(device(address, ".native"), driver);
}

static void link_driver(const char *address, const char *driver)
{
	if (symlinkat(mem_printf("../../../bus/pci/drivers/%s", driver),
		      root_fd(), device(address, "driver")))
		abort();
}

static int probe(const char *address)
{
	strings drivers = { NULL, 0, 0 };

	if (!file_exists(device(address, "modalias")))
		return -ENODEV;
	if (driver_of(address) || !may_probe(address))
		return 0;
	dir_list(root_fd(), PCI_DRIVERS, &drivers);
	for (size_t i = 0; i < drivers.count; i++) {
		if (takes(drivers.item[i], address)) {
			link_driver(address, drivers.item[i]);
			return 0;
		}
	}
	return 0;
}

static int bind_to(const char *driver, const char *address)
{
	if (driver_of(address) || !takes(driver, address) ||
	    !may_probe(address))
		return -ENODEV;
	link_driver(address, driver);
	return 0;
}

static const char *vf_address(const char *pf, int index)
{
	unsigned int domain, bus, slot, function, rid;

	if (sscanf(pf, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4)
		abort();
	rid = (bus << 8 | slot << 3 | function) +
	      file_number_at(root_fd(), device(pf, "sriov_offset")) +
	      file_number_at(root_fd(), device(pf, "sriov_stride")) * index;
	return mem_printf("%04x:%02x:%02x.%x", domain, rid >> 8,
			  rid >> 3 & 0x1f, rid & 7);
}

static void make_vf(const char *pf, int index)
{
	const char *address = vf_address(pf, index);
	const char *dir = mem_printf("sys/devices/pci0000:00/%s", address);

	if (mkdirat(root_fd(), dir, 0755) ||
	    symlinkat(mem_printf("../../../devices/pci0000:00/%s", address),
		      root_fd(), mem_printf(PCI_DEVICES "/%s", address)) ||
	    symlinkat(mem_printf("../%s", pf), root_fd(),
		      device(address, "physfn")) ||
	    symlinkat(mem_printf("../%s", address), root_fd(),
		      device(pf, mem_printf("virtfn%d", index))) ||
	    symlinkat(mem_printf("../../../kernel/iommu_groups/%d",
				 100 + index),
		      root_fd(), device(address, "iommu_group")))
		abort();
	put(device(address, "modalias"),
	    "pci:v00001234d00001111sv00000000sd00000000bc02sc00i00\n");
	put(device(address, "driver_override"), "(null)\n");
	put(device(address, ".native"), "fakevf\n");
	put(device(address, ".fails"),
	    file_exists(device(pf, ".vf-fails")) ?
	    file_read(device(pf, ".vf-fails")) : "");
	probe(address);
}

static int delete_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void delete_vf(const char *pf, int index)
{
	const char *address = vf_address(pf, index);

	if (nftw(root_path(mem_printf("sys/devices/pci0000:00/%s", address)),
		 delete_one, 8, FTW_DEPTH | FTW_PHYS) ||
	    unlinkat(root_fd(), mem_printf(PCI_DEVICES "/%s", address), 0) ||
	    unlinkat(root_fd(), device(pf, mem_printf("virtfn%d", index)), 0))
		abort();
}

static void disable(const char *pf)
{
	long n = file_number_at(root_fd(), device(pf, "sriov_numvfs"));

	for (int i = 0; i < n; i++)
		delete_vf(pf, i);
	put(device(pf, "sriov_numvfs"), "0\n");
}

static int unbind(const char *driver, const char *address)
{
	if (!same(driver_of(address), driver))
		return -ENODEV;
	if (file_number_at(root_fd(), device(address, "sriov_numvfs")) > 0)
		disable(address);
	return unlinkat(root_fd(), device(address, "driver"), 0) ? -errno : 0;
}

static int set_numvfs(const char *pf, long n)
{
	const char *driver = driver_of(pf);
	bool any = same(file_read(PARAMETERS "/scope"), "any");
	long is = file_number_at(root_fd(), device(pf, "sriov_numvfs"));

	if (n > file_number_at(root_fd(), device(pf, "sriov_totalvfs")))
		return -ERANGE;
	if (n == is)
		return 0;
	if (!driver && !any)
		return -ENOENT;
	if (is_managed_by_gate(driver) && !file_exists(PARAMETERS))
		return -ENOENT;
	if (is && n)
		return -EBUSY;
	if (n && (!driver || is_managed_by_gate(driver)) &&
	    !same(file_read(device(pf, "sriov_unmanaged_policy")), "allow"))
		return -EOPNOTSUPP;
	if (!n) {
		disable(pf);
		return 0;
	}
	for (int i = 0; i < n; i++)
		make_vf(pf, i);
	put(device(pf, "sriov_numvfs"), mem_printf("%ld\n", n));
	return 0;
}

/* The directory that a file stands in, by name */
static const char *folder(const char *path)
{
	const char *end = strrchr(path, '/'), *start = end;

	while (start > path && start[-1] != '/')
		start--;
	return mem_text(start, end - start);
}

static int planted_error(const char *path)
{
	const char *fail = knob("fail");
	const char *colon = fail ? strchr(fail, ':') : NULL;

	if (colon && ends(path, mem_text(fail, colon - fail)))
		return -atoi(colon + 1);
	return 0;
}

/* libc's, but for trouble: fail=sriovadm.lock:<errno> */
int flock(int fd, int operation)
{
	int err = planted_error("run/sriovadm.lock");

	if (!err)
		return syscall(SYS_flock, fd, operation);
	errno = -err;
	return -1;
}

static void log_write(const char *path, const char *value)
{
	const char *log = knob("log");
	FILE *file = log ? fopen(log, "a") : NULL;

	if (file) {
		fprintf(file, "%s %s\n", path, value);
		fclose(file);
	}
}

static int act(const char *path, const char *value)
{
	if (ends(path, "/unbind"))
		return unbind(folder(path), value);
	if (ends(path, "/bind"))
		return bind_to(folder(path), value);
	if (ends(path, "/drivers_probe"))
		return probe(value);
	if (ends(path, "/sriov_numvfs"))
		return set_numvfs(folder(path), atol(value));
	if (!file_exists(path + 1))
		return -ENOENT;
	put(path + 1, mem_printf("%s\n", value));
	return 0;
}

int kernel_write(const char *path, const char *value)
{
	const char *block = knob("block");
	int err;

	count_write();
	log_write(path, value);
	if (block && ends(path, block)) {
		/* The link goes first, then the driver is asked to let go */
		if (ends(path, "/sriov_numvfs"))
			unlinkat(root_fd(), device(folder(path), "virtfn0"), 0);
		hang();
	}
	err = planted_error(path);
	return err ? err : act(path, value);
}

/* Devices that were waiting for a driver get it */
static void rescan(void)
{
	strings devices = { NULL, 0, 0 };

	dir_list(root_fd(), PCI_DEVICES, &devices);
	for (size_t i = 0; i < devices.count; i++)
		probe(devices.item[i]);
}

int kernel_modprobe(const char *name)
{
	int err;

	count_write();
	log_write("modprobe", name);
	err = planted_error(mem_printf("/%s", name));
	if (err)
		return err;
	/* Aliases are of drivers that the tree has in .modules */
	if (starts(name, "pci:"))
		name = "native";
	if (mkdirat(root_fd(), mem_printf(PCI_DRIVERS "/%s", name), 0755) &&
	    errno != EEXIST)
		return -errno;
	rescan();
	return 0;
}

char *slow_file_read(const char *path)
{
	const char *stuck = knob("stuck");

	if (stuck && ends(path, stuck))
		hang();
	return file_read(path);
}
