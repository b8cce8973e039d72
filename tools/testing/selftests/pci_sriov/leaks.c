// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <unistd.h>

#include "leaks.h"
#include "sriov.h"

long slab_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long kb = -1;

	if (!f)
		return -1;
	while (kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "SUnreclaim: %ld", &kb);
	fclose(f);
	return kb;
}

/* It leaves out what is younger than 5 s and what has changed since the scan before */
int scan_for_leaks(char *found, size_t size)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < 2; i++) {
		sleep(6);
		err = sriov_write(KMEMLEAK, "scan");
	}
	return err ?: sriov_read(KMEMLEAK, found, size);
}
