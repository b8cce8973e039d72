// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters on the kernel command line, and what is only seen in a machine
 * that nothing has tainted yet.  Only of use on a kernel that was
 * booted with these; skipped elsewhere:
 *
 *	sriov_unmanaged.override=aaaa:bbbb=allow
 *	sriov_unmanaged.override=1:2=allow,zz,,8086:10FB=allow,4:5=bad
 *	sriov_unmanaged.unlisted=refuse sriov_unmanaged.scope=any
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

FIXTURE(boot) {
	struct sriov_bench bench;
};

FIXTURE_SETUP(boot)
{
	char line[4096];

	ASSERT_EQ(0, sriov_read("/proc/cmdline", line, sizeof(line)));
	if (!strstr(line, "sriov_unmanaged.override=1:2=allow,zz,,8086:10FB=allow,4:5=bad"))
		SKIP(return, "not booted for this test");
	if (sriov_find(&self->bench))
		SKIP(return, "no PFs");
}

FIXTURE_TEARDOWN(boot)
{
}

/* The last of repeated parameters wins; what is bad in it is left out */
TEST_F(boot, override)
{
	EXPECT_STREQ("0001:0002=allow,8086:10fb=allow",
		     sriov_param_read("override"));
}

TEST_F(boot, bad_entries_are_reported)
{
	static const char * const lines[] = {
		"sriov_unmanaged.override: entry \"zz\"",
		"sriov_unmanaged.override: entry \"\"",
		"sriov_unmanaged.override: entry \"4:5=bad\"",
	};
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	unsigned int i;

	ASSERT_LE(0, fd);
	for (i = 0; i < 3; i++)
		EXPECT_TRUE(sriov_log_has(fd, lines[i], 0)) {
			TH_LOG("entry %u is not in the log", i);
		}
	close(fd);
}

TEST_F(boot, choices)
{
	EXPECT_STREQ("refuse", sriov_param_read("unlisted"));
	EXPECT_STREQ("any", sriov_param_read("scope"));
}

/* Before the VFs exist, so that it is there whatever comes of them */
TEST_F(boot, a_failing_enable_taints)
{
	const unsigned long user = 1 << 6;	/* TAINT_USER */
	struct sriov_dev *pf = &self->bench.pf[0];
	struct sriov_state before;

	ASSERT_EQ(0, sriov_identity(pf, "8086 10fb 8086 0003 020000"));
	ASSERT_EQ(0, sriov_bind(pf, "pci-stub"));
	ASSERT_EQ(0, sriov_helper("no_vf_bars", pf->name));
	before = sriov_state(pf);
	ASSERT_EQ(0, before.tainted & user)
		TH_LOG("tainted before: boot the machine, and run this first");
	EXPECT_EQ(-ENOMEM, sriov_numvfs(pf, 2));
	before.tainted |= user;
	EXPECT_SAME(&before, pf);
	ASSERT_EQ(0, sriov_helper("no_vf_bars", "\n"));
	ASSERT_EQ(0, sriov_bind(pf, NULL));
	ASSERT_EQ(0, sriov_identity(pf, NULL));
}

/* From the first write on, a list is all or nothing */
TEST_F(boot, then_strict)
{
	EXPECT_EQ(-EINVAL, sriov_param("override", "1:2=allow,zz"));
	EXPECT_STREQ("0001:0002=allow,8086:10fb=allow",
		     sriov_param_read("override"));
}

TEST_HARNESS_MAIN
