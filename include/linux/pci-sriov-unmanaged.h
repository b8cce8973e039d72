/* SPDX-License-Identifier: GPL-2.0 */
/*
 * VFs of a PF that is held by a driver which does not manage them: what such
 * a driver needs.  It joins with two lines in its struct pci_driver:
 *
 *	.sriov_configure = pci_sriov_configure_unmanaged,
 *	.remove = pci_sriov_unmanaged_ptr(pci_sriov_disable_unmanaged),
 *
 * or, if it has a remove() of its own, by calling the helper there first.
 */
#ifndef _LINUX_PCI_SRIOV_UNMANAGED_H
#define _LINUX_PCI_SRIOV_UNMANAGED_H

#include <linux/kernel.h>

struct pci_dev;

#ifdef CONFIG_PCI_IOV_UNMANAGED
int pci_sriov_configure_unmanaged(struct pci_dev *pdev, int num_vfs);
void pci_sriov_disable_unmanaged(struct pci_dev *pdev);
void pci_sriov_warn_unmanaged(struct pci_dev *pdev);
#else
#define pci_sriov_configure_unmanaged NULL
static inline void pci_sriov_disable_unmanaged(struct pci_dev *pdev) { }
static inline void pci_sriov_warn_unmanaged(struct pci_dev *pdev) { }
#endif

/* A callback that is only there when the feature is */
#define pci_sriov_unmanaged_ptr(ptr) \
	PTR_IF(IS_ENABLED(CONFIG_PCI_IOV_UNMANAGED), (ptr))

#endif /* _LINUX_PCI_SRIOV_UNMANAGED_H */
