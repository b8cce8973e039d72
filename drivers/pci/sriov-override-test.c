// SPDX-License-Identifier: GPL-2.0
/* Unmanaged SR-IOV: KUnit tests of the override list and of the parameters */
#include <kunit/test.h>
#include <linux/debug_locks.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/nmi.h>
#include <linux/panic.h>
#include <linux/prandom.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sriov-policy.h"
#include "sriov-override-fuzz.h"
#include "sriov-test.h"

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

/* --- Its text */

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

/* --- At random */

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

static_assert(SRIOV_TEST_PARAMS == SRIOV_FUZZ_PARAMS);

/* The tests that write the parameters leave them as the command line had them */
void sriov_test_save(struct kunit *test, struct sriov_test_params *params)
{
	int i;

	for (i = 0; i < SRIOV_FUZZ_PARAMS; i++) {
		params->kp[i] = find_param(test, sriov_fuzz_names[i]);
		KUNIT_ASSERT_NOT_NULL(test, params->kp[i]);
		params->saved[i] = alloc_text(test, PAGE_SIZE);
		params->kp[i]->ops->get(params->saved[i], params->kp[i]);
	}
}

void sriov_test_restore(struct kunit *test,
			const struct sriov_test_params *params)
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
	struct sriov_test_params params;
	const char *wrong;
	unsigned int i;

	prandom_seed_state(&random_state, seed);
	sriov_test_save(test, &params);

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
	sriov_test_restore(test, &params);
	console_loglevel = loglevel;

	kunit_info(test, "random writes: %u, accepted %u, rejected %u, failures %u; seed %u",
		   f.writes, f.accepted, f.rejected, f.failures, seed);
	KUNIT_EXPECT_EQ(test, f.failures, 0);
	/* What the console did not show */
	KUNIT_EXPECT_EQ(test, warned, (bool)test_taint(TAINT_WARN));
	KUNIT_EXPECT_EQ(test, locks, debug_locks);
}

static struct kunit_case override_suite_cases[] = {
	KUNIT_CASE_PARAM(override_text_test, override_gen_params),
	KUNIT_CASE(override_size_test),
	KUNIT_CASE(override_boot_test),
	KUNIT_CASE(override_find_test),
	KUNIT_CASE(override_round_trip_test),
	KUNIT_CASE(param_random_writes_test),
	{}
};

static struct kunit_suite override_suite = {
	.name = "sriov-override",
	.test_cases = override_suite_cases,
};

kunit_test_suite(override_suite);
