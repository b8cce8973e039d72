// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the gate
 *
 * A PF may be held by a driver that reserves it without managing its VFs, or
 * by no driver at all.  Its VFs may be enabled all the same, if the process that
 * asks is privileged, nobody uses the device, and the policy does not know that
 * the VFs need the PF's own driver.  Drivers do not probe such VFs unasked.
 *
 * One fact per PF holds the state, written under the PF's device_lock:
 *
 * unmanaged	the gate enabled the VFs that are on, or are about to be; a
 *		runtime-PM reference on the PF goes with it, as a PF that
 *		sleeps takes its VFs along
 *
 * VF probing reads it without that lock: it is set before any VF exists and a VF
 * pins its PF.  It stands where pci.h puts it: in struct pci_sriov, or, in a module
 * for kernels without this file, elsewhere.
 */
#include <linux/capability.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sysfs.h>

#include "sriov-policy.h"
#include "sriov-unmanaged.h"

/*
 * A PF that its last driver left in D3hot counts as active with runtime PM, and a
 * stub does not wake it up.
 */
static int sriov_wake_up(struct pci_dev *pdev)
{
	int err;

	if (pdev->current_state == PCI_D0)
		return 0;

	err = pci_sriov_power_up(pdev);
	if (err)
		return err;

	/* It may refuse, which is no error to the PCI core */
	return pdev->current_state == PCI_D0 ? 0 : -EIO;
}

/* The one setter.  Idempotent.  It fails if the PF cannot be resumed. */
static int sriov_set_unmanaged(struct pci_dev *pdev)
{
	int err;

	device_lock_assert(&pdev->dev);

	if (pci_sriov_is_unmanaged(pdev))
		return 0;

	err = pm_runtime_resume_and_get(&pdev->dev);
	if (err < 0)
		return err;

	err = sriov_wake_up(pdev);
	if (err) {
		pm_runtime_put(&pdev->dev);
		return err;
	}
	pci_sriov_mark_unmanaged(pdev);

	return 0;
}

/*
 * The one clearer.  Idempotent.  No lock is asserted: sriov_disable() may run
 * on behalf of a probe that holds the device_lock in another thread (see
 * pci_call_probe()).  Of two at a time one drops the reference.
 */
static void sriov_clear_unmanaged(struct pci_dev *pdev)
{
	if (pci_sriov_unmark_unmanaged(pdev))
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

/*
 * A driver without sriov_configure() may have enabled its VFs itself, or may have
 * found them when it came
 */
static void sriov_explain_not_disabled(struct pci_dev *pdev)
{
	struct pci_driver *driver = pdev->driver;

	if (driver && !driver->sriov_configure)
		pci_warn(pdev, "VFs not disabled: %s enabled them itself, unless they were on before it came; use a setting of its own, or bind the driver that did\n",
			 driver->name);
	else
		pci_warn(pdev, "VFs not disabled: another driver enabled them; bind that driver to disable them\n");
}

/* Before the VFs exist: what they may do to the host may happen at once */
static void sriov_warn_hazards(struct pci_dev *pdev, const char *who,
			       const struct sriov_family *family)
{
	const struct sriov_verdict by_table = {
		.source = SRIOV_BY_QUIRK,
		.family = family,
	};
	char reason[SRIOV_REASON_SIZE];

	sriov_reason_print(reason, sizeof(reason), &by_table);
	pci_warn(pdev, "%s enables VFs of [%04x:%04x] although %s (%s)\n",
		 who, pdev->vendor, pdev->device,
		 sriov_hazards_explain(family->hazards), reason);
}

/* Drivers that are bound to the VFs by hand fail with a bare -ENODEV: say why */
static void sriov_explain_enabled(struct pci_dev *pdev, int num_vfs,
				  const struct sriov_verdict *verdict)
{
	pci_info(pdev, "%d VFs enabled that no driver manages; host drivers %s%s\n",
		 num_vfs, pci_sriov_unmanaged_autoprobe(pdev) ?
		 "may probe them, as sriov_unmanaged_autoprobe is 1" :
		 "keep off them, unless a VF's driver_override or the PF's sriov_unmanaged_autoprobe lets one on",
		 verdict->source == SRIOV_BY_DEFAULT ?
		 "; the device is unlisted: nobody vouches for it" : "");
}

static int sriov_enable_unmanaged(struct pci_dev *pdev, int num_vfs)
{
	struct sriov_verdict verdict = pci_sriov_unmanaged_policy(pdev);
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

	err = sriov_set_unmanaged(pdev);
	if (err) {
		pci_warn(pdev, "VFs not enabled: cannot resume the PF (%d)\n",
			 err);
		return err;
	}

	if (verdict.source == SRIOV_BY_OVERRIDE && verdict.family &&
	    verdict.family->hazards) {
		sriov_warn_hazards(pdev, "sriov_unmanaged.override",
				   verdict.family);
		add_taint(TAINT_USER, LOCKDEP_STILL_OK);
	}

	err = pci_enable_sriov(pdev, num_vfs);
	if (err) {
		sriov_clear_unmanaged(pdev);
		return err;
	}
	sriov_explain_enabled(pdev, num_vfs, &verdict);

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
 * Context: process context, the PF's device_lock held.  Called by
 * sriov_numvfs_store(), it has the rescan lock taken while VFs come or go.
 * Return: @num_vfs; 0 once disabled; or
 *
 * * -EPERM - the caller lacks CAP_SYS_ADMIN in the initial user namespace
 * * -ENODEV - the device is being removed, or is not a PF
 * * -EBUSY - the PF or one of its VFs is assigned to a guest, or VFs are on
 * * -EOPNOTSUPP - the policy refuses this device
 * * -ENOENT - asked to disable VFs that were not enabled here
 * * -EIO - the PF does not wake up
 * * what pm_runtime_resume_and_get(), pci_set_power_state() and
 *   pci_enable_sriov() return
 *
 * On error VFs, mark and runtime-PM reference are as before.  A PF that slept,
 * without runtime PM, stays awake.
 */
int pci_sriov_configure_unmanaged(struct pci_dev *pdev, int num_vfs)
{
	device_lock_assert(&pdev->dev);

	if (!pdev->is_physfn)
		return -ENODEV;

	if (!sriov_may_write(pdev, "sriov_numvfs"))
		return -EPERM;

	/* VFs that pci_iov_stop() does not see would outlive the PF */
	if (pci_dev_is_stopping(pdev)) {
		pci_info(pdev, "sriov_numvfs not changed: the PF is being removed\n");
		return -ENODEV;
	}

	if (pci_is_dev_assigned(pdev) || pci_vfs_assigned(pdev)) {
		pci_warn(pdev, "sriov_numvfs not changed: the PF or one of its VFs is assigned to a guest; detach it first\n");
		return -EBUSY;
	}

	if (num_vfs)
		return sriov_enable_unmanaged(pdev, num_vfs);

	if (!pci_sriov_is_unmanaged(pdev)) {
		sriov_explain_not_disabled(pdev);
		return -ENOENT;
	}

	pci_disable_sriov(pdev);

	return 0;
}
EXPORT_SYMBOL_GPL(pci_sriov_configure_unmanaged);

/**
 * pci_sriov_disable_unmanaged - disable what the gate enabled on a PF
 * @pdev: the device; VFs and devices without SR-IOV are left alone
 *
 * For the remove() of drivers that use pci_sriov_configure_unmanaged(), which
 * cannot be refused: VFs that are in use go away under their users.  VFs are left
 * on, with a warning, if one is assigned to a Xen guest; unless the PF leaves the
 * bus, for then they must go.
 *
 * Context: process context, the PF's device_lock held.  Takes the rescan lock,
 * unless the PF is being removed: then the caller, or the thread that waits for
 * the device_lock, holds it.
 */
void pci_sriov_disable_unmanaged(struct pci_dev *pdev)
{
	device_lock_assert(&pdev->dev);

	if (!pdev->is_physfn || !pci_sriov_is_unmanaged(pdev))
		return;

	if (pci_vfs_assigned(pdev) && !pci_dev_is_stopping(pdev)) {
		pci_warn(pdev, "VFs left enabled: some are assigned to a guest\n");
		return;
	}

	pci_sriov_disable_locked(pdev);
}
EXPORT_SYMBOL_GPL(pci_sriov_disable_unmanaged);

/**
 * pci_sriov_warn_unmanaged - warn before VFs are enabled without the gate
 * @pdev: the PF; its driver enables VFs of any device, and manages none
 *
 * For drivers that have always done so, and go on: vfio-pci with enable_sriov=1
 * and pci-pf-stub.  Says why the gate refuses the device, if its table does.
 *
 * Context: process context, the PF's device_lock held.
 */
void pci_sriov_warn_unmanaged(struct pci_dev *pdev)
{
	const struct sriov_family *family;

	family = pci_sriov_unmanaged_policy(pdev).family;
	if (family && family->hazards)
		sriov_warn_hazards(pdev, pdev->driver->name, family);
}
EXPORT_SYMBOL_GPL(pci_sriov_warn_unmanaged);

/**
 * pci_sriov_unmanaged_in_scope - does the gate answer for this PF's driver?
 * @pdev: the PF
 *
 * Context: the PF's device_lock is held.
 * Return: true for sriov_unmanaged.scope=any, if the PF has no driver or one
 * without sriov_configure().  Never if the driver manages DMA itself, as vfio's
 * drivers for one kind of device do: a guest may be using the PF.
 */
bool pci_sriov_unmanaged_in_scope(struct pci_dev *pdev)
{
	const struct pci_driver *driver = pdev->driver;

	device_lock_assert(&pdev->dev);

	if (driver && (driver->sriov_configure || driver->driver_managed_dma))
		return false;

	return sriov_param_scope_any();
}

/*
 * Somebody overrode the refusal of a device whose VF driver dereferences the
 * data of a PF driver that is not there: say so before it happens.  That driver
 * names the device or its class in its table; vfio-pci, the stubs and xen-pciback
 * do not, and do no such thing.  What new_id adds is not asked: it says nothing of
 * the driver.
 */
static void sriov_warn_drvdata(struct pci_dev *vf,
			       const struct pci_driver *driver)
{
	const struct sriov_family *family;
	const struct pci_device_id *id;

	family = pci_sriov_unmanaged_policy(vf->physfn).family;
	if (!family || !(family->hazards & SRIOV_HAZARD_DRVDATA))
		return;

	id = pci_match_id(driver->id_table, vf);
	if (!id || id->override_only ||
	    (id->vendor == PCI_ANY_ID && !id->class_mask))
		return;

	pci_warn(vf, "%s probes this VF although %s is not on its PF: %s, which may crash the host\n",
		 driver->name, family->driver,
		 sriov_hazards_explain(SRIOV_HAZARD_DRVDATA));
}

/**
 * pci_sriov_unmanaged_probe - a driver is about to probe a device
 * @pdev: the device, a PF, a VF, or neither
 * @driver: the driver
 *
 * A driver that manages VFs does not expect any when it comes, and does not
 * adopt those that the gate enabled: neither it nor the gate could disable them.
 *
 * Context: the device's device_lock is held, its PF's may be.
 * Return: 0; -EBUSY if @driver manages VFs and those of the gate are on.
 */
int pci_sriov_unmanaged_probe(struct pci_dev *pdev,
			      const struct pci_driver *driver)
{
	if (pdev->is_virtfn && pci_sriov_is_unmanaged(pdev->physfn))
		sriov_warn_drvdata(pdev, driver);

	if (!pdev->is_physfn || !pci_sriov_is_unmanaged(pdev) ||
	    !driver->sriov_configure ||
	    driver->sriov_configure == pci_sriov_configure_unmanaged)
		return 0;

	pci_warn(pdev, "%s not bound: %d VFs are on that it did not enable; write 0 to sriov_numvfs first, under pci-stub or with sriov_unmanaged.scope=any\n",
		 driver->name, pci_num_vf(pdev));
	return -EBUSY;
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

static ssize_t sriov_unmanaged_autoprobe_show(struct device *dev,
					      struct device_attribute *attr,
					      char *buf)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	return sysfs_emit(buf, "%u\n", pci_sriov_unmanaged_autoprobe(pdev));
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

	pci_sriov_set_unmanaged_autoprobe(pdev, autoprobe);

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
