// SPDX-License-Identifier: GPL-2.0
/*
 * The gate on devices that the test machine does not have: one simulated PF of
 * every family of the quirk table, an 82599 in every way it may be held, PFs that
 * fail, and BARs that userspace maps.  Needs CONFIG_PCI_SIM.
 *
 * PCI_SRIOV_WINDOW	memory that the kernel leaves alone, for BARs, in the form
 *			of the simulator's mmio
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"
#include "vfio_user.h"

/* The table itself, as the kernel was built with */
#include "../../../../drivers/pci/sriov-quirks/programs.h"

FIXTURE(sim) {
	struct sriov_bench bench;
	struct sriov_dev pf;
	int log;
};

FIXTURE_SETUP(sim)
{
	SRIOV_SETUP_SIM(&self->bench);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(sim)
{
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
}

static void expected_reason(int family, char *text)
{
	const char *comma = "";
	int i;

	*text = '\0';
	for (i = 0; i < SRIOV_HAZARDS; i++) {
		if (!(families[family].hazards & 1 << i))
			continue;
		text += sprintf(text, "%s%s", comma, hazard_names[i]);
		comma = ",";
	}
	sprintf(text, "%s %s", *comma ? "" : "none", families[family].driver);
}

/* A device that the entry is about; what it leaves open is anything */
static struct pci_sim_ids device_of(unsigned int entry)
{
	struct pci_sim_ids id = {
		.vendor = entries[entry].id[0],
		.device = entries[entry].id[1],
		.subvendor = entries[entry].id[2],
		.subdevice = entries[entry].id[3],
		.class = entries[entry].mask ? entries[entry].class : 0x020000,
	};

	if (id.vendor == SRIOV_QUIRK_ANY)
		id.vendor = 0x144d;
	if (id.device == SRIOV_QUIRK_ANY)
		id.device = 0xa824;
	if (id.subvendor == SRIOV_QUIRK_ANY)
		id.subvendor = 0x1028;
	if (id.subdevice == SRIOV_QUIRK_ANY)
		id.subdevice = 0x0001;
	return id;
}

/* A PF that userspace drives, or -1 */
static int open_uio(const struct sriov_dev *pf)
{
	struct dirent *entry;
	char path[300] = "";
	DIR *dir;

	dir = opendir(sriov_attr(pf, "uio"));
	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		if (!strncmp(entry->d_name, "uio", 3))
			snprintf(path, sizeof(path), "/dev/%s", entry->d_name);
	closedir(dir);
	return open(path, O_RDWR);
}

/* Who holds the PF; NULL: nobody, with scope=any */
FIXTURE(family) {
	struct sriov_bench bench;
	struct sriov_dev pf;
	int log, uio;
};

FIXTURE_VARIANT(family) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(family, pci_stub) {
	.driver = "pci-stub",
};

FIXTURE_VARIANT_ADD(family, uio_with_the_device_open) {
	.driver = "uio_pci_generic",
};

FIXTURE_VARIANT_ADD(family, scope_any) {
	.driver = NULL,
};

FIXTURE_SETUP(family)
{
	SRIOV_SETUP_SIM(&self->bench);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
	if (!variant->driver)
		ASSERT_EQ(0, sriov_param("scope", "any"));
}

FIXTURE_TEARDOWN(family)
{
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
}

static void hold(struct __test_metadata *_metadata,
		 FIXTURE_DATA(family) *self, const char *driver)
{
	self->uio = -1;
	if (!driver)
		return;
	ASSERT_EQ(0, sriov_bind(&self->pf, driver));
	if (strcmp(driver, "uio_pci_generic"))
		return;
	self->uio = open_uio(&self->pf);
	ASSERT_LE(0, self->uio);
}

TEST_F_TIMEOUT(family, every_one, 240)
{
	unsigned int entry, tested = 0, last = FAMILIES;
	struct sriov_state before;
	struct pci_sim_ids id;
	char reason[128];

	/* Devices that the table allows are allowed even where unlisted ones are refused */
	ASSERT_EQ(0, sriov_param("unlisted", "refuse"));
	for (entry = 0; entry < ARRAY_SIZE(entries); entry++) {
		int family = entries[entry].family;
		bool refuse = families[family].hazards;

		if (family == last)
			continue;
		last = family;
		id = device_of(entry);
		ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &id, 8, self->pf.name));
		expected_reason(family, reason);
		EXPECT_STREQ(refuse ? "refuse" : "allow",
			     sriov_dev_read(&self->pf,
					    "sriov_unmanaged_policy"));
		EXPECT_STREQ(reason, sriov_dev_read(&self->pf,
						    "sriov_unmanaged_reason"));
		hold(_metadata, self, variant->driver);
		before = sriov_state(&self->pf);
		if (refuse) {
			EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(&self->pf, 8));
			EXPECT_TRUE(sriov_log_has(self->log, reason, 1000));
		} else {
			EXPECT_EQ(0, sriov_numvfs(&self->pf, 8));
			EXPECT_EQ(8, sriov_state(&self->pf).links);
			EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
		}
		EXPECT_SAME(&before, &self->pf);
		close(self->uio);
		tested++;
	}
	printf("# %u families of %d\n", tested, FAMILIES);
	EXPECT_LE(FAMILIES, tested);
}

/* The first device of the table with each hazard, allowed by the administrator */
TEST_F_TIMEOUT(family, every_hazard_overridden, 120)
{
	unsigned int entry, hazard, tested = 0;
	struct sriov_state before, on;
	struct pci_sim_ids id;
	char text[64];

	for (hazard = 0; hazard < SRIOV_HAZARDS; hazard++) {
		for (entry = 0; entry < ARRAY_SIZE(entries); entry++)
			if (families[entries[entry].family].hazards &
			    1 << hazard)
				break;
		if (entry == ARRAY_SIZE(entries))
			continue;
		id = device_of(entry);
		ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &id, 8, self->pf.name));
		hold(_metadata, self, variant->driver);
		before = sriov_state(&self->pf);
		EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(&self->pf, 8));
		EXPECT_SAME(&before, &self->pf);

		snprintf(text, sizeof(text), "%04x:%04x=allow", id.vendor,
			 id.device);
		ASSERT_EQ(0, sriov_param("override", text));
		EXPECT_STREQ("override",
			     sriov_dev_read(&self->pf,
					    "sriov_unmanaged_reason"));
		ASSERT_EQ(0, sriov_numvfs(&self->pf, 8));
		snprintf(text, sizeof(text), "VFs of [%04x:%04x] although",
			 id.vendor, id.device);
		EXPECT_TRUE(sriov_log_has(self->log, text, 1000))
			TH_LOG("%s", hazard_names[hazard]);
		on = sriov_state(&self->pf);
		EXPECT_EQ(8, on.links);
		EXPECT_EQ(before.usage + 1, on.usage);
		ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
		before.tainted = on.tainted;
		EXPECT_SAME(&before, &self->pf);
		ASSERT_EQ(0, sriov_param("override", "\n"));
		close(self->uio);
		tested++;
	}
	printf("# %u hazards overridden\n", tested);
	EXPECT_LE(3, tested);
}

static const struct pci_sim_ids ixgbe = { 0x8086, 0x10fb, 0x8086, 3, 0x020000 };

TEST_F(sim, ixgbe_under_uio_with_the_device_open)
{
	struct sriov_state before;
	int fd;

	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ixgbe, 63, self->pf.name));
	ASSERT_EQ(0, sriov_bind(&self->pf, "uio_pci_generic"));
	fd = open_uio(&self->pf);
	ASSERT_LE(0, fd);

	before = sriov_state(&self->pf);
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(&self->pf, 63));
	EXPECT_SAME(&before, &self->pf);
	close(fd);
}

TEST_F(sim, ixgbe_with_scope_any)
{
	struct sriov_state before;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ixgbe, 63, self->pf.name));
	before = sriov_state(&self->pf);
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(&self->pf, 1));
	EXPECT_SAME(&before, &self->pf);
}

TEST_F(sim, ixgbe_overridden)
{
	struct sriov_state before, on;

	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ixgbe, 63, self->pf.name));
	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-stub"));
	before = sriov_state(&self->pf);
	ASSERT_EQ(0, sriov_param("override", "8086:10fb=allow"));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 63));
	EXPECT_TRUE(sriov_log_has(self->log, "VFs of [8086:10fb] although",
				  1000));
	on = sriov_state(&self->pf);
	EXPECT_EQ(63, on.links);
	EXPECT_EQ(before.usage + 1, on.usage);
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
	on = sriov_state(&self->pf);
	before.tainted = on.tainted;
	EXPECT_SAME(&before, &self->pf);
}

/* The id alone does not make a PF */
TEST_F(sim, qualified_and_other_devices)
{
	static const struct pci_sim_ids wireless = {
		0x8086, 0x104f, 0x8086, 0x1010, 0x028000,
	}, foreign_nfp = {
		0x19ee, 0x4000, 0x1234, 0x0001, 0x020000,
	}, fibre_channel = {
		0x1077, 0x2261, 0x1077, 0x029b, 0x0c0400,
	};
	struct sriov_dev vf;

	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &wireless, 4, self->pf.name));
	EXPECT_STREQ("class network",
		     sriov_dev_read(&self->pf, "sriov_unmanaged_reason"));
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &foreign_nfp, 4,
				    self->pf.name));
	EXPECT_STREQ("class network",
		     sriov_dev_read(&self->pf, "sriov_unmanaged_reason"));
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &fibre_channel, 4,
				    self->pf.name));
	EXPECT_STREQ("unlisted", sriov_dev_read(&self->pf,
						"sriov_unmanaged_reason"));

	/* Without SR-IOV there are no files, nor on a VF of the same ids */
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ixgbe, 0, self->pf.name));
	EXPECT_TRUE(sriov_dev_has(&self->pf, "vendor"));
	EXPECT_FALSE(sriov_dev_has(&self->pf, "sriov_unmanaged_policy"));
	EXPECT_FALSE(sriov_dev_has(&self->pf, "sriov_unmanaged_autoprobe"));

	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ixgbe, 4, self->pf.name));
	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_param("override", "8086:10fb=allow"));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 1));
	vf = sriov_vf(&self->pf, 0);
	EXPECT_STREQ("0x10fb", sriov_dev_read(&vf, "device"));
	EXPECT_FALSE(sriov_dev_has(&vf, "sriov_unmanaged_policy"));
}

/* A device that fails while VFs are enabled: an error, and nothing is left */
TEST_F(sim, failing_devices)
{
	struct sriov_state before;

	/* InitialVFs below TotalVFs without VF migration: -EIO at once */
	ASSERT_EQ(0, pci_sim_new(SIM_BRIDGE, &sriov_sim_safe, 8));
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "sriov/initial_vfs", "4"));
	ASSERT_EQ(0, sriov_sim_live(&self->pf));
	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-stub"));
	before = sriov_state(&self->pf);
	EXPECT_EQ(-EIO, sriov_numvfs(&self->pf, 8));
	EXPECT_SAME(&before, &self->pf);

	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &sriov_sim_safe, 8,
				    self->pf.name));
	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-stub"));
	before = sriov_state(&self->pf);

	/* VFs that never appear: the core finds nothing where they should be */
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/vf_enable_stuck", "1"));
	EXPECT_NE(0, sriov_numvfs(&self->pf, 8));
	EXPECT_SAME(&before, &self->pf);
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/vf_enable_stuck", "0"));

	/* And the next plain attempt succeeds */
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 8));
	EXPECT_EQ(8, sriov_state(&self->pf).links);
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
	EXPECT_SAME(&before, &self->pf);
}

/* What VFs depend on in their PF, as the device has it */
struct settings {
	uint16_t devctl;
	uint16_t acs;
	uint32_t sriov[4];	/* Control, Offset and Stride, page size, VF BAR0 */
};

#define DEVCTL	0x58	/* of a simulated function */

/* Where an extended capability is, or 0 */
static unsigned int ext_cap(int fd, unsigned int id)
{
	unsigned int pos = 0x100, left = 960;
	uint32_t header;

	while (pos && left-- && pread(fd, &header, 4, pos) == 4) {
		if ((header & 0xffff) == id)
			return pos;
		pos = header >> 20;
	}
	return 0;
}

static bool read_settings(const struct sriov_dev *pf, struct settings *s)
{
	static const unsigned int offsets[] = { 0x08, 0x14, 0x20, 0x24 };
	int fd = open(sriov_attr(pf, "config"), O_RDONLY);
	unsigned int acs = ext_cap(fd, 0x000d), sriov = ext_cap(fd, 0x0010), i;
	bool found = acs && sriov;

	memset(s, 0, sizeof(*s));
	found = found && pread(fd, &s->devctl, 2, DEVCTL) == 2 &&
		pread(fd, &s->acs, 2, acs + 6) == 2;
	for (i = 0; found && i < 4; i++)
		found = pread(fd, &s->sriov[i], 4, sriov + offsets[i]) == 4;
	close(fd);
	return found;
}

/* Others than after a reset */
static bool change_settings(const struct sriov_dev *pf)
{
	uint16_t devctl = 0x5130, acs = 0x000c;
	int fd = open(sriov_attr(pf, "config"), O_RDWR);
	bool written;

	written = pwrite(fd, &devctl, 2, DEVCTL) == 2 &&
		  pwrite(fd, &acs, 2, ext_cap(fd, 0x000d) + 6) == 2;
	close(fd);
	return written;
}

/*
 * A PF that forgets what VFs depend on, on the way from D3hot, where its last
 * driver left it, gets it back: whether the stub wakes it up, or the gate before
 * VFs are enabled.  An enable that fails shows what there was.
 */
TEST_F(sim, woken_up_from_d3hot)
{
	static const char * const drivers[] = { "pci-stub", "uio_pci_generic" };
	struct settings awake, woken;
	struct sriov_state before;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, pci_sim_new(SIM_BRIDGE, &sriov_sim_safe, 8));
		ASSERT_EQ(0, pci_sim_set(SIM_BRIDGE, "root_port", "1"));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "ari", "1"));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "acs", "1"));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "soft_reset", "1"));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "sriov/initial_vfs", "4"));
		ASSERT_EQ(0, sriov_sim_live(&self->pf));
		ASSERT_TRUE(change_settings(&self->pf));
		ASSERT_TRUE(read_settings(&self->pf, &awake));
		/* ARI Capable Hierarchy */
		ASSERT_EQ(1 << 4, awake.sriov[0] & 1 << 4);

		ASSERT_EQ(0, sriov_bind(&self->pf, "pci-sriov-test-sleepy"));
		ASSERT_EQ(0, sriov_bind(&self->pf, NULL));
		EXPECT_STREQ("D3hot", sriov_dev_read(&self->pf, "power_state"));
		ASSERT_EQ(0, sriov_bind(&self->pf, drivers[i]));
		before = sriov_state(&self->pf);
		EXPECT_EQ(-EIO, sriov_numvfs(&self->pf, 8));
		EXPECT_SAME(&before, &self->pf);
		EXPECT_STREQ("D0", sriov_dev_read(&self->pf, "power_state"));
		ASSERT_TRUE(read_settings(&self->pf, &woken));
		EXPECT_EQ(0, memcmp(&awake, &woken, sizeof(awake)))
			TH_LOG("%s: Device Control %#x, was %#x; ACS %#x, was %#x; SR-IOV Control %#x, was %#x",
			       drivers[i], woken.devctl, awake.devctl,
			       woken.acs, awake.acs, woken.sriov[0],
			       awake.sriov[0]);
	}
}

/* The bridge goes away with VFs on, under each driver */
TEST_F(sim, unplugged_with_vfs_on)
{
	static const char * const drivers[] = {
		"pci-stub", "uio_pci_generic", NULL,
	};
	struct sriov_state before;
	unsigned int i;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	before = sriov_state(&self->bench.pf[0]);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &sriov_sim_safe, 8,
					    self->pf.name));
		ASSERT_EQ(0, sriov_bind(&self->pf, drivers[i]));
		ASSERT_EQ(0, sriov_numvfs(&self->pf, 8));
		pci_sim_destroy(SIM_BRIDGE);
		/* No device is left behind on any bus */
		EXPECT_SAME(&before, &self->bench.pf[0]);
	}
}

/* A PF that uio_pci_generic holds, with memory behind its BARs and its VFs' */
FIXTURE(bars) {
	struct sriov_bench bench;
	struct sriov_dev pf;
	int uio;
};

FIXTURE_SETUP(bars)
{
	const char *window = getenv("PCI_SRIOV_WINDOW");

	if (!window)
		SKIP(return, "no PCI_SRIOV_WINDOW");
	SRIOV_SETUP_SIM(&self->bench);
	ASSERT_EQ(0, pci_sim_new(SIM_BRIDGE, &sriov_sim_safe, 2));
	ASSERT_EQ(0, pci_sim_set(SIM_BRIDGE, "mmio", "%s", window));
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "bars/bar0", "64K mem64 prefetch"));
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "bars/vf_bar0", "8K mem64 prefetch"));
	ASSERT_EQ(0, sriov_sim_live(&self->pf));
	ASSERT_EQ(0, sriov_bind(&self->pf, "uio_pci_generic"));
	self->uio = open_uio(&self->pf);
	ASSERT_LE(0, self->uio);
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 2));
}

FIXTURE_TEARDOWN(bars)
{
	close(self->uio);
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
}

static uint32_t *map_resource0(const struct sriov_dev *dev, size_t size)
{
	int fd = open(sriov_attr(dev, "resource0"), O_RDWR);
	void *bar = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	close(fd);
	return bar;
}

/* As DPDK does under uio_pci_generic: each BAR is memory of its own */
TEST_F(bars, mapped_through_sysfs)
{
	static const size_t size[] = { 0x10000, 0x2000, 0x2000 };
	volatile uint32_t *bar[3];
	struct sriov_dev vf;
	unsigned int i, j;

	for (i = 0; i < 3; i++) {
		vf = i ? sriov_vf(&self->pf, i - 1) : self->pf;
		sriov_dev_write(&vf, "enable", "1");
		bar[i] = map_resource0(&vf, size[i]);
		ASSERT_NE(MAP_FAILED, (void *)bar[i]);
		for (j = 0; j < size[i] / 4; j += 256)
			bar[i][j] = i << 24 | j;
	}
	for (i = 0; i < 3; i++) {
		for (j = 0; j < size[i] / 4; j += 256)
			ASSERT_EQ(i << 24 | j, bar[i][j]);
		munmap((void *)bar[i], size[i]);
	}
}

TEST_F(bars, mapped_through_vfio)
{
	struct vfio_region_info info = {
		.argsz = sizeof(info),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	struct sriov_dev vf = sriov_vf(&self->pf, 1);
	volatile uint32_t *bar;
	struct vfio_user user;

	ASSERT_EQ(0, sriov_write("/sys/module/vfio/parameters/enable_unsafe_noiommu_mode",
				 "1"));
	ASSERT_EQ(0, sriov_bind(&vf, "vfio-pci"));
	ASSERT_EQ(0, vfio_user_open(&vf, &user));
	ASSERT_EQ(0, ioctl(user.device, VFIO_DEVICE_GET_REGION_INFO, &info));
	EXPECT_EQ(0x2000, info.size);
	bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   user.device, info.offset);
	ASSERT_NE(MAP_FAILED, (void *)bar);
	bar[1025] = 0x5ca1ab1e;
	EXPECT_EQ(0x5ca1ab1e, bar[1025]);
	munmap((void *)bar, info.size);
	vfio_user_close(&user);
	EXPECT_EQ(0, sriov_unbind(&vf));
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
}

TEST_HARNESS_MAIN
