// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the gate
 *
 * A PF may be held by a driver that reserves it without managing its VFs, or
 * by no driver at all.  Its VFs may be enabled all the same, if whoever asks
 * is privileged, nobody uses the device, and the policy does not know that the
 * VFs need the PF's own driver.  Drivers do not probe such VFs unasked.
 *
 * Two facts per PF hold the state, both written under the PF's device_lock:
 *
 * unmanaged	no driver manages the VFs that are on (or about to be); a
 *		runtime-PM reference on the PF goes with it, as a PF that
 *		sleeps takes its VFs along
 * by_gate	the gate enabled them, so it may disable them
 *
 * VF probing reads unmanaged without that lock: it is set before any VF exists
 * and a VF pins its PF.
 */
#include <linux/capability.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sysfs.h>

#include "sriov-policy.h"
#include "sriov-unmanaged.h"

/* "mailbox,resources,drvdata,class <driver>" */
#define SRIOV_REASON_SIZE	96

/* "bind <driver> (<note>), or " */
#define SRIOV_ADVICE_SIZE	256

#define SRIOV_RESCAN_TIMEOUT	(20 * HZ)

/*
 * Runtime PM takes a PF for active that its last driver left in D3hot, and a stub
 * does not enable it.  On the way back a PF without No_Soft_Reset (PCIe r6.0, sec
 * 7.5.2.2) forgets its SR-IOV capability, on which the places of VFs depend.
 */
static int sriov_wake_up(struct pci_dev *pdev)
{
	int err;

	if (pdev->current_state == PCI_D0)
		return 0;

	err = pci_set_power_state(pdev, PCI_D0);
	if (err)
		return err;
	/* It may refuse, which is no error to the PCI core */
	if (pdev->current_state != PCI_D0)
		return -EIO;
	pci_restore_iov_state(pdev);

	return 0;
}

/*
 * The one setter.  Idempotent.  With @by_gate it fails if the PF cannot be
 * resumed; without, the VFs are on already and there is nothing to refuse.
 */
static int sriov_set_unmanaged(struct pci_dev *pdev, bool by_gate)
{
	struct pci_sriov *iov = pdev->sriov;
	int err;

	device_lock_assert(&pdev->dev);

	if (!iov->unmanaged) {
		err = pm_runtime_resume_and_get(&pdev->dev);
		if (err < 0 && by_gate)
			return err;
		if (err < 0)
			pm_runtime_get_noresume(&pdev->dev);
		err = by_gate ? sriov_wake_up(pdev) : 0;
		if (err) {
			pm_runtime_put(&pdev->dev);
			return err;
		}
		WRITE_ONCE(iov->unmanaged, true);
	}
	if (by_gate)
		iov->by_gate = true;

	return 0;
}

/*
 * The one clearer.  Idempotent.  No lock is asserted: sriov_disable() may run
 * on behalf of a probe that holds the device_lock in another thread (see
 * pci_call_probe()).
 */
static void sriov_clear_unmanaged(struct pci_dev *pdev)
{
	struct pci_sriov *iov = pdev->sriov;

	if (!iov->unmanaged)
		return;

	iov->by_gate = false;
	WRITE_ONCE(iov->unmanaged, false);
	pm_runtime_put(&pdev->dev);
}

static bool sriov_may_write(struct pci_dev *pdev, const char *what)
{
	if (capable(CAP_SYS_ADMIN))
		return true;

	pci_notice_ratelimited(pdev, "%s not changed: CAP_SYS_ADMIN in the initial user namespace is needed\n",
			       what);
	return false;
}

static void sriov_explain_refusal(struct pci_dev *pdev,
				  const struct sriov_verdict *verdict)
{
	char reason[SRIOV_REASON_SIZE], advice[SRIOV_ADVICE_SIZE];

	switch (verdict->source) {
	case SRIOV_BY_OVERRIDE:
		pci_warn(pdev, "VFs not enabled: sriov_unmanaged.override refuses this device; end the list with %04x:%04x=allow to override\n",
			 pdev->vendor, pdev->device);
		break;
	case SRIOV_BY_QUIRK:
		sriov_reason_print(reason, sizeof(reason), verdict);
		sriov_advice_print(advice, sizeof(advice), verdict->family);
		pci_warn(pdev, "VFs not enabled: %s (%s); %sadd %04x:%04x=allow to sriov_unmanaged.override at your own risk\n",
			 sriov_hazards_explain(verdict->family->hazards),
			 reason, advice, pdev->vendor, pdev->device);
		break;
	case SRIOV_BY_DEFAULT:
		pci_warn(pdev, "VFs not enabled: the device is unlisted and sriov_unmanaged.unlisted=refuse; add %04x:%04x=allow to sriov_unmanaged.override to override\n",
			 pdev->vendor, pdev->device);
		break;
	}
}

/* A driver without sriov_configure() that has VFs on has enabled them itself */
static void sriov_explain_not_disabled(struct pci_dev *pdev)
{
	struct pci_driver *driver = pdev->driver;

	if (driver && !driver->sriov_configure && !pdev->sriov->unmanaged)
		pci_warn(pdev, "VFs not disabled: %s enabled them itself; use a setting of its own, or unbind it\n",
			 driver->name);
	else
		pci_warn(pdev, "VFs not disabled: another driver enabled them; bind that driver to disable them\n");
}

/* Before the VFs exist: what they may do to the host may happen at once */
static void sriov_warn_overridden(struct pci_dev *pdev,
				  const struct sriov_verdict *verdict)
{
	char reason[SRIOV_REASON_SIZE];
	int len;

	len = sriov_hazards_print(reason, sizeof(reason),
				  verdict->family->hazards);
	scnprintf(reason + len, sizeof(reason) - len, " %s",
		  verdict->family->driver);
	pci_warn(pdev, "sriov_unmanaged.override enables VFs of [%04x:%04x] although %s (%s)\n",
		 pdev->vendor, pdev->device,
		 sriov_hazards_explain(verdict->family->hazards), reason);
}

/*
 * pci_enable_sriov() turns on memory decoding of a PF whose VFs have BARs, and
 * leaves it on when it fails.  The PF is somebody's who may not have wanted it.
 */
static void sriov_restore_decoding(struct pci_dev *pdev, u16 before)
{
	u16 command;

	if (before & PCI_COMMAND_MEMORY)
		return;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (!PCI_POSSIBLE_ERROR(command) && command & PCI_COMMAND_MEMORY)
		pci_write_config_word(pdev, PCI_COMMAND,
				      command & ~PCI_COMMAND_MEMORY);
}

static int sriov_enable_unmanaged(struct pci_dev *pdev, int num_vfs)
{
	struct sriov_verdict verdict = pci_sriov_unmanaged_policy(pdev);
	bool overridden;
	u16 command;
	int err;

	if (!verdict.allow) {
		sriov_explain_refusal(pdev, &verdict);
		return -EOPNOTSUPP;
	}

	/*
	 * sriov_numvfs_store() has asked already, a driver that wraps the gate
	 * may not have.  Undoing below relies on it: unmanaged implies VFs.
	 */
	if (pci_num_vf(pdev)) {
		pci_warn(pdev, "VFs not enabled: %d VFs are on; disable them first\n",
			 pci_num_vf(pdev));
		return -EBUSY;
	}

	err = sriov_set_unmanaged(pdev, true);
	if (err) {
		pci_warn(pdev, "VFs not enabled: cannot resume the PF (%d)\n",
			 err);
		return err;
	}

	overridden = verdict.source == SRIOV_BY_OVERRIDE && verdict.family &&
		     verdict.family->hazards;
	if (overridden)
		sriov_warn_overridden(pdev, &verdict);

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	err = pci_enable_sriov(pdev, num_vfs);
	if (err) {
		sriov_restore_decoding(pdev, command);
		sriov_clear_unmanaged(pdev);
		return err;
	}

	if (overridden)
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);

	return num_vfs;
}

/**
 * pci_sriov_configure_unmanaged - enable or disable VFs that nobody manages
 * @pdev: the PF
 * @num_vfs: number of VFs to enable, 0 to disable those that were enabled here
 *
 * The sriov_configure() of drivers that hold a PF without managing its VFs.  A
 * driver that wraps it in a callback of its own counts as one that manages
 * them.  SR-IOV itself is as in PCIe r6.0, sec 9.3.3.
 *
 * Context: process context, the PF's device_lock and the rescan lock held.
 * Return: @num_vfs; 0 once disabled; or
 *
 * * -ENODEV - the device is not a PF, or is being removed
 * * -EPERM - the caller lacks CAP_SYS_ADMIN in the initial user namespace
 * * -EBUSY - the PF or one of its VFs is assigned to a guest, or VFs are on
 * * -EOPNOTSUPP - the policy refuses this device
 * * -ENOENT - asked to disable VFs that were not enabled here
 * * -EIO - the PF does not wake up
 * * what pm_runtime_resume_and_get(), pci_set_power_state() and
 *   pci_enable_sriov() return
 *
 * On error VFs, mark, runtime-PM reference and memory decoding are as before.  A
 * PF that slept, without runtime PM, stays awake.
 */
int pci_sriov_configure_unmanaged(struct pci_dev *pdev, int num_vfs)
{
	device_lock_assert(&pdev->dev);

	if (!pdev->is_physfn)
		return -ENODEV;

	/*
	 * Not everybody who removes a root bus holds the rescan lock.  VFs that
	 * pci_sriov_unmanaged_stop() does not see would outlive the PF.
	 */
	if (READ_ONCE(pdev->sriov->stopping))
		return -ENODEV;

	if (!sriov_may_write(pdev, "sriov_numvfs"))
		return -EPERM;

	if (pci_is_dev_assigned(pdev) || pci_vfs_assigned(pdev)) {
		pci_warn(pdev, "sriov_numvfs not changed: the PF or one of its VFs is assigned to a guest; detach it first\n");
		return -EBUSY;
	}

	if (num_vfs)
		return sriov_enable_unmanaged(pdev, num_vfs);

	if (!pdev->sriov->by_gate) {
		sriov_explain_not_disabled(pdev);
		return -ENOENT;
	}

	pci_disable_sriov(pdev);

	return 0;
}
EXPORT_SYMBOL_GPL(pci_sriov_configure_unmanaged);

/*
 * A rescan walks the bus under the rescan lock alone and must not meet VFs that
 * are on their way out.  Waiting for the lock with the device_lock held is right
 * until somebody who holds it wants the PF to go, and waits for us: then nobody
 * else has it, which is all that is asked for.  Others who hold it may wait for
 * this device_lock too, as EEH does, so there is an end to it.
 *
 * Return: whether VFs may be disabled.  @locked: the lock is to be given back.
 */
static bool sriov_lock_rescan(struct pci_dev *pdev, bool *locked)
{
	unsigned long deadline = jiffies + SRIOV_RESCAN_TIMEOUT;

	*locked = false;
	while (!READ_ONCE(pdev->sriov->stopping)) {
		*locked = pci_trylock_rescan_remove();
		if (*locked)
			return true;
		if (time_after(jiffies, deadline))
			return false;
		usleep_range(4000, 6000);
	}

	return true;
}

/**
 * pci_sriov_disable_unmanaged - disable what the gate enabled on a PF
 * @pdev: the device; VFs and devices without SR-IOV are left alone
 *
 * For the remove() of drivers that use pci_sriov_configure_unmanaged(), which
 * cannot be refused: VFs that are in use go away under their users.  VFs are left
 * on, with a warning, if one is assigned to a Xen guest, or if the rescan lock is
 * not to be had within 20 s; unless the PF leaves the bus, for then they must go.
 *
 * Context: process context, the PF's device_lock held.  Takes the rescan lock,
 * unless the PF is being removed: then the caller, or whoever waits for the
 * device_lock, holds it.
 */
void pci_sriov_disable_unmanaged(struct pci_dev *pdev)
{
	bool locked;

	device_lock_assert(&pdev->dev);

	if (!pdev->is_physfn || !pdev->sriov->by_gate)
		return;

	if (pci_vfs_assigned(pdev) && !READ_ONCE(pdev->sriov->stopping)) {
		pci_warn(pdev, "VFs left enabled: some are assigned to a guest\n");
		return;
	}

	if (!sriov_lock_rescan(pdev, &locked)) {
		pci_warn(pdev, "VFs left enabled: PCI devices have been added or removed for %u s; bind the driver again and write 0 to sriov_numvfs\n",
			 SRIOV_RESCAN_TIMEOUT / HZ);
		return;
	}

	if (pci_vfs_assigned(pdev))
		pci_warn(pdev, "VFs taken from a guest: their PF is being removed\n");
	pci_disable_sriov(pdev);
	if (locked)
		pci_unlock_rescan_remove();
}
EXPORT_SYMBOL_GPL(pci_sriov_disable_unmanaged);

/**
 * pci_sriov_unmanaged_in_scope - does the gate answer for this PF's driver?
 * @pdev: the PF
 *
 * Context: the PF's device_lock is held.
 * Return: true for sriov_unmanaged.scope=any, if the PF has no driver or one
 * without sriov_configure().
 */
bool pci_sriov_unmanaged_in_scope(struct pci_dev *pdev)
{
	device_lock_assert(&pdev->dev);

	if (pdev->driver && pdev->driver->sriov_configure)
		return false;

	return sriov_param_scope_any();
}

/**
 * pci_sriov_unmanaged_probe - a driver is about to probe a device
 * @pdev: the device, a VF or not
 * @driver: the driver
 *
 * Somebody overrode the refusal of a device whose VF driver dereferences the
 * data of a PF driver that is not there: say so before it happens.  That driver
 * names the device or its class in its table; vfio-pci, the stubs and xen-pciback
 * do not, and do no such thing.  What new_id adds is not asked: it says nothing of
 * the driver.
 *
 * Context: the device's device_lock is held, its PF's may be.
 */
void pci_sriov_unmanaged_probe(struct pci_dev *pdev,
			       const struct pci_driver *driver)
{
	const struct sriov_family *family;
	const struct pci_device_id *id;

	if (!pdev->is_virtfn || !READ_ONCE(pdev->physfn->sriov->unmanaged))
		return;

	family = pci_sriov_unmanaged_policy(pdev->physfn).family;
	if (!family || !(family->hazards & SRIOV_HAZARD_DRVDATA))
		return;

	id = pci_match_id(driver->id_table, pdev);
	if (!id || id->override_only ||
	    (id->vendor == PCI_ANY_ID && !id->class_mask))
		return;

	pci_warn(pdev, "%s probes this VF although %s is not on its PF: %s, which may crash the host\n",
		 driver->name, family->driver,
		 sriov_hazards_explain(SRIOV_HAZARD_DRVDATA));
}

/* Does the driver bound to the PF manage its VFs through sriov_numvfs? */
static bool sriov_driver_manages(struct pci_dev *pdev)
{
	struct pci_driver *driver = to_pci_driver(pdev->dev.driver);

	return driver->sriov_configure &&
	       driver->sriov_configure != pci_sriov_configure_unmanaged;
}

/**
 * pci_sriov_unmanaged_bound - a driver's probe succeeded
 * @pdev: the device, a PF or not
 *
 * From here on a driver that manages VFs owns those that are on.
 *
 * Context: the device's device_lock is held.
 */
void pci_sriov_unmanaged_bound(struct pci_dev *pdev)
{
	device_lock_assert(&pdev->dev);

	if (pdev->is_physfn && sriov_driver_manages(pdev))
		sriov_clear_unmanaged(pdev);
}

/**
 * pci_sriov_unmanaged_left_on - a driver is gone and the PF's VFs are still on
 * @pdev: the PF
 *
 * Context: the PF's device_lock is held; the driver core still knows the
 * driver, the PCI core does not any more.
 */
void pci_sriov_unmanaged_left_on(struct pci_dev *pdev)
{
	if (sriov_driver_manages(pdev))
		sriov_set_unmanaged(pdev, false);
}

/**
 * pci_sriov_unmanaged_disabled - the PF's VFs are gone
 * @pdev: the PF
 *
 * Context: the end of sriov_disable().
 */
void pci_sriov_unmanaged_disabled(struct pci_dev *pdev)
{
	sriov_clear_unmanaged(pdev);
}

/**
 * pci_sriov_unmanaged_stopping - a device is about to leave the bus
 * @pdev: the device, a PF or not; its driver has not been released
 *
 * Context: process context; most callers hold the rescan lock, some that remove a
 * root bus do not.
 */
void pci_sriov_unmanaged_stopping(struct pci_dev *pdev)
{
	if (pdev->is_physfn)
		WRITE_ONCE(pdev->sriov->stopping, true);
}

/**
 * pci_sriov_unmanaged_stop - a device leaves the bus
 * @pdev: the device, a PF or not; its driver has been released
 *
 * With scope=any the gate may have enabled the VFs of a PF without a driver,
 * so no remove() has taken them down, and they must not survive their PF.
 *
 * Context: as for pci_sriov_unmanaged_stopping(), which came before.  Takes the
 * device_lock.
 */
void pci_sriov_unmanaged_stop(struct pci_dev *pdev)
{
	if (!pdev->is_physfn)
		return;

	/* Guards by_gate against a write to sriov_numvfs */
	device_lock(&pdev->dev);
	if (pdev->sriov->by_gate)
		pci_disable_sriov(pdev);
	device_unlock(&pdev->dev);
}

static ssize_t sriov_unmanaged_autoprobe_show(struct device *dev,
					      struct device_attribute *attr,
					      char *buf)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	return sysfs_emit(buf, "%u\n",
			  READ_ONCE(pdev->sriov->unmanaged_autoprobe));
}

static ssize_t sriov_unmanaged_autoprobe_store(struct device *dev,
					       struct device_attribute *attr,
					       const char *buf, size_t count)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct sriov_verdict verdict;
	bool autoprobe;

	if (!sriov_may_write(pdev, attr->attr.name))
		return -EPERM;

	if (kstrtobool(buf, &autoprobe) < 0) {
		pci_warn(pdev, "sriov_unmanaged_autoprobe not changed: 0 or 1 is needed\n");
		return -EINVAL;
	}

	verdict = pci_sriov_unmanaged_policy(pdev);
	if (autoprobe && verdict.family &&
	    verdict.family->hazards & SRIOV_HAZARD_DRVDATA)
		pci_warn(pdev, "sriov_unmanaged_autoprobe lets VF drivers probe without %s on the PF: %s, which may crash the host\n",
			 verdict.family->driver,
			 sriov_hazards_explain(SRIOV_HAZARD_DRVDATA));

	WRITE_ONCE(pdev->sriov->unmanaged_autoprobe, autoprobe);

	return count;
}

static ssize_t sriov_unmanaged_policy_show(struct device *dev,
					   struct device_attribute *attr,
					   char *buf)
{
	struct sriov_verdict verdict;

	verdict = pci_sriov_unmanaged_policy(to_pci_dev(dev));

	return sysfs_emit(buf, "%s\n", verdict.allow ? "allow" : "refuse");
}

static ssize_t sriov_unmanaged_reason_show(struct device *dev,
					   struct device_attribute *attr,
					   char *buf)
{
	struct sriov_verdict verdict;
	char reason[SRIOV_REASON_SIZE];

	verdict = pci_sriov_unmanaged_policy(to_pci_dev(dev));
	sriov_reason_print(reason, sizeof(reason), &verdict);

	return sysfs_emit(buf, "%s\n", reason);
}

/* Members of sriov_pf_dev_attr_group */
DEVICE_ATTR_RW(sriov_unmanaged_autoprobe);
DEVICE_ATTR_RO(sriov_unmanaged_policy);
DEVICE_ATTR_RO(sriov_unmanaged_reason);
