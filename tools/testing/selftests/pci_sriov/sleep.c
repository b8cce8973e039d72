// SPDX-License-Identifier: GPL-2.0
/*
 * VFs that nobody manages across system sleep and across a reset of their PF:
 * the PCI core brings them back, and everything is as before.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define VFS 4

/* What the PF is and who holds it; NULL: nobody, with scope=any */
FIXTURE(sleep) {
	struct sriov_bench bench;
	struct sriov_dev pf;
	struct sriov_state idle, on;
};

FIXTURE_VARIANT(sleep) {
	bool simulated;
	const char *driver;
};

FIXTURE_VARIANT_ADD(sleep, sim_stub) {
	.simulated = true, .driver = "pci-stub",
};

FIXTURE_VARIANT_ADD(sleep, sim_uio) {
	.simulated = true, .driver = "uio_pci_generic",
};

FIXTURE_VARIANT_ADD(sleep, sim_any) {
	.simulated = true,
};

FIXTURE_VARIANT_ADD(sleep, nvme_stub) {
	.driver = "pci-stub",
};

FIXTURE_VARIANT_ADD(sleep, nvme_any) {
};

FIXTURE_SETUP(sleep)
{
	SRIOV_SETUP_SIM(&self->bench);
	if (variant->simulated)
		ASSERT_EQ(0, sriov_sim_create(0, VFS, &self->bench.pf[0]));
	self->pf = self->bench.pf[0];
	/* Not the driver of the VFs, which in QEMU have the ID of the PF */
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "driver_override", "none"));
	ASSERT_EQ(0, variant->driver ? sriov_bind(&self->pf, variant->driver) :
				       sriov_param("scope", "any"));
	self->idle = sriov_state(&self->pf);
	ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
	self->on = sriov_state(&self->pf);
	ASSERT_EQ(VFS, self->on.links);
	ASSERT_EQ(VFS, self->on.reg_numvfs);
	ASSERT_TRUE(self->on.vf_enable);
	ASSERT_EQ(self->idle.usage + 1, self->on.usage);
}

FIXTURE_TEARDOWN(sleep)
{
	sriov_write("/sys/power/pm_test", "none");
	pci_sim_destroy(sriov_sim_bridge(0));
	if (sriov_find(&self->bench))
		return;
	sriov_reset(&self->bench);
}

/* Class code and revision, which no VF has as all ones unless it is gone */
static bool vf_answers(const struct sriov_dev *pf, unsigned int index)
{
	struct sriov_dev vf = sriov_vf(pf, index);
	uint32_t class = 0xffffffff;
	int fd;

	fd = open(sriov_attr(&vf, "config"), O_RDONLY);
	if (fd < 0)
		return false;
	if (pread(fd, &class, 4, 0x08) != 4)
		class = 0xffffffff;
	close(fd);
	return class != 0xffffffff;
}

/* The registers, the links, the reference; the VFs; the mark and the knob */
#define EXPECT_AS_BEFORE(knob) do { \
	unsigned int i_; \
	EXPECT_SAME(&self->on, &self->pf); \
	for (i_ = 0; i_ < VFS; i_++) \
		EXPECT_TRUE(vf_answers(&self->pf, i_)); \
	EXPECT_STREQ(variant->driver ? variant->driver : "", \
		     sriov_driver(&self->pf)); \
	EXPECT_STREQ(knob, sriov_dev_read(&self->pf, \
					  "sriov_unmanaged_autoprobe")); \
	EXPECT_EQ(*(knob) == '1', sriov_probed(&self->bench)); \
} while (0)

/* pm_test=devices: all devices go to sleep and come back, the platform not */
static int enter(const char *state)
{
	return sriov_write("/sys/power/pm_test", "devices") ?:
	       sriov_write("/sys/power/state", state);
}

TEST_F_TIMEOUT(sleep, system, 300)
{
	char states[64];

	EXPECT_AS_BEFORE("0");
	ASSERT_EQ(0, enter("freeze"));
	EXPECT_AS_BEFORE("0");

	ASSERT_EQ(0, sriov_dev_write(&self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_read("/sys/power/state", states, sizeof(states)));
	ASSERT_EQ(0, enter(strstr(states, "mem") ? "mem" : "freeze"));
	EXPECT_AS_BEFORE("1");
	TH_LOG("states: %s", states);

	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
	EXPECT_SAME(&self->idle, &self->pf);
}

/*
 * FLR of a PF clears its VF Enable, PCIe r6.0 sec 9.2.2.2.  QEMU's nvme, at least
 * that of 7.2, takes the VFs away and clears NumVFs, but not VF Enable, and that
 * tells the core that there is nothing to restore.
 */
static bool lost_by_device(const struct sriov_dev *pf)
{
	struct sriov_state s = sriov_state(pf);

	return s.vf_enable && !s.reg_numvfs && !vf_answers(pf, 0);
}

TEST_F_TIMEOUT(sleep, function_reset, 300)
{
	EXPECT_STREQ("flr", strstr(sriov_dev_read(&self->pf, "reset_method"),
				   "flr") ? "flr" : "");
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "reset_method", "flr"));
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "reset", "1"));
	if (!variant->simulated && lost_by_device(&self->pf)) {
		/* The registers are not ours to judge; all else is as before */
		TH_LOG("the device lost its VFs and left VF Enable set");
		self->on.reg_numvfs = 0;
		EXPECT_SAME(&self->on, &self->pf);
		EXPECT_FALSE(sriov_probed(&self->bench));
	} else {
		EXPECT_AS_BEFORE("0");
		ASSERT_EQ(0, sriov_dev_write(&self->pf,
					     "sriov_unmanaged_autoprobe", "1"));
		ASSERT_EQ(0, sriov_dev_write(&self->pf, "reset", "1"));
		EXPECT_AS_BEFORE("1");
	}

	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
	EXPECT_SAME(&self->idle, &self->pf);
}

TEST_HARNESS_MAIN
