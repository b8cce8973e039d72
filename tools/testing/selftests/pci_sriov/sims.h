/* SPDX-License-Identifier: GPL-2.0 */
/* Several simulated PFs, each on a bridge of its own; see pci_sim.h for one */
#ifndef SELFTESTS_PCI_SRIOV_SIMS_H
#define SELFTESTS_PCI_SRIOV_SIMS_H

#include "pci_sim.h"
#include "sriov.h"

#define SIMS_BELOW	2	/* PFs below a root port */

/* All return 0 or a negative errno; a bridge is named by a number */
int sims_create(unsigned int bridge, unsigned int vfs, struct sriov_dev *pf);
int sims_create_port(unsigned int bridge, unsigned int vfs,
		     struct sriov_dev *port, struct sriov_dev pf[SIMS_BELOW]);
int sims_live(unsigned int bridge, bool live);
int sims_rescan(const struct sriov_dev *dev);
void sims_destroy(unsigned int bridge);

#endif /* SELFTESTS_PCI_SRIOV_SIMS_H */
