// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: KUnit tests of what no real device shows on demand.  The
 * behaviour behind sysfs is tested by tools/testing/selftests/pci_sriov.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "sriov-policy.h"
#include "sriov-unmanaged.h"

/* --- The text of the override list */

struct override_case {
	const char *name;
	const char *text;
	const char *canonical;	/* NULL: rejected */
};

static const struct override_case override_cases[] = {
	{ "empty", "", "" },
	{ "white space", " \t\n", "" },
	{ "plain", "8086:10fb=allow", "8086:10fb=allow" },
	{ "newline", "8086:10fb=refuse\n", "8086:10fb=refuse" },
	{ "space around", "  8086:10fb=allow \n", "8086:10fb=allow" },
	{ "0x", "0x8086:0X10FB=allow", "8086:10fb=allow" },
	{ "short ids", "1:2=allow", "0001:0002=allow" },
	{ "zeros", "00008086:000010fb=allow", "8086:10fb=allow" },
	{ "any device", "8086:*=refuse", "8086:*=refuse" },
	{ "any of all", "*:*:*:*=refuse", "*:*=refuse" },
	{ "ffff is no any", "ffff:ffff:ffff:ffff=allow",
	  "ffff:ffff:ffff:ffff=allow" },
	{ "subvendor", "1:2:3=allow", "0001:0002:0003=allow" },
	{ "any subvendor", "1:2:*:4=allow", "0001:0002:*:0004=allow" },
	{ "any subdevice", "1:2:3:*=allow", "0001:0002:0003=allow" },
	{ "two", "1:2=allow,3:4=refuse", "0001:0002=allow,0003:0004=refuse" },
	{ "repeated", "1:2=allow,1:2=refuse",
	  "0001:0002=allow,0001:0002=refuse" },
	{ "empty entry", "1:2=allow,,3:4=allow", NULL },
	{ "trailing comma", "1:2=allow,", NULL },
	{ "leading comma", ",1:2=allow", NULL },
	{ "comma", ",", NULL },
	{ "no device", "8086=allow", NULL },
	{ "no verdict", "8086:10fb", NULL },
	{ "empty verdict", "8086:10fb=", NULL },
	{ "wrong verdict", "8086:10fb=deny", NULL },
	{ "capitals", "8086:10fb=ALLOW", NULL },
	{ "longer verdict", "8086:10fb=allowed", NULL },
	{ "two verdicts", "8086:10fb=allow=allow", NULL },
	{ "space inside", "8086: 10fb=allow", NULL },
	{ "space after comma", "1:2=allow, 3:4=allow", NULL },
	{ "newline inside", "1:2=allow\n3:4=allow", NULL },
	{ "17 bits", "10000:10fb=allow", NULL },
	{ "many bits", "fffffffff0000:10fb=allow", NULL },
	{ "no hex", "80g6:10fb=allow", NULL },
	{ "0x alone", "0x:10fb=allow", NULL },
	{ "sign", "+8086:10fb=allow", NULL },
	{ "empty vendor", ":10fb=allow", NULL },
	{ "empty device", "8086:=allow", NULL },
	{ "empty subvendor", "8086:10fb:=allow", NULL },
	{ "five fields", "1:2:3:4:5=allow", NULL },
	{ "double star", "**:10fb=allow", NULL },
	{ "star and digit", "*0:10fb=allow", NULL },
	{ "0x star", "0x*:10fb=allow", NULL },
	{ "verdict alone", "=allow", NULL },
};

static void override_case_name(const struct override_case *test, char *name)
{
	strscpy(name, test->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(override, override_cases, override_case_name);

static void override_text_test(struct kunit *test)
{
	const struct override_case *param = test->param_value;
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct sriov_override_list *list;

	KUNIT_ASSERT_NOT_NULL(test, text);

	list = sriov_override_parse(param->text, false, NULL);
	if (!param->canonical) {
		KUNIT_EXPECT_TRUE(test, IS_ERR(list));
		KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(list), -EINVAL);
		if (!IS_ERR(list))
			kfree(list);
		return;
	}

	KUNIT_ASSERT_FALSE(test, IS_ERR(list));
	KUNIT_EXPECT_EQ(test, sriov_override_print(text, list),
			(int)strlen(param->canonical));
	KUNIT_EXPECT_STREQ(test, text, param->canonical);
	kfree(list);
}

/* A list of entries of 15 bytes: with commas, exactly a page less one byte */
static void override_size_test(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);
	char *back = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct sriov_override_list *list;
	int i, n = PAGE_SIZE / 16, len = 0;

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_ASSERT_NOT_NULL(test, back);

	for (i = 0; i < n; i++)
		len += sprintf(text + len, "%s8086:%04x=allow",
			       i ? "," : "", i);
	KUNIT_ASSERT_EQ(test, len, (int)PAGE_SIZE - 1);

	list = sriov_override_parse(text, false, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(list));
	KUNIT_EXPECT_EQ(test, list->count, n);
	KUNIT_EXPECT_EQ(test, sriov_override_print(back, list), len);
	KUNIT_EXPECT_STREQ(test, back, text);
	kfree(list);

	/* One byte more */
	strcat(text, " ");
	strcat(text, "x");
	list = sriov_override_parse(text, false, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(list), -E2BIG);

	/* A text that fits, of a list that cannot be shown */
	for (i = 0, len = 0; i < n + 1; i++)
		len += sprintf(text + len, "%s1:2=allow", i ? "," : "");
	KUNIT_ASSERT_LT(test, len, (int)PAGE_SIZE);
	list = sriov_override_parse(text, false, NULL);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(list), -E2BIG);

	/* At boot what fits applies */
	list = sriov_override_parse(text, true, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(list));
	KUNIT_EXPECT_EQ(test, list->count, n);
	kfree(list);
}

static void override_boot_test(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct sriov_override_list *list;

	KUNIT_ASSERT_NOT_NULL(test, text);

	list = sriov_override_parse("1:2=allow,,zz,3:4=refuse,5=allow", true,
				    NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(list));
	sriov_override_print(text, list);
	KUNIT_EXPECT_STREQ(test, text, "0001:0002=allow,0003:0004=refuse");
	kfree(list);

	KUNIT_EXPECT_NULL(test, sriov_override_parse("zz", true, NULL));
}

static void override_find_test(struct kunit *test)
{
	static const struct sriov_identity id = {
		.vendor = 0xffff, .device = 2, .subvendor = 3, .subdevice = 4,
	};
	static const struct {
		const char *text;
		int allow;	/* -1: the list says nothing */
	} cases[] = {
		{ "ffff:2=allow", 1 },
		{ "ffff:2=refuse", 0 },
		{ "*:*=allow", 1 },
		{ "ffff:3=allow", -1 },
		{ "fffe:2=allow", -1 },
		{ "ffff:2:3:4=allow", 1 },
		{ "ffff:2:4=allow", -1 },
		{ "ffff:2:*:5=allow", -1 },
		{ "ffff:2=allow,*:*=refuse", 0 },
		{ "*:*=refuse,ffff:2=allow", 1 },
		{ "ffff:2=allow,1:1=refuse", 1 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct sriov_override *found;
		struct sriov_override_list *list;

		list = sriov_override_parse(cases[i].text, false, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(list));
		found = sriov_override_find(list, &id);
		KUNIT_EXPECT_EQ_MSG(test, found ? found->allow : -1,
				    cases[i].allow, "%s", cases[i].text);
		kfree(list);
	}

	KUNIT_EXPECT_NULL(test, sriov_override_find(NULL, &id));
}

/* --- The quirk table */

#define SRIOV_ETHERNET	0x020000

struct quirk_case {
	const char *name;
	struct sriov_identity id;
	const char *reason;	/* NULL: the table does not know it */
};

static const struct quirk_case quirk_cases[] = {
	{ "82599", { 0x8086, 0x10fb, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources ixgbe" },
	{ "82599 of any board", { 0x8086, 0x10fb, 0xffff, 0xffff, 0 },
	  "mailbox,resources ixgbe" },
	{ "82599 VF", { 0x8086, 0x10ed, 0, 0, SRIOV_ETHERNET }, NULL },
	{ "82598", { 0x8086, 0x10b6, 0, 0, SRIOV_ETHERNET }, NULL },
	{ "82576", { 0x8086, 0x10c9, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources igb" },
	{ "I210", { 0x8086, 0x1533, 0, 0, SRIOV_ETHERNET }, NULL },
	{ "X710 10G_B", { 0x8086, 0x104f, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources i40e" },
	{ "X710 10G_B prog-if", { 0x8086, 0x104f, 0, 0, 0x020001 },
	  "mailbox,resources i40e" },
	{ "wireless 104f", { 0x8086, 0x104f, 0, 0, 0x028000 }, NULL },
	{ "X710-TL, in no id table", { 0x8086, 0x101f, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources i40e" },
	{ "E810", { 0x8086, 0x1592, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources ice" },
	{ "FM10000", { 0x8086, 0x15a4, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources fm10k" },
	{ "IPU", { 0x8086, 0x1452, 0, 0, SRIOV_ETHERNET }, "resources idpf" },
	{ "NVMe", { 0x1b36, 0x0010, 0, 0, 0x010802 }, "none nvme" },
	{ "other NVM", { 0x1b36, 0x0010, 0, 0, 0x010801 }, NULL },
	{ "ENA", { 0x1d0f, 0x0ec2, 0, 0, SRIOV_ETHERNET }, "none ena" },
	{ "Amazon 0053", { 0x1d0f, 0x0053, 0, 0, 0 }, "none pci-pf-stub" },
	{ "ConnectX-5", { 0x15b3, 0x1017, 0, 0, SRIOV_ETHERNET },
	  "resources,drvdata mlx5_core" },
	{ "sub-vendor", { 0x19ee, 0x4000, 0x19ee, 0, SRIOV_ETHERNET },
	  "resources nfp" },
	{ "other sub-vendor", { 0x19ee, 0x4000, 0x1234, 0, SRIOV_ETHERNET },
	  NULL },
	{ "virtio, any device", { 0x1af4, 0x1041, 0, 0, SRIOV_ETHERNET },
	  "resources virtio-pci" },
	{ "ffff", { 0xffff, 0xffff, 0xffff, 0xffff, 0xffffff }, NULL },
	{ "zero", { 0, 0, 0, 0, 0 }, NULL },
};

static void quirk_case_name(const struct quirk_case *test, char *name)
{
	strscpy(name, test->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(quirk, quirk_cases, quirk_case_name);

static void quirk_table_test(struct kunit *test)
{
	const struct quirk_case *param = test->param_value;
	struct sriov_verdict verdict = { .source = SRIOV_BY_QUIRK };
	char reason[96];

	verdict.family = sriov_quirk_lookup(&param->id);
	if (!param->reason) {
		KUNIT_EXPECT_NULL(test, verdict.family);
		return;
	}

	KUNIT_ASSERT_NOT_NULL(test, verdict.family);
	sriov_reason_print(reason, sizeof(reason), &verdict);
	KUNIT_EXPECT_STREQ(test, reason, param->reason);
}

/*
 * Every entry matches; each is more specific than the one before, whatever it
 * lacks of the less important fields.
 */
static const struct sriov_quirk ordered[] = {
	{ .match = 0 },
	{ .class = 0x020000, .match = 1 },
	{ .class = 0x020100, .match = 2 },
	{ .class = 0x020103, .match = 3 },
	{ .subvendor = 3, .match = SRIOV_MATCH_SUBVENDOR },
	{ .subdevice = 4, .match = SRIOV_MATCH_SUBDEVICE },
	{ .device = 2, .match = SRIOV_MATCH_DEVICE },
	{ .vendor = 1, .match = SRIOV_MATCH_VENDOR },
	{ .vendor = 1, .subvendor = 3, .class = 0x020103,
	  .match = SRIOV_MATCH_VENDOR | SRIOV_MATCH_SUBVENDOR | 3 },
	{ .vendor = 1, .device = 2,
	  .match = SRIOV_MATCH_VENDOR | SRIOV_MATCH_DEVICE },
	{ .vendor = 1, .device = 2, .subdevice = 4,
	  .match = SRIOV_MATCH_VENDOR | SRIOV_MATCH_DEVICE |
		   SRIOV_MATCH_SUBDEVICE },
};

static void quirk_order_test(struct kunit *test)
{
	static const struct sriov_identity id = {
		.vendor = 1, .device = 2, .subvendor = 3, .subdevice = 4,
		.class = 0x020103,
	};
	struct sriov_quirk reversed[ARRAY_SIZE(ordered)];
	size_t n, i;

	for (n = 1; n <= ARRAY_SIZE(ordered); n++) {
		for (i = 0; i < n; i++)
			reversed[i] = ordered[n - 1 - i];
		KUNIT_EXPECT_PTR_EQ(test, sriov_quirk_find(ordered, n, &id),
				    &ordered[n - 1]);
		KUNIT_EXPECT_PTR_EQ(test, sriov_quirk_find(reversed, n, &id),
				    (const struct sriov_quirk *)reversed);
	}
}

/* What a lookup costs on the whole table; for the log, nothing depends on it */
static void quirk_cost_test(struct kunit *test)
{
	static const struct {
		const char *name;
		struct sriov_identity id;
	} cases[] = {
		{ "hit", { 0x8086, 0x10fb, 0x8086, 3, SRIOV_ETHERNET } },
		{ "miss", { 0xdead, 0xbeef, 1, 2, 0xff0000 } },
		{ "wildcard", { 0x144d, 0xa824, 0x144d, 0xa801, 0x010802 } },
	};
	const int rounds = 10000;
	int i, n, found;
	u64 start, ns;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		found = 0;
		start = ktime_get_ns();
		for (n = 0; n < rounds; n++)
			found += !!sriov_quirk_lookup(&cases[i].id);
		ns = ktime_get_ns() - start;
		KUNIT_EXPECT_EQ(test, found,
				cases[i].id.vendor == 0xdead ? 0 : rounds);
		kunit_info(test, "lookup, %s: %llu ns", cases[i].name,
			   div_u64(ns, rounds));
	}
}

/* --- The gate, on a PF that is on no bus */

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
	KUNIT_EXPECT_FALSE(test, gate->iov.by_gate);
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
	KUNIT_EXPECT_FALSE(test, gate->iov.by_gate);
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
	pci_sriov_unmanaged_stop(&gate->pdev);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE_PARAM(override_text_test, override_gen_params),
	KUNIT_CASE(override_size_test),
	KUNIT_CASE(override_boot_test),
	KUNIT_CASE(override_find_test),
	KUNIT_CASE_PARAM(quirk_table_test, quirk_gen_params),
	KUNIT_CASE(quirk_order_test),
	KUNIT_CASE(quirk_cost_test),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "sriov-policy",
	.test_cases = policy_cases,
};

static struct kunit_case gate_cases[] = {
	KUNIT_CASE(gate_assigned_test),
	KUNIT_CASE(gate_resume_test),
	KUNIT_CASE(gate_other_devices_test),
	{}
};

static struct kunit_suite gate_suite = {
	.name = "sriov-unmanaged",
	.init = gate_init,
	.exit = gate_exit,
	.test_cases = gate_cases,
};

kunit_test_suites(&policy_suite, &gate_suite);
