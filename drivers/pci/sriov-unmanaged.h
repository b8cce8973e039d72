/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmanaged SR-IOV: what the PCI core calls.  Everything here is empty, and
 * compiles to nothing, without CONFIG_PCI_IOV_UNMANAGED.
 */
#ifndef DRIVERS_PCI_SRIOV_UNMANAGED_H
#define DRIVERS_PCI_SRIOV_UNMANAGED_H

#include <linux/pci.h>
#include <linux/pci-sriov-unmanaged.h>
#include "pci.h"

#ifdef CONFIG_PCI_IOV_UNMANAGED
extern struct device_attribute dev_attr_sriov_unmanaged_autoprobe;
extern struct device_attribute dev_attr_sriov_unmanaged_policy;
extern struct device_attribute dev_attr_sriov_unmanaged_reason;

bool pci_sriov_unmanaged_in_scope(struct pci_dev *pdev);
int pci_sriov_unmanaged_probe(struct pci_dev *pdev,
			      const struct pci_driver *driver);
void pci_sriov_unmanaged_disabled(struct pci_dev *pdev);
#else
static inline bool pci_sriov_unmanaged_in_scope(struct pci_dev *pdev)
{ return false; }
static inline int pci_sriov_unmanaged_probe(struct pci_dev *pdev,
					    const struct pci_driver *driver)
{ return 0; }
static inline void pci_sriov_unmanaged_disabled(struct pci_dev *pdev) { }
#endif

#ifdef CONFIG_PCI_IOV
/**
 * pci_sriov_configure - have the PF's driver, or the gate, set the number of VFs
 * @pdev: the PF
 * @num_vfs: number of VFs to enable, 0 to disable
 * @in_scope: what pci_sriov_unmanaged_in_scope() said; if false, the PF's
 *	driver must have a sriov_configure()
 *
 * Context: the PF's device_lock is held.
 * Return: number of VFs enabled, 0 once disabled, or a negative errno.
 */
static inline int pci_sriov_configure(struct pci_dev *pdev, int num_vfs,
				      bool in_scope)
{
#ifdef CONFIG_PCI_IOV_UNMANAGED
	if (in_scope)
		return pci_sriov_configure_unmanaged(pdev, num_vfs);
#endif
	return pdev->driver->sriov_configure(pdev, num_vfs);
}

/**
 * pci_sriov_vf_autoprobe - may drivers probe the VFs of a PF unasked?
 * @pf: the PF
 * @drivers_autoprobe: what its sriov_drivers_autoprobe says
 *
 * Context: any; needs no lock.  The mark is set before a VF exists, and a VF pins
 * its PF.
 * Return: sriov_unmanaged_autoprobe if the gate enabled the VFs,
 * @drivers_autoprobe otherwise.
 */
static inline bool pci_sriov_vf_autoprobe(const struct pci_dev *pf,
					  bool drivers_autoprobe)
{
#ifdef CONFIG_PCI_IOV_UNMANAGED
	if (pci_sriov_is_unmanaged(pf))
		return pci_sriov_unmanaged_autoprobe(pf);
#endif
	return drivers_autoprobe;
}
#endif /* CONFIG_PCI_IOV */

#endif /* DRIVERS_PCI_SRIOV_UNMANAGED_H */
