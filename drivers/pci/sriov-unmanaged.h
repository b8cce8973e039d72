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
 * pci_sriov_configure - call whoever answers for a PF's numvfs
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
 * @iov: the PF's SR-IOV state
 *
 * Context: any; needs no lock.  @iov->unmanaged is set before a VF exists, and
 * a VF pins its PF.
 * Return: sriov_unmanaged_autoprobe if the gate enabled the VFs,
 * sriov_drivers_autoprobe otherwise.
 */
static inline bool pci_sriov_vf_autoprobe(const struct pci_sriov *iov)
{
#ifdef CONFIG_PCI_IOV_UNMANAGED
	if (READ_ONCE(iov->unmanaged))
		return READ_ONCE(iov->unmanaged_autoprobe);
#endif
	return iov->drivers_autoprobe;
}
#endif /* CONFIG_PCI_IOV */

#endif /* DRIVERS_PCI_SRIOV_UNMANAGED_H */
