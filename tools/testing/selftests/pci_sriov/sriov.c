// SPDX-License-Identifier: GPL-2.0
/* What the pci_sriov selftests share; see sriov.h */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sriov.h"

#define DEVICES "/sys/bus/pci/devices/"

/* --- Files */

unsigned int sriov_number(const char *name, unsigned int otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 0) : otherwise;
}

int sriov_write_bytes(const char *path, const void *data, size_t size)
{
	int fd = open(path, O_WRONLY);
	ssize_t n;
	int err;

	if (fd < 0)
		return -errno;
	n = write(fd, data, size);
	err = n < 0 ? -errno : 0;
	close(fd);
	if (!err && (size_t)n != size)
		return -EMSGSIZE;
	return err;
}

int sriov_write(const char *path, const char *text)
{
	return sriov_write_bytes(path, text, strlen(text));
}

/* Without the final newline */
int sriov_read(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	size_t len = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	while (len < size - 1) {
		n = read(fd, text + len, size - 1 - len);
		if (n < 0) {
			n = -errno;
			close(fd);
			return n;
		}
		if (!n)
			break;
		len += n;
	}
	close(fd);
	text[len] = '\0';
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return 0;
}

/* One of a few buffers in turn: good for an expression or two */
static char *scratch(size_t *size)
{
	static char buffers[8][8192];
	static unsigned int next;

	*size = sizeof(buffers[0]);
	return buffers[next++ % 8];
}

char *sriov_attr(const struct sriov_dev *dev, const char *attr)
{
	size_t size;
	char *path = scratch(&size);

	snprintf(path, size, DEVICES "%s/%s", dev->name, attr);
	return path;
}

int sriov_dev_write(const struct sriov_dev *dev, const char *attr,
		    const char *text)
{
	return sriov_write(sriov_attr(dev, attr), text);
}

const char *sriov_dev_read(const struct sriov_dev *dev, const char *attr)
{
	size_t size;
	char *text = scratch(&size);
	int err = sriov_read(sriov_attr(dev, attr), text, size);

	if (err)
		snprintf(text, size, "(error %d)", err);
	return text;
}

bool sriov_dev_has(const struct sriov_dev *dev, const char *attr)
{
	return !access(sriov_attr(dev, attr), F_OK);
}

int sriov_numvfs(const struct sriov_dev *pf, unsigned int numvfs)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", numvfs);
	return sriov_dev_write(pf, "sriov_numvfs", text);
}

static const char *link_name(const struct sriov_dev *dev, const char *link)
{
	size_t size;
	char *text = scratch(&size), *slash;
	ssize_t n = readlink(sriov_attr(dev, link), text, size - 1);

	if (n < 0)
		return "";
	text[n] = '\0';
	slash = strrchr(text, '/');
	return slash ? slash + 1 : text;
}

/* "" without a driver */
const char *sriov_driver(const struct sriov_dev *dev)
{
	return link_name(dev, "driver");
}

/* "" without an IOMMU */
const char *sriov_iommu_group(const struct sriov_dev *dev)
{
	return link_name(dev, "iommu_group");
}

/*
 * A driver that probes asynchronously, as nvme does, is the device's for a moment,
 * also if it is kept off; then there is nobody to unbind.
 */
int sriov_unbind(const struct sriov_dev *dev)
{
	int tries, err = 0;

	for (tries = 0; tries < 100; tries++) {
		if (!*sriov_driver(dev))
			return 0;
		err = sriov_dev_write(dev, "driver/unbind", dev->name);
		if (err != -ENODEV && err != -ENOENT)
			break;
		usleep(1000);
	}

	return err;
}

/* Whatever holds the device lets go of it first; driver NULL: nothing after */
int sriov_bind(const struct sriov_dev *dev, const char *driver)
{
	char path[128];
	int err = sriov_unbind(dev);

	if (err)
		return err;
	err = sriov_dev_write(dev, "driver_override", driver ? driver : "\n");
	if (err || !driver)
		return err;
	snprintf(path, sizeof(path), "/sys/bus/pci/drivers/%s/bind", driver);
	return sriov_write(path, dev->name);
}

int sriov_remove(const struct sriov_dev *dev)
{
	return sriov_dev_write(dev, "remove", "1");
}

/*
 * Without the bus offering the device to its driver: what a test wants is a
 * device that nobody touches.
 */
int sriov_rescan(const struct sriov_dev *dev)
{
	int err;

	sriov_write("/sys/bus/pci/drivers_autoprobe", "0");
	err = sriov_write("/sys/bus/pci/rescan", "1");
	sriov_write("/sys/bus/pci/drivers_autoprobe", "1");

	return err ? err : sriov_dev_has(dev, "vendor") ? 0 : -ENODEV;
}

/* The bus of the device, which is there without the device, too */
int sriov_rescan_bus(const struct sriov_dev *dev)
{
	char path[64];

	/* "ddddd:bb" of "ddddd:bb:dd.f" */
	snprintf(path, sizeof(path), "/sys/class/pci_bus/%.*s/rescan",
		 (int)(strrchr(dev->name, ':') - dev->name), dev->name);
	return sriov_write(path, "1");
}

struct sriov_dev sriov_vf(const struct sriov_dev *pf, unsigned int index)
{
	struct sriov_dev vf = { "" };
	char link[32];

	snprintf(link, sizeof(link), "virtfn%u", index);
	snprintf(vf.name, sizeof(vf.name), "%.15s", link_name(pf, link));
	return vf;
}

int sriov_param(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), SRIOV_PARAM "%s", name);
	return sriov_write(path, text);
}

const char *sriov_param_read(const char *name)
{
	size_t size;
	char *text = scratch(&size), path[128];
	int err;

	snprintf(path, sizeof(path), SRIOV_PARAM "%s", name);
	err = sriov_read(path, text, size);
	if (err)
		snprintf(text, size, "(error %d)", err);
	return text;
}

/* --- The helper module */

int sriov_helper(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), SRIOV_HELPER "%s", name);
	return sriov_write(path, text);
}

/* ids: "vendor device subvendor subdevice class"; NULL: what it really is */
int sriov_identity(const struct sriov_dev *dev, const char *ids)
{
	char text[96];
	uint8_t c[0x30];
	int fd;

	if (!ids) {
		fd = open(sriov_attr(dev, "config"), O_RDONLY);
		if (fd < 0)
			return -errno;
		if (pread(fd, c, sizeof(c), 0) != sizeof(c)) {
			close(fd);
			return -EIO;
		}
		close(fd);
		snprintf(text, sizeof(text),
			 "%s %02x%02x %02x%02x %02x%02x %02x%02x %02x%02x%02x",
			 dev->name, c[1], c[0], c[3], c[2], c[0x2d], c[0x2c],
			 c[0x2f], c[0x2e], c[11], c[10], c[9]);
	} else {
		snprintf(text, sizeof(text), "%s %s", dev->name, ids);
	}
	return sriov_helper("identity", text);
}

int sriov_assign(const struct sriov_dev *dev, bool assigned)
{
	char text[32];

	snprintf(text, sizeof(text), "%s %d", dev->name, assigned);
	return sriov_helper("assigned", text);
}

#define VF_DRIVER "/sys/bus/pci/drivers/pci-sriov-test-vf/"

/* Does a driver get the first VF of the first PF if the bus is asked for one? */
bool sriov_probed(const struct sriov_bench *bench)
{
	const struct sriov_dev *pf = &bench->pf[0];
	struct sriov_dev vf = sriov_vf(pf, 0);
	char vf_id[32];
	bool bound;

	/* Whatever driver it has from before must not pass for a new one */
	sriov_unbind(&vf);

	/* new_id offers the driver every device that matches and is free */
	snprintf(vf_id, sizeof(vf_id), "%s %s",
		 sriov_dev_read(&vf, "vendor") + 2,
		 sriov_dev_read(pf, "sriov_vf_device"));
	if (sriov_write(VF_DRIVER "new_id", vf_id))
		fprintf(stderr, "# new_id does not take %s\n", vf_id);
	sriov_write("/sys/bus/pci/drivers_probe", vf.name);
	sriov_write(VF_DRIVER "bind", vf.name);
	bound = *sriov_driver(&vf);

	sriov_write(VF_DRIVER "remove_id", vf_id);
	sriov_unbind(&vf);
	/* QEMU's PFs and VFs share an id: the other PF was offered as well */
	sriov_unbind(&bench->pf[1]);
	return bound;
}

/* --- Devices to test on */

static bool is_test_pf(const struct sriov_dev *dev, const char *wanted)
{
	if (!sriov_dev_has(dev, "sriov_totalvfs"))
		return false;
	if (wanted)
		return strstr(wanted, dev->name);
	/* QEMU's nvme: nobody keeps data on it */
	return !strcmp(sriov_dev_read(dev, "vendor"), "0x1b36") &&
	       !strcmp(sriov_dev_read(dev, "device"), "0x0010");
}

/*
 * The two PFs of PCI_SRIOV_PFS="<address> <address>", or else two nvme
 * controllers of QEMU; each with at least four VFs.  The tests take them from
 * their drivers, so the helper module must have been loaded on purpose.
 * -ENODEV: there are none, or it was not.
 */
int sriov_find(struct sriov_bench *bench)
{
	const char *wanted = getenv("PCI_SRIOV_PFS");
	struct sriov_dev dev;
	struct dirent *entry;
	unsigned int n = 0;
	DIR *dir;

	memset(bench, 0, sizeof(*bench));
	if (access(SRIOV_HELPER, F_OK))
		return -ENODEV;
	dir = opendir(DEVICES);
	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' ||
		    strlen(entry->d_name) >= sizeof(dev.name))
			continue;
		snprintf(dev.name, sizeof(dev.name), "%.15s",
			 entry->d_name);
		if (!sriov_dev_has(&dev, "sriov_totalvfs") &&
		    !sriov_dev_has(&dev, "physfn")) {
			bench->plain = dev;
			continue;
		}
		if (!is_test_pf(&dev, wanted) || n == 2)
			continue;
		bench->pf[n++] = dev;
	}
	closedir(dir);
	if (n < 2)
		return -ENODEV;
	if (strcmp(bench->pf[0].name, bench->pf[1].name) > 0) {
		dev = bench->pf[0];
		bench->pf[0] = bench->pf[1];
		bench->pf[1] = dev;
	}
	return 0;
}

/* Is there a device with these ids, as sysfs shows them? */
bool sriov_device(const char *vendor, const char *device, struct sriov_dev *dev)
{
	struct dirent *entry;
	bool found = false;
	DIR *dir = opendir(DEVICES);

	while (dir && !found && (entry = readdir(dir))) {
		if (strlen(entry->d_name) >= sizeof(dev->name))
			continue;
		snprintf(dev->name, sizeof(dev->name), "%.15s", entry->d_name);
		found = !strcmp(sriov_dev_read(dev, "vendor"), vendor) &&
			!strcmp(sriov_dev_read(dev, "device"), device);
	}
	if (dir)
		closedir(dir);
	return found;
}

static void reset_pf(const struct sriov_dev *pf)
{
	unsigned int i;

	if (!sriov_dev_has(pf, "vendor"))
		sriov_rescan(pf);
	sriov_assign(pf, false);
	for (i = 0; i < 4; i++) {
		struct sriov_dev vf = sriov_vf(pf, i);

		if (*vf.name)
			sriov_assign(&vf, false);
	}
	sriov_identity(pf, NULL);
	if (strcmp(sriov_dev_read(pf, "sriov_numvfs"), "0") &&
	    sriov_numvfs(pf, 0)) {
		/* The gate's, or not the gate's: one of them may */
		sriov_bind(pf, "pci-stub");
		if (sriov_numvfs(pf, 0)) {
			sriov_bind(pf, "pci-sriov-test-native");
			sriov_numvfs(pf, 0);
		}
	}
	sriov_dev_write(pf, "sriov_unmanaged_autoprobe", "0");
	sriov_dev_write(pf, "sriov_drivers_autoprobe", "1");
	sriov_dev_write(pf, "power/control", "on");
	sriov_bind(pf, NULL);
}

/* Every test begins with defaults, and two PFs without driver and VFs */
void sriov_reset(const struct sriov_bench *bench)
{
	sriov_helper("used", "1");
	sriov_param("override", "\n");
	sriov_param("unlisted", "allow");
	sriov_param("scope", "stub");
	sriov_helper("fail_probe", "0");
	sriov_helper("no_vf_bars", "\n");
	sriov_helper("aliased", "\n");
	reset_pf(&bench->pf[0]);
	reset_pf(&bench->pf[1]);
}

const char *sriov_missing(struct sriov_bench *bench, bool simulator)
{
	if (simulator && !pci_sim_available())
		return "no PCI simulator";
	if (sriov_find(bench))
		return "no PFs, or pci_sriov_test not loaded";
	sriov_reset(bench);
	return NULL;
}

/* --- Simulated devices */

/* The quirk table knows it as safe; in QEMU nvme takes it and its VFs */
const struct pci_sim_ids sriov_sim_safe = {
	0x144d, 0xa824, 0x144d, 0xa801, 0x010802,
};

/*
 * An ENA: safe, too, and no driver here takes its VFs.  6.1's nvme driver would
 * try, and leak the VF: nvme_probe() that fails does not put the controller.
 */
const struct pci_sim_ids sriov_sim_unprobed = {
	0x1d0f, 0x0ec2, 0x1d0f, 0x0ec2, 0x020000,
};

int sriov_sim_live(struct sriov_dev *pf)
{
	return pci_sim_live(SIM_BRIDGE, true) ?:
	       pci_sim_address(SIM_PF, pf->name);
}

const char *sriov_sim_bridge(unsigned int number)
{
	size_t size;
	char *name = scratch(&size);

	snprintf(name, size, SIM_BRIDGE "-%u", number);
	return name;
}

int sriov_sim_new(unsigned int number, unsigned int vfs)
{
	const char *bridge = sriov_sim_bridge(number);

	return pci_sim_new(bridge, &sriov_sim_unprobed, vfs) ?:
	       pci_sim_set(bridge, "domain", "%x", SRIOV_SIM_DOMAIN + number);
}

int sriov_sim_create(unsigned int number, unsigned int vfs,
		     struct sriov_dev *pf)
{
	char function[64];

	snprintf(function, sizeof(function), SIM_BRIDGE "-%u/pf0", number);
	return sriov_sim_new(number, vfs) ?:
	       pci_sim_live(sriov_sim_bridge(number), true) ?:
	       pci_sim_address(function, pf->name);
}

/* --- State */

static unsigned int count_entries(const char *path, const char *prefix)
{
	struct dirent *entry;
	unsigned int n = 0;
	DIR *dir = opendir(path);

	if (!dir)
		return 0;
	while ((entry = readdir(dir)))
		n += entry->d_name[0] != '.' &&
		     !strncmp(entry->d_name, prefix, strlen(prefix));
	closedir(dir);
	return n;
}

/* The SR-IOV extended capability, PCIe r6.0 sec 9.3.3, as the device has it */
static void read_capability(const struct sriov_dev *pf, struct sriov_state *s)
{
	unsigned int pos = 0x100, left = 960;
	uint32_t header, control;
	uint16_t numvfs;
	int fd = open(sriov_attr(pf, "config"), O_RDONLY);

	if (fd < 0)
		return;
	while (pos && left--) {
		if (pread(fd, &header, 4, pos) != 4)
			break;
		if ((header & 0xffff) == 0x0010) {
			if (pread(fd, &control, 2, pos + 0x08) == 2)
				s->vf_enable = control & 1;
			if (pread(fd, &numvfs, 2, pos + 0x10) == 2)
				s->reg_numvfs = numvfs;
			break;
		}
		pos = header >> 20;
	}
	close(fd);
}

struct sriov_state sriov_state(const struct sriov_dev *pf)
{
	struct sriov_state s = { 0 };
	char text[32];

	s.numvfs = atoi(sriov_dev_read(pf, "sriov_numvfs"));
	s.links = count_entries(sriov_attr(pf, ""), "virtfn");
	s.usage = atoi(sriov_dev_read(pf, "power/runtime_usage"));
	s.devices = count_entries(DEVICES, "");
	s.buses = count_entries("/sys/class/pci_bus", "");
	if (!sriov_read("/proc/sys/kernel/tainted", text, sizeof(text)))
		s.tainted = strtoul(text, NULL, 0);
	read_capability(pf, &s);
	return s;
}

/* "" if the states are the same, else what differs and how */
const char *sriov_differs(const struct sriov_state *a,
			  const struct sriov_state *b)
{
	size_t size, n = 0;
	char *text = scratch(&size);

	*text = '\0';
#define COMPARE(field) do { \
	if (a->field != b->field) \
		n += snprintf(text + n, size - n, #field " %ld -> %ld; ", \
			      (long)a->field, (long)b->field); \
} while (0)
	COMPARE(numvfs);
	COMPARE(links);
	COMPARE(reg_numvfs);
	COMPARE(vf_enable);
	COMPARE(usage);
	COMPARE(devices);
	COMPARE(buses);
	COMPARE(tainted);
#undef COMPARE
	return text;
}

/* --- Privileges */

static int drop_sys_admin(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -errno;
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].effective &=
		~CAP_TO_MASK(CAP_SYS_ADMIN);
	data[CAP_TO_INDEX(CAP_SYS_ADMIN)].permitted &=
		~CAP_TO_MASK(CAP_SYS_ADMIN);
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static int enter_userns(void)
{
	int err;

	if (unshare(CLONE_NEWUSER))
		return -errno;
	err = sriov_write("/proc/self/setgroups", "deny");
	if (!err)
		err = sriov_write("/proc/self/uid_map", "0 0 1");
	if (!err)
		err = sriov_write("/proc/self/gid_map", "0 0 1");
	return err ? err : getuid() ? -EPERM : 0;
}

static int become(enum sriov_privilege privilege)
{
	switch (privilege) {
	case SRIOV_NO_SYS_ADMIN:
		return drop_sys_admin();
	case SRIOV_USERNS_ROOT:
		return enter_userns();
	case SRIOV_NOBODY:
		if (setgid(65534) || setuid(65534))
			return -errno;
		return 0;
	}
	return -EINVAL;
}

/* What fn() returned; -ECHILD if it never ran */
int sriov_as(enum sriov_privilege privilege, int (*fn)(const void *arg),
	     const void *arg)
{
	int pipefd[2], ret = -ECHILD;
	pid_t pid;

	if (pipe(pipefd))
		return -errno;
	pid = fork();
	if (!pid) {
		if (!become(privilege)) {
			ret = fn(arg);
			if (write(pipefd[1], &ret, sizeof(ret)) < 0)
				_exit(1);
		}
		_exit(0);
	}
	close(pipefd[1]);
	if (read(pipefd[0], &ret, sizeof(ret)) != sizeof(ret))
		ret = -ECHILD;
	close(pipefd[0]);
	waitpid(pid, NULL, 0);
	return ret;
}

/* --- The kernel log */

int sriov_log_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	if (fd >= 0)
		lseek(fd, 0, SEEK_END);
	return fd;
}

/* Every call goes on where the one before stopped */
bool sriov_log_has(int log, const char *text, int timeout_ms)
{
	double end = sriov_seconds() + timeout_ms / 1000.0;
	char line[4096];
	ssize_t n;

	for (;;) {
		n = read(log, line, sizeof(line) - 1);
		if (n > 0) {
			line[n] = '\0';
			if (strstr(line, text))
				return true;
		} else if (n < 0 && errno == EAGAIN) {
			if (sriov_seconds() >= end)
				return false;
			usleep(10000);
		} else if (n < 0 && errno != EPIPE) {
			return false;
		}
	}
}

double sriov_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
