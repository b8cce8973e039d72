// SPDX-License-Identifier: GPL-2.0
/* Unmanaged SR-IOV: KUnit tests of the table of devices and of the verdict */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "sriov-policy.h"
#include "sriov-test.h"

/* --- The quirk table */

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
	{ "82599 VF", { 0x8086, 0x10ed, 0, 0, SRIOV_ETHERNET },
	  "class network" },
	{ "82598", { 0x8086, 0x10b6, 0, 0, SRIOV_ETHERNET }, "class network" },
	{ "82576", { 0x8086, 0x10c9, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources igb" },
	{ "I210", { 0x8086, 0x1533, 0, 0, SRIOV_ETHERNET }, "class network" },
	{ "X710 10G_B", { 0x8086, 0x104f, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources i40e" },
	{ "X710 10G_B prog-if", { 0x8086, 0x104f, 0, 0, 0x020001 },
	  "mailbox,resources i40e" },
	{ "wireless 104f", { 0x8086, 0x104f, 0, 0, 0x028000 },
	  "class network" },
	{ "X710-TL, in no id table", { 0x8086, 0x101f, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources i40e" },
	{ "E810", { 0x8086, 0x1592, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources ice" },
	{ "FM10000", { 0x8086, 0x15a4, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources fm10k" },
	{ "IPU", { 0x8086, 0x1452, 0, 0, SRIOV_ETHERNET }, "resources idpf" },
	{ "IPU of any make", { 0xdead, 0xbeef, 0, 0, 0x020001 },
	  "resources idpf" },
	{ "E610", { 0x8086, 0x57b0, 0, 0, SRIOV_ETHERNET },
	  "mailbox,resources ixgbe" },
	{ "NVMe", { 0x1b36, 0x0010, 0, 0, 0x010802 }, "none nvme" },
	{ "other NVM", { 0x1b36, 0x0010, 0, 0, 0x010801 }, NULL },
	{ "ENA", { 0x1d0f, 0x0ec2, 0, 0, SRIOV_ETHERNET }, "none ena" },
	{ "Amazon 0053", { 0x1d0f, 0x0053, 0, 0, 0 }, "none pci-pf-stub" },
	{ "ConnectX-5", { 0x15b3, 0x1017, 0, 0, SRIOV_ETHERNET },
	  "resources,drvdata mlx5_core" },
	{ "sub-vendor", { 0x19ee, 0x4000, 0x19ee, 0, SRIOV_ETHERNET },
	  "resources nfp" },
	{ "other sub-vendor", { 0x19ee, 0x4000, 0x1234, 0, SRIOV_ETHERNET },
	  "class network" },
	{ "virtio, any device", { 0x1af4, 0x1041, 0, 0, SRIOV_ETHERNET },
	  "resources virtio-pci" },
	{ "virtio of QEMU", { 0x1af4, 0x1041, 0x1af4, 0x1100, SRIOV_ETHERNET },
	  "none virtio-pci" },
	{ "virtio of QEMU, also for old drivers",
	  { 0x1af4, 0x1000, 0x1af4, 0x0001, SRIOV_ETHERNET },
	  "none virtio-pci" },
	{ "virtio of BlueField", { 0x1af4, 0x1041, 0x1af4, 0x1041,
				   SRIOV_ETHERNET }, "resources virtio-pci" },
	{ "virtio block of BlueField", { 0x1af4, 0x1042, 0x1af4, 0x1042,
					 0x010000 }, "resources virtio-pci" },
	{ "virtio fs of BlueField", { 0x1af4, 0x105a, 0x1af4, 0x105a,
				      0x018000 }, "resources virtio-pci" },
	{ "virtio of another make", { 0x1af4, 0x1041, 0x1ded, 0x1100,
				      SRIOV_ETHERNET },
	  "resources virtio-pci" },
	{ "virtio GPU", { 0x1af4, 0x1050, 0, 0, 0x038000 },
	  "resources virtio-pci" },
	{ "network", { 0xdead, 0xbeef, 0, 0, SRIOV_ETHERNET },
	  "class network" },
	{ "other network", { 0xdead, 0xbeef, 0, 0, 0x02ffff },
	  "class network" },
	{ "display", { 0xdead, 0xbeef, 0, 0, 0x030200 }, "class display" },
	{ "co-processor", { 0xdead, 0xbeef, 0, 0, 0x0b4000 }, "class crypto" },
	{ "processor", { 0xdead, 0xbeef, 0, 0, 0x0b2000 }, NULL },
	{ "encryption", { 0xdead, 0xbeef, 0, 0, 0x108000 }, "class crypto" },
	{ "accelerator", { 0xdead, 0xbeef, 0, 0, 0x120000 },
	  "class accelerator" },
	{ "storage", { 0xdead, 0xbeef, 0, 0, 0x010400 }, NULL },
	{ "Arrow Lake", { 0x8086, 0x7d41, 0, 0, 0x030000 },
	  "mailbox,resources xe" },
	{ "Arrow Lake's other function", { 0x8086, 0x7d41, 0, 0, 0x040300 },
	  NULL },
	{ "A100", { 0x10de, 0x20b0, 0, 0, 0x030200 }, "resources nvidia" },
	{ "MI300X", { 0x1002, 0x74a1, 0, 0, 0x120000 },
	  "mailbox,resources gim" },
	{ "QDMA", { 0x10ee, 0x903f, 0, 0, 0x058000 },
	  "mailbox,resources qdma-pf" },
	{ "ACC100", { 0x8086, 0x0d5c, 0, 0, 0x120001 }, "none pf_bb_config" },
	{ "MANA", { 0x1414, 0x00b9, 0, 0, SRIOV_ETHERNET }, "none mana" },
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
	char reason[SRIOV_REASON_SIZE];

	verdict.family = sriov_quirk_lookup(&param->id);
	if (!param->reason) {
		KUNIT_EXPECT_NULL(test, verdict.family);
		return;
	}

	KUNIT_ASSERT_NOT_NULL(test, verdict.family);
	sriov_reason_print(reason, sizeof(reason), &verdict);
	KUNIT_EXPECT_STREQ(test, reason, param->reason);
}

/* What a human is told to do, unless it is to override */
static void quirk_advice_test(struct kunit *test)
{
	static const struct {
		struct sriov_family family;
		const char *advice;
	} cases[] = {
		{ { "ixgbe", NULL, SRIOV_HAZARD_MAILBOX }, "bind ixgbe, or " },
		{ { "gim", " (not in Linux)", SRIOV_HAZARD_MAILBOX },
		  "bind gim (not in Linux), or " },
		{ { "network", NULL, SRIOV_HAZARD_CLASS }, "" },
	};
	char advice[64];
	int i, len;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		len = sriov_advice_print(advice, sizeof(advice),
					 &cases[i].family);
		KUNIT_EXPECT_STREQ(test, advice, cases[i].advice);
		KUNIT_EXPECT_EQ(test, len, (int)strlen(cases[i].advice));
	}
}

/* What the kernel says of these drivers helps, and fits where the gate prints it */
static void quirk_notes_test(struct kunit *test)
{
	static const struct {
		struct sriov_identity id;
		const char *note;
	} cases[] = {
		{ { 0x8086, 0x46d3, 0, 0, 0x030000 }, "xe.force_probe" },
		{ { 0x1af4, 0x1041, 0, 0, SRIOV_ETHERNET }, "VIRTIO_F_SR_IOV" },
		{ { 0x1002, 0x74a1, 0, 0, 0x120000 }, "not in Linux" },
	};
	const struct sriov_family *family;
	char advice[SRIOV_ADVICE_SIZE];
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		family = sriov_quirk_lookup(&cases[i].id);
		KUNIT_ASSERT_NOT_NULL(test, family);
		KUNIT_EXPECT_LT(test, sriov_advice_print(advice, sizeof(advice),
							 family),
				(int)sizeof(advice) - 1);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(advice, cases[i].note),
					  "%s", advice);
	}
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

/*
 * Every combination of fields that an entry may name, in pairs and in both
 * orders: the one that names the first field in which they differ wins, be it
 * as general as it may in those after it.
 */
static struct sriov_quirk quirk_of(unsigned int fields)
{
	static const u32 class[] = { 0, 0x020000, 0x020100, 0x020103 };
	struct sriov_quirk quirk = {
		.class = class[fields & 3],
		.match = fields & 3,
	};

	if (fields & 4) {
		quirk.subvendor = 3;
		quirk.match |= SRIOV_MATCH_SUBVENDOR;
	}
	if (fields & 8) {
		quirk.subdevice = 4;
		quirk.match |= SRIOV_MATCH_SUBDEVICE;
	}
	if (fields & 16) {
		quirk.device = 2;
		quirk.match |= SRIOV_MATCH_DEVICE;
	}
	if (fields & 32) {
		quirk.vendor = 1;
		quirk.match |= SRIOV_MATCH_VENDOR;
	}

	return quirk;
}

static const struct sriov_identity ordered_id = {
	.vendor = 1, .device = 2, .subvendor = 3, .subdevice = 4,
	.class = 0x020103,
};

static void quirk_pairs_test(struct kunit *test)
{
	struct sriov_quirk pair[2];
	unsigned int a, b;

	for (a = 0; a < 64; a++) {
		for (b = 0; b < 64; b++) {
			if (a == b)
				continue;
			pair[0] = quirk_of(a);
			pair[1] = quirk_of(b);
			KUNIT_ASSERT_PTR_EQ_MSG(test,
						sriov_quirk_find(pair, 2, &ordered_id),
						(const struct sriov_quirk *)&pair[a < b],
						"%x, %x", a, b);
		}
	}
}

/* The next order of @n numbers, lexicographically; false after the last one */
static bool next_permutation(unsigned int *order, int n)
{
	int i, j;

	for (i = n - 2; i >= 0 && order[i] > order[i + 1]; i--)
		;
	if (i < 0)
		return false;
	for (j = n - 1; order[j] < order[i]; j--)
		;
	swap(order[i], order[j]);
	for (i++, j = n - 1; i < j; i++, j--)
		swap(order[i], order[j]);

	return true;
}

/*
 * A table in every order, and devices that fit each choice of its entries: no
 * order of the files makes a difference.
 */
static void quirk_permutations_test(struct kunit *test)
{
	/* From the most general to the most specific */
	static const unsigned int fields[] = { 0, 3, 4 | 2, 8, 16 | 1, 32 };
	unsigned int order[ARRAY_SIZE(fields)];
	struct sriov_quirk table[ARRAY_SIZE(fields)];
	unsigned int orders = 0, other, i, best;
	const struct sriov_quirk *found;
	struct sriov_identity id;

	for (i = 0; i < ARRAY_SIZE(order); i++)
		order[i] = i;

	do {
		for (i = 0; i < ARRAY_SIZE(order); i++)
			table[i] = quirk_of(fields[order[i]]);

		/* Which of the five fields are another device's */
		for (other = 0; other < 32; other++) {
			id = ordered_id;
			best = 0;
			if (other & 1)
				id.class = 0x030000;
			if (other & 2)
				id.subvendor++;
			if (other & 4)
				id.subdevice++;
			if (other & 8)
				id.device++;
			if (other & 16)
				id.vendor++;
			for (i = 1; i < ARRAY_SIZE(fields); i++)
				if (!((fields[i] & 3 && other & 1) ||
				      fields[i] >> 2 & other >> 1))
					best = i;
			found = sriov_quirk_find(table, ARRAY_SIZE(table), &id);
			KUNIT_ASSERT_NOT_NULL(test, found);
			KUNIT_ASSERT_EQ_MSG(test, order[found - table], best,
					    "order %u, device %x", orders,
					    other);
		}
		orders++;
	} while (next_permutation(order, ARRAY_SIZE(order)));

	KUNIT_EXPECT_EQ(test, orders, 720);
}

/* --- What a verdict costs: for the log, nothing depends on it */

#define COST_OVERRIDES	256
#define COST_ROUNDS	9
#define COST_TURNS	500

#define SRIOV_QUIRK_ANY	PCI_ANY_ID

/* The table as a driver would write it */
static const struct pci_device_id cost_ids[] = {
#define SRIOV_QUIRK_MATCH(family_, vendor_, device_, subvendor_, subdevice_, \
			  class_, mask_) \
	{ .vendor = (vendor_), .device = (device_), \
	  .subvendor = (subvendor_), .subdevice = (subdevice_), \
	  .class = (class_), .class_mask = (mask_) },
#include "sriov-quirks/quirks.h"
};

struct cost {
	struct sriov_override_list *overrides;	/* or NULL */
	struct sriov_identity id;
	struct pci_device_id *ids;
	struct pci_dev *pdev;
};

static bool cost_verdict(const struct cost *cost)
{
	/* The list that is in force, which is looked at too, is empty */
	if (sriov_override_find(cost->overrides, &cost->id))
		return true;
	return sriov_policy(&cost->id).source != SRIOV_BY_DEFAULT;
}

static bool cost_match_id(const struct cost *cost)
{
	return pci_match_id(cost->ids, cost->pdev);
}

static int cost_compare(const void *a, const void *b)
{
	const u64 *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static u64 cost_run(const struct cost *cost, bool (*fn)(const struct cost *),
		    int *found)
{
	u64 start = ktime_get_ns();
	int i;

	for (i = 0; i < COST_TURNS; i++)
		*found += fn(cost);

	return ktime_get_ns() - start;
}

static void verdict_cost_test(struct kunit *test)
{
	static const struct {
		const char *name;
		struct sriov_identity id;
	} cases[] = {
		{ "hit", { 0x8086, 0x10fb, 0x8086, 3, SRIOV_ETHERNET } },
		{ "miss", { 0xdead, 0xbeef, 1, 2, 0xff0000 } },
		{ "wildcard", { 0x144d, 0xa824, 0x144d, 0xa801, 0x010802 } },
	};
	char *text = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	const size_t quirks = ARRAY_SIZE(cost_ids);
	int i, n, found, walked, len = 0;
	u64 ns[COST_ROUNDS], walk[COST_ROUNDS];
	struct cost cost = {};

	KUNIT_ASSERT_NOT_NULL(test, text);
	cost.pdev = kunit_kzalloc(test, sizeof(*cost.pdev), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cost.pdev);
	cost.ids = kunit_kcalloc(test, quirks + COST_OVERRIDES + 1,
				 sizeof(*cost.ids), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cost.ids);

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		cost.id = cases[i].id;
		found = 0;
		for (n = 0; n < COST_ROUNDS; n++)
			ns[n] = cost_run(&cost, cost_verdict, &found);
		KUNIT_EXPECT_EQ(test, found, cost.id.vendor == 0xdead ? 0 :
				COST_ROUNDS * COST_TURNS);
		sort(ns, COST_ROUNDS, sizeof(*ns), cost_compare, NULL);
		kunit_info(test, "verdict, %s: %llu ns", cases[i].name,
			   div_u64(ns[COST_ROUNDS / 2], COST_TURNS));
	}

	/* A miss on all that there can be, and a driver's walk over as much */
	memcpy(cost.ids, cost_ids, sizeof(cost_ids));
	for (i = 0; i < COST_OVERRIDES; i++) {
		len += scnprintf(text + len, PAGE_SIZE - len, "%s*:%04x=allow",
				 i ? "," : "", i);
		cost.ids[quirks + i].vendor = PCI_ANY_ID;
		cost.ids[quirks + i].device = i;
		cost.ids[quirks + i].subvendor = PCI_ANY_ID;
		cost.ids[quirks + i].subdevice = PCI_ANY_ID;
	}
	cost.overrides = sriov_override_parse(text, false, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(cost.overrides));
	KUNIT_EXPECT_EQ(test, cost.overrides->count, COST_OVERRIDES);

	cost.id = cases[1].id;
	cost.pdev->vendor = cost.id.vendor;
	cost.pdev->device = cost.id.device;
	cost.pdev->subsystem_vendor = cost.id.subvendor;
	cost.pdev->subsystem_device = cost.id.subdevice;
	cost.pdev->class = cost.id.class;

	for (n = found = walked = 0; n < COST_ROUNDS; n++) {
		ns[n] = cost_run(&cost, cost_verdict, &found);
		walk[n] = cost_run(&cost, cost_match_id, &walked);
	}
	KUNIT_EXPECT_EQ(test, found, 0);
	KUNIT_EXPECT_EQ(test, walked, 0);
	sort(ns, COST_ROUNDS, sizeof(*ns), cost_compare, NULL);
	sort(walk, COST_ROUNDS, sizeof(*walk), cost_compare, NULL);
	kunit_info(test, "verdict, miss with %d overrides: %llu ns; pci_match_id() over %zu entries: %llu ns",
		   COST_OVERRIDES, div_u64(ns[COST_ROUNDS / 2], COST_TURNS),
		   quirks + COST_OVERRIDES,
		   div_u64(walk[COST_ROUNDS / 2], COST_TURNS));
	kfree(cost.overrides);

	/* The walk does find what is there */
	cost.pdev->device = COST_OVERRIDES - 1;
	KUNIT_EXPECT_TRUE(test, cost_match_id(&cost));
}

/* --- The verdict: who is asked first */

struct verdict_case {
	const char *name;
	const char *override;
	const char *unlisted;
	struct sriov_identity id;
	bool allow;
	const char *reason;
};

#define IXGBE	{ 0x8086, 0x10fb, 0x8086, 3, SRIOV_ETHERNET }
#define NVME	{ 0x144d, 0xa824, 0x144d, 0xa801, 0x010802 }
#define ENA	{ 0x1d0f, 0x0ec2, 0x1d0f, 0x0ec2, SRIOV_ETHERNET }
#define NETWORK	{ 0xdead, 0xbeef, 1, 2, SRIOV_ETHERNET }
#define UNKNOWN	{ 0xdead, 0xbeef, 1, 2, 0xff0000 }

static const struct verdict_case verdict_cases[] = {
	{ "table refuses", "", "allow", IXGBE,
	  false, "mailbox,resources ixgbe" },
	{ "table allows", "", "allow", NVME, true, "none nvme" },
	{ "nobody knows", "", "allow", UNKNOWN, true, "unlisted" },
	{ "nobody knows, refuse", "", "refuse", UNKNOWN, false, "unlisted" },
	{ "table before refuse", "", "refuse", NVME, true, "none nvme" },
	{ "table before allow", "", "allow", IXGBE,
	  false, "mailbox,resources ixgbe" },
	{ "list before table", "8086:10fb=allow", "allow", IXGBE,
	  true, "override" },
	{ "refusing list before table", "144d:*=refuse", "allow", NVME,
	  false, "override" },
	{ "list before refuse", "dead:beef=allow", "refuse", UNKNOWN,
	  true, "override" },
	{ "list before allow", "dead:beef=refuse", "allow", UNKNOWN,
	  false, "override" },
	{ "list before all", "*:*=allow", "refuse", IXGBE, true, "override" },
	{ "list agrees with table", "8086:10fb=refuse", "allow", IXGBE,
	  false, "override" },
	{ "list of another device", "8086:10fc=allow", "allow", IXGBE,
	  false, "mailbox,resources ixgbe" },
	{ "list of another board", "8086:10fb:8086:4=allow", "allow", IXGBE,
	  false, "mailbox,resources ixgbe" },
	{ "list of this board", "8086:10fb:8086:3=allow", "allow", IXGBE,
	  true, "override" },
	{ "other list, unlisted", "8086:10fb=allow", "refuse", UNKNOWN,
	  false, "unlisted" },
	{ "last, more general", "8086:10fb:8086:3=allow,*:*=refuse", "allow",
	  IXGBE, false, "override" },
	{ "last, more specific", "*:*=refuse,8086:10fb:8086:3=allow", "allow",
	  IXGBE, true, "override" },
	{ "last that matches", "8086:10fb=allow,144d:*=refuse", "allow", IXGBE,
	  true, "override" },
	{ "class refuses", "", "allow", NETWORK, false, "class network" },
	{ "list before class", "dead:beef=allow", "allow", NETWORK, true,
	  "override" },
	{ "list before class, all", "*:*=allow", "refuse", NETWORK, true,
	  "override" },
	{ "device before class", "", "refuse", ENA, true, "none ena" },
};

static void verdict_case_name(const struct verdict_case *test, char *name)
{
	strscpy(name, test->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(verdict, verdict_cases, verdict_case_name);

static void verdict_order_test(struct kunit *test)
{
	const struct verdict_case *param = test->param_value;
	struct sriov_verdict verdict;
	struct sriov_test_params params;
	char reason[SRIOV_REASON_SIZE];
	int err[2];

	sriov_test_save(test, &params);
	err[0] = params.kp[0]->ops->set(param->override, params.kp[0]);
	err[1] = params.kp[1]->ops->set(param->unlisted, params.kp[1]);
	verdict = sriov_policy(&param->id);
	sriov_test_restore(test, &params);

	KUNIT_ASSERT_EQ(test, err[0], 0);
	KUNIT_ASSERT_EQ(test, err[1], 0);
	KUNIT_EXPECT_EQ(test, verdict.allow, param->allow);
	sriov_reason_print(reason, sizeof(reason), &verdict);
	KUNIT_EXPECT_STREQ(test, reason, param->reason);
}

static struct kunit_case policy_cases[] = {
	KUNIT_CASE_PARAM(quirk_table_test, quirk_gen_params),
	KUNIT_CASE(quirk_advice_test),
	KUNIT_CASE(quirk_notes_test),
	KUNIT_CASE(quirk_order_test),
	KUNIT_CASE(quirk_pairs_test),
	KUNIT_CASE(quirk_permutations_test),
	KUNIT_CASE(verdict_cost_test),
	KUNIT_CASE_PARAM(verdict_order_test, verdict_gen_params),
	{}
};

static struct kunit_suite policy_suite = {
	.name = "sriov-policy",
	.test_cases = policy_cases,
};

kunit_test_suite(policy_suite);
