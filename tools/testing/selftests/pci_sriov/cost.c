// SPDX-License-Identifier: GPL-2.0
/*
 * What the gate adds to enabling VFs: pci-stub beside pci-pf-stub, which has no
 * checks, on the same PF in the same run.  The floor is the 100 ms that the
 * device is given after VF Enable is set (PCIe r6.0 sec 9.3.3.3.1).
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define ROUNDS		11
#define RATIO_LIMIT	1.02

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), compare);
	return times[ROUNDS / 2];
}

FIXTURE(cost) {
	struct sriov_bench bench;
};

FIXTURE_SETUP(cost)
{
	SRIOV_SETUP(&self->bench);
}

FIXTURE_TEARDOWN(cost)
{
	sriov_reset(&self->bench);
}

/* Return: how much longer pci-stub takes */
static double measure(struct __test_metadata *_metadata,
		      const struct sriov_dev *pf)
{
	static const char * const drivers[] = { "pci-stub", "pci-pf-stub" };
	double times[2][ROUNDS], medians[2], start;
	int round, turn, i;

	/* In turn, so that a change of the machine's pace meets both */
	for (round = 0; round < ROUNDS; round++) {
		for (turn = 0; turn < 2; turn++) {
			i = (round + turn) % 2;
			ASSERT_EQ(0, sriov_bind(pf, drivers[i]));
			start = sriov_seconds();
			ASSERT_EQ(0, sriov_numvfs(pf, 4));
			times[i][round] = sriov_seconds() - start;
			ASSERT_EQ(0, sriov_numvfs(pf, 0));
		}
	}
	for (i = 0; i < 2; i++) {
		medians[i] = median(times[i]);
		printf("# %s enables 4 VFs in %.1f ms (median of %d, %.1f to %.1f)\n",
		       drivers[i], medians[i] * 1e3, ROUNDS,
		       times[i][0] * 1e3, times[i][ROUNDS - 1] * 1e3);
	}
	EXPECT_LE(0.1, medians[0]);
	printf("# ratio %.3f, at most %.2f is allowed\n",
	       medians[0] / medians[1], RATIO_LIMIT);

	return medians[0] / medians[1];
}

/*
 * The limit is finer than the noise of a busy machine: if a run exceeds it there
 * are two more, and the median of the three counts.  Every run is printed.
 */
TEST_F_TIMEOUT(cost, enable, 600)
{
	struct sriov_dev *pf = &self->bench.pf[0];
	double ratio[3];

	ASSERT_EQ(0, sriov_dev_write(pf, "sriov_drivers_autoprobe", "0"));
	ratio[0] = measure(_metadata, pf);
	if (ratio[0] <= RATIO_LIMIT)
		return;
	ratio[1] = measure(_metadata, pf);
	ratio[2] = measure(_metadata, pf);
	qsort(ratio, 3, sizeof(*ratio), compare);
	EXPECT_LE(ratio[1], RATIO_LIMIT) {
		TH_LOG("median of three runs: %.3f", ratio[1]);
	}
}

TEST_HARNESS_MAIN
