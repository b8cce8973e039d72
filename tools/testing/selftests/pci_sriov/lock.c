// SPDX-License-Identifier: GPL-2.0
/*
 * The rescan lock against files of a PF that is being removed.  Whoever removes
 * it holds the lock and waits for the device_lock and for writers of the files;
 * a writer that waits for the lock in turn waits for ever, and so does everybody
 * who wants the lock afterwards.
 *
 * The lock is held for a second by another PF whose VFs are disabled, long
 * enough to queue a removal first and a writer second.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sims.h"

#define LIMIT	15	/* seconds; everything is done after two or three */

/* What is stuck holds the lock until the machine is reset: no use in going on */
static bool *stuck;

static void __attribute__((constructor)) share_stuck(void)
{
	stuck = mmap(NULL, sizeof(*stuck), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (stuck == MAP_FAILED)
		abort();
}

/* A write of its own process, whose exit status is the errno */
static pid_t start(const struct sriov_dev *dev, const char *attr,
		   const char *text)
{
	pid_t pid = fork();

	if (!pid)
		_exit(-sriov_dev_write(dev, attr, text));
	return pid;
}

static bool running(pid_t pid)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       !info.si_pid;
}

/* 0 or a negative errno; -ETIMEDOUT if it does not end */
static int finish(pid_t pid, double end)
{
	int status;

	while (running(pid)) {
		if (sriov_seconds() > end) {
			*stuck = true;
			return -ETIMEDOUT;
		}
		usleep(10000);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

static void wait_gone(const struct sriov_dev *dev, const char *attr)
{
	double end = sriov_seconds() + LIMIT;

	while (sriov_dev_has(dev, attr) && sriov_seconds() < end)
		usleep(1000);
}

FIXTURE(lock) {
	struct sriov_dev pf[2];
};

FIXTURE_VARIANT(lock) {
	const char *file;
	const char *text;
};

FIXTURE_VARIANT_ADD(lock, sriov_numvfs) {
	.file = "sriov_numvfs", .text = "4",
};

FIXTURE_VARIANT_ADD(lock, rescan) {
	.file = "rescan", .text = "1",
};

FIXTURE_SETUP(lock)
{
	unsigned int i;

	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	ASSERT_FALSE(*stuck);
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, sims_create(i, 4, &self->pf[i]));
		ASSERT_EQ(0, sriov_bind(&self->pf[i], "pci-stub"));
	}
}

FIXTURE_TEARDOWN(lock)
{
	if (*stuck)
		return;
	sims_destroy(0);
	sims_destroy(1);
}

TEST_F_TIMEOUT(lock, against_remove, 300)
{
	const struct sriov_dev *holds = &self->pf[0], *pf = &self->pf[1];
	struct sriov_state before = sriov_state(pf);
	pid_t holder, remover, writer;
	int try, removed, written;
	bool in_time = false;
	double begin;

	/* A busy machine may not get it all done in a second */
	for (try = 0; try < 5 && !in_time; try++) {
		ASSERT_EQ(0, sriov_numvfs(holds, 4));
		begin = sriov_seconds();
		holder = start(holds, "sriov_numvfs", "0");
		wait_gone(holds, "virtfn0");
		/* The file goes before the lock is taken */
		remover = start(pf, "remove", "1");
		wait_gone(pf, "remove");
		writer = start(pf, variant->file, variant->text);
		usleep(100000);
		in_time = running(holder) && running(remover) &&
			  running(writer);

		EXPECT_EQ(0, finish(holder, begin + LIMIT));
		removed = finish(remover, begin + LIMIT);
		written = finish(writer, begin + LIMIT);
		EXPECT_EQ(0, removed);
		EXPECT_TRUE(!written || written == -ENODEV ||
			    written == -ENOENT)
			TH_LOG("%s: %s", variant->file, strerror(-written));
		ASSERT_FALSE(*stuck)
			TH_LOG("%s and remove wait for each other",
			       variant->file);
		TH_LOG("%s: %s after %.1f s", variant->file,
		       strerror(-written), sriov_seconds() - begin);

		/* And the PF is as good as new */
		ASSERT_EQ(0, sims_rescan(pf));
		ASSERT_TRUE(sriov_dev_has(pf, "vendor"));
		ASSERT_EQ(0, sriov_bind(pf, "pci-stub"));
		EXPECT_EQ(0, sriov_numvfs(pf, 4));
		EXPECT_EQ(4, sriov_state(pf).links);
		EXPECT_EQ(0, sriov_numvfs(pf, 0));
		EXPECT_SAME(&before, pf);
	}
	EXPECT_TRUE(in_time);
}

TEST_HARNESS_MAIN
