// SPDX-License-Identifier: GPL-2.0
/* Several simulated PFs; see sims.h */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sims.h"

#define BRIDGES "/sys/kernel/config/pci_sim/kselftest-"

/*
 * An ENA: allowed, and no driver here takes its VFs.  6.1's nvme driver would try,
 * and leak the VF: nvme_probe() that fails does not put the controller.
 */
static const struct pci_sim_ids ids = {
	0x1d0f, 0x0ec2, 0x1d0f, 0x0ec2, 0x020000,
};

static int set(unsigned int bridge, const char *attr, const char *form,
	       unsigned int value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), BRIDGES "%u/%s", bridge, attr);
	snprintf(text, sizeof(text), form, value);
	return sriov_write(path, text);
}

int sims_live(unsigned int bridge, bool live)
{
	return set(bridge, "live", "%u", live);
}

/* A safe PF that no driver takes.  It has the same address each time */
int sims_create(unsigned int bridge, unsigned int vfs, struct sriov_dev *pf)
{
	char path[128];
	int err;

	sims_destroy(bridge);
	snprintf(path, sizeof(path), BRIDGES "%u", bridge);
	if (mkdir(path, 0755))
		return -errno;
	snprintf(path, sizeof(path), BRIDGES "%u/pf", bridge);
	if (mkdir(path, 0755))
		return -errno;
	err = set(bridge, "domain", "%x", 0x12000 + bridge) ?:
	      set(bridge, "pf/vendor", "%x", ids.vendor) ?:
	      set(bridge, "pf/device", "%x", ids.device) ?:
	      set(bridge, "pf/subvendor", "%x", ids.subvendor) ?:
	      set(bridge, "pf/subdevice", "%x", ids.subdevice) ?:
	      set(bridge, "pf/class", "%x", ids.class) ?:
	      set(bridge, "pf/sriov/total_vfs", "%u", vfs) ?:
	      set(bridge, "pf/driver_override", "none", 0) ?:
	      sims_live(bridge, true);
	if (err)
		return err;
	snprintf(path, sizeof(path), BRIDGES "%u/pf/address", bridge);
	return sriov_read(path, pf->name, sizeof(pf->name));
}

/* The bus of the PF, which is there without the PF, too */
int sims_rescan(const struct sriov_dev *pf)
{
	char path[64];

	/* "ddddd:bb" of "ddddd:bb:dd.f" */
	snprintf(path, sizeof(path), "/sys/class/pci_bus/%.8s/rescan",
		 pf->name);
	return sriov_write(path, "1");
}

void sims_destroy(unsigned int bridge)
{
	char path[128];

	sims_live(bridge, false);
	snprintf(path, sizeof(path), BRIDGES "%u/pf", bridge);
	rmdir(path);
	snprintf(path, sizeof(path), BRIDGES "%u", bridge);
	rmdir(path);
}
