// SPDX-License-Identifier: GPL-2.0
/* Read all of a system that a plan may depend on; nothing is changed here */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sriovadm.h"

#define EXTENDED		0x100
#define EXTENDED_END		0x1000
#define EXTENDED_SERIAL		0x0003

/* Return: what stands behind @mark in a modalias, as a number of @digits */
static bool take_field(const char **text, const char *mark, size_t digits,
		       unsigned long *value)
{
	size_t len = strlen(mark);

	if (!starts(*text, mark) || strlen(*text) < len + digits ||
	    !parse_number(mem_text(*text + len, digits), 16, 0xffffffff,
			  value))
		return false;
	*text += len + digits;
	return true;
}

/*
 * One file has all of it, and the kernel takes no lock to show it.
 *
 * Return: whether it is there.
 */
static bool read_identity(int dir, struct identity *id)
{
	static const struct {
		const char *mark;
		size_t digits;
	} field[] = {
		{ "pci:v", 8 }, { "d", 8 }, { "sv", 8 }, { "sd", 8 },
		{ "bc", 2 }, { "sc", 2 }, { "i", 2 },
	};
	const char *text = file_read_at(dir, "modalias");
	unsigned long value[ARRAY_SIZE(field)];

	*id = (struct identity) { ID_ANY, ID_ANY, ID_ANY, ID_ANY, 0 };
	for (size_t i = 0; i < ARRAY_SIZE(field); i++) {
		if (!text || !take_field(&text, field[i].mark,
					 field[i].digits, &value[i]))
			return false;
	}
	*id = (struct identity) {
		value[0] & 0xffff, value[1] & 0xffff, value[2] & 0xffff,
		value[3] & 0xffff, value[4] << 16 | value[5] << 8 | value[6],
	};
	return true;
}

static bool read_dword(int fd, unsigned int offset, uint32_t *value)
{
	uint8_t byte[4];

	if (pread(fd, byte, sizeof(byte), offset) != sizeof(byte))
		return false;
	*value = byte[0] | byte[1] << 8 | byte[2] << 16 |
		 (uint32_t)byte[3] << 24;
	return true;
}

static bool may_see_all(void)
{
	return geteuid() == 0;
}

/* The Device Serial Number.  Only root may read that far: others do not know it. */
static const char *read_serial(int dir, bool *known)
{
	const char *text = file_read_at(dir, "serial_number");
	uint32_t header, low, high;
	unsigned int at = EXTENDED;
	int fd;

	*known = true;
	if (text)
		return text;
	*known = false;
	fd = openat(dir, "config", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	*known = read_dword(fd, at, &header) || may_see_all();

	/* Capabilities are 8 bytes at least: more of them than fit are a loop */
	for (int i = 0; i < (EXTENDED_END - EXTENDED) / 8; i++) {
		if (at < EXTENDED || !read_dword(fd, at, &header))
			break;
		if ((header & 0xffff) == EXTENDED_SERIAL) {
			if (read_dword(fd, at + 4, &low) &&
			    read_dword(fd, at + 8, &high))
				text = mem_printf("%02x-%02x-%02x-%02x-%02x-%02x-%02x-%02x",
						  high >> 24, high >> 16 & 0xff,
						  high >> 8 & 0xff, high & 0xff,
						  low >> 24, low >> 16 & 0xff,
						  low >> 8 & 0xff, low & 0xff);
			break;
		}
		at = header >> 20 & 0xffc;
	}
	close(fd);
	return text;
}

static int read_group(int dir)
{
	const char *name = link_name_at(dir, "iommu_group");
	unsigned long n;

	return name && parse_number(name, 10, INT32_MAX, &n) ? (int)n : -1;
}

/* What a user of the device has open; some of it comes with a driver */
static void read_files(int dir, int group, bool bound, strings *files)
{
	static const struct {
		const char *dir, *below;
	} kind[] = {
		{ "vfio-dev", "/dev/vfio/devices/" },
		{ "uio", "/dev/" },
	};

	if (group >= 0) {
		VEC_ADD(files, mem_printf("/dev/vfio/%d", group));
		VEC_ADD(files, mem_printf("/dev/vfio/noiommu-%d", group));
	}
	for (size_t i = 0; bound && i < ARRAY_SIZE(kind); i++) {
		strings names = { NULL, 0, 0 };

		dir_list(dir, kind[i].dir, &names);
		for (size_t j = 0; j < names.count; j++)
			VEC_ADD(files, mem_printf("%s%s", kind[i].below,
						  names.item[j]));
	}
}

static void read_vf(int dir, const char *link, struct pf *pf)
{
	struct vf vf = { .address = link_name_at(dir, link) };
	unsigned long index;
	int fd;

	if (!parse_number(link + strlen("virtfn"), 10, INT32_MAX, &index))
		return;
	vf.index = (int)index;
	fd = openat(dir, link, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (!vf.address || fd < 0)
		return;

	vf.driver = link_name_at(fd, "driver");
	vf.iommu_group = read_group(fd);
	read_files(fd, vf.iommu_group, vf.driver, &vf.files);
	close(fd);
	VEC_ADD(&pf->vf, vf);
}

/* A serial number is slow to read, and one that a file names has to be */
static bool serials_matter(const struct config *config)
{
	for (size_t i = 0; i < config->pf.count; i++) {
		if (config->pf.item[i].serial)
			return true;
	}
	return false;
}

static int compare_vfs(const void *a, const void *b)
{
	return ((const struct vf *)a)->index - ((const struct vf *)b)->index;
}

/* Those that are there, whatever sriov_numvfs says of those to come or go */
static void read_vfs(int dir, struct pf *pf)
{
	strings names = { NULL, 0, 0 };

	dir_list(dir, ".", &names);
	for (size_t i = 0; i < names.count; i++) {
		if (starts(names.item[i], "virtfn"))
			read_vf(dir, names.item[i], pf);
	}
	if (pf->vf.count)
		qsort(pf->vf.item, pf->vf.count, sizeof(*pf->vf.item),
		      compare_vfs);
}

static void read_pf(int dir, const struct kernel *kernel, struct pf *pf,
		    bool all, bool serial)
{
	pf->class_known = read_identity(dir, &pf->id);
	pf->driver = link_name_at(dir, "driver");
	pf->totalvfs = file_number_at(dir, "sriov_totalvfs");
	pf->autoprobe = file_number_at(dir, "sriov_unmanaged_autoprobe");

	if (kernel->feature == FEATURE_ABSENT)
		policy_of(kernel, &pf->id, &pf->policy);
	else
		policy_from_kernel(file_read_at(dir, "sriov_unmanaged_policy"),
				   file_read_at(dir, "sriov_unmanaged_reason"),
				   &pf->policy);
	if (all || serial)
		pf->serial = read_serial(dir, &pf->serial_known);
	if (!all)
		return;

	pf->iommu_group = read_group(dir);
	read_files(dir, pf->iommu_group, pf->driver, &pf->files);
	pf->offset = file_number_at(dir, "sriov_offset");
	pf->stride = file_number_at(dir, "sriov_stride");
	pf->drivers_autoprobe = file_number_at(dir, "sriov_drivers_autoprobe");
	read_vfs(dir, pf);
}

static void add_slow(struct slow_file *file, const char *address,
		     const char *name)
{
	file->path = mem_printf(PCI_DEVICES "/%s/%s", address, name);
}

/* What (null) is to the kernel */
static const char *override_of(const struct slow_file *file)
{
	const char *text = file->text;

	return !text || !*text || same(text, "(null)") ? NULL : text;
}

/* All that may not answer, of all PFs at once */
static void read_slow(struct snapshot *snapshot, bool all)
{
	struct slow_file *file;
	size_t count = 0, n = 0;
	unsigned long numvfs;

	for (size_t i = 0; i < snapshot->pf.count; i++)
		count += all ? 2 + snapshot->pf.item[i].vf.count : 1;
	file = mem_alloc((count + 1) * sizeof(*file));

	for (size_t i = 0; i < snapshot->pf.count; i++) {
		const struct pf *pf = &snapshot->pf.item[i];

		add_slow(&file[n++], pf->address, "sriov_numvfs");
		if (!all)
			continue;
		add_slow(&file[n++], pf->address, "driver_override");
		for (size_t j = 0; j < pf->vf.count; j++)
			add_slow(&file[n++], pf->vf.item[j].address,
				 "driver_override");
	}
	slow_read(file, count);

	n = 0;
	for (size_t i = 0; i < snapshot->pf.count; i++) {
		struct pf *pf = &snapshot->pf.item[i];

		pf->stuck = file[n].stuck;
		pf->numvfs = -1;
		if (file[n].text &&
		    parse_number(file[n].text, 10, INT32_MAX, &numvfs))
			pf->numvfs = (int)numvfs;
		n++;
		if (!all)
			continue;
		pf->stuck |= file[n].stuck;
		pf->driver_override = override_of(&file[n++]);
		for (size_t j = 0; j < pf->vf.count; j++) {
			pf->stuck |= file[n].stuck;
			pf->vf.item[j].driver_override =
				override_of(&file[n++]);
		}
	}
}

/* The last PCI address in the path of a device; NULL if there is none */
static const char *last_address(const char *path)
{
	const char *address = NULL;

	while (*path) {
		size_t len = strcspn(path, "/");
		const char *one;

		/* 0000:00:00.0 at least */
		if (len >= 12 && path[len - 2] == '.') {
			one = address_parse(mem_text(path, len));
			if (one)
				address = one;
		}
		path += len + strspn(path + len, "/");
	}
	return address;
}

static const char *class_address(const char *class, const char *name)
{
	char target[1024];
	ssize_t len;

	if (strchr(name, '/'))
		return NULL;
	len = readlinkat(root_fd(), mem_printf("sys/class/%s/%s", class, name),
			 target, sizeof(target) - 1);
	if (len < 0)
		return NULL;
	target[len] = '\0';
	return last_address(target);
}

static int compare_address(const void *key, const void *item)
{
	return strcmp(key, ((const struct pf *)item)->address);
}

static struct pf *find_address(const struct snapshot *snapshot,
			       const char *address)
{
	if (!snapshot->pf.count)
		return NULL;
	return bsearch(address, snapshot->pf.item, snapshot->pf.count,
		       sizeof(*snapshot->pf.item), compare_address);
}

static const char * const name_class[] = { "net", "nvme" };

/* The address that an argument means; NULL if it is no device at all */
static const char *resolve(const char *name)
{
	const char *address = address_parse(name);

	for (size_t i = 0; !address && i < ARRAY_SIZE(name_class); i++)
		address = class_address(name_class[i], name);
	return address;
}

/**
 * snapshot_find - find a PF by what its administrator calls it
 * @snapshot: where
 * @name: an address, a network interface, or an NVMe controller
 *
 * Return: the PF, or NULL.
 */
struct pf *snapshot_find(const struct snapshot *snapshot, const char *name)
{
	const char *address = resolve(name);

	return address ? find_address(snapshot, address) : NULL;
}

/**
 * in_use_owner - whose is this device, by its place in sysfs?
 * @snapshot: all PFs and VFs
 * @path: the target of its link
 * @pf: the PF
 * @vf: index of the VF, or -1 for the PF itself
 *
 * Return: whether it is one of ours.
 */
bool in_use_owner(struct snapshot *snapshot, const char *path, struct pf **pf,
		  int *vf)
{
	const char *address = last_address(path);

	if (!address)
		return false;
	*vf = -1;
	*pf = find_address(snapshot, address);
	if (*pf)
		return true;

	for (size_t i = 0; i < snapshot->pf.count; i++) {
		*pf = &snapshot->pf.item[i];
		for (size_t j = 0; j < (*pf)->vf.count; j++) {
			if (!strcmp((*pf)->vf.item[j].address, address)) {
				*vf = (*pf)->vf.item[j].index;
				return true;
			}
		}
	}
	return false;
}

static void read_names(struct snapshot *snapshot)
{
	for (size_t i = 0; i < ARRAY_SIZE(name_class); i++) {
		strings names = { NULL, 0, 0 };

		dir_list(root_fd(), mem_printf("sys/class/%s", name_class[i]),
			 &names);
		for (size_t j = 0; j < names.count; j++) {
			const char *address = class_address(name_class[i],
							    names.item[j]);
			struct pf *pf = address ?
				find_address(snapshot, address) : NULL;

			if (pf && !pf->name)
				pf->name = names.item[j];
		}
	}
}

/* Return: whether @address is one of those that @only names */
static bool is_wanted(const char *address, const strings *only)
{
	for (size_t i = 0; i < only->count; i++) {
		if (same(only->item[i], address))
			return true;
	}
	return false;
}

/**
 * snapshot_read - read a system
 * @snapshot: where to
 * @config: the configuration, which PFs are compared with
 * @only: read no PFs but these
 * @count: how many of them; 0 for all
 * @vfs: read VFs and all that takes longer, too
 */
void snapshot_read(struct snapshot *snapshot, const struct config *config,
		   char *const *only, int count, bool vfs)
{
	strings names = { NULL, 0, 0 }, wanted = { NULL, 0, 0 };
	bool serial = serials_matter(config);
	const char *text;
	int devices;

	*snapshot = (struct snapshot) { .may_see_all = may_see_all() };
	kernel_read(&snapshot->kernel, config);
	text = file_read("sys/module/vfio_pci/parameters/enable_sriov");
	snapshot->vfio_sriov = text && *text == 'Y';

	devices = openat(root_fd(), PCI_DEVICES,
			 O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (devices < 0)
		return;
	for (int i = 0; i < count; i++) {
		const char *address = resolve(only[i]);

		if (address)
			VEC_ADD(&wanted, address);
	}

	dir_list(devices, ".", &names);
	for (size_t i = 0; i < names.count; i++) {
		struct pf pf = {
			.address = names.item[i],
			.iommu_group = -1, .offset = -1, .stride = -1,
			.drivers_autoprobe = -1,
		};
		int dir;

		if (count && !is_wanted(pf.address, &wanted))
			continue;
		if (faccessat(devices, mem_printf("%s/sriov_totalvfs",
						  pf.address), F_OK, 0))
			continue;
		dir = openat(devices, pf.address,
			     O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (dir < 0)
			continue;
		read_pf(dir, &snapshot->kernel, &pf, vfs, serial);
		close(dir);
		VEC_ADD(&snapshot->pf, pf);
	}
	close(devices);
	read_slow(snapshot, vfs);
	read_names(snapshot);
}

/* What is known of a driver; NULL if nobody has asked */
const struct driver *snapshot_has_driver(const struct snapshot *snapshot,
					 const char *name)
{
	for (size_t i = 0; i < snapshot->driver.count; i++) {
		if (same(snapshot->driver.item[i].name, name))
			return &snapshot->driver.item[i];
	}
	return NULL;
}

/**
 * snapshot_driver - find out about a driver that a plan may want
 * @snapshot: where it is kept
 * @name: the driver
 *
 * Return: what is known of it.
 */
const struct driver *snapshot_driver(struct snapshot *snapshot,
				     const char *name)
{
	const struct driver *known = snapshot_has_driver(snapshot, name);
	struct driver driver = { .name = name };

	if (known)
		return known;
	driver.registered = file_exists(mem_printf(PCI_DRIVERS "/%s", name));
	driver.module = !driver.registered && module_known(name);
	VEC_ADD(&snapshot->driver, driver);
	return snapshot_has_driver(snapshot, name);
}
