// SPDX-License-Identifier: GPL-2.0
/* Several simulated PFs; see sims.h */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sims.h"

#define BRIDGES "/sys/kernel/config/pci_sim/kselftest-"
#define DOMAIN	0x12000		/* of the first bridge */

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

static int set_pf(unsigned int bridge, unsigned int pf, const char *attr,
		  const char *form, unsigned int value)
{
	char path[64];

	snprintf(path, sizeof(path), "pf%u/%s", pf, attr);
	return set(bridge, path, form, value);
}

int sims_live(unsigned int bridge, bool live)
{
	return set(bridge, "live", "%u", live);
}

/* Safe PFs that no driver takes.  They have the same addresses each time */
static int create(unsigned int bridge, bool root_port, unsigned int pfs,
		  unsigned int vfs, struct sriov_dev *pf)
{
	unsigned int i;
	char path[128];
	int err;

	sims_destroy(bridge);
	snprintf(path, sizeof(path), BRIDGES "%u", bridge);
	if (mkdir(path, 0755))
		return -errno;
	err = set(bridge, "domain", "%x", DOMAIN + bridge) ?:
	      set(bridge, "root_port", "%u", root_port);
	for (i = 0; i < pfs && !err; i++) {
		snprintf(path, sizeof(path), BRIDGES "%u/pf%u", bridge, i);
		if (mkdir(path, 0755))
			return -errno;
		err = set_pf(bridge, i, "vendor", "%x", ids.vendor) ?:
		      set_pf(bridge, i, "device", "%x", ids.device) ?:
		      set_pf(bridge, i, "subvendor", "%x", ids.subvendor) ?:
		      set_pf(bridge, i, "subdevice", "%x", ids.subdevice) ?:
		      set_pf(bridge, i, "class", "%x", ids.class) ?:
		      set_pf(bridge, i, "sriov/total_vfs", "%u", vfs) ?:
		      set_pf(bridge, i, "driver_override", "none", 0);
	}
	if (!err)
		err = sims_live(bridge, true);
	for (i = 0; i < pfs && !err; i++) {
		snprintf(path, sizeof(path), BRIDGES "%u/pf%u/address", bridge,
			 i);
		err = sriov_read(path, pf[i].name, sizeof(pf[i].name));
	}
	return err;
}

int sims_create(unsigned int bridge, unsigned int vfs, struct sriov_dev *pf)
{
	return create(bridge, false, 1, vfs, pf);
}

int sims_create_port(unsigned int bridge, unsigned int vfs,
		     struct sriov_dev *port, struct sriov_dev pf[SIMS_BELOW])
{
	snprintf(port->name, sizeof(port->name), "%05x:00:00.0",
		 DOMAIN + bridge);
	return create(bridge, true, SIMS_BELOW, vfs, pf);
}

/* The bus of the device, which is there without the device, too */
int sims_rescan(const struct sriov_dev *dev)
{
	char path[64];

	/* "ddddd:bb" of "ddddd:bb:dd.f" */
	snprintf(path, sizeof(path), "/sys/class/pci_bus/%.8s/rescan",
		 dev->name);
	return sriov_write(path, "1");
}

void sims_destroy(unsigned int bridge)
{
	unsigned int i;
	char path[128];

	sims_live(bridge, false);
	for (i = 0; i < SIMS_BELOW; i++) {
		snprintf(path, sizeof(path), BRIDGES "%u/pf%u", bridge, i);
		rmdir(path);
	}
	snprintf(path, sizeof(path), BRIDGES "%u", bridge);
	rmdir(path);
}
