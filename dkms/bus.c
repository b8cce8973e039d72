// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: devices and drivers that come and
 * go, by the notifier of the bus
 */
#include <linux/device/bus.h>
#include <linux/pci.h>
#include <linux/pm_domain.h>

#include "sriov-unmanaged.h"
#include "stock.h"

/*
 * A notifier cannot refuse a probe, but a PM domain can, and is asked right after
 * it.  As from probe(), the error is positive there: another driver may be tried.
 */
static int sriov_refuse(struct device *dev)
{
	return EBUSY;
}

/* In all else it does what the bus does */
static struct dev_pm_domain sriov_refusal = {
	.activate = sriov_refuse,
};

static void sriov_bind_pf(struct pci_dev *pdev, const struct pci_driver *driver)
{
	struct sriov_pf *pf;

	sriov_settle(pdev);
	/* In its probe() the core would forget what VFs depend on */
	if (pdev->current_state == PCI_D3hot && sriov_stub_wakes(driver))
		pci_sriov_power_up(pdev);
	if (!pci_sriov_unmanaged_probe(pdev, driver))
		return;

	pf = sriov_pf_get(pdev);
	if (!pf)
		return;
	pf->pm_domain = pdev->dev.pm_domain;
	dev_pm_domain_set(&pdev->dev, &sriov_refusal);
	sriov_pf_put(pf);
}

static void sriov_not_bound(struct pci_dev *pdev)
{
	struct sriov_pf *pf;

	if (pdev->dev.pm_domain != &sriov_refusal)
		return;

	pf = sriov_pf_get(pdev);
	dev_pm_domain_set(&pdev->dev, pf ? pf->pm_domain : NULL);
	sriov_pf_put(pf);
}

static bool sriov_has_override(struct pci_dev *pdev)
{
#ifdef SRIOV_PCI_DRIVER_OVERRIDE
	return pdev->driver_override;
#else
	return device_has_driver_override(&pdev->dev);
#endif
}

/* The gate's hook comes behind pci_device_can_probe() */
static void sriov_bind_vf(struct pci_dev *vf, const struct pci_driver *driver)
{
	struct pci_dev *pf = pci_physfn(vf);

	if (pci_sriov_is_unmanaged(pf) &&
	    (pci_sriov_unmanaged_autoprobe(pf) || sriov_has_override(vf)))
		pci_sriov_unmanaged_probe(vf, driver);
}

/* VFs that come although nobody writes to sriov_numvfs are some driver's own */
static void sriov_add_vf(struct pci_dev *vf)
{
	struct pci_dev *pdev = pci_physfn(vf);
	struct sriov_pf *pf = sriov_pf_get(pdev);

	if (pf && !atomic_read(&pf->writers) && pci_sriov_is_unmanaged(pdev))
		pci_sriov_unmanaged_disabled(pdev);
	sriov_pf_put(pf);
}

/* VFs may be on that scope=any got enabled, or another stub that has gone */
static void sriov_bound(struct pci_dev *pdev)
{
	const struct pci_driver *driver = to_pci_driver(pdev->dev.driver);

	if (pci_sriov_is_unmanaged(pdev) && sriov_is_stub(driver) &&
	    sriov_stub_hold(pdev))
		pci_warn(pdev, "VFs will stay on when %s goes: out of memory\n",
			 driver->name);
}

static void sriov_notify_vf(unsigned long action, struct pci_dev *vf)
{
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		sriov_add_vf(vf);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		sriov_bind_vf(vf, to_pci_driver(vf->dev.driver));
		break;
	}
}

static void sriov_notify_pf(unsigned long action, struct pci_dev *pdev)
{
	switch (action) {
	case BUS_NOTIFY_ADD_DEVICE:
		sriov_pf_attach(pdev);
		break;
	case BUS_NOTIFY_DEL_DEVICE:
		sriov_leave_bus(pdev);
		sriov_pf_detach(pdev);
		break;
	case BUS_NOTIFY_BIND_DRIVER:
		sriov_bind_pf(pdev, to_pci_driver(pdev->dev.driver));
		break;
	case BUS_NOTIFY_DRIVER_NOT_BOUND:
		sriov_not_bound(pdev);
		sriov_settle(pdev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		sriov_bound(pdev);
		sriov_settle(pdev);
		break;
	case BUS_NOTIFY_UNBOUND_DRIVER:
		sriov_settle(pdev);
		break;
	}
}

static int sriov_notify(struct notifier_block *nb, unsigned long action,
			void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (pdev->is_virtfn)
		sriov_notify_vf(action, pdev);
	else if (pdev->is_physfn)
		sriov_notify_pf(action, pdev);

	return NOTIFY_DONE;
}

static struct notifier_block sriov_nb = {
	.notifier_call = sriov_notify,
};

/* PFs do not go meanwhile; those that come are attached by the notifier as well */
static int sriov_attach_all(void)
{
	struct pci_dev *pdev = NULL;
	int err = 0;

	pci_lock_rescan_remove();
	for_each_pci_dev(pdev) {
		if (!pdev->is_physfn)
			continue;
		err = sriov_pf_attach(pdev);
		if (err) {
			pci_dev_put(pdev);
			break;
		}
	}
	pci_unlock_rescan_remove();

	return err;
}

/**
 * sriov_bus_init - take over PFs that are there, and those that come
 *
 * Return: 0, or a negative errno.
 */
int sriov_bus_init(void)
{
	int err;

	if (pci_bus_type.pm)
		sriov_refusal.ops = *pci_bus_type.pm;

	err = bus_register_notifier(&pci_bus_type, &sriov_nb);
	if (err)
		return err;

	err = sriov_attach_all();
	if (err)
		sriov_bus_exit();

	return err;
}

/**
 * sriov_bus_exit - give all PFs back
 */
void sriov_bus_exit(void)
{
	sriov_pf_detach_all();
	bus_unregister_notifier(&pci_bus_type, &sriov_nb);
	sriov_calls_wait();
}
