// SPDX-License-Identifier: GPL-2.0
/*
 * A third stub driver, beside pci-stub and uio_pci_generic: all that it takes to
 * join.  The selftest "race" loads and unloads it while others use its PF.  It
 * binds to what a driver_override names.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-sriov-unmanaged.h>

static int third_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static struct pci_driver third_driver = {
	.name = "pci-sriov-third",
	.probe = third_probe,
	.remove = pci_sriov_unmanaged_ptr(pci_sriov_disable_unmanaged),
	.sriov_configure = pci_sriov_configure_unmanaged,
};
module_pci_driver(third_driver);

MODULE_DESCRIPTION("A third stub driver, for the pci_sriov selftests");
MODULE_LICENSE("GPL");
