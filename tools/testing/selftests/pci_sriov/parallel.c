// SPDX-License-Identifier: GPL-2.0
/*
 * A host with many PFs enables and disables the VFs of all of them at a time.  What
 * the specification has everybody wait for, 100 ms after VF Enable is set and 1 s
 * after it is cleared (PCIe r6.0 sec 9.3.3.3), they wait for together.
 *
 * Beside these times a VF takes next to none; but not on a kernel that proves its
 * locks, on an emulated CPU.  So the many are compared with one PF that has as many
 * VFs as they have together.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/klog.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "job.h"
#include "sriov.h"

#define PFS	16
#define VFS	4	/* of each */
#define ROUNDS	5	/* the best of them counts: others may want the CPU */
#define LIMIT	60	/* seconds for one */
#define RATIO	1.3

/* To klogctl() */
#define CONSOLE_LEVEL	8	/* show what is graver than that */
#define CONSOLE_DEFAULT	7

FIXTURE(parallel) {
	struct sriov_dev pf[PFS];
	struct sriov_state before[PFS];
};

FIXTURE_SETUP(parallel)
{
	unsigned int i;

	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	for (i = 0; i < PFS; i++) {
		ASSERT_EQ(0, sriov_sim_create(i, PFS * VFS, &self->pf[i]));
		ASSERT_EQ(0, sriov_bind(&self->pf[i], "pci-stub"));
	}
	for (i = 0; i < PFS; i++)
		self->before[i] = sriov_state(&self->pf[i]);
	/* Nobody is to wait for a serial line that prints every VF */
	klogctl(CONSOLE_LEVEL, NULL, 5);
}

FIXTURE_TEARDOWN(parallel)
{
	unsigned int i;

	klogctl(CONSOLE_LEVEL, NULL, CONSOLE_DEFAULT);
	if (job_stuck())
		return;
	for (i = 0; i < PFS; i++)
		pci_sim_destroy(sriov_sim_bridge(i));
}

/* Seconds until all of the first PFs have done it; negative: one has not */
static double numvfs(const struct sriov_dev *pf, unsigned int pfs,
		     unsigned int vfs)
{
	int err = 0, start[2];
	pid_t job[PFS];
	unsigned int i;
	double begin;
	char c;

	if (pipe(start))
		return -1;
	for (i = 0; i < pfs; i++) {
		job[i] = fork();
		if (!job[i]) {
			close(start[1]);
			/* Nobody writes: it ends when they are to start */
			if (read(start[0], &c, 1))
				_exit(EIO);
			_exit(-sriov_numvfs(&pf[i], vfs));
		}
	}
	close(start[0]);
	begin = sriov_seconds();
	close(start[1]);
	for (i = 0; i < pfs; i++)
		err = job_finish(job[i], begin + LIMIT) ?: err;
	return err ? -1 : sriov_seconds() - begin;
}

struct seconds {
	double enable, disable;
};

/* @best: of all times that are measured */
static bool measure(const struct sriov_dev *pf, unsigned int pfs,
		    unsigned int vfs, struct seconds *best)
{
	struct seconds s = {
		.enable = numvfs(pf, pfs, vfs),
		.disable = numvfs(pf, pfs, 0),
	};

	if (!best->enable || s.enable < best->enable)
		best->enable = s.enable;
	if (!best->disable || s.disable < best->disable)
		best->disable = s.disable;
	return s.enable > 0 && s.disable > 0;
}

TEST_F_TIMEOUT(parallel, many_pfs_take_the_time_of_one, 600)
{
	struct seconds single = { 0 }, one = { 0 }, many = { 0 };
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		ASSERT_TRUE(measure(self->pf, 1, VFS, &single));
		ASSERT_TRUE(measure(self->pf, 1, PFS * VFS, &one));
		ASSERT_TRUE(measure(self->pf, PFS, VFS, &many));
	}
	printf("# ratio of %u PFs with %u VFs each to one with %u: enable %.2f, disable %.2f\n",
	       PFS, VFS, PFS * VFS, many.enable / one.enable,
	       many.disable / one.disable);
	printf("# ratio of %u PFs with %u VFs each to one of them: enable %.2f, disable %.2f (%.3f s, %.3f s)\n",
	       PFS, VFS, many.enable / single.enable,
	       many.disable / single.disable, many.enable, many.disable);
	EXPECT_LT(many.enable, RATIO * one.enable);
	EXPECT_LT(many.disable, RATIO * one.disable);
	for (i = 0; i < PFS; i++)
		EXPECT_SAME(&self->before[i], &self->pf[i]);
}

TEST_HARNESS_MAIN
