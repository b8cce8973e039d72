// SPDX-License-Identifier: GPL-2.0
/* A simulated PF for a test; see pci_sim.h */
#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pci_sim.h"

#define CONFIGFS "/sys/kernel/config"

const struct pci_sim_ids pci_sim_safe = {
	0x144d, 0xa824, 0x144d, 0xa801, 0x010802,
};

bool pci_sim_available(void)
{
	mount("configfs", CONFIGFS, "configfs", 0, NULL);
	return !access(CONFIGFS "/pci_sim", F_OK);
}

int pci_sim_write(const char *attr, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), PCI_SIM_PF "/%s", attr);
	return sriov_write(path, text);
}

int pci_sim_set(const char *attr, const char *form, uint32_t value)
{
	char text[32];

	snprintf(text, sizeof(text), form, value);
	return pci_sim_write(attr, text);
}

int pci_sim_new(const struct pci_sim_ids *ids, unsigned int vfs)
{
	pci_sim_destroy();
	if (mkdir(PCI_SIM_BRIDGE, 0755) || mkdir(PCI_SIM_PF, 0755))
		return -errno;
	return pci_sim_set("vendor", "%x", ids->vendor) ?:
	       pci_sim_set("device", "%x", ids->device) ?:
	       pci_sim_set("subvendor", "%x", ids->subvendor) ?:
	       pci_sim_set("subdevice", "%x", ids->subdevice) ?:
	       pci_sim_set("class", "%x", ids->class) ?:
	       pci_sim_set("sriov/total_vfs", "%u", vfs) ?:
	       pci_sim_write("driver_override", "none");
}

int pci_sim_live(struct sriov_dev *pf)
{
	return sriov_write(PCI_SIM_BRIDGE "/live", "1") ?:
	       sriov_read(PCI_SIM_PF "/address", pf->name, sizeof(pf->name));
}

int pci_sim_create(const struct pci_sim_ids *ids, unsigned int vfs,
		   struct sriov_dev *pf)
{
	return pci_sim_new(ids, vfs) ?: pci_sim_live(pf);
}

void pci_sim_destroy(void)
{
	sriov_write(PCI_SIM_BRIDGE "/live", "0");
	rmdir(PCI_SIM_PF);
	rmdir(PCI_SIM_BRIDGE);
}
