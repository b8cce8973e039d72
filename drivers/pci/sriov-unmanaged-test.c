// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: KUnit tests of what no real device shows on demand.  The
 * behaviour behind sysfs is tested by tools/testing/selftests/pci_sriov.
 */
#include <kunit/test.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/debug_locks.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/pci.h>
#include <linux/prandom.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "sriov-policy.h"
#include "sriov-unmanaged.h"
#include "sriov-override-fuzz.h"

static unsigned int writes = 500;
module_param(writes, uint, 0444);
MODULE_PARM_DESC(writes, "how many random writes to the parameters");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of all that is random");

static struct rnd_state random_state;

static unsigned int sriov_fuzz_random(void)
{
	return prandom_u32_state(&random_state);
}

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

/* --- The override list, at random */

static char *alloc_text(struct kunit *test, size_t size)
{
	char *text = kunit_kzalloc(test, size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	return text;
}

/*
 * A list of up to @max entries, any of which may come twice, and its canonical
 * text of at most PAGE_SIZE - 1 bytes: exactly, if @max is no limit.
 *
 * Return: the length of the text.
 */
static size_t random_list(struct sriov_override_list *list, unsigned int max,
			  char *text)
{
	struct sriov_fuzz_entry entry;
	size_t size, len = 0;
	long left;

	for (list->count = 0; list->count < max && len < PAGE_SIZE; ) {
		if (!list->count || sriov_fuzz_below(8))
			sriov_fuzz_entry(&entry);
		size = sriov_oracle_print(text + len, &entry) + 1;
		left = PAGE_SIZE - len - size;
		/* An entry and its comma: 10 to 27 bytes, but never 12 */
		if (left && (left < 10 || left == 12))
			continue;
		len += size;
		text[len - 1] = ',';
		list->entry[list->count++] = (struct sriov_override) {
			.vendor = entry.id[0], .device = entry.id[1],
			.subvendor = entry.id[2], .subdevice = entry.id[3],
			.allow = entry.allow,
		};
	}
	text[len - 1] = '\0';

	return len - 1;
}

static bool same_entry(const struct sriov_override *a,
		       const struct sriov_override *b)
{
	return a->vendor == b->vendor && a->device == b->device &&
	       a->subvendor == b->subvendor && a->subdevice == b->subdevice &&
	       a->allow == b->allow;
}

/* parse(print(list)) == list, up to the longest list and no further */
static void override_round_trip_test(struct kunit *test)
{
	char *text = alloc_text(test, PAGE_SIZE + 64);
	char *back = alloc_text(test, PAGE_SIZE);
	struct sriov_override_list *list, *parsed;
	unsigned int rounds = 16 + writes / 1000;
	unsigned int round, i, entries = 0;
	size_t len;
	char *p;

	prandom_seed_state(&random_state, seed);
	list = kunit_kzalloc(test, struct_size(list, entry,
					       SRIOV_FUZZ_ENTRIES(PAGE_SIZE)),
			     GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, list);

	for (round = 0; round < rounds; round++) {
		bool full = round % 4 == 0;

		len = random_list(list, full ? UINT_MAX :
				  1 + sriov_fuzz_below(16), text);
		KUNIT_ASSERT_EQ(test, sriov_override_print(back, list),
				(int)len);
		KUNIT_ASSERT_STREQ(test, back, text);
		parsed = sriov_override_parse(back, false, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(parsed));
		KUNIT_EXPECT_EQ(test, parsed->count, list->count);
		for (i = 0; i < list->count && i < parsed->count; i++)
			if (!same_entry(&parsed->entry[i], &list->entry[i]))
				break;
		KUNIT_EXPECT_EQ_MSG(test, i, list->count, "%s", text);
		kfree(parsed);
		entries += list->count;

		if (!full)
			continue;
		KUNIT_ASSERT_EQ(test, len, PAGE_SIZE - 1);
		/* One byte more, and it still is a list */
		p = strstr(text, "=allow");
		KUNIT_ASSERT_NOT_NULL(test, p);
		memmove(p + 7, p + 6, strlen(p + 6) + 1);
		memcpy(p, "=refuse", 7);
		KUNIT_ASSERT_EQ(test, strlen(text), PAGE_SIZE);
		parsed = sriov_override_parse(text, false, NULL);
		KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(parsed), -E2BIG);
		/* It fits without a leading zero, but cannot be shown */
		p = strstr(text, ":0");
		KUNIT_ASSERT_NOT_NULL(test, p);
		memmove(p + 1, p + 2, strlen(p + 1));
		parsed = sriov_override_parse(text, false, NULL);
		KUNIT_ASSERT_EQ(test, PTR_ERR_OR_ZERO(parsed), -E2BIG);
	}
	kunit_info(test, "random lists: %u, of %u entries", rounds, entries);
}

/* As the kernel finds them for the command line and for sysfs */
static const struct kernel_param *find_param(struct kunit *test,
					     const char *name)
{
	static const char prefix[] = "sriov_unmanaged.";
	const struct kernel_param *kp;

	for (kp = __start___param; kp < __stop___param; kp++)
		if (!strncmp(kp->name, prefix, strlen(prefix)) &&
		    !strcmp(kp->name + strlen(prefix), name))
			return kp;

	KUNIT_FAIL(test, "no parameter sriov_unmanaged.%s", name);
	return NULL;
}

struct params {
	const struct kernel_param *kp[SRIOV_FUZZ_PARAMS];
	char *saved[SRIOV_FUZZ_PARAMS];
};

/* The tests that write the parameters leave them as the command line had them */
static void params_save(struct kunit *test, struct params *params)
{
	int i;

	for (i = 0; i < SRIOV_FUZZ_PARAMS; i++) {
		params->kp[i] = find_param(test, sriov_fuzz_names[i]);
		KUNIT_ASSERT_NOT_NULL(test, params->kp[i]);
		params->saved[i] = alloc_text(test, PAGE_SIZE);
		params->kp[i]->ops->get(params->saved[i], params->kp[i]);
	}
}

static void params_restore(struct kunit *test, const struct params *params)
{
	char *now = alloc_text(test, PAGE_SIZE);
	int i;

	for (i = 0; i < SRIOV_FUZZ_PARAMS; i++) {
		KUNIT_EXPECT_EQ(test, 0,
				params->kp[i]->ops->set(params->saved[i],
							params->kp[i]));
		params->kp[i]->ops->get(now, params->kp[i]);
		KUNIT_EXPECT_STREQ(test, now, params->saved[i]);
	}
}

/* A device that an entry of the list is about, or nearly so: what decides? */
static bool verdict_is_right(const struct sriov_fuzz *f)
{
	unsigned int n = sriov_fuzz_below(f->list.count + 1), i, id[4];
	struct sriov_identity identity;
	bool allow = false;

	for (i = 0; i < 4; i++) {
		id[i] = sriov_fuzz_id();
		if (n < f->list.count && sriov_fuzz_below(8) &&
		    f->list.entry[n].id[i] != SRIOV_FUZZ_ANY)
			id[i] = f->list.entry[n].id[i];
	}
	identity = (struct sriov_identity) {
		.vendor = id[0], .device = id[1],
		.subvendor = id[2], .subdevice = id[3],
	};

	switch (sriov_oracle_find(f, id)) {
	case -1:
		return !sriov_param_override(&identity, &allow);
	case 0:
		allow = true;
		return sriov_param_override(&identity, &allow) && !allow;
	default:
		return sriov_param_override(&identity, &allow) && allow;
	}
}

/*
 * Whatever is written to a parameter: it takes what the ABI calls valid,
 * refuses all else and stays as it was.
 */
static void param_random_writes_test(struct kunit *test)
{
	const size_t entries = SRIOV_FUZZ_ENTRIES(PAGE_SIZE) *
			       sizeof(struct sriov_fuzz_entry);
	char *now = alloc_text(test, PAGE_SIZE);
	struct sriov_fuzz f = {
		.page = PAGE_SIZE,
		.text = alloc_text(test, PAGE_SIZE + 1),
		.list.text = alloc_text(test, PAGE_SIZE),
		.list.entry = (void *)alloc_text(test, entries),
		.new_list.text = alloc_text(test, PAGE_SIZE),
		.new_list.entry = (void *)alloc_text(test, entries),
	};
	int loglevel = console_loglevel, locks = debug_locks, err;
	bool warned = test_taint(TAINT_WARN);
	struct params params;
	const char *wrong;
	unsigned int i;

	prandom_seed_state(&random_state, seed);
	params_save(test, &params);

	/* Every rejected write logs a line: nobody waits for the console */
	console_loglevel = CONSOLE_LOGLEVEL_QUIET;

	KUNIT_EXPECT_EQ(test, 0, params.kp[0]->ops->set("", params.kp[0]));
	for (i = 1; i < SRIOV_FUZZ_PARAMS; i++)
		KUNIT_EXPECT_EQ(test, 0,
				params.kp[i]->ops->set(sriov_fuzz_words[i][0],
						       params.kp[i]));

	while (f.writes < writes && f.failures < 5) {
		const struct kernel_param *kp;

		sriov_fuzz_next(&f);
		kp = params.kp[f.param];
		err = kp->ops->set(f.text, kp);
		kp->ops->get(now, kp);
		wrong = sriov_fuzz_check(&f, err, now);
		if (!wrong && !verdict_is_right(&f)) {
			f.failures++;
			wrong = "a verdict is wrong";
		}
		if (wrong)
			kunit_err(test, "write %u, %s \"%*pE\" returned %d: %s; now \"%.64s\", and %.64s is expected",
				  f.writes, sriov_fuzz_names[f.param],
				  (int)min_t(size_t, f.len, 64), f.text, err,
				  wrong, now,
				  sriov_fuzz_expected(&f, f.param));
		/* KUnit waits for this thread, for minutes if need be */
		reset_hung_task_detector();
		cond_resched();
	}
	params_restore(test, &params);
	console_loglevel = loglevel;

	kunit_info(test, "random writes: %u, accepted %u, rejected %u, failures %u; seed %u",
		   f.writes, f.accepted, f.rejected, f.failures, seed);
	KUNIT_EXPECT_EQ(test, f.failures, 0);
	/* What the console did not show */
	KUNIT_EXPECT_EQ(test, warned, (bool)test_taint(TAINT_WARN));
	KUNIT_EXPECT_EQ(test, locks, debug_locks);
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
	struct params params;
	char reason[SRIOV_REASON_SIZE];
	int err[2];

	params_save(test, &params);
	err[0] = params.kp[0]->ops->set(param->override, params.kp[0]);
	err[1] = params.kp[1]->ops->set(param->unlisted, params.kp[1]);
	verdict = sriov_policy(&param->id);
	params_restore(test, &params);

	KUNIT_ASSERT_EQ(test, err[0], 0);
	KUNIT_ASSERT_EQ(test, err[1], 0);
	KUNIT_EXPECT_EQ(test, verdict.allow, param->allow);
	sriov_reason_print(reason, sizeof(reason), &verdict);
	KUNIT_EXPECT_STREQ(test, reason, param->reason);
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

static struct kunit_case policy_cases[] = {
	KUNIT_CASE_PARAM(override_text_test, override_gen_params),
	KUNIT_CASE(override_size_test),
	KUNIT_CASE(override_boot_test),
	KUNIT_CASE(override_find_test),
	KUNIT_CASE(override_round_trip_test),
	KUNIT_CASE(param_random_writes_test),
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

kunit_test_suites(&policy_suite, &gate_suite);
