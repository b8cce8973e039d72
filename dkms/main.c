// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: loading and unloading
 *
 * README.md says what such a module cannot have; the log says so, too.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>

#include "sriov-policy.h"
#include "stock.h"

static const char * const sriov_differences[] = {
	"bugs of the kernel's PCI core that patches fix are there",
	"unbinding a stub with VFs on logs \"driver left SR-IOV enabled\" before they go",
	"of VFs that vfio-pci enables is warned afterwards",
	"one PF at a time has VFs enabled or disabled",
	"VFs that are on when their PF leaves its bus are disabled by this module",
	"PFs are as ever until this is loaded; options stand in modprobe.d, too",
	"README.md of the module has all differences",
};

/*
 * Neither sysfs nor the driver core waits, when the module lets go of a PF, for
 * those that are in the module's code, or about to be.
 */
static atomic_t sriov_calls = ATOMIC_INIT(0);

/**
 * sriov_call_begin - a call of the module's code begins, or is sure to come
 *
 * Context: any.
 */
void sriov_call_begin(void)
{
	atomic_inc(&sriov_calls);
}

/**
 * sriov_call_end - it returns to who called
 *
 * Context: any.
 */
void sriov_call_end(void)
{
	atomic_dec(&sriov_calls);
}

/**
 * sriov_calls_wait - wait until no call is in the module's code
 *
 * A task that has read the address of our code, and not counted itself yet, does not
 * sleep before it does; nor does one that is about to return.  Such tasks may be
 * preempted, and these RCU tasks waits for.
 *
 * Context: all PFs have been given back.
 */
void sriov_calls_wait(void)
{
	BUILD_BUG_ON(IS_ENABLED(CONFIG_PREEMPTION) &&
		     !IS_ENABLED(CONFIG_TASKS_RCU));

	synchronize_rcu_tasks();
	while (atomic_read(&sriov_calls))
		msleep(20);
	synchronize_rcu_tasks();
}

static int __init sriov_module_init(void)
{
	unsigned int i;
	int err;

	sriov_params_loaded();
	err = sriov_leave_init();
	if (err)
		return err;
	err = sriov_bus_init();
	if (err) {
		pr_err("not loaded: a PF cannot be taken over (%d)\n", err);
		sriov_leave_exit();
		return err;
	}

	pr_info("%u PFs taken over; as in a kernel with CONFIG_PCI_IOV_UNMANAGED, but:\n",
		sriov_pf_count());
	for (i = 0; i < ARRAY_SIZE(sriov_differences); i++)
		pr_info("- %s\n", sriov_differences[i]);

	return 0;
}
module_init(sriov_module_init);

/* Not while VFs of the gate are on: each PF that has any uses the module */
static void __exit sriov_module_exit(void)
{
	sriov_bus_exit();
	sriov_leave_exit();
}
module_exit(sriov_module_exit);

MODULE_DESCRIPTION("Enable VFs of a PF that is reserved by a stub driver");
MODULE_LICENSE("GPL");
MODULE_VERSION(SRIOV_VERSION);
MODULE_PARM_DESC(override, "devices to allow or refuse: vendor:device[:subvendor[:subdevice]]=allow|refuse,...");
MODULE_PARM_DESC(unlisted, "devices in neither list: allow (default) or refuse");
MODULE_PARM_DESC(scope, "PFs to answer for: stub (default), or any without a driver that answers");
