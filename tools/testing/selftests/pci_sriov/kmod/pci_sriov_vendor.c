// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers for PFs and their VFs alike, as vendors have them, for simulated
 * devices of their ids.  Tests load and unload this module while VFs are on.
 *
 * pci-sriov-vendor-nic		1d0f:0ec2: enables VFs through sriov_numvfs, leaves
 *				them on when it goes, and probes asynchronously
 * pci-sriov-vendor-gpu		10de:20b0: somebody else enables the VFs
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>

static int nic_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	/* VFs that are on already are probed before their PF has a driver */
	if (!pdev->is_virtfn)
		msleep(200);

	return 0;
}

static const struct pci_device_id nic_ids[] = {
	{ PCI_DEVICE(0x1d0f, 0x0ec2) },
	{}
};

static struct pci_driver nic_driver = {
	.name = "pci-sriov-vendor-nic",
	.id_table = nic_ids,
	.probe = nic_probe,
	.sriov_configure = pci_sriov_configure_simple,
	.driver.probe_type = PROBE_PREFER_ASYNCHRONOUS,
};

static int gpu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static const struct pci_device_id gpu_ids[] = {
	{ PCI_DEVICE(0x10de, 0x20b0) },
	{}
};

static struct pci_driver gpu_driver = {
	.name = "pci-sriov-vendor-gpu",
	.id_table = gpu_ids,
	.probe = gpu_probe,
};

static int __init vendor_init(void)
{
	int err = pci_register_driver(&nic_driver);

	if (err)
		return err;

	err = pci_register_driver(&gpu_driver);
	if (err)
		pci_unregister_driver(&nic_driver);

	return err;
}
module_init(vendor_init);

static void __exit vendor_exit(void)
{
	pci_unregister_driver(&gpu_driver);
	pci_unregister_driver(&nic_driver);
}
module_exit(vendor_exit);

MODULE_DESCRIPTION("Drivers for PFs and VFs, for the pci_sriov selftests");
MODULE_LICENSE("GPL");
