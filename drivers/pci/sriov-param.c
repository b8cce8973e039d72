// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the parameters sriov_unmanaged.{override,unlisted,scope}
 *
 * On the command line, and under /sys/module/sriov_unmanaged/parameters/.
 * A write at run time needs CAP_SYS_ADMIN in the initial user namespace,
 * whatever the mode of the file, and changes all or nothing.
 */
#define pr_fmt(fmt) "sriov_unmanaged." fmt

#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sriov-policy.h"

/* One name for users, wherever the code lives */
#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX "sriov_unmanaged."

/*
 * Serializes writers of sriov_override_list.  Readers use RCU: the gate is
 * called with the PF's device_lock held and never waits for a writer.
 */
static DEFINE_MUTEX(sriov_override_mutex);
static struct sriov_override_list __rcu *sriov_override_list;

/* Plain values: written whole, read whole */
static bool sriov_unlisted_refuse =
	IS_ENABLED(CONFIG_PCI_IOV_UNMANAGED_UNLISTED_REFUSE);
static bool sriov_scope_any;

/* False while the command line is parsed, before there is any writer */
static bool sriov_param_run_time __ro_after_init;

static int __init sriov_param_init(void)
{
	sriov_param_run_time = true;
	return 0;
}
core_initcall(sriov_param_init);

/*
 * The task that parses the command line has the capability.  All else that this
 * file logs was caused by a process that has it.
 */
static int sriov_param_may_write(const char *name)
{
	if (capable(CAP_SYS_ADMIN))
		return 0;

	pr_notice_ratelimited("%s: not changed, CAP_SYS_ADMIN in the initial user namespace is needed\n",
			      name);
	return -EPERM;
}

static void sriov_override_report(const char *entry, int len,
				  const char *wrong)
{
	/* An entry may be anything, a page of it too */
	pr_warn("override: entry \"%*pE\": %s; %s\n", min(len, 64), entry,
		wrong, sriov_param_run_time ? "the list is unchanged" :
					      "the entry is skipped");
}

static int sriov_override_set(const char *val, const struct kernel_param *kp)
{
	struct sriov_override_list *list;
	size_t len = strlen(val);
	int err;

	err = sriov_param_may_write("override");
	if (err)
		return err;

	/*
	 * sysfs cuts a longer write at a page and sends the rest as another
	 * write.  A whole text of this length ends in a newline.
	 */
	if (sriov_param_run_time && len >= PAGE_SIZE && val[len - 1] != '\n') {
		pr_warn("override: the text exceeds %lu bytes; the list is unchanged\n",
			PAGE_SIZE - 1);
		return -E2BIG;
	}

	list = sriov_override_parse(val, !sriov_param_run_time,
				    sriov_override_report);
	if (IS_ERR(list))
		return PTR_ERR(list);

	mutex_lock(&sriov_override_mutex);
	list = rcu_replace_pointer(sriov_override_list, list,
				   lockdep_is_held(&sriov_override_mutex));
	mutex_unlock(&sriov_override_mutex);
	if (list)
		kfree_rcu(list, rcu);

	return 0;
}

static int sriov_override_get(char *buf, const struct kernel_param *kp)
{
	int len;

	rcu_read_lock();
	len = sriov_override_print(buf, rcu_dereference(sriov_override_list));
	rcu_read_unlock();

	/* The longest list leaves no room for the newline */
	return len + scnprintf(buf + len, PAGE_SIZE - len, "\n");
}

/* A module has gone, or could not be loaded: nobody reads the list any more */
static void sriov_override_free(void *arg)
{
	kfree(rcu_replace_pointer(sriov_override_list, NULL, true));
}

static const struct kernel_param_ops sriov_override_ops = {
	.set = sriov_override_set,
	.get = sriov_override_get,
	.free = sriov_override_free,
};

core_param_cb(override, &sriov_override_ops, NULL, 0644);

/* A parameter of two words: false is the first, true the second */
struct sriov_choice {
	const char *name;
	bool *value;
	const char *word[2];
};

static int sriov_choice_set(const char *val, const struct kernel_param *kp)
{
	const struct sriov_choice *choice = kp->arg;
	size_t len;
	int err, i;

	err = sriov_param_may_write(choice->name);
	if (err)
		return err;

	val = skip_spaces(val);
	len = strlen(val);
	while (len && isspace(val[len - 1]))
		len--;

	for (i = 0; i < ARRAY_SIZE(choice->word); i++) {
		if (len == strlen(choice->word[i]) &&
		    !memcmp(val, choice->word[i], len)) {
			WRITE_ONCE(*choice->value, i);
			return 0;
		}
	}

	pr_warn("%s: \"%*pE\" is neither %s nor %s; the value is unchanged\n",
		choice->name, (int)min_t(size_t, len, 64), val, choice->word[0],
		choice->word[1]);
	return -EINVAL;
}

static int sriov_choice_get(char *buf, const struct kernel_param *kp)
{
	const struct sriov_choice *choice = kp->arg;

	return scnprintf(buf, PAGE_SIZE, "%s\n",
			 choice->word[READ_ONCE(*choice->value)]);
}

static const struct kernel_param_ops sriov_choice_ops = {
	.set = sriov_choice_set,
	.get = sriov_choice_get,
};

static struct sriov_choice sriov_unlisted_choice = {
	.name = "unlisted",
	.value = &sriov_unlisted_refuse,
	.word = { "allow", "refuse" },
};

static struct sriov_choice sriov_scope_choice = {
	.name = "scope",
	.value = &sriov_scope_any,
	.word = { "stub", "any" },
};

core_param_cb(unlisted, &sriov_choice_ops, &sriov_unlisted_choice, 0644);
core_param_cb(scope, &sriov_choice_ops, &sriov_scope_choice, 0644);

/**
 * sriov_param_override - ask the override list about a device
 * @id: the device
 * @allow: what the list says; unchanged if it says nothing
 *
 * Context: any.
 * Return: whether the list knows the device.
 */
bool sriov_param_override(const struct sriov_identity *id, bool *allow)
{
	const struct sriov_override *entry;

	rcu_read_lock();
	entry = sriov_override_find(rcu_dereference(sriov_override_list), id);
	if (entry)
		*allow = entry->allow;
	rcu_read_unlock();

	return entry;
}

/**
 * sriov_param_unlisted_refuse - are devices in neither list refused?
 *
 * Return: true for sriov_unmanaged.unlisted=refuse.
 */
bool sriov_param_unlisted_refuse(void)
{
	return READ_ONCE(sriov_unlisted_refuse);
}

/**
 * sriov_param_scope_any - does the gate answer for drivers that never asked?
 *
 * Return: true for sriov_unmanaged.scope=any.
 */
bool sriov_param_scope_any(void)
{
	return READ_ONCE(sriov_scope_any);
}
