/* SPDX-License-Identifier: GPL-2.0 */
/* A simulated PF for a test; see Documentation/PCI/pci-sim.rst */
#ifndef SELFTESTS_PCI_SIM_H
#define SELFTESTS_PCI_SIM_H

#include <stdbool.h>
#include <stdint.h>

#include "sriov.h"

#define PCI_SIM_BRIDGE	"/sys/kernel/config/pci_sim/kselftest"
#define PCI_SIM_PF	PCI_SIM_BRIDGE "/pf"

struct pci_sim_ids {
	uint32_t vendor, device, subvendor, subdevice, class;
};

/* A device that the quirk table knows as safe */
extern const struct pci_sim_ids pci_sim_safe;

bool pci_sim_available(void);

/* All return 0 or a negative errno; an attribute is one of the PF's */
int pci_sim_write(const char *attr, const char *text);
int pci_sim_set(const char *attr, const char *form, uint32_t value);

/*
 * One PF, or with no VFs a device without SR-IOV, that no driver takes.  What
 * was there before goes away.  Between new and live the rest can be set.
 */
int pci_sim_new(const struct pci_sim_ids *ids, unsigned int vfs);
int pci_sim_live(struct sriov_dev *pf);
int pci_sim_create(const struct pci_sim_ids *ids, unsigned int vfs,
		   struct sriov_dev *pf);
void pci_sim_destroy(void);

#endif /* SELFTESTS_PCI_SIM_H */
