/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Things that may never end, each in a process of its own.  What is stuck in the
 * kernel cannot be killed and may hold locks until the machine is reset, so there
 * is no use in going on: job_stuck() says so to every test of a program.
 */
#ifndef SELFTESTS_PCI_SRIOV_JOB_H
#define SELFTESTS_PCI_SRIOV_JOB_H

#include <stdbool.h>
#include <sys/types.h>

#include "sriov.h"

/* Write to a file of a device */
pid_t job_write(const struct sriov_dev *dev, const char *attr,
		const char *text);

bool job_running(pid_t job);

/*
 * Wait until sriov_seconds() is @end.  0 or the negative errno of the write;
 * -ETIMEDOUT if it is stuck.
 */
int job_finish(pid_t job, double end);

/* Call @fn again and again, until all such loops are ended */
void job_loop(void (*fn)(const struct sriov_dev *dev),
	      const struct sriov_dev *dev);

/* As job_finish() */
int job_end_loops(double end);

bool job_stuck(void);

#endif /* SELFTESTS_PCI_SRIOV_JOB_H */
