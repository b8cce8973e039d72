// SPDX-License-Identifier: GPL-2.0
/*
 * Test helper of the pci_sriov selftests: what no real device or driver of the
 * test machine does on demand.  Never load it on a machine that matters.
 *
 * Drivers (bind to them with driver_override):
 *
 * pci-sriov-test-native	has a sriov_configure() of its own, leaves VFs
 *				enabled when it goes
 * pci-sriov-test-stub		joins the gate with its two lines
 * pci-sriov-test-wrap		wraps the gate in a callback of its own, and
 *				leaves VFs enabled when it goes
 * pci-sriov-test-bare		has no sriov_configure()
 * pci-sriov-test-self		has none either, and enables two VFs by itself
 *				in its probe, leaves them on when it goes
 * pci-sriov-test-dma		has none either, and manages DMA itself, as vfio's
 *				drivers for one kind of device do
 * pci-sriov-test-sleepy	has none, and leaves the device in D3hot
 * pci-sriov-test-vf		claims VFs; names those of a PF that passes for
 *				1924:0903, whose VF driver is a dangerous one,
 *				and notes in vf_tainted whether TAINT_USER is set
 *
 * Parameters, under /sys/module/pci_sriov_test/parameters/:
 *
 * used		has anybody written to the feature's parameters?  Tests say so
 * fail_probe	the next probes of any of the drivers fail
 * vf_tainted	what pci-sriov-test-vf found; -1 before
 * assigned	write "<device> <0|1>": as Xen marks a device assigned to a guest
 * identity	write "<device> <vendor> <device> <subvendor> <subdevice>
 *		<class>": what the kernel takes the device for, in hexadecimal
 * no_vf_bars	write "<device>": its VFs have no memory, so that enabling them
 *		fails; write nothing: as before
 * aliased	write "<device> <devfn>[,...]": a device that comes up there has
 *		these DMA aliases, as quirks give it; write nothing: as before
 */
#include <linux/bitmap.h>
#include <linux/device/bus.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/pci-sriov-unmanaged.h>

static bool fail_probe;
module_param(fail_probe, bool, 0600);

static bool used;
module_param(used, bool, 0600);

static int vf_tainted = -1;
module_param(vf_tainted, int, 0600);

static struct pci_dev *find_device(const char *name)
{
	struct device *dev = bus_find_device_by_name(&pci_bus_type, NULL, name);

	return dev ? to_pci_dev(dev) : NULL;
}

static int assigned_set(const char *val, const struct kernel_param *kp)
{
	struct pci_dev *pdev;
	char name[32];
	int assigned;

	if (sscanf(val, "%31s %d", name, &assigned) != 2)
		return -EINVAL;
	pdev = find_device(name);
	if (!pdev)
		return -ENODEV;
	if (assigned)
		pci_set_dev_assigned(pdev);
	else
		pci_clear_dev_assigned(pdev);
	pci_dev_put(pdev);
	return 0;
}

static const struct kernel_param_ops assigned_ops = { .set = assigned_set };
module_param_cb(assigned, &assigned_ops, NULL, 0200);

static int identity_set(const char *val, const struct kernel_param *kp)
{
	unsigned int vendor, device, subvendor, subdevice, class;
	struct pci_dev *pdev;
	char name[32];

	if (sscanf(val, "%31s %x %x %x %x %x", name, &vendor, &device,
		   &subvendor, &subdevice, &class) != 6)
		return -EINVAL;
	pdev = find_device(name);
	if (!pdev)
		return -ENODEV;
	pdev->vendor = vendor;
	pdev->device = device;
	pdev->subsystem_vendor = subvendor;
	pdev->subsystem_device = subdevice;
	pdev->class = class;
	pci_dev_put(pdev);
	return 0;
}

static const struct kernel_param_ops identity_ops = { .set = identity_set };
module_param_cb(identity, &identity_ops, NULL, 0200);

static struct pci_dev *starved;
static struct resource *starved_parent;

static int no_vf_bars_set(const char *val, const struct kernel_param *kp)
{
	struct resource *res;
	char name[32];

	if (starved) {
		starved->resource[PCI_IOV_RESOURCES].parent = starved_parent;
		pci_dev_put(starved);
		starved = NULL;
	}
	if (sscanf(val, "%31s", name) != 1 || !*name)
		return 0;
	starved = find_device(name);
	if (!starved)
		return -ENODEV;
	res = &starved->resource[PCI_IOV_RESOURCES];
	starved_parent = res->parent;
	res->parent = NULL;
	return 0;
}

static const struct kernel_param_ops no_vf_bars_ops = {
	.set = no_vf_bars_set,
};
module_param_cb(no_vf_bars, &no_vf_bars_ops, NULL, 0200);

/* The lock of parameters is for writers; no test writes while a device comes up */
static char aliased[32];
static DECLARE_BITMAP(aliases, 256);

static int aliased_set(const char *val, const struct kernel_param *kp)
{
	char name[32], list[64];
	int err, fields;

	*aliased = '\0';
	fields = sscanf(val, "%31s %63s", name, list);
	if (fields < 1)
		return 0;
	if (fields != 2)
		return -EINVAL;
	err = bitmap_parselist(list, aliases, 256);
	if (!err)
		strscpy(aliased, name, sizeof(aliased));
	return err;
}

static const struct kernel_param_ops aliased_ops = { .set = aliased_set };
module_param_cb(aliased, &aliased_ops, NULL, 0200);

static int alias_notify(struct notifier_block *nb, unsigned long action,
			void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (action != BUS_NOTIFY_ADD_DEVICE ||
	    strcmp(pci_name(pdev), aliased))
		return NOTIFY_DONE;

	/* Freed with the device.  Whoever is called next must be, in any case */
	if (!pdev->dma_alias_mask)
		pdev->dma_alias_mask = bitmap_zalloc(256, GFP_KERNEL);
	if (pdev->dma_alias_mask)
		bitmap_copy(pdev->dma_alias_mask, aliases, 256);
	return NOTIFY_OK;
}

/* Before the IOMMU's, which has a priority of 0 */
static struct notifier_block alias_nb = {
	.notifier_call = alias_notify,
	.priority = 1,
};

static int test_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return fail_probe ? -EIO : 0;
}

static int wrap_configure(struct pci_dev *pdev, int num_vfs)
{
	/* NULL in a kernel without the gate */
	int (*configure)(struct pci_dev *pdev, int num_vfs) =
		pci_sriov_configure_unmanaged;

	return configure ? configure(pdev, num_vfs) : -ENOENT;
}

static int self_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return test_probe(pdev, id) ?: pci_enable_sriov(pdev, 2);
}

static int vf_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	vf_tainted = test_taint(TAINT_USER);

	return test_probe(pdev, id);
}

static void sleepy_remove(struct pci_dev *pdev)
{
	pci_set_power_state(pdev, PCI_D3hot);
}

/* The VF's device id is QEMU's, its vendor id that of the PF */
static const struct pci_device_id vf_ids[] = {
	{ PCI_DEVICE(0x1924, 0x0010) },
	{}
};

static struct pci_driver test_drivers[] = {
	{
		.name = "pci-sriov-test-native",
		.probe = test_probe,
		.sriov_configure = pci_sriov_configure_simple,
	}, {
		.name = "pci-sriov-test-stub",
		.probe = test_probe,
		.sriov_configure = pci_sriov_configure_unmanaged,
		.remove = pci_sriov_unmanaged_ptr(pci_sriov_disable_unmanaged),
	}, {
		.name = "pci-sriov-test-wrap",
		.probe = test_probe,
		.sriov_configure = wrap_configure,
	}, {
		.name = "pci-sriov-test-bare",
		.probe = test_probe,
	}, {
		.name = "pci-sriov-test-dma",
		.probe = test_probe,
		.driver_managed_dma = true,
	}, {
		.name = "pci-sriov-test-self",
		.probe = self_probe,
	}, {
		.name = "pci-sriov-test-sleepy",
		.probe = test_probe,
		.remove = sleepy_remove,
	}, {
		.name = "pci-sriov-test-vf",
		.id_table = vf_ids,
		.probe = vf_probe,
	},
};

static int __init pci_sriov_test_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(test_drivers); i++) {
		err = pci_register_driver(&test_drivers[i]);
		if (err)
			goto unregister;
	}
	err = bus_register_notifier(&pci_bus_type, &alias_nb);
	if (err)
		goto unregister;

	return 0;

unregister:
	while (i--)
		pci_unregister_driver(&test_drivers[i]);

	return err;
}
module_init(pci_sriov_test_init);

static void __exit pci_sriov_test_exit(void)
{
	int i = ARRAY_SIZE(test_drivers);

	bus_unregister_notifier(&pci_bus_type, &alias_nb);
	no_vf_bars_set("", NULL);
	while (i--)
		pci_unregister_driver(&test_drivers[i]);
}
module_exit(pci_sriov_test_exit);

MODULE_DESCRIPTION("Helper of the pci_sriov selftests");
MODULE_LICENSE("GPL");
