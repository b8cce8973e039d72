// SPDX-License-Identifier: GPL-2.0
/* PCI simulator: what reads and writes of config space do */

#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "sim.h"

/*
 * Who answers at this address?  *vf is the number of the VF, or -1.  A VF's
 * routing ID is a matter of arithmetic, so it may be on any bus.
 */
static struct sim_fn *sim_lookup(struct sim_host *host, unsigned int bus,
				 unsigned int devfn, int *vf)
{
	unsigned int fn_bus = sim_fn_bus(host);
	unsigned int rid = bus << 8 | devfn;
	unsigned int i;

	*vf = -1;

	if (host->port) {
		if (bus == 0)
			return devfn == host->port->devfn ? host->port : NULL;
		if (bus < fn_bus ||
		    bus > sim_get(host->port->regs, PCI_SUBORDINATE_BUS, 1))
			return NULL;
	}

	if (bus == fn_bus) {
		for (i = 0; i < host->nr_fns; i++)
			if (host->fns[i]->devfn == devfn)
				return host->fns[i];
	}

	for (i = 0; i < host->nr_fns; i++) {
		struct sim_fn *fn = host->fns[i];
		unsigned int first, stride, n;

		if (!fn->nr_vfs)
			continue;
		first = (fn_bus << 8 | fn->devfn) +
			sim_get(fn->regs, fn->sriov + PCI_SRIOV_VF_OFFSET, 2);
		stride = sim_get(fn->regs, fn->sriov + PCI_SRIOV_VF_STRIDE, 2);
		if (rid < first)
			continue;
		if (rid == first)
			n = 0;
		else if (stride && (rid - first) % stride == 0)
			n = (rid - first) / stride;
		else
			continue;
		if (n < fn->nr_vfs) {
			*vf = n;
			return fn;
		}
	}

	return NULL;
}

static bool sim_is_gone(const struct sim_fn *fn, int vf)
{
	if (!fn->plugged)
		return true;
	return fn->faults.gone &&
	       (fn->faults.target == SIM_PF || fn->faults.target == vf);
}

/* Is this read answered?  It may be the first that is not */
static bool sim_answers(struct sim_fn *fn, int vf)
{
	struct sim_faults *faults = &fn->faults;

	if (sim_is_gone(fn, vf))
		return false;
	if (faults->gone_after == SIM_OFF || faults->target != vf)
		return true;
	if (faults->gone_after > 0) {
		faults->gone_after--;
		return true;
	}
	faults->gone_after = SIM_OFF;
	faults->gone = true;
	return false;
}

static u16 sim_vf_command(const struct sim_fn *fn, int vf)
{
	if (fn->vfs[vf].generation != fn->generation)
		return 0;
	return fn->vfs[vf].command;
}

static int sim_read(struct pci_bus *bus, unsigned int devfn, int where,
		    int size, u32 *val)
{
	struct sim_host *host = bus_to_sim_host(bus);
	int ret = PCIBIOS_SUCCESSFUL;
	struct sim_fn *fn;
	unsigned long flags;
	u32 reg;
	int vf;

	raw_spin_lock_irqsave(&host->lock, flags);

	fn = sim_lookup(host, bus->number, devfn, &vf);
	if (!fn) {
		PCI_SET_ERROR_RESPONSE(val);
		ret = PCIBIOS_DEVICE_NOT_FOUND;
		goto out;
	}

	if (vf < 0)
		fn->stats.reads++;
	else
		fn->stats.vf_reads++;

	/* An answer of all ones is what a host bridge makes of silence */
	if (!sim_answers(fn, vf)) {
		PCI_SET_ERROR_RESPONSE(val);
		goto out;
	}

	if (vf < 0) {
		reg = fn->regs[where / 4];
	} else {
		reg = fn->vf_regs[where / 4];
		if (where / 4 == PCI_COMMAND / 4)
			reg |= sim_vf_command(fn, vf);
	}
	*val = sim_get(&reg, where & 3, size);
out:
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return ret;
}

/* First VF Offset and VF Stride may depend on NumVFs */
static void sim_update_routing(struct sim_fn *fn)
{
	u32 n = sim_get(fn->regs, fn->sriov + PCI_SRIOV_NUM_VF, 2);

	sim_put(fn->regs, fn->sriov + PCI_SRIOV_VF_OFFSET, 2,
		fn->offset + fn->faults.offset_per_vf * n);
	sim_put(fn->regs, fn->sriov + PCI_SRIOV_VF_STRIDE, 2,
		fn->stride + fn->faults.stride_per_vf * n);
}

static void sim_update_vfs(struct sim_fn *fn)
{
	unsigned int n = 0;

	if (sim_vf_enabled(fn))
		n = min(sim_get(fn->regs, fn->sriov + PCI_SRIOV_NUM_VF, 2),
			(u32)fn->total_vfs);
	if (n && !fn->nr_vfs) {
		fn->generation++;
		fn->stats.vf_enables++;
	}
	if (!n && fn->nr_vfs)
		fn->stats.vf_disables++;
	fn->nr_vfs = n;
}

/* All state but the presence in the slot; VFs cease to exist */
void pci_sim_reset(struct sim_fn *fn)
{
	memcpy(fn->regs, fn->reset, sizeof(fn->regs));
	if (fn->sriov) {
		sim_update_routing(fn);
		sim_update_vfs(fn);
	}
	fn->stats.resets++;
}

/*
 * Writes within the SR-IOV capability, PCIe r6.0, sec 9.3.3: what may not be
 * written while VF Enable is set keeps its value.
 */
static void sim_write_sriov(struct sim_fn *fn, int reg, u32 mask, u32 new)
{
	u32 *regs = fn->regs;
	u32 old = regs[reg / 4];
	u32 pgsize;

	switch (reg - fn->sriov) {
	case PCI_SRIOV_CTRL:
		if (fn->faults.vf_enable_stuck)
			new = (new & ~PCI_SRIOV_CTRL_VFE) |
			      (old & PCI_SRIOV_CTRL_VFE);
		if (sim_vf_enabled(fn) && ((old ^ new) & PCI_SRIOV_CTRL_ARI)) {
			new ^= PCI_SRIOV_CTRL_ARI;
			fn->stats.rejected++;
		}
		regs[reg / 4] = new;
		sim_update_vfs(fn);
		return;

	case PCI_SRIOV_NUM_VF:
		if (!(mask & 0xffff))
			return;
		fn->stats.numvfs_writes++;
		if (sim_vf_enabled(fn)) {
			fn->stats.rejected++;
			return;
		}
		if (!fn->faults.numvfs_stuck)
			regs[reg / 4] = new;
		sim_update_routing(fn);
		return;

	case PCI_SRIOV_SYS_PGSIZE:
		/* One of those that are supported, or nothing changes */
		if (sim_vf_enabled(fn) || !is_power_of_2(new) ||
		    !(new & SIM_PAGE_SIZES)) {
			fn->stats.rejected++;
			return;
		}
		break;

	case PCI_SRIOV_BAR ... PCI_SRIOV_BAR + 4 * PCI_SRIOV_NUM_BARS - 4:
		/* A VF's share is no less than a page of the system's */
		if (fn->vf_bar_low & BIT((reg - fn->sriov - PCI_SRIOV_BAR) / 4)) {
			pgsize = sim_get(regs, fn->sriov + PCI_SRIOV_SYS_PGSIZE,
					 4) << 12;
			new &= ~(pgsize - 1) | ~(u32)PCI_BASE_ADDRESS_MEM_MASK;
		}
		break;
	}

	regs[reg / 4] = new;
}

static void sim_write_fn(struct sim_fn *fn, int where, int size, u32 val)
{
	int reg = where & ~3;
	u32 mask = sim_mask(where, size) & fn->wmask[reg / 4];
	u32 old = fn->regs[reg / 4];
	u32 new = (old & ~mask) | (val << (where & 3) * 8 & mask);

	if (fn->sriov && reg >= fn->sriov &&
	    reg < fn->sriov + PCI_EXT_CAP_SRIOV_SIZEOF) {
		sim_write_sriov(fn, reg, sim_mask(where, size), new);
		return;
	}

	if (reg == SIM_EXP + PCI_EXP_DEVCTL &&
	    (val << (where & 3) * 8) & PCI_EXP_DEVCTL_BCR_FLR &&
	    fn->regs[(SIM_EXP + PCI_EXP_DEVCAP) / 4] & PCI_EXP_DEVCAP_FLR) {
		pci_sim_reset(fn);
		return;
	}

	fn->regs[reg / 4] = new;

	/* From D3hot, which is 3, to D0 */
	if (reg == SIM_PM + PCI_PM_CTRL &&
	    (old & PCI_PM_CTRL_STATE_MASK) == 3 &&
	    (new & PCI_PM_CTRL_STATE_MASK) == 0 &&
	    !(new & PCI_PM_CTRL_NO_SOFT_RESET))
		pci_sim_reset(fn);
}

/* A VF has Bus Master Enable and its reset; INTx and decoding are not its own */
static void sim_write_vf(struct sim_fn *fn, int vf, int where, int size,
			 u32 val)
{
	int reg = where & ~3;

	val <<= (where & 3) * 8;

	if (reg == PCI_COMMAND && sim_mask(where, size) & PCI_COMMAND_MASTER) {
		fn->vfs[vf].command = val & PCI_COMMAND_MASTER;
		fn->vfs[vf].generation = fn->generation;
	}
	if (reg == SIM_EXP + PCI_EXP_DEVCTL && val & PCI_EXP_DEVCTL_BCR_FLR) {
		fn->vfs[vf].command = 0;
		fn->stats.resets++;
	}
}

static int sim_write(struct pci_bus *bus, unsigned int devfn, int where,
		     int size, u32 val)
{
	struct sim_host *host = bus_to_sim_host(bus);
	int ret = PCIBIOS_SUCCESSFUL;
	struct sim_fn *fn;
	unsigned long flags;
	unsigned int i;
	int vf;

	raw_spin_lock_irqsave(&host->lock, flags);

	fn = sim_lookup(host, bus->number, devfn, &vf);
	if (!fn) {
		ret = PCIBIOS_DEVICE_NOT_FOUND;
		goto out;
	}

	if (vf < 0)
		fn->stats.writes++;
	else
		fn->stats.vf_writes++;

	if (sim_is_gone(fn, vf))
		goto out;

	if (vf < 0)
		sim_write_fn(fn, where, size, val);
	else
		sim_write_vf(fn, vf, where, size, val);

	if (fn == host->port &&
	    sim_get(fn->regs, PCI_BRIDGE_CONTROL, 2) & PCI_BRIDGE_CTL_BUS_RESET)
		for (i = 0; i < host->nr_fns; i++)
			pci_sim_reset(host->fns[i]);
out:
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return ret;
}

struct pci_ops pci_sim_ops = {
	.read = sim_read,
	.write = sim_write,
};
