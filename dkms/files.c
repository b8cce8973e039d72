// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: the files of a PF in sysfs
 *
 * sriov_unmanaged_* are added.  sriov_numvfs and sriov_drivers_autoprobe stay the
 * files that they are, with their owner and mode, open or not, but lead here: what
 * is not for the gate goes on to the core.  sysfs does not wait for callbacks of
 * such a file when the module lets go of it, so these are counted.
 */
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "sriov-unmanaged.h"
#include "stock.h"

/* The core's, which are the same for all PFs */
static struct device_attribute *sriov_core_numvfs;
static struct device_attribute *sriov_core_autoprobe;

static const struct attribute *sriov_own_attrs[] = {
	&dev_attr_sriov_unmanaged_autoprobe.attr,
	&dev_attr_sriov_unmanaged_policy.attr,
	&dev_attr_sriov_unmanaged_reason.attr,
	NULL,
};

static ssize_t sriov_core_store_numvfs(struct device *dev, const char *buf,
				       size_t count)
{
	return sriov_core_numvfs->store(dev, sriov_core_numvfs, buf, count);
}

/*
 * The rescan lock comes before the device_lock, as it does for whoever removes the
 * PF.  Nobody waits for the device_lock with the rescan lock held: a driver may
 * have it for as long as its user likes.
 */
static int sriov_lock(struct sriov_pf *pf)
{
	struct device *dev = &pf->pdev->dev;

	for (;;) {
		pci_lock_rescan_remove();
		if (READ_ONCE(pf->gone)) {
			pci_unlock_rescan_remove();
			return -ENODEV;
		}
		if (device_trylock(dev))
			return 0;
		pci_unlock_rescan_remove();

		if (fatal_signal_pending(current))
			return -EINTR;
		device_lock(dev);
		device_unlock(dev);
	}
}

static void sriov_unlock(struct sriov_pf *pf)
{
	device_unlock(&pf->pdev->dev);
	pci_unlock_rescan_remove();
}

/* As sriov_numvfs_store() does, but for what is asked of the PF's driver */
static int sriov_gate_configure(struct pci_dev *pdev, u16 num_vfs)
{
	int err;

	if (num_vfs == pci_num_vf(pdev))
		return 0;

	if (num_vfs && pci_num_vf(pdev)) {
		pci_warn(pdev, "%d VFs already enabled. Disable before enabling %d VFs\n",
			 pci_num_vf(pdev), num_vfs);
		return -EBUSY;
	}

	if (sriov_is_stub(pdev->driver)) {
		err = sriov_stub_hold(pdev);
		if (err)
			return err;
	}

	return pci_sriov_configure_unmanaged(pdev, num_vfs);
}

/*
 * Without the protection of sysfs: whoever removes the PF holds the rescan lock and
 * would wait for us, and we for the lock.  This keeps the PF's memory, and not the
 * PF on its bus.
 */
static ssize_t sriov_gate_store_numvfs(struct sriov_pf *pf,
				       struct device_attribute *attr,
				       const char *buf, size_t count,
				       u16 num_vfs)
{
	struct pci_dev *pdev = pf->pdev;
	struct kernfs_node *kn;
	bool answers = true;
	ssize_t ret;

	kn = sysfs_break_active_protection(&pdev->dev.kobj, &attr->attr);
	if (!kn)
		return -ENODEV;
	/* What keeps it goes with sysfs_unbreak_active_protection() */
	pci_dev_get(pdev);

	ret = sriov_lock(pf);
	if (!ret) {
		sriov_settle(pdev);
		answers = sriov_gate_answers(pdev);
		if (answers)
			ret = sriov_gate_configure(pdev, num_vfs);
		sriov_settle(pdev);
		sriov_unlock(pf);
	}
	sysfs_unbreak_active_protection(kn);

	/* Another driver has come meanwhile */
	if (!answers)
		ret = sriov_core_store_numvfs(&pdev->dev, buf, count);
	else if (ret >= 0)
		ret = count;
	pci_dev_put(pdev);

	return ret;
}

static ssize_t sriov_pass_numvfs(struct sriov_pf *pf, const char *buf,
				 size_t count, bool warn_after)
{
	struct pci_dev *pdev = pf->pdev;
	ssize_t ret;

	ret = sriov_core_store_numvfs(&pdev->dev, buf, count);

	device_lock(&pdev->dev);
	sriov_settle(pdev);
	if (ret > 0 && warn_after && pci_num_vf(pdev) &&
	    sriov_warns_after(pdev->driver))
		pci_sriov_warn_unmanaged(pdev);
	device_unlock(&pdev->dev);

	return ret;
}

static ssize_t sriov_store_numvfs(struct sriov_pf *pf,
				  struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct pci_dev *pdev = pf->pdev;
	bool answers, enables;
	u16 num_vfs;

	if (kstrtou16(buf, 0, &num_vfs) < 0 ||
	    num_vfs > pci_sriov_get_totalvfs(pdev))
		return sriov_core_store_numvfs(&pdev->dev, buf, count);

	device_lock(&pdev->dev);
	sriov_settle(pdev);
	answers = sriov_gate_answers(pdev);
	enables = num_vfs && !pci_num_vf(pdev);
	if (enables && sriov_warns_before(pdev->driver))
		pci_sriov_warn_unmanaged(pdev);
	device_unlock(&pdev->dev);

	return answers ? sriov_gate_store_numvfs(pf, attr, buf, count, num_vfs) :
			 sriov_pass_numvfs(pf, buf, count, enables);
}

static ssize_t sriov_numvfs_store(struct device *dev,
				  struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct sriov_pf *pf = NULL;
	ssize_t ret;
	bool held;

	sriov_call_begin();
	/* The gate's marks are for a module that stays */
	held = try_module_get(THIS_MODULE);
	if (held)
		pf = sriov_pf_get(to_pci_dev(dev));
	if (pf) {
		atomic_inc(&pf->writers);
		ret = sriov_store_numvfs(pf, attr, buf, count);
		atomic_dec(&pf->writers);
	} else {
		ret = sriov_core_store_numvfs(dev, buf, count);
	}
	sriov_pf_put(pf);
	if (held)
		module_put(THIS_MODULE);
	sriov_call_end();

	return ret;
}

static ssize_t sriov_numvfs_show(struct device *dev,
				 struct device_attribute *attr, char *buf)
{
	ssize_t ret;

	sriov_call_begin();
	ret = sriov_core_numvfs->show(dev, sriov_core_numvfs, buf);
	sriov_call_end();

	return ret;
}

static ssize_t sriov_drivers_autoprobe_store(struct device *dev,
					     struct device_attribute *attr,
					     const char *buf, size_t count)
{
	struct sriov_pf *pf;
	bool autoprobe;

	if (kstrtobool(buf, &autoprobe) < 0)
		return -EINVAL;

	sriov_call_begin();
	pf = sriov_pf_get(to_pci_dev(dev));
	if (pf)
		sriov_pf_set_drivers_autoprobe(pf, autoprobe);
	else
		sriov_files_set_core_autoprobe(to_pci_dev(dev), autoprobe);
	sriov_pf_put(pf);
	sriov_call_end();

	return count;
}

static ssize_t sriov_drivers_autoprobe_show(struct device *dev,
					    struct device_attribute *attr,
					    char *buf)
{
	struct sriov_pf *pf;
	ssize_t ret;

	sriov_call_begin();
	pf = sriov_pf_get(to_pci_dev(dev));
	ret = pf ? sysfs_emit(buf, "%u\n", sriov_pf_drivers_autoprobe(pf)) :
		   sriov_core_autoprobe->show(dev, sriov_core_autoprobe, buf);
	sriov_pf_put(pf);
	sriov_call_end();

	return ret;
}

static DEVICE_ATTR_RW(sriov_numvfs);
static DEVICE_ATTR_RW(sriov_drivers_autoprobe);

/**
 * sriov_files_set_core_autoprobe - have the core probe VFs, or not
 * @pdev: the PF
 * @autoprobe: whether it may
 *
 * Context: any; the core's file only stores what it is given.
 */
void sriov_files_set_core_autoprobe(struct pci_dev *pdev, bool autoprobe)
{
	sriov_core_autoprobe->store(&pdev->dev, sriov_core_autoprobe,
				    autoprobe ? "1" : "0", 1);
}

/**
 * sriov_files_core_autoprobe - does the core probe VFs?
 * @pdev: the PF
 *
 * Context: any but interrupts; the core's file only prints what it was given.
 * Return: whether it does.
 */
bool sriov_files_core_autoprobe(struct pci_dev *pdev)
{
	static char page[PAGE_SIZE] __aligned(PAGE_SIZE);
	static DEFINE_SPINLOCK(lock);
	bool autoprobe = true;

	spin_lock(&lock);
	sriov_core_autoprobe->show(&pdev->dev, sriov_core_autoprobe, page);
	WARN_ON(kstrtobool(page, &autoprobe));
	spin_unlock(&lock);

	return autoprobe;
}

/* Return: the core's attribute of a PF, or NULL: it is not what we know */
static struct device_attribute *sriov_core_attr(struct pci_dev *pdev,
						const char *name)
{
	const struct attribute_group * const *group;
	struct device_attribute *attr;
	int i;

	for (group = pdev->dev.type ? pdev->dev.type->groups : NULL;
	     group && *group; group++) {
		for (i = 0; (*group)->attrs && (*group)->attrs[i]; i++) {
			attr = container_of((*group)->attrs[i],
					    struct device_attribute, attr);
			if (!strcmp(attr->attr.name, name))
				return attr->show && attr->store ? attr : NULL;
		}
	}

	return NULL;
}

/* Both of the core's files, or none */
static int sriov_files_find(struct pci_dev *pdev)
{
	struct device_attribute *numvfs, *autoprobe;

	if (sriov_core_numvfs)
		return 0;

	numvfs = sriov_core_attr(pdev, "sriov_numvfs");
	autoprobe = sriov_core_attr(pdev, "sriov_drivers_autoprobe");
	if (!numvfs || !autoprobe)
		return -EOPNOTSUPP;

	sriov_core_numvfs = numvfs;
	sriov_core_autoprobe = autoprobe;

	return 0;
}

/*
 * sysfs hands what it finds in @priv to dev_attr_show() and dev_attr_store(), which
 * read the callback out of it, and looks there once for each read or write.  Both
 * attributes outlive the node: the core's are static, ours are given up again
 * before the module goes.
 */
static int sriov_file_lead(struct pci_dev *pdev, struct device_attribute *from,
			   struct device_attribute *to)
{
	struct kernfs_node *kn;
	int err = -EOPNOTSUPP;

	kn = kernfs_find_and_get(pdev->dev.kobj.sd, from->attr.name);
	if (!kn)
		return -ENOENT;
	if (cmpxchg(&kn->priv, &from->attr, &to->attr) == &from->attr)
		err = 0;
	kernfs_put(kn);

	return err;
}

/**
 * sriov_files_add - take the files of a PF over, and add ours
 * @pdev: the PF
 *
 * Return: 0, or a negative errno: the files are as they were.
 */
int sriov_files_add(struct pci_dev *pdev)
{
	int err;

	err = sriov_files_find(pdev);
	if (err)
		return err;
	err = sysfs_create_files(&pdev->dev.kobj, sriov_own_attrs);
	if (err)
		return err;
	err = sriov_file_lead(pdev, sriov_core_autoprobe,
			      &dev_attr_sriov_drivers_autoprobe);
	if (err)
		goto remove;
	err = sriov_file_lead(pdev, sriov_core_numvfs, &dev_attr_sriov_numvfs);
	if (err)
		goto give_back;

	return 0;

give_back:
	sriov_file_lead(pdev, &dev_attr_sriov_drivers_autoprobe,
			sriov_core_autoprobe);
remove:
	sysfs_remove_files(&pdev->dev.kobj, sriov_own_attrs);
	return err;
}

/**
 * sriov_files_remove - give the files of a PF back, and remove ours
 * @pdev: the PF
 *
 * Context: waits for callbacks of our files, none of which takes a lock.
 */
void sriov_files_remove(struct pci_dev *pdev)
{
	/* Whoever has done what we do, on top of ours, would call what is gone */
	WARN_ON(sriov_file_lead(pdev, &dev_attr_sriov_numvfs,
				sriov_core_numvfs));
	WARN_ON(sriov_file_lead(pdev, &dev_attr_sriov_drivers_autoprobe,
				sriov_core_autoprobe));
	sysfs_remove_files(&pdev->dev.kobj, sriov_own_attrs);
}
