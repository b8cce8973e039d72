// SPDX-License-Identifier: GPL-2.0
/*
 * bench <what> <PF> <VFs> <rounds> <driver>...: how long it takes to enable and
 * to disable VFs under each of the drivers, a line per round and driver:
 *
 *	time <what> <driver> <VFs> <round> <seconds to enable> <to disable>
 *
 * pci-pf-stub+probe is pci-pf-stub with sriov_drivers_autoprobe on; it is off
 * for all but that and vfio-pci.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sriov.h"

static int measure(const struct sriov_dev *pf, const char *name,
		   unsigned int vfs, double *enable, double *disable)
{
	char driver[32];
	double start;
	bool probe;
	int err;

	probe = strstr(name, "+probe") || !strcmp(name, "vfio-pci");
	snprintf(driver, sizeof(driver), "%.*s", (int)strcspn(name, "+"), name);

	err = sriov_bind(pf, driver);
	if (err)
		return err;
	err = sriov_dev_write(pf, "sriov_drivers_autoprobe", probe ? "1" : "0");
	if (err)
		return err;

	start = sriov_seconds();
	err = sriov_numvfs(pf, vfs);
	*enable = sriov_seconds() - start;
	if (err)
		return err;

	start = sriov_seconds();
	err = sriov_numvfs(pf, 0);
	*disable = sriov_seconds() - start;
	return err;
}

int main(int argc, char **argv)
{
	struct sriov_dev pf = {};
	double enable, disable;
	int rounds, drivers, round, turn, err, i;
	unsigned int vfs;

	if (argc < 6) {
		fprintf(stderr, "usage: bench <what> <PF> <VFs> <rounds> <driver>...\n");
		return 2;
	}
	snprintf(pf.name, sizeof(pf.name), "%s", argv[2]);
	vfs = atoi(argv[3]);
	rounds = atoi(argv[4]);
	drivers = argc - 5;
	setlinebuf(stdout);

	/* In turn, so that a change of the machine's pace meets all */
	for (round = 0; round < rounds; round++) {
		for (turn = 0; turn < drivers; turn++) {
			i = 5 + (round + turn) % drivers;
			err = measure(&pf, argv[i], vfs, &enable, &disable);
			if (err) {
				printf("error %s %s %u: %s\n", argv[1], argv[i],
				       vfs, strerror(-err));
				return 1;
			}
			printf("time %s %s %u %d %.6f %.6f\n", argv[1], argv[i],
			       vfs, round, enable, disable);
		}
	}

	return 0;
}
