/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmanaged SR-IOV as a module for stock kernels: what its own files share
 *
 * main.c	loading and unloading
 * pf.c		what is known of a PF; the gate's state
 * files.c	the files of a PF in sysfs, and who answers a write to them
 * stub.c	which drivers are stubs; their remove(); drivers that enable VFs of
 *		any device
 * leave.c	VFs that go because a stub or their PF does
 * bus.c	devices and drivers that come and go
 * param.c	sriov-param.c of a kernel, as a module needs it
 */
#ifndef SRIOV_UNMANAGED_STOCK_H
#define SRIOV_UNMANAGED_STOCK_H

#include <linux/kref.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>

/**
 * struct sriov_pf - what the module knows of a PF
 * @pdev: the PF, which is there while @gone is false
 * @ref: who uses this
 * @rcu: when it is freed
 * @lock: for the three below, @gone, and the core's sriov_drivers_autoprobe
 * @unmanaged: the gate enabled the VFs that are on, or are about to be
 * @unmanaged_autoprobe: sriov_unmanaged_autoprobe
 * @drivers_autoprobe: sriov_drivers_autoprobe as the administrator has it, while
 *	@unmanaged is set; the core has @unmanaged_autoprobe there then
 * @writers: how many are in a write to sriov_numvfs
 * @gone: the PF leaves its bus, or the module does
 * @pm_domain: that of the PF, while a driver is refused by one of ours
 */
struct sriov_pf {
	struct pci_dev *pdev;
	struct kref ref;
	struct rcu_head rcu;
	spinlock_t lock;	/* for the three below */
	bool unmanaged;
	bool unmanaged_autoprobe;
	bool drivers_autoprobe;
	atomic_t writers;
	bool gone;
	struct dev_pm_domain *pm_domain;
};

void sriov_params_loaded(void);

void sriov_call_begin(void);
void sriov_call_end(void);
void sriov_calls_wait(void);

struct sriov_pf *sriov_pf_get(const struct pci_dev *pdev);
void sriov_pf_put(struct sriov_pf *pf);
bool sriov_pf_drivers_autoprobe(struct sriov_pf *pf);
void sriov_pf_set_drivers_autoprobe(struct sriov_pf *pf, bool autoprobe);
int sriov_pf_attach(struct pci_dev *pdev);
void sriov_pf_detach(struct pci_dev *pdev);
void sriov_pf_detach_all(void);
unsigned int sriov_pf_count(void);
void sriov_settle(struct pci_dev *pdev);

int sriov_files_add(struct pci_dev *pdev);
void sriov_files_remove(struct pci_dev *pdev);
bool sriov_files_core_autoprobe(struct pci_dev *pdev);
void sriov_files_set_core_autoprobe(struct pci_dev *pdev, bool autoprobe);

bool sriov_is_stub(const struct pci_driver *driver);
bool sriov_stub_wakes(const struct pci_driver *driver);
bool sriov_gate_answers(struct pci_dev *pdev);
int sriov_stub_hold(struct pci_dev *pdev);
void sriov_stub_release(struct pci_dev *pdev);
bool sriov_warns_before(const struct pci_driver *driver);
bool sriov_warns_after(const struct pci_driver *driver);

int sriov_leave_init(void);
void sriov_leave_exit(void);
void sriov_leave_bus(struct pci_dev *pdev);

int sriov_bus_init(void);
void sriov_bus_exit(void);

#endif /* SRIOV_UNMANAGED_STOCK_H */
