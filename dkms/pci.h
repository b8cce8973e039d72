/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmanaged SR-IOV as a module for stock kernels: what the gate,
 * sriov-unmanaged.c, asks of the PCI core.  A patched kernel has it in
 * drivers/pci/pci.h.  The functions are in pf.c and leave.c.
 */
#ifndef SRIOV_UNMANAGED_PCI_H
#define SRIOV_UNMANAGED_PCI_H

#include <linux/types.h>

struct pci_dev;

bool pci_sriov_is_unmanaged(const struct pci_dev *pdev);
void pci_sriov_mark_unmanaged(struct pci_dev *pdev);
bool pci_sriov_unmark_unmanaged(struct pci_dev *pdev);
bool pci_sriov_unmanaged_autoprobe(const struct pci_dev *pdev);
void pci_sriov_set_unmanaged_autoprobe(struct pci_dev *pdev, bool autoprobe);
int pci_sriov_power_up(struct pci_dev *pdev);

bool pci_dev_is_stopping(struct pci_dev *pdev);
void pci_sriov_disable_locked(struct pci_dev *pdev);

#endif /* SRIOV_UNMANAGED_PCI_H */
