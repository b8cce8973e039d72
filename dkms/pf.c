// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: what is known of a PF, and the
 * state that the gate keeps of it
 *
 * A stock kernel's struct pci_sriov has no place for it, so it stands in an xarray,
 * by the address of the PF.  A PF that is not in there counts as leaving its bus.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "sriov-unmanaged.h"
#include "stock.h"

static DEFINE_XARRAY(sriov_pfs);

/* For PFs that come and go; it is taken with the rescan lock held */
static DEFINE_MUTEX(sriov_pfs_mutex);
static bool sriov_pfs_closed;

/**
 * sriov_pf_get - what is known of a PF
 * @pdev: the device
 *
 * Return: it, to be given back by sriov_pf_put(), or NULL: the device is no PF,
 * leaves its bus, or has not been taken over.
 */
struct sriov_pf *sriov_pf_get(const struct pci_dev *pdev)
{
	struct sriov_pf *pf;

	rcu_read_lock();
	pf = xa_load(&sriov_pfs, (unsigned long)pdev);
	if (pf && !kref_get_unless_zero(&pf->ref))
		pf = NULL;
	rcu_read_unlock();

	return pf;
}

static void sriov_pf_free(struct kref *ref)
{
	struct sriov_pf *pf = container_of(ref, struct sriov_pf, ref);

	kfree_rcu(pf, rcu);
}

/**
 * sriov_pf_put - give back what sriov_pf_get() returned
 * @pf: it; NULL is ignored
 */
void sriov_pf_put(struct sriov_pf *pf)
{
	if (pf)
		kref_put(&pf->ref, sriov_pf_free);
}

/**
 * sriov_pf_drivers_autoprobe - the administrator's sriov_drivers_autoprobe
 * @pf: the PF
 *
 * The core probes VFs by its sriov_drivers_autoprobe, whoever enabled them.  So
 * while those of the gate are on it has sriov_unmanaged_autoprobe there, and we
 * keep the administrator's.
 *
 * Context: the PF is there.
 * Return: may drivers probe VFs that a driver manages?
 */
bool sriov_pf_drivers_autoprobe(struct sriov_pf *pf)
{
	bool autoprobe;

	spin_lock(&pf->lock);
	autoprobe = pf->unmanaged ? pf->drivers_autoprobe :
				    sriov_files_core_autoprobe(pf->pdev);
	spin_unlock(&pf->lock);

	return autoprobe;
}

/**
 * sriov_pf_set_drivers_autoprobe - write the administrator's sriov_drivers_autoprobe
 * @pf: the PF
 * @autoprobe: may drivers probe VFs that a driver manages?
 *
 * Context: the PF is there.
 */
void sriov_pf_set_drivers_autoprobe(struct sriov_pf *pf, bool autoprobe)
{
	spin_lock(&pf->lock);
	if (pf->unmanaged)
		pf->drivers_autoprobe = autoprobe;
	else
		sriov_files_set_core_autoprobe(pf->pdev, autoprobe);
	spin_unlock(&pf->lock);
}

/**
 * pci_sriov_is_unmanaged - did the gate enable the VFs that are on?
 * @pdev: the PF
 *
 * Context: any.
 * Return: whether it did, or is about to.
 */
bool pci_sriov_is_unmanaged(const struct pci_dev *pdev)
{
	struct sriov_pf *pf;
	bool unmanaged;

	rcu_read_lock();
	pf = xa_load(&sriov_pfs, (unsigned long)pdev);
	unmanaged = pf && READ_ONCE(pf->unmanaged);
	rcu_read_unlock();

	return unmanaged;
}

/**
 * pci_sriov_mark_unmanaged - the gate is about to enable VFs
 * @pdev: the PF, which has been found not to be leaving
 *
 * The module cannot be unloaded while VFs are on that it is to disable.
 */
void pci_sriov_mark_unmanaged(struct pci_dev *pdev)
{
	struct sriov_pf *pf = sriov_pf_get(pdev);

	if (WARN_ON(!pf))
		return;

	__module_get(THIS_MODULE);
	spin_lock(&pf->lock);
	pf->drivers_autoprobe = sriov_files_core_autoprobe(pdev);
	WRITE_ONCE(pf->unmanaged, true);
	sriov_files_set_core_autoprobe(pdev, pf->unmanaged_autoprobe);
	spin_unlock(&pf->lock);
	sriov_pf_put(pf);
}

/**
 * pci_sriov_unmark_unmanaged - the VFs of the gate are gone
 * @pdev: the PF
 *
 * Return: whether the PF was marked; of two at a time one is told so.
 */
bool pci_sriov_unmark_unmanaged(struct pci_dev *pdev)
{
	struct sriov_pf *pf = sriov_pf_get(pdev);
	bool marked;

	if (!pf)
		return false;

	spin_lock(&pf->lock);
	marked = pf->unmanaged;
	WRITE_ONCE(pf->unmanaged, false);
	if (marked && !pf->gone)
		sriov_files_set_core_autoprobe(pdev, pf->drivers_autoprobe);
	spin_unlock(&pf->lock);
	sriov_pf_put(pf);
	if (marked)
		module_put(THIS_MODULE);

	return marked;
}

/**
 * pci_sriov_unmanaged_autoprobe - sriov_unmanaged_autoprobe of a PF
 * @pdev: the PF
 *
 * Return: may drivers probe the VFs of the gate unasked?
 */
bool pci_sriov_unmanaged_autoprobe(const struct pci_dev *pdev)
{
	struct sriov_pf *pf = sriov_pf_get(pdev);
	bool autoprobe = pf && READ_ONCE(pf->unmanaged_autoprobe);

	sriov_pf_put(pf);

	return autoprobe;
}

/**
 * pci_sriov_set_unmanaged_autoprobe - write sriov_unmanaged_autoprobe of a PF
 * @pdev: the PF
 * @autoprobe: may drivers probe the VFs of the gate unasked?
 */
void pci_sriov_set_unmanaged_autoprobe(struct pci_dev *pdev, bool autoprobe)
{
	struct sriov_pf *pf = sriov_pf_get(pdev);

	if (!pf)
		return;

	spin_lock(&pf->lock);
	WRITE_ONCE(pf->unmanaged_autoprobe, autoprobe);
	if (pf->unmanaged)
		sriov_files_set_core_autoprobe(pdev, autoprobe);
	spin_unlock(&pf->lock);
	sriov_pf_put(pf);
}

/**
 * pci_sriov_power_up - wake a PF up
 * @pdev: the PF, which may be in D3hot
 *
 * Waking up may reset the PF, and with it what VFs depend on: ARI, where the VFs'
 * BARs are, ACS, and what else pci_save_state() keeps.
 *
 * Return: 0, or a negative errno.
 */
int pci_sriov_power_up(struct pci_dev *pdev)
{
	u16 acs, ctrl = 0;
	int err;

	if (pdev->current_state != PCI_D3hot)
		return pci_set_power_state(pdev, PCI_D0);

	acs = pci_find_ext_capability(pdev, PCI_EXT_CAP_ID_ACS);
	if (acs)
		pci_read_config_word(pdev, acs + PCI_ACS_CTRL, &ctrl);
	pci_save_state(pdev);
	err = pci_set_power_state(pdev, PCI_D0);
	if (!err && pdev->current_state == PCI_D0) {
		pci_restore_state(pdev);
		if (acs)
			pci_write_config_word(pdev, acs + PCI_ACS_CTRL, ctrl);
	}
	pdev->state_saved = false;

	return err;
}

/**
 * sriov_settle - see whether the VFs of the gate have gone
 * @pdev: the PF
 *
 * The kernel's gate is told so at the end of sriov_disable().  A stock kernel does
 * not tell, and a driver may have disabled them.
 *
 * Context: the PF's device_lock is held.
 */
void sriov_settle(struct pci_dev *pdev)
{
	if (!pci_num_vf(pdev) && pci_sriov_is_unmanaged(pdev))
		pci_sriov_unmanaged_disabled(pdev);
}

/**
 * sriov_pf_attach - take a PF over
 * @pdev: the PF
 *
 * Context: the rescan lock may be held, the PF's device_lock must not.
 * Return: 0, also if it has been before, or a negative errno.
 */
int sriov_pf_attach(struct pci_dev *pdev)
{
	struct sriov_pf *pf;
	int err = 0;

	mutex_lock(&sriov_pfs_mutex);
	if (sriov_pfs_closed || xa_load(&sriov_pfs, (unsigned long)pdev))
		goto unlock;

	pf = kzalloc(sizeof(*pf), GFP_KERNEL);
	if (!pf) {
		err = -ENOMEM;
		goto unlock;
	}
	pf->pdev = pdev;
	kref_init(&pf->ref);
	spin_lock_init(&pf->lock);
	err = xa_err(xa_store(&sriov_pfs, (unsigned long)pdev, pf,
			      GFP_KERNEL));
	if (err)
		goto put;
	err = sriov_files_add(pdev);
	if (err)
		goto erase;
	mutex_unlock(&sriov_pfs_mutex);

	return 0;

erase:
	xa_erase(&sriov_pfs, (unsigned long)pdev);
put:
	sriov_pf_put(pf);
unlock:
	mutex_unlock(&sriov_pfs_mutex);
	if (err)
		pci_err(pdev, "sriov_unmanaged: PF not taken over (%d)\n", err);

	return err;
}

static void sriov_pf_drop(struct sriov_pf *pf)
{
	lockdep_assert_held(&sriov_pfs_mutex);
	spin_lock(&pf->lock);
	pf->gone = true;
	spin_unlock(&pf->lock);
	sriov_files_remove(pf->pdev);
	xa_erase(&sriov_pfs, (unsigned long)pf->pdev);
	sriov_pf_put(pf);
}

/**
 * sriov_pf_detach - a PF leaves its bus
 * @pdev: the PF, whose VFs are off
 *
 * Context: the rescan lock may be held.
 */
void sriov_pf_detach(struct pci_dev *pdev)
{
	struct sriov_pf *pf;

	mutex_lock(&sriov_pfs_mutex);
	pf = xa_load(&sriov_pfs, (unsigned long)pdev);
	if (pf)
		sriov_pf_drop(pf);
	mutex_unlock(&sriov_pfs_mutex);
}

/**
 * sriov_pf_detach_all - give all PFs back
 *
 * None of them has VFs of the gate: the module would be in use.
 */
void sriov_pf_detach_all(void)
{
	struct pci_dev *pdev;
	struct sriov_pf *pf;
	unsigned long index;

	for (;;) {
		mutex_lock(&sriov_pfs_mutex);
		sriov_pfs_closed = true;
		index = 0;
		pf = xa_find(&sriov_pfs, &index, ULONG_MAX, XA_PRESENT);
		if (!pf) {
			mutex_unlock(&sriov_pfs_mutex);
			return;
		}
		pdev = pci_dev_get(pf->pdev);
		sriov_pf_drop(pf);
		mutex_unlock(&sriov_pfs_mutex);
		sriov_stub_release(pdev);
		pci_dev_put(pdev);
	}
}

/**
 * sriov_pf_count - how many PFs have been taken over
 *
 * Return: the number.
 */
unsigned int sriov_pf_count(void)
{
	unsigned int count = 0;
	unsigned long index;
	struct sriov_pf *pf;

	mutex_lock(&sriov_pfs_mutex);
	xa_for_each(&sriov_pfs, index, pf)
		count++;
	mutex_unlock(&sriov_pfs_mutex);

	return count;
}
