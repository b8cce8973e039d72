/* SPDX-License-Identifier: GPL-2.0 */
/* Several simulated PFs, each on a bridge of its own; see pci_sim.h for one */
#ifndef SELFTESTS_PCI_SRIOV_SIMS_H
#define SELFTESTS_PCI_SRIOV_SIMS_H

#include "pci_sim.h"
#include "sriov.h"

/* All return 0 or a negative errno; a bridge is named by a number */
int sims_create(unsigned int bridge, unsigned int vfs, struct sriov_dev *pf);
int sims_live(unsigned int bridge, bool live);
int sims_rescan(const struct sriov_dev *pf);
void sims_destroy(unsigned int bridge);

#endif /* SELFTESTS_PCI_SRIOV_SIMS_H */
