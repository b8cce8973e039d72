// SPDX-License-Identifier: GPL-2.0
/*
 * What a crash in the probe of a VF should show: that somebody overrode a refusal.
 * A taint is for good, so this is one test, in a VM in which nothing has tainted
 * the kernel for it before.
 */
#define _GNU_SOURCE
#include <string.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define TAINT_USER (1 << 6)

FIXTURE(taint) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
};

FIXTURE_SETUP(taint)
{
	if (sriov_find(&self->bench))
		SKIP(return, "no PFs, or pci_sriov_test not loaded");
	sriov_reset(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_state(self->pf).tainted & TAINT_USER)
		TH_LOG("tainted before: boot the machine, and run this first");
}

FIXTURE_TEARDOWN(taint)
{
	sriov_reset(&self->bench);
}

/* Before the VFs exist, and so also if they never do */
TEST_F(taint, before_vfs_are_probed)
{
	char tainted[8];

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	/* A refusal does not taint, nor does an override that overrides nothing */
	ASSERT_EQ(0, sriov_identity(self->pf, "1924 0903 1924 8001 020000"));
	EXPECT_NE(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_identity(self->pf, NULL));
	ASSERT_EQ(0, sriov_param("override", "*:*=allow"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_EQ(0, sriov_state(self->pf).tainted & TAINT_USER);

	ASSERT_EQ(0, sriov_identity(self->pf, "1924 0903 1924 8001 020000"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	/* pci-sriov-test-vf names these VFs */
	ASSERT_EQ(0, sriov_read(SRIOV_HELPER "vf_tainted", tainted,
				sizeof(tainted)));
	EXPECT_STREQ("1", tainted);
	EXPECT_EQ(TAINT_USER, sriov_state(self->pf).tainted & TAINT_USER);
}

TEST_HARNESS_MAIN
