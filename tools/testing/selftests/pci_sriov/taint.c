// SPDX-License-Identifier: GPL-2.0
/*
 * What a crash in the probe of a VF should show: that somebody overrode a refusal.
 * A taint is for good, so this is one test, in a VM in which nothing has tainted
 * the kernel for it before.
 */
#define _GNU_SOURCE
#include <errno.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define TAINT_USER (1 << 6)

FIXTURE(taint) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
};

FIXTURE_SETUP(taint)
{
	SRIOV_SETUP_SIM(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_state(self->pf).tainted & TAINT_USER)
		TH_LOG("tainted before: boot the machine, and run this first");
}

FIXTURE_TEARDOWN(taint)
{
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
}

/* What pci-sriov-test-vf names the VFs of */
static const struct pci_sim_ids sfc = { 0x1924, 0x0903, 0x1924, 0x8001, 0x020000 };

/* Before the VFs exist, and so also if they never do */
TEST_F(taint, before_vfs_are_probed)
{
	struct sriov_dev sim;
	char tainted[8];

	/* An override that overrides no refusal does not taint */
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_param("override", "*:*=allow"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	/* Nor does a refusal */
	ASSERT_EQ(0, sriov_param("override", "\n"));
	ASSERT_EQ(0, pci_sim_new(SIM_BRIDGE, &sfc, 1));
	ASSERT_EQ(0, pci_sim_set(SIM_PF, "sriov/vf_device", "%x", 0x0010));
	ASSERT_EQ(0, sriov_sim_live(&sim));
	ASSERT_EQ(0, sriov_bind(&sim, "pci-stub"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(&sim, 1));
	EXPECT_EQ(0, sriov_state(self->pf).tainted & TAINT_USER);

	ASSERT_EQ(0, sriov_param("override", "1924:0903=allow"));
	ASSERT_EQ(0, sriov_dev_write(&sim, "sriov_unmanaged_autoprobe", "1"));
	ASSERT_EQ(0, sriov_numvfs(&sim, 1));
	ASSERT_EQ(0, sriov_read(SRIOV_HELPER "vf_tainted", tainted,
				sizeof(tainted)));
	EXPECT_STREQ("1", tainted);
	EXPECT_EQ(TAINT_USER, sriov_state(self->pf).tainted & TAINT_USER);
}

TEST_HARNESS_MAIN
