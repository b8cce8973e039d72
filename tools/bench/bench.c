// SPDX-License-Identifier: GPL-2.0
/*
 * bench <what> <PF>[+<PF>...] <VFs> <rounds> <driver>...: how long it takes to
 * enable and to disable VFs under each of the drivers, a line per round and driver:
 *
 *	time <what> <driver> <VFs> <round> <seconds to enable> <to disable>
 *
 * Of several PFs, as many VFs each, it is two lines: the first PF alone is
 * <what>-1, all n of them at a time are <what>-<n>.
 *
 * pci-pf-stub+probe is pci-pf-stub with sriov_drivers_autoprobe on; it is off
 * for all but that and vfio-pci.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sriov.h"

#define MAX_PFS	64

/* What a process has to say of its PF; they share the memory */
static struct outcome {
	double end;
	int err;
} *outcomes;

static int prepare(const struct sriov_dev *pf, const char *name)
{
	char driver[32];
	bool probe;
	int err;

	probe = strstr(name, "+probe") || !strcmp(name, "vfio-pci");
	snprintf(driver, sizeof(driver), "%.*s", (int)strcspn(name, "+"), name);

	err = sriov_bind(pf, driver);
	if (err)
		return err;
	return sriov_dev_write(pf, "sriov_drivers_autoprobe", probe ? "1" : "0");
}

/* Does not return: waits until nobody can write to the pipe any more */
static void write_numvfs(const struct sriov_dev *pf, unsigned int vfs,
			 const int gate[2], struct outcome *outcome)
{
	char byte;

	close(gate[1]);
	outcome->err = read(gate[0], &byte, 1) ? -EIO : sriov_numvfs(pf, vfs);
	outcome->end = sriov_seconds();
	_exit(0);
}

/* A process for each PF, all released together, until the last one is done */
static int step(const struct sriov_dev *pfs, int count, unsigned int vfs,
		double *seconds)
{
	double start, end = 0;
	int gate[2], err = 0, i;

	if (pipe(gate))
		return -errno;

	for (i = 0; i < count; i++) {
		outcomes[i].err = -EINTR;
		switch (fork()) {
		case -1:
			outcomes[i].err = -errno;
			break;
		case 0:
			write_numvfs(&pfs[i], vfs, gate, &outcomes[i]);
		}
	}

	close(gate[0]);
	start = sriov_seconds();
	close(gate[1]);
	while (wait(NULL) > 0)
		;

	for (i = 0; i < count; i++) {
		if (outcomes[i].err)
			err = outcomes[i].err;
		if (outcomes[i].end > end)
			end = outcomes[i].end;
	}
	*seconds = end - start;
	return err;
}

/* One line */
static int measure(const char *what, const struct sriov_dev *pfs, int count,
		   unsigned int vfs, int round, const char *driver)
{
	double enable, disable;
	int err = 0, i;

	for (i = 0; i < count && !err; i++)
		err = prepare(&pfs[i], driver);
	if (!err)
		err = step(pfs, count, vfs, &enable);
	if (!err)
		err = step(pfs, count, 0, &disable);
	if (err)
		printf("error %s %s %u: %s\n", what, driver, vfs, strerror(-err));
	else
		printf("time %s %s %u %d %.6f %.6f\n", what, driver, vfs, round,
		       enable, disable);

	return err;
}

int main(int argc, char **argv)
{
	struct sriov_dev pfs[MAX_PFS] = {};
	int rounds, drivers, round, turn, count = 0;
	char one[64], all[64], *name;
	const char *driver;
	unsigned int vfs;

	if (argc < 6) {
		fprintf(stderr, "usage: bench <what> <PF>[+<PF>...] <VFs> <rounds> <driver>...\n");
		return 2;
	}
	for (name = strtok(argv[2], "+"); name; name = strtok(NULL, "+")) {
		if (count == MAX_PFS) {
			fprintf(stderr, "bench: at most %d PFs\n", MAX_PFS);
			return 2;
		}
		snprintf(pfs[count++].name, sizeof(pfs->name), "%s", name);
	}
	snprintf(one, sizeof(one), count > 1 ? "%s-1" : "%s", argv[1]);
	snprintf(all, sizeof(all), "%s-%d", argv[1], count);
	vfs = atoi(argv[3]);
	rounds = atoi(argv[4]);
	drivers = argc - 5;

	setlinebuf(stdout);
	outcomes = mmap(NULL, sizeof(*outcomes) * MAX_PFS, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (outcomes == MAP_FAILED) {
		perror("bench: mmap");
		return 1;
	}

	/* In turn, so that a change of the machine's pace meets all */
	for (round = 0; round < rounds; round++) {
		for (turn = 0; turn < drivers; turn++) {
			driver = argv[5 + (round + turn) % drivers];
			if (measure(one, pfs, 1, vfs, round, driver))
				return 1;
			/* Also one with as many VFs as all have together */
			if (count > 1 &&
			    (measure(one, pfs, 1, vfs * count, round, driver) ||
			     measure(all, pfs, count, vfs, round, driver)))
				return 1;
		}
	}

	return 0;
}
