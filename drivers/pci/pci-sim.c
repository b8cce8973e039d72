// SPDX-License-Identifier: GPL-2.0
/*
 * PCI simulator: host bridges whose configuration space lives in memory
 *
 * A device on a simulated bridge is what its configuration says: any IDs, any
 * SR-IOV capability, any BARs.  The PCI core, sysfs, drivers and userspace see
 * no difference to a device of flesh and blood, as long as nobody expects an
 * interrupt, or anything but plain memory behind a BAR.  It serves tests of
 * what decides by identity or configuration space, on machines that have no
 * such device, and it breaks in the ways that real devices do, on demand.
 *
 * Three layers, from the bottom up:
 *
 * registers	read and write the configuration space of one function,
 *		with what a PF, a VF and a root port do on a write
 * host		a host bridge from a configuration: create and destroy
 * configfs	where the configuration comes from
 *
 * Documentation/PCI/pci-sim.rst describes the interface.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitfield.h>
#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#ifndef CONFIG_X86
#include <linux/pci-ecam.h>
#endif

/* In a configuration, -1 is what a word stands for */
#define SIM_AUTO	(-1)	/* the simulator chooses */
#define SIM_OFF		(-1)	/* of a fault that counts */
#define SIM_PF		(-1)	/* of a fault's target */

/* The root port's device ID, of the vendor that QEMU's has: 1b36:000c */
#define SIM_PORT_DEVICE	0x000c
/* A function's unless it is told another: 1b36:0005, QEMU's test device */
#define SIM_FN_DEVICE	0x0005

#define SIM_MAX_FNS	256	/* on one bus */
#define SIM_MAX_WINDOWS	2
#define SIM_OVERRIDE_LEN	64
#define SIM_MAX_BAR	BIT_ULL(40)

/* Domains of firmware and of other emulations end before the first one of ours */
#define SIM_FIRST_DOMAIN	0x10001

/* Where the capabilities are; extended ones follow each other from 0x100 */
#define SIM_PM		0x40
#define SIM_EXP		0x50
#define SIM_EXP_SIZE	0x34

/* What a device supports by the letter of the specification: 4K to 4M */
#define SIM_PAGE_SIZES	0x553

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

/* ------------------------------------------------------------------------
 * Configuration: plain data, made by configfs or a test
 */

/**
 * struct sim_bar_config - one base address register
 * @size: in bytes, a power of two; 0 for no BAR.  The size of one VF's share
 *	for VF BARs
 * @mem64: 64 bits wide, and so takes the next BAR's place too
 * @prefetch: prefetchable
 */
struct sim_bar_config {
	u64 size;
	bool mem64;
	bool prefetch;
};

/**
 * struct sim_faults - what goes wrong on purpose
 * @target: the VF that @gone and @gone_after are about, or SIM_PF for it with
 *	all its VFs
 * @gone: reads answer all ones and writes are lost
 * @gone_after: number of reads of @target that are answered until @gone sets
 *	itself, or SIM_OFF
 * @numvfs_stuck: writes to NumVFs do not stick
 * @vf_enable_stuck: writes to VF Enable do not stick
 * @offset_per_vf: added to First VF Offset, times NumVFs
 * @stride_per_vf: added to VF Stride, times NumVFs
 */
struct sim_faults {
	int target;
	int gone;
	int gone_after;
	int numvfs_stuck;
	int vf_enable_stuck;
	int offset_per_vf;
	int stride_per_vf;
};

/**
 * struct sim_fn_config - one function, with its VFs
 * @vendor: vendor ID
 * @device: device ID
 * @subvendor: subsystem vendor ID
 * @subdevice: subsystem ID
 * @class: class, subclass and programming interface
 * @revision: revision ID
 * @devfn: device and function number, or SIM_AUTO
 * @ari: has an ARI capability
 * @acs: has an ACS capability, for peer-to-peer requests and completions
 * @soft_reset: loses its state on the way from D3hot to D0
 * @total_vfs: TotalVFs; 0 for no SR-IOV capability
 * @initial_vfs: InitialVFs, or SIM_AUTO for the same
 * @vf_device: VF Device ID, or SIM_AUTO for @device
 * @offset: First VF Offset, or SIM_AUTO
 * @stride: VF Stride
 * @bar: the function's BARs
 * @vf_bar: the BARs of its VFs
 * @override: the only driver that may bind, or empty
 * @faults: from the first access on
 */
struct sim_fn_config {
	int vendor;
	int device;
	int subvendor;
	int subdevice;
	int class;
	int revision;
	int devfn;
	int ari;
	int acs;
	int soft_reset;
	int total_vfs;
	int initial_vfs;
	int vf_device;
	int offset;
	int stride;
	struct sim_bar_config bar[PCI_STD_NUM_BARS];
	struct sim_bar_config vf_bar[PCI_SRIOV_NUM_BARS];
	char override[SIM_OVERRIDE_LEN];
	struct sim_faults faults;
};

struct sim_range {
	u64 start;
	u64 end;
};

/**
 * struct sim_host_config - one host bridge
 * @domain: PCI domain, or SIM_AUTO
 * @root_port: put the functions below a root port
 * @nr_windows: number of @windows; 0 to take free address space
 * @windows: where BARs may be
 */
struct sim_host_config {
	int domain;
	bool root_port;
	unsigned int nr_windows;
	struct sim_range windows[SIM_MAX_WINDOWS];
};

/* ------------------------------------------------------------------------
 * Registers
 */

#define SIM_NR_REGS	(PCI_CFG_SPACE_EXP_SIZE / 4)

struct sim_stats {
	u64 reads;
	u64 writes;
	u64 vf_reads;
	u64 vf_writes;
	u64 numvfs_writes;
	u64 vf_enables;
	u64 vf_disables;
	u64 rejected;
	u64 resets;
};

/* The one register of a VF that can be written; void if of an old generation */
struct sim_vf {
	u32 generation;
	u16 command;
};

/**
 * struct sim_fn - one function as the bus sees it
 * @regs: what a read returns
 * @wmask: the bits that a write changes
 * @reset: what @regs is after a reset
 * @vf_regs: what a read of a VF returns, but for its sim_vf
 * @vfs: state of each of TotalVFs VFs
 * @generation: counts the times that VFs appeared
 * @nr_vfs: number of VFs that are there now
 * @devfn: device and function number
 * @sriov: position of the SR-IOV capability, or 0
 * @offset: First VF Offset as configured
 * @stride: VF Stride as configured
 * @total_vfs: TotalVFs
 * @vf_bar_low: bitmap of VF BARs but for upper halves
 * @override: the only driver that may bind, or empty
 * @plugged: false once it was pulled out of its slot
 * @faults: what goes wrong now
 * @stats: what happened so far
 *
 * Everything that changes is guarded by the host's lock.
 */
struct sim_fn {
	u32 regs[SIM_NR_REGS];
	u32 wmask[SIM_NR_REGS];
	u32 reset[SIM_NR_REGS];
	u32 vf_regs[SIM_NR_REGS];
	struct sim_vf *vfs;
	u32 generation;
	unsigned int nr_vfs;
	u8 devfn;
	u16 sriov;
	u16 offset;
	u16 stride;
	u16 total_vfs;
	u8 vf_bar_low;
	char override[SIM_OVERRIDE_LEN];
	bool plugged;
	struct sim_faults faults;
	struct sim_stats stats;
};

enum sim_class { SIM_LOW, SIM_HIGH, SIM_NR_CLASSES };

/**
 * struct sim_host - a host bridge; private data of a struct pci_host_bridge
 * @sysdata: what the architecture wants to find in pci_bus::sysdata
 * @bridge: the PCI core's side of it
 * @domain: PCI domain
 * @lock: guards the registers, faults and statistics of all functions.  Config
 *	space is accessed in any context, under a raw lock of the PCI core
 * @busn: bus numbers
 * @win: address space for BARs, by class
 * @win_used: which of them are in the resource tree
 * @port: the root port, or NULL
 * @fns: the functions
 * @nr_fns: number of @fns
 */
struct sim_host {
#ifdef CONFIG_X86
	struct pci_sysdata sysdata;
#else
	struct pci_config_window sysdata;
#endif
	struct pci_host_bridge *bridge;
	int domain;
	/* Guards registers, faults and statistics of all functions */
	raw_spinlock_t lock;
	struct resource busn;
	struct resource win[SIM_NR_CLASSES];
	bool win_used[SIM_NR_CLASSES];
	struct sim_fn *port;
	struct sim_fn **fns;
	unsigned int nr_fns;
};

static struct sim_host *bus_to_sim_host(struct pci_bus *bus)
{
	return container_of(bus->sysdata, struct sim_host, sysdata);
}

static u32 sim_mask(int where, int size)
{
	return GENMASK(size * 8 - 1, 0) << (where & 3) * 8;
}

static void sim_put(u32 *regs, int where, int size, u32 val)
{
	u32 mask = sim_mask(where, size);

	regs[where / 4] &= ~mask;
	regs[where / 4] |= (val << (where & 3) * 8) & mask;
}

static u32 sim_get(const u32 *regs, int where, int size)
{
	return (regs[where / 4] & sim_mask(where, size)) >> (where & 3) * 8;
}

static unsigned int sim_fn_bus(const struct sim_host *host)
{
	return host->port ? sim_get(host->port->regs, PCI_SECONDARY_BUS, 1) : 0;
}

static bool sim_vf_enabled(const struct sim_fn *fn)
{
	return sim_get(fn->regs, fn->sriov + PCI_SRIOV_CTRL, 2) &
	       PCI_SRIOV_CTRL_VFE;
}

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
static void sim_reset(struct sim_fn *fn)
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
		sim_reset(fn);
		return;
	}

	fn->regs[reg / 4] = new;

	/* From D3hot, which is 3, to D0 */
	if (reg == SIM_PM + PCI_PM_CTRL &&
	    (old & PCI_PM_CTRL_STATE_MASK) == 3 &&
	    (new & PCI_PM_CTRL_STATE_MASK) == 0 &&
	    !(new & PCI_PM_CTRL_NO_SOFT_RESET))
		sim_reset(fn);
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
			sim_reset(host->fns[i]);
out:
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return ret;
}

static struct pci_ops sim_ops = {
	.read = sim_read,
	.write = sim_write,
};

/* ------------------------------------------------------------------------
 * Registers: what they are after a reset
 */

static void sim_init(struct sim_fn *fn, int where, int size, u32 val, u32 wmask)
{
	sim_put(fn->reset, where, size, val);
	sim_put(fn->wmask, where, size, wmask);
}

/* PCI Express capability: what a function has and what its VFs have */
static void sim_init_exp(struct sim_fn *fn, int type)
{
	u16 devctl = PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN |
		     PCI_EXP_DEVCTL_READRQ_512B;
	u32 devcap = PCI_EXP_DEVCAP_RBER;

	if (type != PCI_EXP_TYPE_ROOT_PORT)
		devcap |= PCI_EXP_DEVCAP_FLR;

	sim_init(fn, SIM_EXP, 2, PCI_CAP_ID_EXP, 0);
	sim_init(fn, SIM_EXP + PCI_EXP_FLAGS, 2,
		 2 | FIELD_PREP(PCI_EXP_FLAGS_TYPE, type), 0);
	sim_init(fn, SIM_EXP + PCI_EXP_DEVCAP, 4, devcap, 0);
	/* All but the reset, which a root port has no use for */
	sim_init(fn, SIM_EXP + PCI_EXP_DEVCTL, 2, devctl, 0x7fff);

	/* A link of 2.5 GT/s and one lane, with a clock that both ends share */
	if (type != PCI_EXP_TYPE_RC_END) {
		sim_init(fn, SIM_EXP + PCI_EXP_LNKCAP, 4,
			 PCI_EXP_LNKCAP_SLS_2_5GB |
			 FIELD_PREP(PCI_EXP_LNKCAP_MLW, 1), 0);
		sim_init(fn, SIM_EXP + PCI_EXP_LNKCTL, 2, PCI_EXP_LNKCTL_CCC,
			 PCI_EXP_LNKCTL_CCC);
		sim_init(fn, SIM_EXP + PCI_EXP_LNKSTA, 2,
			 PCI_EXP_LNKSTA_CLS_2_5GB | PCI_EXP_LNKSTA_NLW_X1 |
			 PCI_EXP_LNKSTA_SLC, 0);
	}

	if (type == PCI_EXP_TYPE_ROOT_PORT) {
		sim_init(fn, SIM_EXP + PCI_EXP_DEVCAP2, 4, PCI_EXP_DEVCAP2_ARI,
			 0);
		sim_init(fn, SIM_EXP + PCI_EXP_DEVCTL2, 2, 0,
			 PCI_EXP_DEVCTL2_ARI);
	}
}

static void sim_init_bar(struct sim_fn *fn, int where,
			 const struct sim_bar_config *bar)
{
	u32 type = PCI_BASE_ADDRESS_SPACE_MEMORY;
	u64 wmask = ~(bar->size - 1);

	if (!bar->size)
		return;
	if (bar->prefetch)
		type |= PCI_BASE_ADDRESS_MEM_PREFETCH;
	if (bar->mem64)
		type |= PCI_BASE_ADDRESS_MEM_TYPE_64;
	sim_init(fn, where, 4, type,
		 wmask & (u32)PCI_BASE_ADDRESS_MEM_MASK);
	if (bar->mem64)
		sim_init(fn, where + 4, 4, 0, upper_32_bits(wmask));
}

/* Append an extended capability at *next, which moves on */
static u16 sim_init_ext_cap(u32 *regs, u16 *last, u16 *next, u16 id, u8 version,
			    u16 size)
{
	u16 pos = *next;

	if (*last)
		regs[*last / 4] |= (u32)pos << 20;
	regs[pos / 4] = (u32)version << 16 | id;
	*last = pos;
	*next = pos + ALIGN(size, 0x10);
	return pos;
}

/**
 * struct sim_place - what a function owes to its place among the others
 * @devfn: device and function number
 * @type: port type of the PCI Express capability
 * @multi: others share its slot
 * @first_pf: no other PF comes before it
 * @ari_next: next function number of the ARI capability
 * @offset: First VF Offset
 */
struct sim_place {
	u8 devfn;
	u8 type;
	bool multi;
	bool first_pf;
	u8 ari_next;
	u16 offset;
};

static void sim_init_sriov(struct sim_fn *fn, const struct sim_fn_config *cfg,
			   const struct sim_place *place)
{
	u16 initial = cfg->initial_vfs;
	u16 vf_device = cfg->vf_device;
	u16 pos = fn->sriov;
	u8 link = fn->devfn;
	int i;

	if (cfg->initial_vfs == SIM_AUTO)
		initial = cfg->total_vfs;
	if (cfg->vf_device == SIM_AUTO)
		vf_device = cfg->device;
	if (place->type == PCI_EXP_TYPE_RC_END)
		link = PCI_FUNC(fn->devfn);

	fn->offset = place->offset;
	fn->stride = cfg->stride;
	fn->total_vfs = cfg->total_vfs;

	/* ARI Capable Hierarchy is the lowest-numbered PF's for all of them */
	sim_init(fn, pos + PCI_SRIOV_CTRL, 2, 0,
		 PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_MSE |
		 (place->first_pf ? PCI_SRIOV_CTRL_ARI : 0));
	sim_init(fn, pos + PCI_SRIOV_INITIAL_VF, 2, initial, 0);
	sim_init(fn, pos + PCI_SRIOV_TOTAL_VF, 2, cfg->total_vfs, 0);
	sim_init(fn, pos + PCI_SRIOV_NUM_VF, 2, 0, 0xffff);
	sim_init(fn, pos + PCI_SRIOV_FUNC_LINK, 1, link, 0);
	sim_init(fn, pos + PCI_SRIOV_VF_OFFSET, 2, place->offset, 0);
	sim_init(fn, pos + PCI_SRIOV_VF_STRIDE, 2, cfg->stride, 0);
	sim_init(fn, pos + PCI_SRIOV_VF_DID, 2, vf_device, 0);
	sim_init(fn, pos + PCI_SRIOV_SUP_PGSIZE, 4, SIM_PAGE_SIZES, 0);
	sim_init(fn, pos + PCI_SRIOV_SYS_PGSIZE, 4, 1, ~0);
	for (i = 0; i < PCI_SRIOV_NUM_BARS; i++) {
		sim_init_bar(fn, pos + PCI_SRIOV_BAR + 4 * i, &cfg->vf_bar[i]);
		if (cfg->vf_bar[i].size)
			fn->vf_bar_low |= BIT(i);
	}
}

/*
 * A VF: no IDs, no BARs and no INTx of its own.  Its PCI Express capability
 * is the PF's, but its controls are, save for the reset, the PF's as well.
 */
static void sim_init_vfs(struct sim_fn *fn, const struct sim_fn_config *cfg)
{
	u16 last = 0, next = PCI_CFG_SPACE_SIZE;
	u32 *regs = fn->vf_regs;

	sim_put(regs, PCI_VENDOR_ID, 4, ~0);
	sim_put(regs, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	sim_put(regs, PCI_CLASS_REVISION, 4,
		(u32)cfg->class << 8 | cfg->revision);
	sim_put(regs, PCI_SUBSYSTEM_VENDOR_ID, 2, cfg->subvendor);
	sim_put(regs, PCI_SUBSYSTEM_ID, 2, cfg->subdevice);
	sim_put(regs, PCI_CAPABILITY_LIST, 1, SIM_EXP);
	memcpy(regs + SIM_EXP / 4, fn->reset + SIM_EXP / 4,
	       SIM_EXP_SIZE);
	sim_put(regs, SIM_EXP + PCI_EXP_DEVCTL, 2, 0);
	sim_put(regs, SIM_EXP + PCI_EXP_LNKCTL, 2, 0);
	sim_put(regs, SIM_EXP + PCI_EXP_LNKSTA, 2, 0);
	if (cfg->ari)
		sim_init_ext_cap(regs, &last, &next, PCI_EXT_CAP_ID_ARI, 1,
				 PCI_EXT_CAP_ARI_SIZEOF);
}

static void sim_free_fn(struct sim_fn *fn)
{
	if (!fn)
		return;
	kvfree(fn->vfs);
	kvfree(fn);
}

static struct sim_fn *sim_alloc_fn(const struct sim_fn_config *cfg,
				   const struct sim_place *place)
{
	u16 last = 0, next = PCI_CFG_SPACE_SIZE, pos;
	struct sim_fn *fn;
	int i;

	fn = kvzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return NULL;
	if (cfg->total_vfs) {
		fn->vfs = kvcalloc(cfg->total_vfs, sizeof(*fn->vfs),
				   GFP_KERNEL);
		if (!fn->vfs) {
			sim_free_fn(fn);
			return NULL;
		}
	}
	fn->devfn = place->devfn;
	fn->plugged = true;
	fn->faults = cfg->faults;
	strscpy(fn->override, cfg->override, sizeof(fn->override));

	sim_init(fn, PCI_VENDOR_ID, 2, cfg->vendor, 0);
	sim_init(fn, PCI_DEVICE_ID, 2, cfg->device, 0);
	sim_init(fn, PCI_COMMAND, 2, 0,
		 PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
		 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	sim_init(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	sim_init(fn, PCI_CLASS_REVISION, 4,
		 (u32)cfg->class << 8 | cfg->revision, 0);
	sim_init(fn, PCI_CACHE_LINE_SIZE, 1, 0, 0xff);
	sim_init(fn, PCI_HEADER_TYPE, 1,
		 PCI_HEADER_TYPE_NORMAL | (place->multi ? 0x80 : 0), 0);
	for (i = 0; i < PCI_STD_NUM_BARS; i++)
		sim_init_bar(fn, PCI_BASE_ADDRESS_0 + 4 * i, &cfg->bar[i]);
	sim_init(fn, PCI_SUBSYSTEM_VENDOR_ID, 2, cfg->subvendor, 0);
	sim_init(fn, PCI_SUBSYSTEM_ID, 2, cfg->subdevice, 0);
	sim_init(fn, PCI_CAPABILITY_LIST, 1, SIM_PM, 0);
	sim_init(fn, PCI_INTERRUPT_LINE, 1, 0, 0xff);

	sim_init(fn, SIM_PM, 2, PCI_CAP_ID_PM | SIM_EXP << 8, 0);
	sim_init(fn, SIM_PM + PCI_PM_PMC, 2, 3, 0);
	sim_init(fn, SIM_PM + PCI_PM_CTRL, 2,
		 cfg->soft_reset ? 0 : PCI_PM_CTRL_NO_SOFT_RESET,
		 PCI_PM_CTRL_STATE_MASK);
	sim_init_exp(fn, place->type);

	if (cfg->ari) {
		pos = sim_init_ext_cap(fn->reset, &last, &next,
				       PCI_EXT_CAP_ID_ARI, 1,
				       PCI_EXT_CAP_ARI_SIZEOF);
		sim_init(fn, pos + PCI_ARI_CAP, 2, place->ari_next << 8, 0);
	}
	if (cfg->acs) {
		pos = sim_init_ext_cap(fn->reset, &last, &next,
				       PCI_EXT_CAP_ID_ACS, 1, 8);
		sim_init(fn, pos + PCI_ACS_CAP, 2, PCI_ACS_RR | PCI_ACS_CR, 0);
		sim_init(fn, pos + PCI_ACS_CTRL, 2, 0, PCI_ACS_RR | PCI_ACS_CR);
	}
	if (cfg->total_vfs) {
		fn->sriov = sim_init_ext_cap(fn->reset, &last, &next,
					     PCI_EXT_CAP_ID_SRIOV, 1,
					     PCI_EXT_CAP_SRIOV_SIZEOF);
		sim_init_sriov(fn, cfg, place);
		sim_init_vfs(fn, cfg);
	}

	return fn;
}

/* A root port; what it forwards is the PCI core's business once it runs */
static struct sim_fn *sim_alloc_port(void)
{
	struct sim_fn *fn;

	fn = kvzalloc(sizeof(*fn), GFP_KERNEL);
	if (!fn)
		return NULL;
	fn->plugged = true;
	fn->faults.gone_after = SIM_OFF;

	sim_init(fn, PCI_VENDOR_ID, 2, PCI_VENDOR_ID_REDHAT, 0);
	sim_init(fn, PCI_DEVICE_ID, 2, SIM_PORT_DEVICE, 0);
	sim_init(fn, PCI_COMMAND, 2, 0,
		 PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
		 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	sim_init(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	sim_init(fn, PCI_CLASS_REVISION, 4, PCI_CLASS_BRIDGE_PCI_NORMAL << 8,
		 0);
	sim_init(fn, PCI_CACHE_LINE_SIZE, 1, 0, 0xff);
	sim_init(fn, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_BRIDGE, 0);
	sim_init(fn, PCI_PRIMARY_BUS, 4, 0xff0100, 0xffffff);
	/* No I/O: a base of 0 and a limit of 0 would be 4K of it */
	sim_init(fn, PCI_IO_BASE, 2, 0x00f0, 0);
	/* Closed windows: base above limit */
	sim_init(fn, PCI_MEMORY_BASE, 4, 0x0000fff0, 0xfff0fff0);
	sim_init(fn, PCI_PREF_MEMORY_BASE, 4,
		 0x0000fff0 | PCI_PREF_RANGE_TYPE_64 |
		 PCI_PREF_RANGE_TYPE_64 << 16, 0xfff0fff0);
	sim_init(fn, PCI_PREF_BASE_UPPER32, 4, 0, ~0);
	sim_init(fn, PCI_PREF_LIMIT_UPPER32, 4, 0, ~0);
	sim_init(fn, PCI_CAPABILITY_LIST, 1, SIM_EXP, 0);
	sim_init(fn, PCI_INTERRUPT_LINE, 1, 0, 0xff);
	sim_init(fn, PCI_BRIDGE_CONTROL, 2, 0,
		 PCI_BRIDGE_CTL_PARITY | PCI_BRIDGE_CTL_SERR |
		 PCI_BRIDGE_CTL_BUS_RESET);
	sim_init_exp(fn, PCI_EXP_TYPE_ROOT_PORT);

	return fn;
}

/* ------------------------------------------------------------------------
 * Host: address space for BARs
 *
 * All BARs are programmed before the PCI core looks, as firmware does, and
 * claimed.  There are two windows, because a root port has two: what must be
 * below 4 GiB, and the rest.
 */

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

static const char sim_res_name[] = "PCI simulator";

/* In the midst of memory or of another bridge's window, or around something */
static bool sim_is_taken(const struct resource *res)
{
	const struct resource *p;

	for (p = res->parent; p; p = p->parent)
		if (p->flags & IORESOURCE_BUSY || p->name == sim_res_name)
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
		if (bus->ops != &sim_ops)
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

	res->name = sim_res_name;
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

static int sim_place_bars(struct sim_host *host,
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

/* ------------------------------------------------------------------------
 * Host: functions and their addresses
 */

/* Give every function an address; -EINVAL if nobody would find it there */
static int sim_place_fns(const struct sim_host_config *cfg,
			 const struct sim_fn_config * const *fns,
			 unsigned int nr, u8 *devfns)
{
	DECLARE_BITMAP(used, SIM_MAX_FNS) = { };
	unsigned int i, step, limit, devfn;
	bool ari = fns[0]->ari;

	/* Below a port there is one device, of 8 functions, or 256 with ARI */
	step = cfg->root_port ? 1 : 8;
	limit = cfg->root_port && !ari ? 8 : SIM_MAX_FNS;

	for (i = 0; i < nr; i++) {
		if (cfg->root_port && fns[i]->ari != ari) {
			pr_err("functions with and without ARI below one port\n");
			return -EINVAL;
		}
		if (fns[i]->devfn == SIM_AUTO)
			continue;
		if (fns[i]->devfn >= limit) {
			pr_err("%02x.%x is out of reach below a root port%s\n",
			       PCI_SLOT(fns[i]->devfn), PCI_FUNC(fns[i]->devfn),
			       ari ? "" : " without ARI");
			return -EINVAL;
		}
		if (test_and_set_bit(fns[i]->devfn, used)) {
			pr_err("two functions at %02x.%x\n",
			       PCI_SLOT(fns[i]->devfn),
			       PCI_FUNC(fns[i]->devfn));
			return -EINVAL;
		}
		devfns[i] = fns[i]->devfn;
	}

	for (i = 0; i < nr; i++) {
		if (fns[i]->devfn != SIM_AUTO)
			continue;
		for (devfn = 0; devfn < limit; devfn += step)
			if (!test_bit(devfn, used))
				break;
		if (devfn >= limit) {
			pr_err("no place for %u functions\n", nr);
			return -EINVAL;
		}
		set_bit(devfn, used);
		devfns[i] = devfn;
	}

	for (i = 0; i < nr; i++) {
		devfn = cfg->root_port ? 0 : devfns[i] & ~7;
		if (!test_bit(devfn, used)) {
			pr_err("%02x.%x without a function 0\n",
			       PCI_SLOT(devfns[i]), PCI_FUNC(devfns[i]));
			return -EINVAL;
		}
	}
	return 0;
}

/* The next function after this one on the bus, or 0 */
static u8 sim_next_devfn(const u8 *devfns, unsigned int nr, u8 devfn)
{
	unsigned int i, next = SIM_MAX_FNS;

	for (i = 0; i < nr; i++)
		if (devfns[i] > devfn && devfns[i] < next)
			next = devfns[i];
	return next == SIM_MAX_FNS ? 0 : next;
}

static bool sim_is_multi(const struct sim_host_config *cfg, const u8 *devfns,
			 unsigned int nr, u8 devfn)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (devfns[i] != devfn &&
		    (cfg->root_port || PCI_SLOT(devfns[i]) == PCI_SLOT(devfn)))
			return true;
	return false;
}

static bool sim_is_first_pf(const struct sim_fn_config * const *fns,
			    const u8 *devfns, unsigned int nr, u8 devfn)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (fns[i]->total_vfs && devfns[i] < devfn)
			return false;
	return true;
}

static int sim_check_bars(const struct sim_bar_config *bar, u64 min)
{
	int i;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		if (!bar[i].size)
			continue;
		if (bar[i].size < min) {
			pr_err("BAR of %llu bytes is too small\n", bar[i].size);
			return -EINVAL;
		}
		if (bar[i].mem64 &&
		    (i == PCI_STD_NUM_BARS - 1 || bar[i + 1].size)) {
			pr_err("no place for the upper half of BAR %d\n", i);
			return -EINVAL;
		}
	}
	return 0;
}

static int sim_alloc_fns(struct sim_host *host,
			 const struct sim_host_config *cfg,
			 const struct sim_fn_config * const *fns,
			 unsigned int nr)
{
	int type = cfg->root_port ? PCI_EXP_TYPE_ENDPOINT : PCI_EXP_TYPE_RC_END;
	unsigned int i, vf_devfn = 0x100;
	u8 *devfns;
	int ret;

	devfns = kcalloc(nr, sizeof(*devfns), GFP_KERNEL);
	host->fns = kcalloc(nr, sizeof(*host->fns), GFP_KERNEL);
	if (!devfns || !host->fns) {
		ret = -ENOMEM;
		goto out;
	}
	ret = sim_place_fns(cfg, fns, nr, devfns);
	if (ret)
		goto out;

	if (cfg->root_port) {
		host->port = sim_alloc_port();
		if (!host->port) {
			ret = -ENOMEM;
			goto out;
		}
		memcpy(host->port->regs, host->port->reset,
		       sizeof(host->port->regs));
	}

	for (i = 0; i < nr; i++) {
		const struct sim_fn_config *fn = fns[i];
		unsigned int offset = fn->offset;
		struct sim_place place;

		ret = sim_check_bars(fn->bar, 16);
		if (!ret)
			ret = sim_check_bars(fn->vf_bar, SZ_4K);
		if (ret)
			goto out;

		/* The VFs of all functions side by side, from the next bus on */
		if (fn->offset == SIM_AUTO) {
			offset = vf_devfn - devfns[i];
			vf_devfn += fn->total_vfs * max(fn->stride, 1);
			if (offset > U16_MAX) {
				pr_err("VFs out of reach of a First VF Offset\n");
				ret = -EINVAL;
				goto out;
			}
		}

		place.devfn = devfns[i];
		place.type = type;
		place.multi = sim_is_multi(cfg, devfns, nr, devfns[i]);
		place.first_pf = sim_is_first_pf(fns, devfns, nr, devfns[i]);
		place.ari_next = sim_next_devfn(devfns, nr, devfns[i]);
		place.offset = offset;
		host->fns[i] = sim_alloc_fn(fn, &place);
		if (!host->fns[i]) {
			ret = -ENOMEM;
			goto out;
		}
		host->nr_fns++;
		memcpy(host->fns[i]->regs, host->fns[i]->reset,
		       sizeof(host->fns[i]->regs));
	}
out:
	kfree(devfns);
	return ret;
}

/* ------------------------------------------------------------------------
 * Host: create and destroy
 */

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

/* The bus that the functions are on, for who does not hold the lock */
static unsigned int sim_read_fn_bus(struct sim_host *host)
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

	if (action != BUS_NOTIFY_ADD_DEVICE || pdev->bus->ops != &sim_ops ||
	    pdev->is_virtfn)
		return NOTIFY_DONE;

	host = bus_to_sim_host(pdev->bus);
	if (pdev->bus->number != sim_read_fn_bus(host))
		return NOTIFY_DONE;
	for (i = 0; i < host->nr_fns; i++) {
		struct sim_fn *fn = host->fns[i];

		if (fn->devfn == pdev->devfn && *fn->override &&
		    sim_set_override(pdev, fn->override))
			pci_warn(pdev, "no memory for driver_override\n");
	}
	return NOTIFY_OK;
}

static struct notifier_block sim_bus_nb = {
	.notifier_call = sim_bus_notify,
};

static void sim_release_windows(struct sim_host *host)
{
	unsigned int i;

	for (i = 0; i < SIM_NR_CLASSES; i++) {
		if (host->win_used[i])
			remove_resource(&host->win[i]);
		host->win_used[i] = false;
	}
}

/* Runs when the last reference to the bridge or to a device on it is gone */
static void sim_host_release(struct pci_host_bridge *bridge)
{
	struct sim_host *host = pci_host_bridge_priv(bridge);
	unsigned int i;

	sim_release_windows(host);
	for (i = 0; i < host->nr_fns; i++)
		sim_free_fn(host->fns[i]);
	sim_free_fn(host->port);
	kfree(host->fns);
	module_put(THIS_MODULE);
}

/* The PCI core's device of this function; to be put */
static struct pci_dev *sim_get_pdev(struct sim_host *host, struct sim_fn *fn)
{
	return pci_get_domain_bus_and_slot(host->domain, sim_read_fn_bus(host),
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
 * sim_host_create - bring a host bridge to life
 * @cfg: its configuration
 * @fns: the configurations of its functions
 * @nr: how many functions there are; at least one
 *
 * Return: the bridge, with its devices known to the driver core, or an error.
 */
static struct sim_host *sim_host_create(const struct sim_host_config *cfg,
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

	ret = sim_alloc_fns(host, cfg, fns, nr);
	if (ret)
		goto err_free;
	ret = sim_place_bars(host, cfg, fns);
	if (ret)
		goto err_free;

	bridge->sysdata = &host->sysdata;
	bridge->ops = &sim_ops;
	/* Nobody raises interrupts: keep the port services away */
	bridge->native_aer = 0;
	bridge->native_pcie_hotplug = 0;
	bridge->native_shpc_hotplug = 0;
	bridge->native_pme = 0;
	bridge->native_ltr = 0;
	bridge->native_dpc = 0;

	host->busn.name = sim_res_name;
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
 * sim_host_destroy - take a host bridge down
 * @host: the bridge, in whatever state its devices are
 *
 * Drivers go first, without the rescan lock: sriov_numvfs takes that lock with
 * the lock of the PF held, so that waiting for the latter in here while we have
 * the former would be a deadlock.  VFs go before their PFs, because the PCI
 * core cannot remove a bus with VFs that have lost their PF.
 */
static void sim_host_destroy(struct sim_host *host)
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

	sim_release_windows(host);
	pci_free_host_bridge(host->bridge);
}

/* Out of the slot, and the PCI core learns of it as from a hotplug controller */
static void sim_unplug(struct sim_host *host, struct sim_fn *fn)
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

/* Back in; a rescan of the bus finds it, with BARs that nobody programmed */
static void sim_plug(struct sim_host *host, struct sim_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	sim_reset(fn);
	fn->plugged = true;
	raw_spin_unlock_irqrestore(&host->lock, flags);
}

/* ------------------------------------------------------------------------
 * configfs
 */

/**
 * struct sim_bridge - a directory below pci_sim
 * @group: the directory
 * @lock: guards the configuration of the bridge and of its functions, the list
 *	of them, and @host.  Taken before any lock of the PCI core
 * @cfg: configuration
 * @functions: the directories in this one
 * @nr_functions: number of @functions
 * @host: the bridge while it is live, or NULL
 */
struct sim_bridge {
	struct config_group group;
	/* Guards all that follows, and the configurations in functions */
	struct mutex lock;
	struct sim_host_config cfg;
	struct list_head functions;
	unsigned int nr_functions;
	struct sim_host *host;
};

/**
 * struct sim_function - a directory below a bridge's
 * @group: the directory
 * @sriov: the directory of that name in it
 * @bars: likewise
 * @faults: likewise
 * @siblings: entry in the bridge's list
 * @bridge: the bridge
 * @cfg: configuration
 * @fn: the function while the bridge is live
 */
struct sim_function {
	struct config_group group;
	struct config_group sriov;
	struct config_group bars;
	struct config_group faults;
	struct list_head siblings;
	struct sim_bridge *bridge;
	struct sim_fn_config cfg;
	struct sim_fn *fn;
};

static const struct config_item_type sim_fn_type;

static struct sim_bridge *to_sim_bridge(struct config_item *item)
{
	return container_of(to_config_group(item), struct sim_bridge, group);
}

/* Of the directory itself, or of one of those in it */
static struct sim_function *to_sim_function(struct config_item *item)
{
	if (item->ci_type != &sim_fn_type)
		item = item->ci_parent;
	return container_of(to_config_group(item), struct sim_function, group);
}

/* Locks the bridge if it is not live: nothing changes under a live device */
static int sim_lock_dead(struct sim_bridge *bridge)
{
	mutex_lock(&bridge->lock);
	if (bridge->host) {
		mutex_unlock(&bridge->lock);
		return -EBUSY;
	}
	return 0;
}

/* A number, or the word that stands for -1 if there is one */
static int sim_parse(const char *page, unsigned int base, unsigned int max,
		     const char *word, int *val)
{
	unsigned int num;
	int ret;

	if (word && sysfs_streq(page, word)) {
		*val = -1;
		return 0;
	}
	ret = kstrtouint(page, base, &num);
	if (ret)
		return ret;
	if (num > max)
		return -ERANGE;
	*val = num;
	return 0;
}

/**
 * struct sim_attr - a number in the configuration of a function
 * @offset: of the int in struct sim_fn_config
 * @base: 16 if hexadecimal with or without a prefix, 0 otherwise
 * @max: the largest that is valid
 * @word: what stands for -1, or NULL
 * @digits: to show in hexadecimal; 0 for decimal
 */
struct sim_attr {
	size_t offset;
	unsigned int base;
	unsigned int max;
	const char *word;
	int digits;
};

/* A fault of a live function; everything else lives in the configuration */
static int *sim_attr_live(struct sim_function *function,
			  const struct sim_attr *attr)
{
	if (!function->fn || attr->offset < offsetof(struct sim_fn_config, faults))
		return NULL;
	return (void *)&function->fn->faults + attr->offset -
	       offsetof(struct sim_fn_config, faults);
}

static ssize_t sim_attr_show(struct config_item *item,
			     const struct sim_attr *attr, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	unsigned long flags;
	int *live, val;

	mutex_lock(&bridge->lock);
	live = sim_attr_live(function, attr);
	if (live) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		val = *live;
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	} else {
		val = *(int *)((void *)&function->cfg + attr->offset);
	}
	mutex_unlock(&bridge->lock);

	if (attr->word && val == -1)
		return sprintf(page, "%s\n", attr->word);
	if (attr->digits)
		return sprintf(page, "0x%0*x\n", attr->digits, val);
	return sprintf(page, "%d\n", val);
}

static ssize_t sim_attr_store(struct config_item *item,
			      const struct sim_attr *attr, const char *page,
			      size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	unsigned long flags;
	int *live, val, ret;

	ret = sim_parse(page, attr->base, attr->max, attr->word, &val);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	live = sim_attr_live(function, attr);
	if (live) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		*live = val;
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	} else if (bridge->host) {
		ret = -EBUSY;
		goto unlock;
	}
	*(int *)((void *)&function->cfg + attr->offset) = val;
unlock:
	mutex_unlock(&bridge->lock);
	return ret ?: count;
}

#define SIM_ATTR(_dir, _name, _member, _base, _max, _word, _digits)	\
static const struct sim_attr _dir##_name = {				\
	.offset = offsetof(struct sim_fn_config, _member),		\
	.base = _base,							\
	.max = _max,							\
	.word = _word,							\
	.digits = _digits,						\
};									\
									\
static ssize_t _dir##_name##_show(struct config_item *item, char *page)	\
{									\
	return sim_attr_show(item, &_dir##_name, page);			\
}									\
									\
static ssize_t _dir##_name##_store(struct config_item *item,		\
				   const char *page, size_t count)	\
{									\
	return sim_attr_store(item, &_dir##_name, page, count);		\
}									\
									\
CONFIGFS_ATTR(_dir, _name)

/* <function>/bars: "<size> [mem32|mem64] [prefetch]" */

static ssize_t sim_bar_show(struct config_item *item, size_t offset, char *page)
{
	struct sim_function *function = to_sim_function(item);
	const struct sim_bar_config *bar = (void *)&function->cfg + offset;
	ssize_t len;

	mutex_lock(&function->bridge->lock);
	if (!bar->size)
		len = sprintf(page, "0\n");
	else
		len = sprintf(page, "%#llx %s%s\n", bar->size,
			      bar->mem64 ? "mem64" : "mem32",
			      bar->prefetch ? " prefetch" : "");
	mutex_unlock(&function->bridge->lock);
	return len;
}

static int sim_parse_bar(char *text, struct sim_bar_config *bar)
{
	char *word, *end;

	word = strsep(&text, " \t");
	if (!isdigit(*word))
		return -EINVAL;
	bar->size = memparse(word, &end);
	if (*end)
		return -EINVAL;
	if (bar->size && (!is_power_of_2(bar->size) || bar->size > SIM_MAX_BAR))
		return -ERANGE;

	while ((word = strsep(&text, " \t"))) {
		if (!*word)
			continue;
		if (!strcmp(word, "mem64"))
			bar->mem64 = true;
		else if (!strcmp(word, "mem32"))
			bar->mem64 = false;
		else if (!strcmp(word, "prefetch"))
			bar->prefetch = true;
		else
			return -EINVAL;
	}
	if (!bar->mem64 && bar->size > SZ_2G)
		return -ERANGE;
	return 0;
}

static ssize_t sim_bar_store(struct config_item *item, size_t offset,
			     const char *page, size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bar_config *bar = (void *)&function->cfg + offset;
	struct sim_bar_config new = { };
	char *text;
	int ret;

	text = kstrndup(page, count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	ret = sim_parse_bar(strim(text), &new);
	kfree(text);
	if (ret)
		return ret;

	ret = sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	*bar = new;
	mutex_unlock(&function->bridge->lock);
	return count;
}

#define SIM_BAR_ATTR(_name, _member)					\
static const size_t sim_bars_##_name =					\
	offsetof(struct sim_fn_config, _member);			\
									\
static ssize_t sim_bars_##_name##_show(struct config_item *item,	\
				       char *page)			\
{									\
	return sim_bar_show(item, sim_bars_##_name, page);		\
}									\
									\
static ssize_t sim_bars_##_name##_store(struct config_item *item,	\
					const char *page, size_t count)	\
{									\
	return sim_bar_store(item, sim_bars_##_name, page, count);	\
}									\
									\
CONFIGFS_ATTR(sim_bars_, _name)

SIM_BAR_ATTR(bar0, bar[0]);
SIM_BAR_ATTR(bar1, bar[1]);
SIM_BAR_ATTR(bar2, bar[2]);
SIM_BAR_ATTR(bar3, bar[3]);
SIM_BAR_ATTR(bar4, bar[4]);
SIM_BAR_ATTR(bar5, bar[5]);
SIM_BAR_ATTR(vf_bar0, vf_bar[0]);
SIM_BAR_ATTR(vf_bar1, vf_bar[1]);
SIM_BAR_ATTR(vf_bar2, vf_bar[2]);
SIM_BAR_ATTR(vf_bar3, vf_bar[3]);
SIM_BAR_ATTR(vf_bar4, vf_bar[4]);
SIM_BAR_ATTR(vf_bar5, vf_bar[5]);

static struct configfs_attribute *sim_bars_attrs[] = {
	&sim_bars_attr_bar0,
	&sim_bars_attr_bar1,
	&sim_bars_attr_bar2,
	&sim_bars_attr_bar3,
	&sim_bars_attr_bar4,
	&sim_bars_attr_bar5,
	&sim_bars_attr_vf_bar0,
	&sim_bars_attr_vf_bar1,
	&sim_bars_attr_vf_bar2,
	&sim_bars_attr_vf_bar3,
	&sim_bars_attr_vf_bar4,
	&sim_bars_attr_vf_bar5,
	NULL
};

static const struct config_item_type sim_bars_type = {
	.ct_attrs = sim_bars_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function>/sriov */

SIM_ATTR(sim_sriov_, total_vfs, total_vfs, 0, U16_MAX, NULL, 0);
SIM_ATTR(sim_sriov_, initial_vfs, initial_vfs, 0, U16_MAX, "auto", 0);
SIM_ATTR(sim_sriov_, vf_device, vf_device, 16, U16_MAX, "auto", 4);
SIM_ATTR(sim_sriov_, offset, offset, 0, U16_MAX, "auto", 0);
SIM_ATTR(sim_sriov_, stride, stride, 0, U16_MAX, NULL, 0);

static struct configfs_attribute *sim_sriov_attrs[] = {
	&sim_sriov_attr_total_vfs,
	&sim_sriov_attr_initial_vfs,
	&sim_sriov_attr_vf_device,
	&sim_sriov_attr_offset,
	&sim_sriov_attr_stride,
	NULL
};

static const struct config_item_type sim_sriov_type = {
	.ct_attrs = sim_sriov_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function>/faults: may change at any time */

SIM_ATTR(sim_faults_, target, faults.target, 0, U16_MAX, "pf", 0);
SIM_ATTR(sim_faults_, gone, faults.gone, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, gone_after, faults.gone_after, 0, INT_MAX, "off", 0);
SIM_ATTR(sim_faults_, numvfs_stuck, faults.numvfs_stuck, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, vf_enable_stuck, faults.vf_enable_stuck, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, offset_per_vf, faults.offset_per_vf, 0, U16_MAX, NULL, 0);
SIM_ATTR(sim_faults_, stride_per_vf, faults.stride_per_vf, 0, U16_MAX, NULL, 0);

static struct configfs_attribute *sim_faults_attrs[] = {
	&sim_faults_attr_target,
	&sim_faults_attr_gone,
	&sim_faults_attr_gone_after,
	&sim_faults_attr_numvfs_stuck,
	&sim_faults_attr_vf_enable_stuck,
	&sim_faults_attr_offset_per_vf,
	&sim_faults_attr_stride_per_vf,
	NULL
};

static const struct config_item_type sim_faults_type = {
	.ct_attrs = sim_faults_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function> */

SIM_ATTR(sim_fn_, vendor, vendor, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, device, device, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, subvendor, subvendor, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, subdevice, subdevice, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, class, class, 16, 0xffffff, NULL, 6);
SIM_ATTR(sim_fn_, revision, revision, 16, U8_MAX, NULL, 2);
SIM_ATTR(sim_fn_, ari, ari, 0, 1, NULL, 0);
SIM_ATTR(sim_fn_, acs, acs, 0, 1, NULL, 0);
SIM_ATTR(sim_fn_, soft_reset, soft_reset, 0, 1, NULL, 0);

static ssize_t sim_fn_devfn_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	int devfn;

	mutex_lock(&function->bridge->lock);
	devfn = function->cfg.devfn;
	mutex_unlock(&function->bridge->lock);

	if (devfn == SIM_AUTO)
		return sprintf(page, "auto\n");
	return sprintf(page, "%02x.%d\n", PCI_SLOT(devfn), PCI_FUNC(devfn));
}

static ssize_t sim_fn_devfn_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct sim_function *function = to_sim_function(item);
	unsigned int slot, func;
	int ret, len = 0;
	int devfn;

	if (sysfs_streq(page, "auto")) {
		devfn = SIM_AUTO;
	} else {
		if (sscanf(page, "%2x.%1u %n", &slot, &func, &len) != 2 ||
		    !len || page[len])
			return -EINVAL;
		if (slot > 0x1f || func > 7)
			return -ERANGE;
		devfn = PCI_DEVFN(slot, func);
	}

	ret = sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	function->cfg.devfn = devfn;
	mutex_unlock(&function->bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_fn_, devfn);

static ssize_t sim_fn_driver_override_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	ssize_t len;

	mutex_lock(&function->bridge->lock);
	len = sprintf(page, "%s\n", function->cfg.override);
	mutex_unlock(&function->bridge->lock);
	return len;
}

static ssize_t sim_fn_driver_override_store(struct config_item *item,
					    const char *page, size_t count)
{
	struct sim_function *function = to_sim_function(item);
	size_t len = strcspn(page, "\n");
	int ret;

	if (len + 1 < count)
		return -EINVAL;
	if (len >= SIM_OVERRIDE_LEN)
		return -ERANGE;
	ret = sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	memcpy(function->cfg.override, page, len);
	function->cfg.override[len] = '\0';
	mutex_unlock(&function->bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_fn_, driver_override);

static ssize_t sim_fn_address_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	ssize_t len;

	mutex_lock(&bridge->lock);
	if (bridge->host)
		len = sprintf(page, "%04x:%02x:%02x.%d\n", bridge->host->domain,
			      sim_read_fn_bus(bridge->host),
			      PCI_SLOT(function->fn->devfn),
			      PCI_FUNC(function->fn->devfn));
	else
		len = sprintf(page, "none\n");
	mutex_unlock(&bridge->lock);
	return len;
}

CONFIGFS_ATTR_RO(sim_fn_, address);

static ssize_t sim_fn_plugged_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	bool plugged;

	mutex_lock(&function->bridge->lock);
	plugged = function->fn && function->fn->plugged;
	mutex_unlock(&function->bridge->lock);

	return sprintf(page, "%d\n", plugged);
}

static ssize_t sim_fn_plugged_store(struct config_item *item, const char *page,
				    size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	bool plugged;
	int ret;

	ret = kstrtobool(page, &plugged);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	if (!bridge->host)
		ret = -ENODEV;
	else if (function->fn->plugged && !plugged)
		sim_unplug(bridge->host, function->fn);
	else if (!function->fn->plugged && plugged)
		sim_plug(bridge->host, function->fn);
	mutex_unlock(&bridge->lock);

	return ret ?: count;
}

CONFIGFS_ATTR(sim_fn_, plugged);

static ssize_t sim_fn_stats_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	u32 num_vfs = 0, vf_enable = 0, vfs = 0;
	struct sim_stats stats = { };
	struct sim_fn *fn;
	unsigned long flags;

	mutex_lock(&bridge->lock);
	fn = function->fn;
	if (bridge->host) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		stats = fn->stats;
		vfs = fn->nr_vfs;
		if (fn->sriov) {
			num_vfs = sim_get(fn->regs,
					  fn->sriov + PCI_SRIOV_NUM_VF, 2);
			vf_enable = sim_vf_enabled(fn);
		}
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	}
	mutex_unlock(&bridge->lock);

	return sprintf(page,
		       "reads %llu\nwrites %llu\nvf_reads %llu\nvf_writes %llu\n"
		       "numvfs_writes %llu\nvf_enables %llu\nvf_disables %llu\n"
		       "rejected %llu\nresets %llu\n"
		       "num_vfs %u\nvf_enable %u\nvfs %u\n",
		       stats.reads, stats.writes, stats.vf_reads,
		       stats.vf_writes, stats.numvfs_writes, stats.vf_enables,
		       stats.vf_disables, stats.rejected, stats.resets,
		       num_vfs, vf_enable, vfs);
}

CONFIGFS_ATTR_RO(sim_fn_, stats);

static struct configfs_attribute *sim_fn_attrs[] = {
	&sim_fn_attr_vendor,
	&sim_fn_attr_device,
	&sim_fn_attr_subvendor,
	&sim_fn_attr_subdevice,
	&sim_fn_attr_class,
	&sim_fn_attr_revision,
	&sim_fn_attr_ari,
	&sim_fn_attr_acs,
	&sim_fn_attr_soft_reset,
	&sim_fn_attr_devfn,
	&sim_fn_attr_driver_override,
	&sim_fn_attr_address,
	&sim_fn_attr_plugged,
	&sim_fn_attr_stats,
	NULL
};

static void sim_fn_release(struct config_item *item)
{
	kfree(to_sim_function(item));
}

static struct configfs_item_operations sim_fn_item_ops = {
	.release = sim_fn_release,
};

static const struct config_item_type sim_fn_type = {
	.ct_item_ops = &sim_fn_item_ops,
	.ct_attrs = sim_fn_attrs,
	.ct_owner = THIS_MODULE,
};

/* <bridge> */

/* The directories of a live bridge cannot go; undo if that fails half-way */
static int sim_pin_functions(struct sim_bridge *bridge)
{
	struct configfs_subsystem *subsys = bridge->group.cg_subsys;
	struct sim_function *function;
	int ret;

	list_for_each_entry(function, &bridge->functions, siblings) {
		ret = configfs_depend_item_unlocked(subsys,
						    &function->group.cg_item);
		if (ret)
			goto undo;
	}
	return 0;

undo:
	list_for_each_entry_continue_reverse(function, &bridge->functions,
					     siblings)
		configfs_undepend_item(&function->group.cg_item);
	return ret;
}

static void sim_unpin_functions(struct sim_bridge *bridge)
{
	struct sim_function *function;

	list_for_each_entry(function, &bridge->functions, siblings)
		configfs_undepend_item(&function->group.cg_item);
}

static int sim_bridge_activate(struct sim_bridge *bridge)
{
	const struct sim_fn_config **fns;
	struct sim_function *function;
	struct sim_host *host;
	unsigned int i = 0;
	int ret;

	if (!bridge->nr_functions)
		return -ENODATA;
	fns = kcalloc(bridge->nr_functions, sizeof(*fns), GFP_KERNEL);
	if (!fns)
		return -ENOMEM;
	list_for_each_entry(function, &bridge->functions, siblings)
		fns[i++] = &function->cfg;

	ret = sim_pin_functions(bridge);
	if (ret)
		goto free;

	host = sim_host_create(&bridge->cfg, fns, bridge->nr_functions);
	if (IS_ERR(host)) {
		sim_unpin_functions(bridge);
		ret = PTR_ERR(host);
		goto free;
	}

	bridge->host = host;
	i = 0;
	list_for_each_entry(function, &bridge->functions, siblings)
		function->fn = host->fns[i++];
free:
	kfree(fns);
	return ret;
}

static void sim_bridge_deactivate(struct sim_bridge *bridge)
{
	struct sim_function *function;
	struct sim_host *host = bridge->host;

	list_for_each_entry(function, &bridge->functions, siblings)
		function->fn = NULL;
	bridge->host = NULL;
	sim_host_destroy(host);
	sim_unpin_functions(bridge);
}

static ssize_t sim_bridge_live_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool live;

	mutex_lock(&bridge->lock);
	live = bridge->host;
	mutex_unlock(&bridge->lock);

	return sprintf(page, "%d\n", live);
}

static ssize_t sim_bridge_live_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool live;
	int ret;

	ret = kstrtobool(page, &live);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	if (live && !bridge->host)
		ret = sim_bridge_activate(bridge);
	else if (!live && bridge->host)
		sim_bridge_deactivate(bridge);
	mutex_unlock(&bridge->lock);

	return ret ?: count;
}

CONFIGFS_ATTR(sim_bridge_, live);

/* The number that a live bridge has, the setting otherwise */
static ssize_t sim_bridge_domain_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	int domain;

	mutex_lock(&bridge->lock);
	domain = bridge->host ? bridge->host->domain : bridge->cfg.domain;
	mutex_unlock(&bridge->lock);

	if (domain == SIM_AUTO)
		return sprintf(page, "auto\n");
	return sprintf(page, "0x%04x\n", domain);
}

static ssize_t sim_bridge_domain_store(struct config_item *item,
				       const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	int domain, ret;

	ret = sim_parse(page, 16, INT_MAX, "auto", &domain);
	if (ret)
		return ret;
	ret = sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.domain = domain;
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, domain);

static ssize_t sim_bridge_root_port_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool root_port;

	mutex_lock(&bridge->lock);
	root_port = bridge->cfg.root_port;
	mutex_unlock(&bridge->lock);

	return sprintf(page, "%d\n", root_port);
}

static ssize_t sim_bridge_root_port_store(struct config_item *item,
					  const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool root_port;
	int ret;

	ret = kstrtobool(page, &root_port);
	if (ret)
		return ret;
	ret = sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.root_port = root_port;
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, root_port);

static ssize_t sim_bridge_mmio_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	unsigned int i;
	ssize_t len = 0;

	mutex_lock(&bridge->lock);
	for (i = 0; i < bridge->cfg.nr_windows; i++)
		len += sprintf(page + len, "%s%#llx-%#llx", i ? " " : "",
			       bridge->cfg.windows[i].start,
			       bridge->cfg.windows[i].end);
	mutex_unlock(&bridge->lock);

	if (!len)
		return sprintf(page, "auto\n");
	return len + sprintf(page + len, "\n");
}

static int sim_parse_windows(char *text, struct sim_host_config *cfg)
{
	struct sim_range *range;
	char *word, *end;

	while ((word = strsep(&text, " \t"))) {
		if (!*word)
			continue;
		if (cfg->nr_windows == SIM_MAX_WINDOWS)
			return -EINVAL;
		range = &cfg->windows[cfg->nr_windows++];
		end = strchr(word, '-');
		if (!end)
			return -EINVAL;
		*end++ = '\0';
		if (kstrtou64(word, 16, &range->start) ||
		    kstrtou64(end, 16, &range->end))
			return -EINVAL;
		if (!PAGE_ALIGNED(range->start) ||
		    !PAGE_ALIGNED(range->end + 1) ||
		    range->start >= range->end ||
		    range->end > iomem_resource.end)
			return -ERANGE;
	}
	return cfg->nr_windows ? 0 : -EINVAL;
}

static ssize_t sim_bridge_mmio_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	struct sim_host_config new = { };
	char *text;
	int ret;

	if (!sysfs_streq(page, "auto")) {
		text = kstrndup(page, count, GFP_KERNEL);
		if (!text)
			return -ENOMEM;
		ret = sim_parse_windows(strim(text), &new);
		kfree(text);
		if (ret)
			return ret;
	}

	ret = sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.nr_windows = new.nr_windows;
	memcpy(bridge->cfg.windows, new.windows, sizeof(new.windows));
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, mmio);

static struct configfs_attribute *sim_bridge_attrs[] = {
	&sim_bridge_attr_live,
	&sim_bridge_attr_domain,
	&sim_bridge_attr_root_port,
	&sim_bridge_attr_mmio,
	NULL
};

static struct config_group *sim_bridge_make_group(struct config_group *group,
						  const char *name)
{
	struct sim_bridge *bridge = to_sim_bridge(&group->cg_item);
	struct sim_function *function;
	int ret;

	function = kzalloc(sizeof(*function), GFP_KERNEL);
	if (!function)
		return ERR_PTR(-ENOMEM);

	function->bridge = bridge;
	function->cfg.vendor = PCI_VENDOR_ID_REDHAT;
	function->cfg.device = SIM_FN_DEVICE;
	function->cfg.class = PCI_CLASS_OTHERS << 16;
	function->cfg.devfn = SIM_AUTO;
	function->cfg.initial_vfs = SIM_AUTO;
	function->cfg.vf_device = SIM_AUTO;
	function->cfg.offset = SIM_AUTO;
	function->cfg.stride = 1;
	function->cfg.faults.target = SIM_PF;
	function->cfg.faults.gone_after = SIM_OFF;

	config_group_init_type_name(&function->group, name, &sim_fn_type);
	config_group_init_type_name(&function->sriov, "sriov", &sim_sriov_type);
	config_group_init_type_name(&function->bars, "bars", &sim_bars_type);
	config_group_init_type_name(&function->faults, "faults",
				    &sim_faults_type);
	configfs_add_default_group(&function->sriov, &function->group);
	configfs_add_default_group(&function->bars, &function->group);
	configfs_add_default_group(&function->faults, &function->group);

	ret = sim_lock_dead(bridge);
	if (ret)
		goto put;
	if (bridge->nr_functions == SIM_MAX_FNS) {
		mutex_unlock(&bridge->lock);
		ret = -ENOSPC;
		goto put;
	}
	list_add_tail(&function->siblings, &bridge->functions);
	bridge->nr_functions++;
	mutex_unlock(&bridge->lock);

	return &function->group;

put:
	/* With the name, which may be memory of its own */
	config_item_put(&function->group.cg_item);
	return ERR_PTR(ret);
}

static void sim_bridge_drop_item(struct config_group *group,
				 struct config_item *item)
{
	struct sim_bridge *bridge = to_sim_bridge(&group->cg_item);
	struct sim_function *function = to_sim_function(item);

	mutex_lock(&bridge->lock);
	list_del(&function->siblings);
	bridge->nr_functions--;
	mutex_unlock(&bridge->lock);

	config_item_put(item);
}

static struct configfs_group_operations sim_bridge_group_ops = {
	.make_group = sim_bridge_make_group,
	.drop_item = sim_bridge_drop_item,
};

static void sim_bridge_release(struct config_item *item)
{
	struct sim_bridge *bridge = to_sim_bridge(item);

	mutex_destroy(&bridge->lock);
	kfree(bridge);
}

static struct configfs_item_operations sim_bridge_item_ops = {
	.release = sim_bridge_release,
};

static const struct config_item_type sim_bridge_type = {
	.ct_item_ops = &sim_bridge_item_ops,
	.ct_group_ops = &sim_bridge_group_ops,
	.ct_attrs = sim_bridge_attrs,
	.ct_owner = THIS_MODULE,
};

/* pci_sim */

static struct config_group *sim_make_group(struct config_group *group,
					   const char *name)
{
	struct sim_bridge *bridge;

	bridge = kzalloc(sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return ERR_PTR(-ENOMEM);

	mutex_init(&bridge->lock);
	INIT_LIST_HEAD(&bridge->functions);
	bridge->cfg.domain = SIM_AUTO;
	config_group_init_type_name(&bridge->group, name, &sim_bridge_type);

	return &bridge->group;
}

static struct configfs_group_operations sim_group_ops = {
	.make_group = sim_make_group,
};

static const struct config_item_type sim_type = {
	.ct_group_ops = &sim_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem sim_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "pci_sim",
			.ci_type = &sim_type,
		},
	},
};

static int __init sim_init_module(void)
{
	int ret;

	ret = bus_register_notifier(&pci_bus_type, &sim_bus_nb);
	if (ret)
		return ret;

	config_group_init(&sim_subsys.su_group);
	mutex_init(&sim_subsys.su_mutex);
	ret = configfs_register_subsystem(&sim_subsys);
	if (ret) {
		pr_err("cannot register with configfs: %d\n", ret);
		goto err_notifier;
	}
	return 0;

err_notifier:
	mutex_destroy(&sim_subsys.su_mutex);
	bus_unregister_notifier(&pci_bus_type, &sim_bus_nb);
	return ret;
}
module_init(sim_init_module);

static void __exit sim_exit_module(void)
{
	configfs_unregister_subsystem(&sim_subsys);
	mutex_destroy(&sim_subsys.su_mutex);
	bus_unregister_notifier(&pci_bus_type, &sim_bus_nb);
}
module_exit(sim_exit_module);

MODULE_DESCRIPTION("PCI simulator: host bridges for tests, configured through configfs");
MODULE_LICENSE("GPL");
