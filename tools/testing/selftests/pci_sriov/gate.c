// SPDX-License-Identifier: GPL-2.0
/*
 * sriov_numvfs of a PF that a stub driver holds: what works, what is refused,
 * and that a refusal leaves everything as it was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define IXGBE	"8086 10fb 8086 0003 020000"	/* refused by the table */
#define UNKNOWN	"dead beef 0001 0002 ff0000"	/* in neither list */
#define NETWORK	"dead beef 0001 0002 020000"	/* refused for its class */

FIXTURE(gate) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	struct sriov_state idle;	/* bound to the stub, no VFs */
	int log;
};

FIXTURE_VARIANT(gate) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(gate, pci_stub) { .driver = "pci-stub" };
FIXTURE_VARIANT_ADD(gate, uio_pci_generic) { .driver = "uio_pci_generic" };

FIXTURE_SETUP(gate)
{
	SRIOV_SETUP(&self->bench);
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	self->idle = sriov_state(self->pf);
	ASSERT_EQ(0, self->idle.numvfs);
	ASSERT_EQ(false, self->idle.vf_enable);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(gate)
{
	sriov_reset(&self->bench);
}

TEST_F(gate, enables_and_disables)
{
	struct sriov_state on;
	unsigned int i;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
	/* What explains the -ENODEV of a VF's bind */
	EXPECT_TRUE(sriov_log_has(self->log, "4 VFs enabled that no driver manages; host drivers keep off them, unless a VF's driver_override or the PF's sriov_unmanaged_autoprobe lets one on\n",
				  1000));
	on = sriov_state(self->pf);
	EXPECT_EQ(4, on.numvfs);
	EXPECT_EQ(4, on.links);
	EXPECT_EQ(4, on.reg_numvfs);
	EXPECT_EQ(true, on.vf_enable);
	EXPECT_EQ(self->idle.devices + 4, on.devices);
	EXPECT_EQ(self->idle.usage + 1, on.usage);
	for (i = 0; i < 4; i++) {
		struct sriov_dev vf = sriov_vf(self->pf, i);

		EXPECT_STREQ("", sriov_driver(&vf));
		EXPECT_FALSE(sriov_dev_has(&vf, "sriov_unmanaged_policy"));
	}

	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, fewer_than_all)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	on = sriov_state(self->pf);
	EXPECT_EQ(1, on.numvfs);
	EXPECT_EQ(1, on.links);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, core_answers_first)
{
	struct sriov_state on;

	EXPECT_EQ(-ERANGE, sriov_numvfs(self->pf, 5));
	EXPECT_EQ(-EINVAL, sriov_dev_write(self->pf, "sriov_numvfs", "four"));
	EXPECT_EQ(-EINVAL, sriov_dev_write(self->pf, "sriov_numvfs", "-1"));
	EXPECT_EQ(-EINVAL, sriov_dev_write(self->pf, "sriov_numvfs", "65536"));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);

	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 1));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 4));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_SAME(&on, self->pf);
}

static int write_numvfs(const void *path)
{
	return sriov_write(path, "2");
}

static int write_zero(const void *path)
{
	return sriov_write(path, "0");
}

TEST_F(gate, needs_sys_admin)
{
	static const enum sriov_privilege all[] = {
		SRIOV_NO_SYS_ADMIN, SRIOV_USERNS_ROOT, SRIOV_NOBODY,
	};
	const char *path = sriov_attr(self->pf, "sriov_numvfs");
	char file[128];
	struct sriov_state on;
	unsigned int i;

	snprintf(file, sizeof(file), "%s", path);
	ASSERT_EQ(0, chmod(file, 0666));
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EPERM, sriov_as(all[i], write_numvfs, file));
	EXPECT_TRUE(sriov_log_has(self->log, "CAP_SYS_ADMIN", 1000));
	EXPECT_SAME(&self->idle, self->pf);

	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(-EPERM, sriov_as(all[i], write_zero, file));
	/* The same number: the core answers without asking anybody */
	EXPECT_EQ(0, sriov_as(SRIOV_NOBODY, write_numvfs, file));
	EXPECT_SAME(&on, self->pf);
	ASSERT_EQ(0, chmod(file, 0644));
}

static int write_open_file(const void *fd)
{
	return write(*(const int *)fd, "2", 1) < 0 ? -errno : 0;
}

/* The process that writes needs the privilege, not the one that opened the file */
TEST_F(gate, asks_the_writer)
{
	int fd = open(sriov_attr(self->pf, "sriov_numvfs"), O_WRONLY);

	ASSERT_LE(0, fd);
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_open_file, &fd));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NOBODY, write_open_file, &fd));
	EXPECT_SAME(&self->idle, self->pf);
	close(fd);
}

TEST_F(gate, unprivileged_cannot_flood_the_log)
{
	double start = sriov_seconds();
	char file[128];
	int i, lines = 0;

	snprintf(file, sizeof(file), "%s",
		 sriov_attr(self->pf, "sriov_numvfs"));
	for (i = 0; i < 100; i++)
		ASSERT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_numvfs,
					   file));
	start = sriov_seconds() - start;
	while (sriov_log_has(self->log, "CAP_SYS_ADMIN", 200))
		lines++;
	EXPECT_LT(0, lines);
	/* Ten in five seconds, however long a slow machine takes */
	EXPECT_LE(lines, 10 * (2 + (int)start / 5));
}

TEST_F(gate, table_refuses)
{
	struct sriov_state before;

	ASSERT_EQ(0, sriov_identity(self->pf, IXGBE));
	before = sriov_state(self->pf);
	EXPECT_STREQ("refuse",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	EXPECT_STREQ("mailbox,resources ixgbe",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));
	EXPECT_TRUE(sriov_log_has(self->log,
				  "mailbox,resources ixgbe); bind ixgbe, or add 8086:10fb=allow to sriov_unmanaged.override",
				  1000));
	EXPECT_SAME(&before, self->pf);
	/* Privilege is asked first */
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_numvfs,
				   sriov_attr(self->pf, "sriov_numvfs")));
	/* Nothing is on: the core answers */
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&before, self->pf);
}

TEST_F(gate, override_allows_what_the_table_refuses)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_identity(self->pf, IXGBE));
	ASSERT_EQ(0, sriov_param("override", "8086:10fb=allow"));
	EXPECT_STREQ("allow",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	EXPECT_STREQ("override",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	EXPECT_TRUE(sriov_log_has(self->log, "VFs of [8086:10fb] although",
				  1000));
	on = sriov_state(self->pf);
	EXPECT_EQ(2, on.links);
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
}

TEST_F(gate, override_refuses_what_the_table_allows)
{
	char ids[64];

	snprintf(ids, sizeof(ids), "%s:%s=refuse",
		 sriov_dev_read(self->pf, "vendor"),
		 sriov_dev_read(self->pf, "device"));
	ASSERT_EQ(0, sriov_param("override", ids));
	EXPECT_STREQ("refuse",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	EXPECT_STREQ("override",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));
	EXPECT_TRUE(sriov_log_has(self->log, "sriov_unmanaged.override refuses",
				  1000));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, unlisted_device)
{
	ASSERT_EQ(0, sriov_identity(self->pf, UNKNOWN));
	EXPECT_STREQ("unlisted",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	EXPECT_STREQ("allow",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));

	ASSERT_EQ(0, sriov_param("unlisted", "refuse"));
	EXPECT_STREQ("refuse",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));
	EXPECT_TRUE(sriov_log_has(self->log, "add dead:beef=allow", 1000));
	EXPECT_SAME(&self->idle, self->pf);

	ASSERT_EQ(0, sriov_param("unlisted", "allow"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_log_has(self->log, "1 VFs enabled that no driver manages; host drivers may probe them, as sriov_unmanaged_autoprobe is 1; the device is unlisted: nobody vouches for it",
				  1000));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "0"));
	/* No quirk was overridden: nothing to warn of */
	EXPECT_FALSE(sriov_log_has(self->log, "although", 200));
	/* The verdict is for enabling VFs, not for disabling them */
	ASSERT_EQ(0, sriov_param("unlisted", "refuse"));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, unlisted_device_of_a_refused_class)
{
	ASSERT_EQ(0, sriov_identity(self->pf, NETWORK));
	EXPECT_STREQ("class network",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	EXPECT_STREQ("refuse",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));
	/* The kernel does not have a driver that could be bound */
	EXPECT_TRUE(sriov_log_has(self->log,
				  "nobody has looked at this one (class network); add dead:beef=allow",
				  1000));
	EXPECT_SAME(&self->idle, self->pf);

	/* The parameter is about devices that no row of the table matches */
	ASSERT_EQ(0, sriov_param("unlisted", "allow"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));

	ASSERT_EQ(0, sriov_param("override", "dead:beef=allow"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_log_has(self->log,
				  "enables VFs of [dead:beef] although", 1000));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
}

TEST_F(gate, assigned_pf)
{
	struct sriov_state on;

	ASSERT_EQ(0, sriov_assign(self->pf, true));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 4));
	EXPECT_TRUE(sriov_log_has(self->log, "assigned to a guest", 1000));
	EXPECT_SAME(&self->idle, self->pf);
	/* It is asked before the policy, and after the privilege */
	ASSERT_EQ(0, sriov_identity(self->pf, IXGBE));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 4));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_numvfs,
				   sriov_attr(self->pf, "sriov_numvfs")));
	ASSERT_EQ(0, sriov_identity(self->pf, NULL));

	ASSERT_EQ(0, sriov_assign(self->pf, false));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_assign(self->pf, true));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&on, self->pf);
}

TEST_F(gate, assigned_vf)
{
	struct sriov_dev vf;
	struct sriov_state on;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	vf = sriov_vf(self->pf, 1);
	on = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_assign(&vf, true));
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&on, self->pf);

	/* Unbinding cannot be refused: Xen's VFs stay */
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_TRUE(sriov_log_has(self->log, "VFs left enabled", 1000));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(-ENOENT, sriov_numvfs(self->pf, 0));

	/* The gate still counts them as its own when the next stub is bound */
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&on, self->pf);
	EXPECT_EQ(-EBUSY, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_assign(&vf, false));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);

	/* Unless the PF goes: they would refer to what is freed */
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	vf = sriov_vf(self->pf, 1);
	ASSERT_EQ(0, sriov_assign(&vf, true));
	ASSERT_EQ(0, sriov_remove(self->pf));
	ASSERT_EQ(0, sriov_rescan(self->pf));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, failing_enable_undoes_everything)
{
	struct sriov_state before;

	ASSERT_EQ(0, sriov_helper("no_vf_bars", self->pf->name));
	before = sriov_state(self->pf);
	EXPECT_EQ(-ENOMEM, sriov_numvfs(self->pf, 4));
	EXPECT_SAME(&before, self->pf);
	ASSERT_EQ(0, sriov_helper("no_vf_bars", "\n"));

	/* No mark is left: these VFs are managed, and are probed */
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-sriov-test-native"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	EXPECT_TRUE(sriov_probed(&self->bench));
	EXPECT_EQ(before.usage, sriov_state(self->pf).usage);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
}

TEST_F(gate, unbind_disables)
{
	struct sriov_state unbound;

	ASSERT_EQ(0, sriov_unbind(self->pf));
	unbound = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_SAME(&unbound, self->pf);
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, unbind_after_failed_write)
{
	struct sriov_state unbound;

	ASSERT_EQ(0, sriov_unbind(self->pf));
	unbound = sriov_state(self->pf);
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	ASSERT_EQ(0, sriov_identity(self->pf, IXGBE));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 4));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_SAME(&unbound, self->pf);
}

TEST_F(gate, remove_and_rescan)
{
	ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
	ASSERT_EQ(0, sriov_remove(self->pf));
	EXPECT_FALSE(sriov_dev_has(self->pf, "vendor"));
	ASSERT_EQ(0, sriov_rescan(self->pf));
	EXPECT_STREQ("0", sriov_dev_read(self->pf, "sriov_numvfs"));
	EXPECT_STREQ("0", sriov_dev_read(self->pf,
					 "sriov_unmanaged_autoprobe"));

	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&self->idle, self->pf);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 4));
	EXPECT_EQ(4, sriov_state(self->pf).links);
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->idle, self->pf);
}

TEST_F(gate, two_pfs_are_independent)
{
	struct sriov_dev *other = &self->bench.pf[1];
	struct sriov_state other_idle, on;

	ASSERT_EQ(0, sriov_bind(other, variant->driver));
	other_idle = sriov_state(other);
	ASSERT_EQ(0, sriov_identity(other, IXGBE));
	ASSERT_EQ(0, sriov_dev_write(other, "sriov_unmanaged_autoprobe", "1"));

	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	on = sriov_state(self->pf);
	other_idle.devices += 2;
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(other, 2));
	EXPECT_SAME(&other_idle, other);
	EXPECT_STREQ("0", sriov_dev_read(self->pf,
					 "sriov_unmanaged_autoprobe"));
	EXPECT_STREQ("allow",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	ASSERT_EQ(0, sriov_unbind(other));
	EXPECT_SAME(&on, self->pf);
}

TEST_HARNESS_MAIN
