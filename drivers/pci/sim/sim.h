/* SPDX-License-Identifier: GPL-2.0 */
/*
 * PCI simulator: host bridges whose configuration space lives in memory
 *
 * A device on a simulated bridge is what its configuration says: any IDs, any
 * SR-IOV capability, any BARs.  The PCI core, sysfs, drivers and userspace see
 * no difference to a real device, as long as nobody expects an interrupt, or
 * anything but plain memory behind a BAR.  It serves tests of what decides by
 * identity or configuration space, on machines that have no such device, and it
 * fails in the ways that real devices do, on demand.
 *
 * The layers, a file each, from the bottom up:
 *
 * registers	what a read and a write of config space do, of a PF, a VF and a
 *		root port
 * functions	which functions there are, at which addresses, and what their
 *		registers are after a reset
 * bars		where in the address space their BARs are
 * host		a host bridge from a configuration: create, destroy, plug
 * configfs	where the configuration comes from: bridges, and in a file of
 *		its own what is in the directory of a function
 *
 * Documentation/PCI/pci-sim.rst describes the interface.
 */
#ifndef DRIVERS_PCI_SIM_H
#define DRIVERS_PCI_SIM_H

#include <linux/bits.h>
#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#ifndef CONFIG_X86
#include <linux/pci-ecam.h>
#endif

/* In a configuration, -1 is what a word stands for */
#define SIM_AUTO	(-1)	/* the simulator chooses */
#define SIM_OFF		(-1)	/* of a fault that counts */
#define SIM_PF		(-1)	/* of a fault's target */

#define SIM_MAX_FNS	256	/* on one bus */
#define SIM_MAX_WINDOWS	2
#define SIM_OVERRIDE_LEN	64

/* Where the capabilities are; extended ones follow each other from 0x100 */
#define SIM_PM		0x40
#define SIM_EXP		0x50

/* What a device supports by the letter of the specification: 4K to 4M */
#define SIM_PAGE_SIZES	0x553

/* --- Configuration: plain data, which configfs makes */

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

/* --- State: what config space is made of */

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

static inline struct sim_host *bus_to_sim_host(struct pci_bus *bus)
{
	return container_of(bus->sysdata, struct sim_host, sysdata);
}

static inline u32 sim_mask(int where, int size)
{
	return GENMASK(size * 8 - 1, 0) << (where & 3) * 8;
}

static inline void sim_put(u32 *regs, int where, int size, u32 val)
{
	u32 mask = sim_mask(where, size);

	regs[where / 4] &= ~mask;
	regs[where / 4] |= (val << (where & 3) * 8) & mask;
}

static inline u32 sim_get(const u32 *regs, int where, int size)
{
	return (regs[where / 4] & sim_mask(where, size)) >> (where & 3) * 8;
}

static inline unsigned int sim_fn_bus(const struct sim_host *host)
{
	return host->port ? sim_get(host->port->regs, PCI_SECONDARY_BUS, 1) : 0;
}

static inline bool sim_vf_enabled(const struct sim_fn *fn)
{
	return sim_get(fn->regs, fn->sriov + PCI_SRIOV_CTRL, 2) &
	       PCI_SRIOV_CTRL_VFE;
}

/* registers.c */
extern struct pci_ops pci_sim_ops;
void pci_sim_reset(struct sim_fn *fn);

/* functions.c */
int pci_sim_alloc_fns(struct sim_host *host, const struct sim_host_config *cfg,
		      const struct sim_fn_config * const *fns, unsigned int nr);
void pci_sim_free_fns(struct sim_host *host);

/* bars.c */
extern const char pci_sim_res_name[];
int pci_sim_place_bars(struct sim_host *host,
		       const struct sim_host_config *cfg,
		       const struct sim_fn_config * const *fns);
void pci_sim_release_windows(struct sim_host *host);

/* host.c */
extern struct notifier_block pci_sim_bus_nb;
unsigned int pci_sim_read_fn_bus(struct sim_host *host);
struct sim_host *pci_sim_create(const struct sim_host_config *cfg,
				const struct sim_fn_config * const *fns,
				unsigned int nr);
void pci_sim_destroy(struct sim_host *host);
void pci_sim_plug(struct sim_host *host, struct sim_fn *fn);
void pci_sim_unplug(struct sim_host *host, struct sim_fn *fn);

#endif /* DRIVERS_PCI_SIM_H */
