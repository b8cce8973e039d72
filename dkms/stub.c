// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: which drivers are stubs, what
 * happens when one of them goes, and drivers that enable VFs of any device
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "sriov-unmanaged.h"
#include "stock.h"

/* Those that a patched kernel has join the gate */
static const char * const sriov_stubs[] = { "pci-stub", "uio_pci_generic" };

/**
 * sriov_is_stub - is it one of the stock kernel's stubs?
 * @driver: the driver, or NULL
 *
 * Return: true if a patched kernel has it join the gate, and this one has it
 * without a sriov_configure().
 */
bool sriov_is_stub(const struct pci_driver *driver)
{
	return driver && !driver->sriov_configure &&
	       match_string(sriov_stubs, ARRAY_SIZE(sriov_stubs),
			    driver->name) >= 0;
}

/**
 * sriov_gate_answers - does the gate answer a write to sriov_numvfs?
 * @pdev: the PF
 *
 * Context: the PF's device_lock is held.
 * Return: true for a stub, one that joins by its sriov_configure(), and for what
 * sriov_unmanaged.scope=any covers.
 */
bool sriov_gate_answers(struct pci_dev *pdev)
{
	const struct pci_driver *driver = pdev->driver;

	if (sriov_is_stub(driver))
		return true;
	if (driver && driver->sriov_configure == pci_sriov_configure_unmanaged)
		return true;

	return pci_sriov_unmanaged_in_scope(pdev);
}

/**
 * sriov_stub_wakes - does the stub wake a PF up that it comes to?
 * @driver: the driver
 *
 * Return: true for uio_pci_generic, which enables the device.  pci-stub does not.
 */
bool sriov_stub_wakes(const struct pci_driver *driver)
{
	return sriov_is_stub(driver) && !strcmp(driver->name, "uio_pci_generic");
}

/* A managed resource of the PF goes when its driver does */
static void sriov_stub_gone(struct device *dev, void *res)
{
	pci_sriov_disable_unmanaged(to_pci_dev(dev));
	sriov_call_end();
}

/**
 * sriov_stub_hold - have the gate's VFs disabled when the stub goes
 * @pdev: the PF, which is bound to a stub of the stock kernel
 *
 * Context: the PF's device_lock is held.
 * Return: 0, or -ENOMEM.
 */
int sriov_stub_hold(struct pci_dev *pdev)
{
	void *res;

	if (devres_find(&pdev->dev, sriov_stub_gone, NULL, NULL))
		return 0;

	res = devres_alloc(sriov_stub_gone, 1, GFP_KERNEL);
	if (!res)
		return -ENOMEM;
	sriov_call_begin();
	devres_add(&pdev->dev, res);

	return 0;
}

/**
 * sriov_stub_release - leave the stub of a PF alone
 * @pdev: the PF, whose VFs are off
 *
 * Context: any; without the device_lock, which a driver may have for long.  If the
 * stub is going at this moment, sriov_calls_wait() waits for it.
 */
void sriov_stub_release(struct pci_dev *pdev)
{
	if (!devres_destroy(&pdev->dev, sriov_stub_gone, NULL, NULL))
		sriov_call_end();
}

/**
 * sriov_warns_before - is it warned of before this driver enables VFs?
 * @driver: the driver, or NULL
 *
 * Return: true for pci-pf-stub, which enables what it is asked for.
 */
bool sriov_warns_before(const struct pci_driver *driver)
{
	return driver && !strcmp(driver->name, "pci-pf-stub");
}

/**
 * sriov_warns_after - is it warned of after this driver has enabled VFs?
 * @driver: the driver, or NULL
 *
 * Return: true for vfio-pci, which refuses unless its parameter enable_sriov is
 * set: a module cannot see that beforehand.
 */
bool sriov_warns_after(const struct pci_driver *driver)
{
	return driver && !strcmp(driver->name, "vfio-pci");
}
