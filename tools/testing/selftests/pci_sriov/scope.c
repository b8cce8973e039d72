// SPDX-License-Identifier: GPL-2.0
/*
 * sriov_unmanaged.scope: PFs without a driver, and with one that never asked
 * for the gate.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

FIXTURE(scope) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	struct sriov_state idle;
	int log;
};

FIXTURE_VARIANT(scope) {
	const char *driver;	/* NULL: none */
};

FIXTURE_VARIANT_ADD(scope, no_driver) { .driver = NULL };
FIXTURE_VARIANT_ADD(scope, no_callback) { .driver = "pci-sriov-test-bare" };

FIXTURE_SETUP(scope)
{
	SRIOV_SETUP(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	self->idle = sriov_state(self->pf);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(scope)
{
	sriov_reset(&self->bench);
}

TEST_F(scope, stub_is_not_for_them)
{
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 4));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(scope, any_enables)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
	on = sriov_state(self->pf);
	EXPECT_EQ(4, on.links);
	EXPECT_EQ(self->idle.usage + 1, on.usage);
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 2));
	EXPECT_SAME(&on, self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(scope, any_keeps_drivers_off_unless_told)
{
	/* The driver is offered QEMU's VFs, whose id is that of the PF */
	if (!variant->driver)
		ASSERT_EQ(0, sriov_dev_write(self->pf, "driver_override",
					     "none"));
	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_FALSE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));

	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

/* A runtime-suspended PF would take its VFs along */
TEST_F(scope, any_keeps_the_pf_awake)
{
	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "power/control", "auto"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_STREQ("active",
		     sriov_dev_read(self->pf, "power/runtime_status"));
	EXPECT_EQ(self->idle.usage, sriov_state(self->pf).usage);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_EQ(self->idle.usage - 1, sriov_state(self->pf).usage);
}

static int write_two(const void *path)
{
	return sriov_write(path, "2");
}

TEST_F(scope, any_checks_like_a_stub)
{
	char file[128];

	ASSERT_EQ(0, sriov_param("scope", "any"));
	snprintf(file, sizeof(file), "%s",
		 sriov_attr(self->pf, "sriov_numvfs"));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_two, file));
	ASSERT_EQ(0, sriov_assign(self->pf, true));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_assign(self->pf, false));
	ASSERT_EQ(0, sriov_identity(self->pf, "8086 10fb 0 0 020000"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 2));
	EXPECT_EQ(-ERANGE, sriov_numvfs(self->pf, 5));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(scope, back_to_stub_with_vfs_on)
{
	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_param("scope", "stub"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	/* A stub may disable what the gate enabled */
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&self->idle, self->pf);
}

/* The PF has no remove() that would take the VFs down */
TEST_F(scope, remove_and_rescan)
{
	unsigned int round;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	for (round = 0; round < 2; round++) {
		ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
		ASSERT_EQ(0, sriov_remove(self->pf));
		EXPECT_FALSE(sriov_dev_has(self->pf, "vendor"));
		ASSERT_EQ(0, sriov_rescan(self->pf));
		ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
		EXPECT_SAME(&self->idle, self->pf);
	}
}

/* A guest may be using a PF whose driver manages DMA itself */
TEST_F(scope, any_leaves_managed_dma_alone)
{
	struct sriov_state idle, on;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-dma"));
	idle = sriov_state(self->pf);
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 4));
	EXPECT_SAME(&idle, self->pf);

	/* Nor does it disable what the gate enabled before it came */
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-dma"));
	on = sriov_state(self->pf);
	EXPECT_EQ(2, on.links);
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&on, self->pf);
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

/* A driver with a sriov_configure() of its own answers for itself */
TEST_F(scope, any_leaves_native_drivers_alone)
{
	struct sriov_state idle, on;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-native"));
	ASSERT_EQ(0, sriov_identity(self->pf, "8086 10fb 0 0 020000"));
	idle = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	EXPECT_EQ(2, on.links);
	EXPECT_EQ(idle.usage, on.usage);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&idle, self->pf);
}

/* As mlx4 or enic do: VFs without a callback are not the gate's to disable */
TEST_F(scope, any_leaves_self_enabled_vfs_alone)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-self"));
	on = sriov_state(self->pf);
	EXPECT_EQ(2, on.links);
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&on, self->pf);
	EXPECT_TRUE(sriov_log_has(self->log,
				  "pci-sriov-test-self enabled them itself, unless they were on before it came",
				  1000));
	ASSERT_EQ(0, sriov_param("scope", "stub"));
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&on, self->pf);
}

TEST_HARNESS_MAIN
