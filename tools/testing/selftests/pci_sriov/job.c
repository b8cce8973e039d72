// SPDX-License-Identifier: GPL-2.0
/* Work that may hang; see job.h */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest.h"
#include "job.h"

/* The harness runs every test in a process of its own */
static struct {
	bool stuck;
	bool end;	/* of the loops */
} *shared;

static pid_t loops[16];
static unsigned int nr_loops;

static void __attribute__((constructor)) share(void)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
}

/* The exit status is the errno */
pid_t job_write(const struct sriov_dev *dev, const char *attr,
		const char *text)
{
	pid_t job = fork();

	if (!job)
		_exit(-sriov_dev_write(dev, attr, text));
	return job;
}

bool job_running(pid_t job)
{
	siginfo_t info = { 0 };

	return !waitid(P_PID, job, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       !info.si_pid;
}

int job_finish(pid_t job, double end)
{
	int status;

	while (job_running(job)) {
		if (sriov_seconds() > end) {
			shared->stuck = true;
			return -ETIMEDOUT;
		}
		usleep(1000);
	}
	if (waitpid(job, &status, 0) != job || !WIFEXITED(status))
		return -ECHILD;
	return -WEXITSTATUS(status);
}

void job_loop(void (*fn)(const struct sriov_dev *dev),
	      const struct sriov_dev *dev)
{
	pid_t job = fork();

	if (!job) {
		while (!__atomic_load_n(&shared->end, __ATOMIC_RELAXED))
			fn(dev);
		_exit(0);
	}
	if (nr_loops == ARRAY_SIZE(loops))
		abort();
	loops[nr_loops++] = job;
}

int job_end_loops(double end)
{
	int err = 0;

	__atomic_store_n(&shared->end, true, __ATOMIC_RELAXED);
	while (nr_loops)
		err = job_finish(loops[--nr_loops], end) ?: err;
	__atomic_store_n(&shared->end, shared->stuck, __ATOMIC_RELAXED);
	return err;
}

bool job_stuck(void)
{
	return shared->stuck;
}
