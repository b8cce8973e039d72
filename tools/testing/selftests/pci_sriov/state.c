// SPDX-License-Identifier: GPL-2.0
/*
 * Who enabled the VFs that are on: every row of the state table, seen through
 * what it does.  VFs of the gate are not probed, and the PF is held awake; they,
 * and only they, may be disabled by a stub, and no driver that manages VFs comes
 * to them.  All others are none of the feature's business.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

FIXTURE(state) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	struct sriov_state unbound;	/* no driver, no VFs */
};

FIXTURE_VARIANT(state) {
	const char *native;	/* leaves its VFs enabled when it goes */
};

FIXTURE_VARIANT_ADD(state, test_driver) { .native = "pci-sriov-test-native" };
FIXTURE_VARIANT_ADD(state, pci_pf_stub) { .native = "pci-pf-stub" };

FIXTURE_SETUP(state)
{
	SRIOV_SETUP(&self->bench);
	self->pf = &self->bench.pf[0];
	self->unbound = sriov_state(self->pf);
}

FIXTURE_TEARDOWN(state)
{
	sriov_reset(&self->bench);
}

TEST_F(state, gate_sets_and_disable_clears)
{
	struct sriov_state before;

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	before = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_EQ(before.usage + 1, sriov_state(self->pf).usage);
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&before, self->pf);

	/* Nothing is left of the mark: managed VFs are probed */
	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_EQ(self->unbound.usage + 1, sriov_state(self->pf).usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
}

TEST_F(state, managed_vfs_are_probed_as_ever)
{
	struct sriov_state idle, on;

	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	idle = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	EXPECT_EQ(idle.usage, on.usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	/* The other knob is not asked */
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "0"));
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "0"));
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&idle, self->pf);
}

/* What a driver leaves on follows sriov_drivers_autoprobe, as it always did */
TEST_F(state, native_leaves_vfs_and_returns)
{
	struct sriov_state left;

	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	left = sriov_state(self->pf);
	EXPECT_EQ(2, left.links);
	EXPECT_EQ(self->unbound.usage, left.usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "0"));
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "1"));
	EXPECT_SAME(&left, self->pf);

	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	EXPECT_EQ(self->unbound.usage + 1, sriov_state(self->pf).usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

TEST_F(state, native_leaves_vfs_to_a_stub)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	on = sriov_state(self->pf);
	EXPECT_EQ(2, on.links);
	EXPECT_EQ(self->unbound.usage + 1, on.usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	/* The knob of the gate's VFs is not for them */
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "0"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "0"));

	/* Not the stub's: neither a write nor its going disables them */
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 1));
	EXPECT_SAME(&on, self->pf);
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(self->unbound.usage, sriov_state(self->pf).usage);
	ASSERT_EQ(0, sriov_param("scope", "any"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-bare"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_EQ(2, sriov_state(self->pf).links);

	/* And the native driver takes them back */
	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

/* It would not adopt them: nobody could disable them any more */
TEST_F(state, native_is_refused_while_the_gate_has_vfs)
{
	struct sriov_state on;
	int log;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	log = sriov_log_open();
	ASSERT_LE(0, log);
	EXPECT_EQ(-EBUSY, sriov_bind(self->pf, variant->native));
	EXPECT_TRUE(sriov_log_has(log, "not bound: 2 VFs are on that it did not enable; write 0 to sriov_numvfs first, under pci-stub or with sriov_unmanaged.scope=any",
				  1000));
	close(log);
	EXPECT_STREQ("", sriov_driver(self->pf));
	EXPECT_SAME(&on, self->pf);
	EXPECT_FALSE(sriov_probed(&self->bench));

	/* What the line recommends works */
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);

	/* So does a stub; with scope=stub, only a stub may */
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_param("scope", "stub"));
	EXPECT_EQ(-EBUSY, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

TEST_F(state, any_other_probe_changes_nothing)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	on = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_helper("fail_probe", "1"));
	EXPECT_NE(0, sriov_bind(self->pf, "pci-sriov-test-bare"));
	ASSERT_EQ(0, sriov_helper("fail_probe", "0"));
	EXPECT_STREQ("", sriov_driver(self->pf));
	EXPECT_SAME(&on, self->pf);
	EXPECT_FALSE(sriov_probed(&self->bench));

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-bare"));
	EXPECT_EQ(on.usage + 1, sriov_state(self->pf).usage);
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&on, self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->unbound, self->pf);
}

/* VFs that are on when their PF leaves the bus are removed with it, always */
TEST_F(state, left_vfs_leave_with_the_pf)
{
	unsigned int round;

	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
		ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
		if (round)
			ASSERT_EQ(0, sriov_unbind(self->pf));
		ASSERT_EQ(0, sriov_remove(self->pf));
		ASSERT_EQ(0, sriov_rescan(self->pf));
		ASSERT_EQ(0, sriov_bind(self->pf, NULL));
		EXPECT_SAME(&self->unbound, self->pf);
	}
	ASSERT_EQ(0, sriov_bind(self->pf, variant->native));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

/* It enabled its VFs itself, without sriov_numvfs, and disables them itself */
TEST_F(state, driver_without_callback_leaves_vfs)
{
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-self"));
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(self->unbound.usage, sriov_state(self->pf).usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	/* A stub may not disable them either */
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_EQ(2, sriov_state(self->pf).links);
}

/* A third stub joins with two lines */
TEST_F(state, any_stub_may_join)
{
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_EQ(self->unbound.usage + 2, sriov_state(self->pf).usage);
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

/* A driver that wraps the gate in a callback of its own manages its VFs */
TEST_F(state, wrapped_gate)
{
	struct sriov_state left;

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-wrap"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_EQ(self->unbound.usage + 2, sriov_state(self->pf).usage);
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	left = sriov_state(self->pf);
	EXPECT_EQ(2, left.links);
	EXPECT_EQ(self->unbound.usage + 1, left.usage);
	EXPECT_FALSE(sriov_probed(&self->bench));

	/* And so is refused, if it comes back to VFs that are on */
	EXPECT_EQ(-EBUSY, sriov_bind(self->pf, "pci-sriov-test-wrap"));
	EXPECT_SAME(&left, self->pf);
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, NULL));
	EXPECT_SAME(&self->unbound, self->pf);
}

/* Drivers that enable VFs without the gate say what its table knows */
TEST_F(state, ungated_enable_warns)
{
	struct sriov_state on;
	int log;

	if (strcmp(variant->native, "pci-pf-stub"))
		return;

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-pf-stub"));
	log = sriov_log_open();
	ASSERT_LE(0, log);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_FALSE(sriov_log_has(log, "although", 200));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));

	ASSERT_EQ(0, sriov_identity(self->pf, "8086 10fb 8086 0003 020000"));
	on = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_log_has(log, "pci-pf-stub enables VFs of [8086:10fb] although its VFs talk to software in the PF driver (mailbox,resources ixgbe)",
				  1000));
	/* Once per enable, and no taint: nobody overrode anything */
	EXPECT_FALSE(sriov_log_has(log, "although", 200));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_FALSE(sriov_log_has(log, "although", 200));
	EXPECT_SAME(&on, self->pf);
	close(log);
}

TEST_HARNESS_MAIN
