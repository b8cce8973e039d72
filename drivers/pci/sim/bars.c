// SPDX-License-Identifier: GPL-2.0
/*
 * PCI simulator: address space for BARs
 *
 * All BARs are programmed before the PCI core looks, as firmware does, and
 * claimed.  There are two windows, because a root port has two: what must be
 * below 4 GiB, and the rest.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/ioport.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "sim.h"

struct sim_area {
	struct sim_fn *fn;
	u16 reg;
	bool mem64;
	enum sim_class class;
	u64 size;
	u64 align;
	u64 offset;
};

/* The largest alignment first, which leaves no holes */
static int sim_cmp_areas(const void *a, const void *b)
{
	const struct sim_area *x = a, *y = b;

	if (x->align != y->align)
		return x->align < y->align ? 1 : -1;
	return 0;
}

static void sim_add_area(struct sim_area *area, struct sim_fn *fn, u16 reg,
			 const struct sim_bar_config *bar, bool root_port,
			 unsigned int vfs)
{
	u64 size = bar->size;

	if (vfs)
		size = max_t(u64, size, PAGE_SIZE);
	area->fn = fn;
	area->reg = reg;
	area->mem64 = bar->mem64;
	area->align = size;
	area->size = size * max(vfs, 1U);
	/* A root port forwards above 4 GiB only what is prefetchable */
	if (bar->mem64 && (bar->prefetch || !root_port))
		area->class = SIM_HIGH;
	else
		area->class = SIM_LOW;
}

const char pci_sim_res_name[] = "PCI simulator";

/* In the midst of memory or of another bridge's window, or around something */
static bool sim_is_taken(const struct resource *res)
{
	const struct resource *p;

	for (p = res->parent; p; p = p->parent)
		if (p->flags & IORESOURCE_BUSY || p->name == pci_sim_res_name)
			return true;
	return res->child;
}

/* Cut from what the user set aside; *next is where each window goes on */
static int sim_take_window(struct resource *res,
			   const struct sim_host_config *cfg, u64 *next,
			   enum sim_class class, u64 size, u64 align)
{
	unsigned int i, n;
	u64 start;
	int ret;

	for (n = 0; n < cfg->nr_windows; n++) {
		i = class == SIM_LOW ? n : cfg->nr_windows - 1 - n;
		start = ALIGN(next[i], align);
		if (start < next[i] || start > cfg->windows[i].end ||
		    size - 1 > cfg->windows[i].end - start)
			continue;
		if (class == SIM_LOW && start + size > SZ_4G)
			continue;
		res->start = start;
		res->end = start + size - 1;
		ret = insert_resource(&iomem_resource, res);
		if (ret)
			return ret;
		if (sim_is_taken(res)) {
			remove_resource(res);
			return -EBUSY;
		}
		next[i] = start + size;
		return 0;
	}
	return -ENOSPC;
}

/*
 * Address space that nobody uses.  Above 4 GiB that is what no resource claims.
 * Below, firmware does not tell of all that it has there, and only what a real
 * host bridge forwards, and none of its devices has, is known to be free.
 */
static int sim_take_free(struct resource *res, enum sim_class class, u64 size,
			 u64 align)
{
	struct pci_bus *bus = NULL;
	u64 max = iomem_resource.end;
	int ret = -ENOSPC;

	if (class == SIM_HIGH) {
#ifdef MAX_PHYSMEM_BITS
		max = min(max, (1ULL << MAX_PHYSMEM_BITS) - 1);
#endif
		return allocate_resource(&iomem_resource, res, size, SZ_4G, max,
					 align, NULL, NULL);
	}

	/* No bus goes away meanwhile */
	pci_lock_rescan_remove();
	while (ret && (bus = pci_find_next_bus(bus)))
		if (bus->ops != &pci_sim_ops)
			ret = pci_bus_alloc_resource(bus, res, size, align, 0,
						     IORESOURCE_PREFETCH, NULL,
						     NULL);
	pci_unlock_rescan_remove();

	/* Our BARs know no offset between addresses of the bus and of the CPU */
	if (!ret && res->end >= SZ_4G) {
		release_resource(res);
		ret = -ENOSPC;
	}
	return ret;
}

/* Open the root port's window of this class */
static void sim_open_port(struct sim_fn *port, enum sim_class class,
			  const struct resource *res)
{
	if (class == SIM_LOW) {
		sim_put(port->regs, PCI_MEMORY_BASE, 2, res->start >> 16);
		sim_put(port->regs, PCI_MEMORY_LIMIT, 2,
			res->end >> 16 & 0xfff0);
		return;
	}
	sim_put(port->regs, PCI_PREF_MEMORY_BASE, 2,
		(res->start >> 16 & 0xfff0) | PCI_PREF_RANGE_TYPE_64);
	sim_put(port->regs, PCI_PREF_MEMORY_LIMIT, 2,
		(res->end >> 16 & 0xfff0) | PCI_PREF_RANGE_TYPE_64);
	sim_put(port->regs, PCI_PREF_BASE_UPPER32, 4,
		upper_32_bits(res->start));
	sim_put(port->regs, PCI_PREF_LIMIT_UPPER32, 4,
		upper_32_bits(res->end));
}

static int sim_place(struct sim_host *host, const struct sim_host_config *cfg,
		     struct sim_area *areas, unsigned int nr,
		     enum sim_class class, u64 *next)
{
	struct resource *res = &host->win[class];
	u64 unit = PAGE_SIZE, size = 0, align, addr;
	unsigned int i;
	int ret;

	/* What a root port's windows are made of; and the VGA hole is smaller */
	if (host->port || (class == SIM_LOW && !cfg->nr_windows))
		unit = SZ_1M;
	align = unit;

	for (i = 0; i < nr; i++) {
		if (areas[i].class != class)
			continue;
		size = ALIGN(size, areas[i].align);
		areas[i].offset = size;
		size += areas[i].size;
		align = max(align, areas[i].align);
	}
	if (!size)
		return 0;
	size = ALIGN(size, unit);

	res->name = pci_sim_res_name;
	res->flags = IORESOURCE_MEM;
	if (class == SIM_HIGH)
		res->flags |= IORESOURCE_MEM_64;
	if (cfg->nr_windows)
		ret = sim_take_window(res, cfg, next, class, size, align);
	else
		ret = sim_take_free(res, class, size, align);
	if (ret) {
		pr_err("no %llu KiB%s for BARs\n", size >> 10,
		       class == SIM_LOW ? " below 4 GiB" : "");
		return ret;
	}
	host->win_used[class] = true;

	for (i = 0; i < nr; i++) {
		if (areas[i].class != class)
			continue;
		addr = res->start + areas[i].offset;
		areas[i].fn->regs[areas[i].reg / 4] |= lower_32_bits(addr);
		if (areas[i].mem64)
			areas[i].fn->regs[areas[i].reg / 4 + 1] =
				upper_32_bits(addr);
	}
	if (host->port)
		sim_open_port(host->port, class, res);
	return 0;
}

/**
 * pci_sim_place_bars - program the BARs of all functions
 * @host: the bridge, with its functions
 * @cfg: its configuration
 * @fns: the configurations of its functions
 *
 * Return: 0, or a negative errno if there is no room.
 */
int pci_sim_place_bars(struct sim_host *host,
		       const struct sim_host_config *cfg,
		       const struct sim_fn_config * const *fns)
{
	u64 next[SIM_MAX_WINDOWS];
	struct sim_area *areas;
	unsigned int i, nr = 0;
	int bar, ret;

	areas = kvcalloc(host->nr_fns, sizeof(*areas) *
			 (PCI_STD_NUM_BARS + PCI_SRIOV_NUM_BARS), GFP_KERNEL);
	if (!areas)
		return -ENOMEM;

	for (i = 0; i < host->nr_fns; i++) {
		struct sim_fn *fn = host->fns[i];

		for (bar = 0; bar < PCI_STD_NUM_BARS; bar++)
			if (fns[i]->bar[bar].size)
				sim_add_area(&areas[nr++], fn,
					     PCI_BASE_ADDRESS_0 + 4 * bar,
					     &fns[i]->bar[bar],
					     cfg->root_port, 0);
		for (bar = 0; bar < PCI_SRIOV_NUM_BARS; bar++)
			if (fns[i]->vf_bar[bar].size)
				sim_add_area(&areas[nr++], fn,
					     fn->sriov + PCI_SRIOV_BAR + 4 * bar,
					     &fns[i]->vf_bar[bar],
					     cfg->root_port, fn->total_vfs);
	}
	sort(areas, nr, sizeof(*areas), sim_cmp_areas, NULL);

	for (i = 0; i < cfg->nr_windows; i++)
		next[i] = cfg->windows[i].start;
	ret = sim_place(host, cfg, areas, nr, SIM_LOW, next);
	if (!ret)
		ret = sim_place(host, cfg, areas, nr, SIM_HIGH, next);

	kvfree(areas);
	return ret;
}

/**
 * pci_sim_release_windows - give back the address space of a bridge
 * @host: the bridge
 */
void pci_sim_release_windows(struct sim_host *host)
{
	unsigned int i;

	for (i = 0; i < SIM_NR_CLASSES; i++) {
		if (host->win_used[i])
			remove_resource(&host->win[i]);
		host->win_used[i] = false;
	}
}
