// SPDX-License-Identifier: GPL-2.0
/*
 * VFs of a reserved PF behind an IOMMU: one in the hands of userspace (vfio-pci,
 * type1), and those that are DMA aliases of each other in one group.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/vfio.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "nvme_vf.h"
#include "sriov.h"
#include "vfio_user.h"

FIXTURE(vfio) {
	struct sriov_bench bench;
	struct sriov_dev *pf, vf;
	int log;
};

FIXTURE_VARIANT(vfio) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(vfio, pci_stub) { .driver = "pci-stub" };
FIXTURE_VARIANT_ADD(vfio, uio_pci_generic) { .driver = "uio_pci_generic" };

FIXTURE_SETUP(vfio)
{
	SRIOV_SETUP(&self->bench);
	if (!sriov_dev_has(&self->bench.pf[0], "iommu_group"))
		SKIP(return, "no IOMMU");
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	self->vf = sriov_vf(self->pf, 0);
	ASSERT_EQ(0, sriov_bind(&self->vf, "vfio-pci"));
}

FIXTURE_TEARDOWN(vfio)
{
	sriov_reset(&self->bench);
}

TEST_F(vfio, binds_and_reads_bar0)
{
	struct vfio_region_info bar = {
		.argsz = sizeof(bar),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	struct vfio_user user;
	uint32_t csts;

	EXPECT_STREQ("vfio-pci", sriov_driver(&self->vf));
	ASSERT_EQ(0, vfio_user_open(&self->vf, &user));
	ASSERT_EQ(0, ioctl(user.device, VFIO_DEVICE_GET_REGION_INFO, &bar));
	EXPECT_LE(0x1000, bar.size);
	/*
	 * Controller Status, at 0x1c: the one register that QEMU answers for a
	 * VF that is offline, with Controller Fatal Status set.
	 */
	ASSERT_EQ(4, pread(user.device, &csts, 4, bar.offset + 0x1c));
	EXPECT_EQ(2, csts);
	printf("# %s BAR 0: CSTS 0x%x\n", self->vf.name, csts);
	vfio_user_close(&user);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
}

/* As with every PF driver: users of a VF are asked to release it, and waited for */
static void waits_for_user(struct __test_metadata *_metadata,
			   const struct sriov_dev *pf,
			   const struct sriov_dev *vf,
			   int (*take_down)(const struct sriov_dev *pf))
{
	struct vfio_user user;
	int status;
	pid_t pid;

	ASSERT_EQ(0, vfio_user_open(vf, &user));
	pid = fork();
	if (!pid) {
		vfio_user_close(&user);
		_exit(-take_down(pf));
	}
	usleep(500000);
	EXPECT_EQ(0, waitpid(pid, &status, WNOHANG));
	EXPECT_TRUE(sriov_dev_has(vf, "vendor"));
	vfio_user_close(&user);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_FALSE(sriov_dev_has(vf, "vendor"));
}

static int disable(const struct sriov_dev *pf)
{
	return sriov_numvfs(pf, 0);
}

TEST_F(vfio, disable_waits_for_the_user)
{
	waits_for_user(_metadata, self->pf, &self->vf, disable);
}

TEST_F(vfio, unbind_waits_for_the_user)
{
	waits_for_user(_metadata, self->pf, &self->vf, sriov_unbind);
}

#define VFIO_PCI "/sys/module/vfio_pci/parameters/"

/*
 * vfio-pci manages VFs of its own: it answers for itself, and takes over.  The core
 * says -ENOENT, too, but does not know enable_sriov, and the gate has its line.
 */
TEST_F(vfio, vfio_pci_on_the_pf)
{
	int log = sriov_log_open();

	ASSERT_LE(0, log);
	ASSERT_EQ(0, sriov_bind(self->pf, "vfio-pci"));
	EXPECT_STREQ("vfio-pci", sriov_driver(self->pf));
	EXPECT_STREQ("0", sriov_dev_read(self->pf, "sriov_numvfs"));
	/* With scope=any the gate would enable VFs if it were called */
	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_write(VFIO_PCI "enable_sriov", "0"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_write(VFIO_PCI "enable_sriov", "1"));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_write(VFIO_PCI "enable_sriov", "0"));
	EXPECT_FALSE(sriov_log_has(log, "that no driver manages", 200));
	close(log);
}

#define ENABLE_SRIOV "/sys/module/vfio_pci/parameters/enable_sriov"

FIXTURE(enable_sriov) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	struct sriov_state before;
	int log;
};

FIXTURE_SETUP(enable_sriov)
{
	if (sriov_find(&self->bench))
		SKIP(return, "no PFs, or pci_sriov_test not loaded");
	if (!sriov_dev_has(&self->bench.pf[0], "iommu_group"))
		SKIP(return, "no IOMMU");
	sriov_reset(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_write(ENABLE_SRIOV, "Y"));
	ASSERT_EQ(0, sriov_bind(self->pf, "vfio-pci"));
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(enable_sriov)
{
	sriov_numvfs(self->pf, 0);
	sriov_write(ENABLE_SRIOV, "N");
	sriov_reset(&self->bench);
	close(self->log);
}

/* Without the gate, so it is not refused; what the table knows is said */
TEST_F(enable_sriov, warns_of_what_the_table_refuses)
{
	ASSERT_EQ(0, sriov_identity(self->pf, "8086 10fb 8086 0003 020000"));
	self->before = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_TRUE(sriov_log_has(self->log, "vfio-pci enables VFs of [8086:10fb] although its VFs talk to software in the PF driver (mailbox,resources ixgbe)",
				  1000));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(self->before.tainted, sriov_state(self->pf).tainted);
	/* Once per enable */
	EXPECT_FALSE(sriov_log_has(self->log, "although", 200));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->before, self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_log_has(self->log, "although", 1000));
}

TEST_F(enable_sriov, says_nothing_of_what_the_table_allows)
{
	self->before = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_FALSE(sriov_log_has(self->log, "although", 500));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->before, self->pf);
}

/* --- A VF that works: nvme has brought it online before the stub got the PF */

FIXTURE(online) {
	struct sriov_bench bench;
	struct sriov_dev *pf, vf;
	struct vfio_user user;
	uint64_t bar;			/* offset of BAR 0 */
	uint8_t *memory;		/* which the VF has at address 0 */
};

FIXTURE_VARIANT(online) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(online, pci_stub) { .driver = "pci-stub" };
FIXTURE_VARIANT_ADD(online, uio_pci_generic) { .driver = "uio_pci_generic" };

#define ONLINE_MEMORY	0x10000

FIXTURE_SETUP(online)
{
	struct vfio_region_info bar = {
		.argsz = sizeof(bar),
		.index = VFIO_PCI_BAR0_REGION_INDEX,
	};
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.size = ONLINE_MEMORY,
	};
	uint16_t master = 6;		/* PCI command: and memory */
	struct vfio_region_info config = {
		.argsz = sizeof(config),
		.index = VFIO_PCI_CONFIG_REGION_INDEX,
	};

	if (sriov_find(&self->bench))
		SKIP(return, "no PFs, or pci_sriov_test not loaded");
	if (strcmp(sriov_dev_read(&self->bench.pf[0], "class"), "0x010802"))
		SKIP(return, "the PF is no nvme controller");
	if (!sriov_dev_has(&self->bench.pf[0], "iommu_group"))
		SKIP(return, "no IOMMU");
	sriov_reset(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, "nvme"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, nvme_vf_online(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	self->vf = sriov_vf(self->pf, 0);
	ASSERT_EQ(0, sriov_bind(&self->vf, "vfio-pci"));

	ASSERT_EQ(0, vfio_user_open(&self->vf, &self->user));
	ASSERT_EQ(0, ioctl(self->user.device, VFIO_DEVICE_GET_REGION_INFO, &bar));
	self->bar = bar.offset;
	ASSERT_EQ(0, ioctl(self->user.device, VFIO_DEVICE_GET_REGION_INFO, &config));
	ASSERT_EQ(2, pwrite(self->user.device, &master, 2, config.offset + 4));
	self->memory = mmap(NULL, ONLINE_MEMORY, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, self->memory);
	map.vaddr = (uintptr_t)self->memory;
	ASSERT_EQ(0, ioctl(self->user.container, VFIO_IOMMU_MAP_DMA, &map));
}

FIXTURE_TEARDOWN(online)
{
	vfio_user_close(&self->user);
	munmap(self->memory, ONLINE_MEMORY);
	/* The VFs are nvme's */
	sriov_unbind(&self->vf);
	sriov_bind(self->pf, "nvme");
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	sriov_reset(&self->bench);
}

static int nvme_write(int device, uint64_t at, uint32_t value)
{
	return pwrite(device, &value, 4, at) == 4 ? 0 : -EIO;
}

/* Registers and commands are those of the NVM Express base specification 2.0 */
TEST_F(online, vf_serves_its_user)
{
	const uint32_t queues = 0x1000;		/* submission; completion behind it */
	const uint32_t answer = 0x4000;
	int device = self->user.device, tries;
	uint64_t bar = self->bar;
	uint32_t csts = 0, *command = (uint32_t *)(self->memory + queues);
	volatile uint16_t *completion;

	/* Admin queues of two entries, and the controller is enabled */
	ASSERT_EQ(0, nvme_write(device, bar + 0x24, 1 << 16 | 1));
	ASSERT_EQ(0, nvme_write(device, bar + 0x28, queues));
	ASSERT_EQ(0, nvme_write(device, bar + 0x2c, 0));
	ASSERT_EQ(0, nvme_write(device, bar + 0x30, queues + 0x1000));
	ASSERT_EQ(0, nvme_write(device, bar + 0x34, 0));
	ASSERT_EQ(0, nvme_write(device, bar + 0x14, 4 << 20 | 6 << 16 | 1));
	for (tries = 0; tries < 100 && csts != 1; tries++) {
		usleep(50000);
		ASSERT_EQ(4, pread(device, &csts, 4, bar + 0x1c));
	}
	ASSERT_EQ(1, csts);

	/* Identify: who are you? */
	command[0] = 0x06;
	command[6] = answer;
	command[10] = 1;
	ASSERT_EQ(0, nvme_write(device, bar + 0x1000, 1));
	completion = (uint16_t *)(self->memory + queues + 0x1000);
	for (tries = 0; tries < 100 && !(completion[7] & 1); tries++)
		usleep(50000);
	EXPECT_EQ(1, completion[7]);
	/* Its vendor's id comes first */
	EXPECT_EQ(strtoul(sriov_dev_read(self->pf, "vendor"), NULL, 16),
		  *(uint16_t *)(self->memory + answer));
	EXPECT_STREQ("2", sriov_dev_read(self->pf, "sriov_numvfs"));
}

#define VFS 4

FIXTURE(alias) {
	struct sriov_bench bench;
	struct sriov_dev *pf, vf[VFS];
	unsigned int devfn[VFS];
};

/* The VF that has aliases, two or the same twice, and the first of each's group */
FIXTURE_VARIANT(alias) {
	unsigned int which, alias[2], group[VFS];
};

FIXTURE_VARIANT_ADD(alias, of_itself) {
	.which = 1, .alias = { 1, 1 }, .group = { 0, 1, 2, 3 },
};

FIXTURE_VARIANT_ADD(alias, of_one_that_was_there_before) {
	.which = 3, .alias = { 1, 1 }, .group = { 0, 1, 2, 1 },
};

FIXTURE_VARIANT_ADD(alias, of_one_that_comes_later) {
	.which = 0, .alias = { 2, 2 }, .group = { 0, 1, 0, 3 },
};

/* They are not aliases of each other: the lower slot comes first */
FIXTURE_VARIANT_ADD(alias, of_two_in_two_groups) {
	.which = 3, .alias = { 2, 1 }, .group = { 0, 1, 2, 1 },
};

FIXTURE_SETUP(alias)
{
	unsigned int i, slot;
	char *function;

	SRIOV_SETUP(&self->bench);
	if (!sriov_dev_has(&self->bench.pf[0], "iommu_group"))
		SKIP(return, "no IOMMU");
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	/* Where they are */
	ASSERT_EQ(0, sriov_numvfs(self->pf, VFS));
	for (i = 0; i < VFS; i++) {
		self->vf[i] = sriov_vf(self->pf, i);
		slot = strtoul(strrchr(self->vf[i].name, ':') + 1, &function, 16);
		self->devfn[i] = slot << 3 | atoi(function + 1);
	}
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
}

FIXTURE_TEARDOWN(alias)
{
	sriov_reset(&self->bench);
}

/* Enable VFs of which one has aliases: with whom does each share its group? */
TEST_F(alias, groups)
{
	int number[VFS];
	char text[64];
	unsigned int i, first;

	snprintf(text, sizeof(text), "%s %u,%u", self->vf[variant->which].name,
		 self->devfn[variant->alias[0]], self->devfn[variant->alias[1]]);
	ASSERT_EQ(0, sriov_helper("aliased", text));
	ASSERT_EQ(0, sriov_numvfs(self->pf, VFS));
	for (i = 0; i < VFS; i++) {
		ASSERT_STRNE("", sriov_iommu_group(&self->vf[i]));
		number[i] = atoi(sriov_iommu_group(&self->vf[i]));
		for (first = 0; number[first] != number[i]; first++)
			;
		EXPECT_EQ(variant->group[i], first);
	}
}

TEST_HARNESS_MAIN
