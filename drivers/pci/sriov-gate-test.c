// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: KUnit tests of the gate, on a PF that is on no bus: what no
 * real device shows on demand.  The behaviour behind sysfs is tested by
 * tools/testing/selftests/pci_sriov.
 */
#include <kunit/test.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "sriov-unmanaged.h"
#include "sriov-test.h"

struct gate {
	struct pci_dev pdev;
	struct pci_sriov iov;
};

/* The driver core may come to this long after the test has ended */
static void gate_release(struct device *dev)
{
	kfree(container_of(to_pci_dev(dev), struct gate, pdev));
}

static int gate_init(struct kunit *test)
{
	struct gate *gate = kzalloc(sizeof(*gate), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gate);
	test->priv = gate;

	device_initialize(&gate->pdev.dev);
	gate->pdev.dev.release = gate_release;
	dev_set_name(&gate->pdev.dev, "kunit-pf");
	gate->pdev.vendor = 0x8086;
	gate->pdev.device = 0x1592;	/* refused, unless somebody overrides */
	gate->pdev.class = SRIOV_ETHERNET;
	gate->pdev.is_physfn = 1;
	gate->pdev.sriov = &gate->iov;
	gate->iov.total_VFs = 4;

	return 0;
}

static void gate_exit(struct kunit *test)
{
	struct gate *gate = test->priv;

	put_device(&gate->pdev.dev);
}

static int gate_usage(const struct gate *gate)
{
#ifdef CONFIG_PM
	return atomic_read(&gate->pdev.dev.power.usage_count);
#else
	return 0;
#endif
}

static int gate_configure(struct gate *gate, int num_vfs)
{
	int ret;

	device_lock(&gate->pdev.dev);
	ret = pci_sriov_configure_unmanaged(&gate->pdev, num_vfs);
	device_unlock(&gate->pdev.dev);

	return ret;
}

/* As gate_configure(), by a process without CAP_SYS_ADMIN */
static int gate_configure_unprivileged(struct kunit *test, struct gate *gate,
				       int num_vfs)
{
	struct cred *cred = prepare_creds();
	const struct cred *old;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cap_lower(cred->cap_effective, CAP_SYS_ADMIN);
	old = override_creds(cred);
	ret = gate_configure(gate, num_vfs);
	revert_creds(old);
	put_cred(cred);

	return ret;
}

/* Privilege comes before all that is asked of the device */
static void gate_privilege_test(struct kunit *test)
{
	struct gate *gate = test->priv;
	int usage = gate_usage(gate), n;

	pci_set_dev_assigned(&gate->pdev);
	pci_dev_set_stopping(&gate->pdev);
	for (n = 0; n <= 4; n += 4) {
		KUNIT_EXPECT_EQ(test,
				gate_configure_unprivileged(test, gate, n),
				-EPERM);
		KUNIT_EXPECT_EQ(test, gate_configure(gate, n), -ENODEV);
	}
	pci_clear_dev_assigned(&gate->pdev);

	KUNIT_EXPECT_FALSE(test, gate->iov.unmanaged);
	KUNIT_EXPECT_EQ(test, gate_usage(gate), usage);
}

/* Xen's mark comes before the policy, for 0 and for N */
static void gate_assigned_test(struct kunit *test)
{
	struct gate *gate = test->priv;
	int usage = gate_usage(gate);

	pci_set_dev_assigned(&gate->pdev);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 4), -EBUSY);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 0), -EBUSY);
	pci_clear_dev_assigned(&gate->pdev);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 4), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 0), -ENOENT);

	KUNIT_EXPECT_FALSE(test, gate->iov.unmanaged);
	KUNIT_EXPECT_EQ(test, gate_usage(gate), usage);
}

/* VFs that come once the PF has begun to leave would outlive it */
static void gate_stopping_test(struct kunit *test)
{
	struct gate *gate = test->priv;
	int usage = gate_usage(gate);

	gate->pdev.class = PCI_CLASS_STORAGE_EXPRESS;
	gate->pdev.device = 0x0a54;
	pci_dev_set_stopping(&gate->pdev);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 4), -ENODEV);
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 0), -ENODEV);
	KUNIT_EXPECT_FALSE(test, gate->iov.unmanaged);
	KUNIT_EXPECT_EQ(test, gate_usage(gate), usage);
}

/* A PF that cannot be resumed (here: runtime PM is off) gets no VFs */
static void gate_resume_test(struct kunit *test)
{
	struct gate *gate = test->priv;
	int usage = gate_usage(gate);

	if (!IS_ENABLED(CONFIG_PM))
		kunit_skip(test, "no runtime PM");

	gate->pdev.class = PCI_CLASS_STORAGE_EXPRESS;
	gate->pdev.device = 0x0a54;
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 4), -EACCES);
	KUNIT_EXPECT_FALSE(test, gate->iov.unmanaged);
	KUNIT_EXPECT_EQ(test, gate_usage(gate), usage);
}

/* The stubs' removal helper meets whatever a stub may be bound to */
static void gate_other_devices_test(struct kunit *test)
{
	struct gate *gate = test->priv;

	gate->pdev.is_physfn = 0;
	gate->pdev.sriov = NULL;
	KUNIT_EXPECT_EQ(test, gate_configure(gate, 4), -ENODEV);

	device_lock(&gate->pdev.dev);
	pci_sriov_disable_unmanaged(&gate->pdev);
	gate->pdev.is_virtfn = 1;
	pci_sriov_disable_unmanaged(&gate->pdev);
	device_unlock(&gate->pdev.dev);
}

/* Which drivers may come while VFs of the gate are on */
static void gate_probe_test(struct kunit *test)
{
	static const struct pci_driver stub = {
		.name = "stub",
		.sriov_configure = pci_sriov_configure_unmanaged,
	}, bare = {
		.name = "bare",
	}, native = {
		.name = "native",
		.sriov_configure = pci_sriov_configure_simple,
	};
	struct gate *gate = test->priv;

	KUNIT_EXPECT_EQ(test, pci_sriov_unmanaged_probe(&gate->pdev, &native), 0);
	gate->iov.unmanaged = 1;
	KUNIT_EXPECT_EQ(test, pci_sriov_unmanaged_probe(&gate->pdev, &stub), 0);
	KUNIT_EXPECT_EQ(test, pci_sriov_unmanaged_probe(&gate->pdev, &bare), 0);
	KUNIT_EXPECT_EQ(test, pci_sriov_unmanaged_probe(&gate->pdev, &native),
			-EBUSY);
	gate->iov.unmanaged = 0;

	gate->pdev.is_physfn = 0;
	gate->pdev.sriov = NULL;
	KUNIT_EXPECT_EQ(test, pci_sriov_unmanaged_probe(&gate->pdev, &native), 0);
}

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(gate_privilege_test),
	KUNIT_CASE(gate_assigned_test),
	KUNIT_CASE(gate_stopping_test),
	KUNIT_CASE(gate_resume_test),
	KUNIT_CASE(gate_other_devices_test),
	KUNIT_CASE(gate_probe_test),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "sriov-unmanaged",
	.init = gate_init,
	.exit = gate_exit,
	.test_cases = gate_cases,
};

kunit_test_suite(gate_suite);
