// SPDX-License-Identifier: GPL-2.0
/* PCI simulator: a host bridge from a configuration, create and destroy */

#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/numa.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "sim.h"

/* Domains of firmware and of other emulations end before the first one of ours */
#define SIM_FIRST_DOMAIN	0x10001

/*
 * What older kernels lack; their Makefile says so.  First, driver_override is a
 * matter of each bus.
 */
#ifdef SIM_PCI_DRIVER_OVERRIDE
static int sim_set_override(struct pci_dev *pdev, const char *name)
{
	return driver_set_override(&pdev->dev, &pdev->driver_override, name,
				   strlen(name));
}
#else
static int sim_set_override(struct pci_dev *pdev, const char *name)
{
	return device_set_driver_override(&pdev->dev, name);
}
#endif

/* The rescan lock is held: no bus goes away meanwhile, and none comes */
static bool sim_domain_used(int domain)
{
	struct pci_bus *bus = NULL;

	while ((bus = pci_find_next_bus(bus)))
		if (pci_domain_nr(bus) == domain)
			return true;
	return false;
}

/* Nobody else who emulates a bridge gets it, until ours is released */
static int sim_reserve_domain(int domain)
{
#ifdef SIM_NO_EMUL_DOMAIN
	return domain;
#else
	return pci_bus_find_emul_domain_nr(domain, domain, domain);
#endif
}

/* Return: the domain that is wanted, or that is free, or a negative errno */
static int sim_get_domain(int wanted)
{
	int domain, ret = -ENOSPC;

	if (wanted != SIM_AUTO) {
		if (!sim_domain_used(wanted))
			ret = sim_reserve_domain(wanted);
		if (ret == -ENOSPC)
			pr_err("domain %#x is in use\n", wanted);
		return ret == -ENOSPC ? -EEXIST : ret;
	}

	/* intel-iommu has 16 bits for it: keep away from what looks like 0 */
	for (domain = SIM_FIRST_DOMAIN; ret == -ENOSPC; domain++) {
		if (domain & 0xffff && !sim_domain_used(domain))
			ret = sim_reserve_domain(domain);
	}
	return ret;
}

/**
 * pci_sim_read_fn_bus - the bus that the functions are on
 * @host: the bridge, whose lock is not held
 *
 * Return: the number of the bus.
 */
unsigned int pci_sim_read_fn_bus(struct sim_host *host)
{
	unsigned long flags;
	unsigned int bus;

	raw_spin_lock_irqsave(&host->lock, flags);
	bus = sim_fn_bus(host);
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return bus;
}

/*
 * A device is about to be known: say which driver may have it before any driver
 * is asked.  That is too early for sysfs, and drivers_autoprobe does not keep
 * drivers from a PCI device.
 */
static int sim_bus_notify(struct notifier_block *nb, unsigned long action,
			  void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	struct sim_host *host;
	unsigned int i;

	if (action != BUS_NOTIFY_ADD_DEVICE || pdev->bus->ops != &pci_sim_ops ||
	    pdev->is_virtfn)
		return NOTIFY_DONE;

	host = bus_to_sim_host(pdev->bus);
	if (pdev->bus->number != pci_sim_read_fn_bus(host))
		return NOTIFY_DONE;
	for (i = 0; i < host->nr_fns; i++) {
		struct sim_fn *fn = host->fns[i];

		if (fn->devfn == pdev->devfn && *fn->override &&
		    sim_set_override(pdev, fn->override))
			pci_warn(pdev, "no memory for driver_override\n");
	}
	return NOTIFY_OK;
}

struct notifier_block pci_sim_bus_nb = {
	.notifier_call = sim_bus_notify,
};

/* Runs when the last reference to the bridge or to a device on it is gone */
static void sim_host_release(struct pci_host_bridge *bridge)
{
	struct sim_host *host = pci_host_bridge_priv(bridge);

	pci_sim_release_windows(host);
	pci_sim_free_fns(host);
	module_put(THIS_MODULE);
}

/* The PCI core's device of this function; to be put */
static struct pci_dev *sim_get_pdev(struct sim_host *host, struct sim_fn *fn)
{
	return pci_get_domain_bus_and_slot(host->domain, pci_sim_read_fn_bus(host),
					   fn->devfn);
}

/*
 * VFs whose PF went away without them, which the PCI core permits: remove them,
 * let the PF forget them, and give back the reference to it that each holds.
 */
static void sim_remove_orphans(struct sim_host *host)
{
	struct pci_dev *pdev, *pf;
	struct pci_bus *bus;
	unsigned int n;

	do {
		pf = NULL;
		pdev = NULL;
		n = 0;
		for_each_pci_dev(pdev) {
			if (pci_domain_nr(pdev->bus) != host->domain ||
			    !pdev->is_virtfn || (pf && pci_physfn(pdev) != pf))
				continue;
			pf = pci_physfn(pdev);
			n++;
			bus = pdev->bus;
			if (pdev->dev.kobj.sd)
				sysfs_remove_link(&pdev->dev.kobj, "physfn");
			pci_stop_and_remove_bus_device(pdev);
			if (!bus->self && bus->parent &&
			    list_empty(&bus->devices))
				pci_remove_bus(bus);
		}
		if (pf) {
			pci_disable_sriov(pf);
			while (n--)
				pci_dev_put(pf);
		}
	} while (pf);
}

/* Buses that were made for VFs and did not go with them */
static void sim_remove_virtual_buses(struct pci_bus *bus)
{
	struct pci_bus *child, *tmp;

	list_for_each_entry_safe(child, tmp, &bus->children, node) {
		sim_remove_virtual_buses(child);
		if (!child->self && list_empty(&child->devices))
			pci_remove_bus(child);
	}
}

/**
 * pci_sim_create - bring a host bridge to life
 * @cfg: its configuration
 * @fns: the configurations of its functions
 * @nr: how many functions there are; at least one
 *
 * Return: the bridge, with its devices known to the driver core, or an error.
 */
struct sim_host *pci_sim_create(const struct sim_host_config *cfg,
				const struct sim_fn_config * const *fns,
				unsigned int nr)
{
	struct pci_host_bridge *bridge;
	struct sim_host *host;
	struct pci_bus *child;
	unsigned int i;
	int ret;

	bridge = pci_alloc_host_bridge(sizeof(*host));
	if (!bridge)
		return ERR_PTR(-ENOMEM);
	host = pci_host_bridge_priv(bridge);
	host->bridge = bridge;
	raw_spin_lock_init(&host->lock);
	__module_get(THIS_MODULE);
	pci_set_host_bridge_release(bridge, sim_host_release, NULL);

	ret = pci_sim_alloc_fns(host, cfg, fns, nr);
	if (ret)
		goto err_free;
	ret = pci_sim_place_bars(host, cfg, fns);
	if (ret)
		goto err_free;

	bridge->sysdata = &host->sysdata;
	bridge->ops = &pci_sim_ops;
	/* Nobody raises interrupts: keep the port services away */
	bridge->native_aer = 0;
	bridge->native_pcie_hotplug = 0;
	bridge->native_shpc_hotplug = 0;
	bridge->native_pme = 0;
	bridge->native_ltr = 0;
	bridge->native_dpc = 0;

	host->busn.name = pci_sim_res_name;
	host->busn.flags = IORESOURCE_BUS;
	host->busn.end = 0xff;
	pci_add_resource(&bridge->windows, &host->busn);
	for (i = 0; i < SIM_NR_CLASSES; i++)
		if (host->win_used[i])
			pci_add_resource(&bridge->windows, &host->win[i]);

	pci_lock_rescan_remove();
	ret = sim_get_domain(cfg->domain);
	if (ret < 0)
		goto err_unlock;
	host->domain = ret;
	bridge->domain_nr = host->domain;
#ifdef CONFIG_X86
	host->sysdata.domain = host->domain;
	host->sysdata.node = NUMA_NO_NODE;
#endif

	ret = pci_scan_root_bus_bridge(bridge);
	if (ret)
		goto err_unlock;
	pci_bus_claim_resources(bridge->bus);
	list_for_each_entry(child, &bridge->bus->children, node)
		pcie_bus_configure_settings(child);
	pci_bus_add_devices(bridge->bus);
	pci_unlock_rescan_remove();

	return host;

err_unlock:
	pci_unlock_rescan_remove();
err_free:
	pci_free_host_bridge(bridge);
	return ERR_PTR(ret);
}

/**
 * pci_sim_destroy - take a host bridge down
 * @host: the bridge, in whatever state its devices are
 *
 * Drivers go first, without the rescan lock: sriov_numvfs takes that lock with
 * the lock of the PF held, so that waiting for the latter in here while we have
 * the former would be a deadlock.  VFs go before their PFs, because the PCI
 * core cannot remove a bus with VFs that have lost their PF.
 */
void pci_sim_destroy(struct sim_host *host)
{
	struct pci_bus *bus = host->bridge->bus;
	struct pci_dev *pdev;
	unsigned int i;

	for (i = 0; i < host->nr_fns; i++) {
		pdev = sim_get_pdev(host, host->fns[i]);
		if (!pdev)
			continue;
		/* Let no driver come back, nor through that change NumVFs */
		sim_set_override(pdev, "none");
		device_release_driver(&pdev->dev);
		pci_dev_put(pdev);
	}

	pci_lock_rescan_remove();
	for (i = 0; i < host->nr_fns; i++) {
		pdev = sim_get_pdev(host, host->fns[i]);
		if (pdev)
			pci_disable_sriov(pdev);
		pci_dev_put(pdev);
	}
	sim_remove_orphans(host);
	sim_remove_virtual_buses(bus);
	pci_stop_root_bus(bus);
	pci_remove_root_bus(bus);
	pci_unlock_rescan_remove();

	pci_sim_release_windows(host);
	pci_free_host_bridge(host->bridge);
}

/**
 * pci_sim_unplug - pull a function out of its slot
 * @host: the bridge
 * @fn: the function
 *
 * The PCI core learns of it as from a hotplug controller.
 */
void pci_sim_unplug(struct sim_host *host, struct sim_fn *fn)
{
	struct pci_dev *pdev;
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	fn->plugged = false;
	raw_spin_unlock_irqrestore(&host->lock, flags);

	pdev = sim_get_pdev(host, fn);
	if (!pdev)
		return;
	xchg(&pdev->error_state, pci_channel_io_perm_failure);
	pci_stop_and_remove_bus_device_locked(pdev);
	pci_dev_put(pdev);
}

/**
 * pci_sim_plug - put a function back into its slot
 * @host: the bridge
 * @fn: the function
 *
 * A rescan of the bus finds it, with BARs that nobody programmed.
 */
void pci_sim_plug(struct sim_host *host, struct sim_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	pci_sim_reset(fn);
	fn->plugged = true;
	raw_spin_unlock_irqrestore(&host->lock, flags);
}
