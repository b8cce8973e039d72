// SPDX-License-Identifier: GPL-2.0
/*
 * What only a machine shows on which none of these tests has run yet: the defaults,
 * before anybody writes to a parameter, and what taints the kernel, which is for
 * good.  It comes first in a VM of its own.
 *
 * PCI_SRIOV_UNLISTED	the default of "unlisted", if the kernel was configured for
 *			another than allow
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define TAINT_USER (1 << 6)

FIXTURE(fresh) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
};

FIXTURE_SETUP(fresh)
{
	if (sriov_find(&self->bench))
		SKIP(return, "no PFs, or pci_sriov_test not loaded");
	self->pf = &self->bench.pf[0];
}

FIXTURE_TEARDOWN(fresh)
{
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
}

TEST_F(fresh, defaults)
{
	char used[8];
	int i;

	ASSERT_EQ(0, sriov_read(SRIOV_HELPER "used", used, sizeof(used)));
	ASSERT_STREQ("N", used)
		TH_LOG("other tests have run: boot the machine, and run this first");
	EXPECT_STREQ("", sriov_param_read("override"));
	EXPECT_STREQ(getenv("PCI_SRIOV_UNLISTED") ?: "allow",
		     sriov_param_read("unlisted"));
	EXPECT_STREQ("stub", sriov_param_read("scope"));
	for (i = 0; i < 2; i++) {
		EXPECT_STREQ("0", sriov_dev_read(&self->bench.pf[i],
						 "sriov_unmanaged_autoprobe"));
		EXPECT_STREQ("1", sriov_dev_read(&self->bench.pf[i],
						 "sriov_drivers_autoprobe"));
	}
}

/* What pci-sriov-test-vf names the VFs of */
static const struct pci_sim_ids sfc = { 0x1924, 0x0903, 0x1924, 0x8001, 0x020000 };

/* What a crash in the probe of a VF should show: that somebody overrode a refusal */
TEST_F(fresh, taints_before_vfs_are_probed)
{
	struct sriov_dev sim;
	char tainted[8];

	SRIOV_SETUP_SIM(&self->bench);
	ASSERT_EQ(0, sriov_state(self->pf).tainted & TAINT_USER)
		TH_LOG("tainted before: boot the machine, and run this first");

	/* An override that overrides no refusal does not taint */
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_param("override", "*:*=allow"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	/* Nor does an unlisted device, nor VFs that a managing driver enabled */
	ASSERT_EQ(0, sriov_param("override", "\n"));
	ASSERT_EQ(0, sriov_param("unlisted", "allow"));
	ASSERT_EQ(0, sriov_identity(self->pf, "dead beef 0001 0002 ff0000"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_identity(self->pf, "8086 10fb 8086 0003 020000"));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-native"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-pf-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_identity(self->pf, NULL));
	/* Nor does a refusal */
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
