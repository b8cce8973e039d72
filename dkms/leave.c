// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: VFs that go because a stub or
 * their PF does
 *
 * A stub goes with the device_lock of the PF held, and maybe the rescan lock: that
 * is so if the PF is being removed, by the thread that calls us or by one that
 * waits for the device_lock.  The lock must not be waited for then, as its holder
 * waits for us.  A stock kernel does not tell.  So a worker waits for the lock and
 * disables the VFs under it, unless it turns out that the PF is being removed; or,
 * where that cannot be seen, unless it takes too long.  Then they are disabled
 * without it, as drivers that manage their VFs always do in their remove().
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/kernfs.h>
#include <linux/kref.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "sriov-unmanaged.h"
#include "stock.h"

/* Longer than others hold the rescan lock, in general */
#define SRIOV_RESCAN_SECONDS	5
/* VFs go under their users, who may take their time */
#define SRIOV_LEAVE_SECONDS	10

enum sriov_job_state {
	SRIOV_JOB_WAITS,
	SRIOV_JOB_TAKEN,	/* by the worker */
	SRIOV_JOB_GIVEN_UP,	/* by who waits for it */
};

struct sriov_job {
	struct work_struct work;
	struct kref ref;
	struct pci_dev *pdev;
	bool lock;		/* take the rescan lock */
	atomic_t state;
	struct completion done;
};

static struct workqueue_struct *sriov_wq;

static void sriov_job_free(struct kref *ref)
{
	struct sriov_job *job = container_of(ref, struct sriov_job, ref);

	pci_dev_put(job->pdev);
	kfree(job);
}

/* Return: whether the job is @state's from here on */
static bool sriov_job_take(struct sriov_job *job, enum sriov_job_state state)
{
	return atomic_cmpxchg(&job->state, SRIOV_JOB_WAITS, state) ==
	       SRIOV_JOB_WAITS;
}

static void sriov_job_work(struct work_struct *work)
{
	struct sriov_job *job = container_of(work, struct sriov_job, work);

	if (job->lock)
		pci_lock_rescan_remove();
	if (sriov_job_take(job, SRIOV_JOB_TAKEN))
		pci_disable_sriov(job->pdev);
	if (job->lock)
		pci_unlock_rescan_remove();
	complete(&job->done);
	kref_put(&job->ref, sriov_job_free);
}

static struct sriov_job *sriov_job_start(struct pci_dev *pdev, bool lock)
{
	struct sriov_job *job = kzalloc(sizeof(*job), GFP_KERNEL);

	if (!job)
		return NULL;
	INIT_WORK(&job->work, sriov_job_work);
	init_completion(&job->done);
	kref_init(&job->ref);
	kref_get(&job->ref);
	job->pdev = pci_dev_get(pdev);
	job->lock = lock;
	queue_work(sriov_wq, &job->work);

	return job;
}

/* Whoever writes to it has the file "remove" gone before anything else does */
static bool sriov_has_remove(struct pci_dev *pdev)
{
	struct kernfs_node *kn;

	kn = kernfs_find_and_get(pdev->dev.kobj.sd, "remove");
	kernfs_put(kn);

	return kn;
}

/**
 * pci_dev_is_stopping - is a device leaving its bus?
 * @pdev: the PF
 *
 * Hotplug controllers remove devices in a thread of the kernel, and nobody unbinds
 * a driver in one for another reason.
 *
 * Context: the PF's device_lock is held.
 * Return: true if that is seen; it may leave all the same if not.
 */
bool pci_dev_is_stopping(struct pci_dev *pdev)
{
	struct sriov_pf *pf = sriov_pf_get(pdev);

	sriov_pf_put(pf);
	if (!pf || current->flags & PF_KTHREAD ||
	    pdev->error_state == pci_channel_io_perm_failure)
		return true;

	for (; pdev; pdev = pci_upstream_bridge(pdev))
		if (!sriov_has_remove(pdev))
			return true;

	return false;
}

/* Return: whether the VFs have been disabled, under the rescan lock */
static bool sriov_disable_by_worker(struct pci_dev *pdev)
{
	unsigned long limit = jiffies + SRIOV_RESCAN_SECONDS * HZ;
	struct sriov_job *job;
	bool done = true;

	if (pci_dev_is_stopping(pdev))
		return false;
	job = sriov_job_start(pdev, true);
	if (!job)
		return false;

	while (!wait_for_completion_timeout(&job->done,
					    msecs_to_jiffies(50))) {
		if (!pci_dev_is_stopping(pdev) && time_before(jiffies, limit))
			continue;
		done = !sriov_job_take(job, SRIOV_JOB_GIVEN_UP);
		if (done)
			wait_for_completion(&job->done);
		break;
	}
	kref_put(&job->ref, sriov_job_free);

	return done;
}

/**
 * pci_sriov_disable_locked - disable VFs under the rescan lock
 * @pdev: the PF, whose stub goes
 *
 * Context: the PF's device_lock is held.  If the PF is being removed, the remover's
 * rescan lock serves.
 */
void pci_sriov_disable_locked(struct pci_dev *pdev)
{
	if (!sriov_disable_by_worker(pdev))
		pci_disable_sriov(pdev);
	sriov_settle(pdev);
}

/**
 * sriov_leave_bus - disable VFs that are on when their PF leaves its bus
 * @pdev: the PF, which has no driver any more
 *
 * Whoever enabled them: they would refer to what is freed.
 *
 * Context: called by the bus notifier, which is not to be entered by the same thread
 * again; the remover holds the rescan lock.
 */
void sriov_leave_bus(struct pci_dev *pdev)
{
	struct sriov_job *job;

	if (pci_num_vf(pdev)) {
		job = sriov_job_start(pdev, false);
		if (!job ||
		    !wait_for_completion_timeout(&job->done,
						 SRIOV_LEAVE_SECONDS * HZ))
			pci_err(pdev, "VFs left enabled on a device that is removed\n");
		if (job)
			kref_put(&job->ref, sriov_job_free);
	}
	/* In any case nobody is going to ask for them again */
	if (pci_sriov_is_unmanaged(pdev))
		pci_sriov_unmanaged_disabled(pdev);
}

/**
 * sriov_leave_init - prepare for VFs that go
 *
 * Return: 0, or -ENOMEM.
 */
int sriov_leave_init(void)
{
	sriov_wq = alloc_workqueue("sriov_unmanaged", WQ_UNBOUND, 0);

	return sriov_wq ? 0 : -ENOMEM;
}

/**
 * sriov_leave_exit - wait until all have gone
 */
void sriov_leave_exit(void)
{
	destroy_workqueue(sriov_wq);
}
