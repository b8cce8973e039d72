// SPDX-License-Identifier: GPL-2.0
/* PCI simulator: functions, their addresses, and their registers after a reset */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/align.h>
#include <linux/bitfield.h>
#include <linux/bitmap.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sim.h"

/* The root port's device ID, of the vendor that QEMU's has: 1b36:000c */
#define SIM_PORT_DEVICE	0x000c

#define SIM_EXP_SIZE	0x34

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

/**
 * pci_sim_alloc_fns - make the functions of a bridge, and its root port
 * @host: the bridge, which has them afterwards; also some of them on failure
 * @cfg: its configuration
 * @fns: the configurations of its functions
 * @nr: how many functions there are
 *
 * Return: 0, -EINVAL if they do not fit together, or -ENOMEM.
 */
int pci_sim_alloc_fns(struct sim_host *host, const struct sim_host_config *cfg,
		      const struct sim_fn_config * const *fns, unsigned int nr)
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

/**
 * pci_sim_free_fns - free the functions of a bridge, and its root port
 * @host: the bridge
 */
void pci_sim_free_fns(struct sim_host *host)
{
	unsigned int i;

	for (i = 0; i < host->nr_fns; i++)
		sim_free_fn(host->fns[i]);
	sim_free_fn(host->port);
	kfree(host->fns);
}
