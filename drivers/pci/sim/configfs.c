// SPDX-License-Identifier: GPL-2.0
/* PCI simulator: the directory pci_sim of configfs, and the bridges in it */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/configfs.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "configfs.h"

static struct sim_bridge *to_sim_bridge(struct config_item *item)
{
	return container_of(to_config_group(item), struct sim_bridge, group);
}

/**
 * pci_sim_lock_dead - lock a bridge if it is not live
 * @bridge: the bridge
 *
 * Nothing changes under a live device.
 *
 * Return: 0, with the lock held, or -EBUSY.
 */
int pci_sim_lock_dead(struct sim_bridge *bridge)
{
	mutex_lock(&bridge->lock);
	if (bridge->host) {
		mutex_unlock(&bridge->lock);
		return -EBUSY;
	}
	return 0;
}

/**
 * pci_sim_parse - read a number, or the word that stands for -1
 * @page: the text
 * @base: as for kstrtouint()
 * @max: the largest number that is valid
 * @word: the word, or NULL if there is none
 * @val: where the number goes
 *
 * Return: 0, -EINVAL or -ERANGE.
 */
int pci_sim_parse(const char *page, unsigned int base, unsigned int max,
		  const char *word, int *val)
{
	unsigned int num;
	int ret;

	if (word && sysfs_streq(page, word)) {
		*val = -1;
		return 0;
	}
	ret = kstrtouint(page, base, &num);
	if (ret)
		return ret;
	if (num > max)
		return -ERANGE;
	*val = num;
	return 0;
}

/* The directories of a live bridge cannot go; undo if that fails half-way */
static int sim_pin_functions(struct sim_bridge *bridge)
{
	struct configfs_subsystem *subsys = bridge->group.cg_subsys;
	struct sim_function *function;
	int ret;

	list_for_each_entry(function, &bridge->functions, siblings) {
		ret = configfs_depend_item_unlocked(subsys,
						    &function->group.cg_item);
		if (ret)
			goto undo;
	}
	return 0;

undo:
	list_for_each_entry_continue_reverse(function, &bridge->functions,
					     siblings)
		configfs_undepend_item(&function->group.cg_item);
	return ret;
}

static void sim_unpin_functions(struct sim_bridge *bridge)
{
	struct sim_function *function;

	list_for_each_entry(function, &bridge->functions, siblings)
		configfs_undepend_item(&function->group.cg_item);
}

static int sim_bridge_activate(struct sim_bridge *bridge)
{
	const struct sim_fn_config **fns;
	struct sim_function *function;
	struct sim_host *host;
	unsigned int i = 0;
	int ret;

	if (!bridge->nr_functions)
		return -ENODATA;
	fns = kcalloc(bridge->nr_functions, sizeof(*fns), GFP_KERNEL);
	if (!fns)
		return -ENOMEM;
	list_for_each_entry(function, &bridge->functions, siblings)
		fns[i++] = &function->cfg;

	ret = sim_pin_functions(bridge);
	if (ret)
		goto free;

	host = pci_sim_create(&bridge->cfg, fns, bridge->nr_functions);
	if (IS_ERR(host)) {
		sim_unpin_functions(bridge);
		ret = PTR_ERR(host);
		goto free;
	}

	bridge->host = host;
	i = 0;
	list_for_each_entry(function, &bridge->functions, siblings)
		function->fn = host->fns[i++];
free:
	kfree(fns);
	return ret;
}

static void sim_bridge_deactivate(struct sim_bridge *bridge)
{
	struct sim_function *function;
	struct sim_host *host = bridge->host;

	list_for_each_entry(function, &bridge->functions, siblings)
		function->fn = NULL;
	bridge->host = NULL;
	pci_sim_destroy(host);
	sim_unpin_functions(bridge);
}

static ssize_t sim_bridge_live_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool live;

	mutex_lock(&bridge->lock);
	live = bridge->host;
	mutex_unlock(&bridge->lock);

	return sprintf(page, "%d\n", live);
}

static ssize_t sim_bridge_live_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool live;
	int ret;

	ret = kstrtobool(page, &live);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	if (live && !bridge->host)
		ret = sim_bridge_activate(bridge);
	else if (!live && bridge->host)
		sim_bridge_deactivate(bridge);
	mutex_unlock(&bridge->lock);

	return ret ?: count;
}

CONFIGFS_ATTR(sim_bridge_, live);

/* The number that a live bridge has, the setting otherwise */
static ssize_t sim_bridge_domain_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	int domain;

	mutex_lock(&bridge->lock);
	domain = bridge->host ? bridge->host->domain : bridge->cfg.domain;
	mutex_unlock(&bridge->lock);

	if (domain == SIM_AUTO)
		return sprintf(page, "auto\n");
	return sprintf(page, "0x%04x\n", domain);
}

static ssize_t sim_bridge_domain_store(struct config_item *item,
				       const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	int domain, ret;

	ret = pci_sim_parse(page, 16, INT_MAX, "auto", &domain);
	if (ret)
		return ret;
	ret = pci_sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.domain = domain;
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, domain);

static ssize_t sim_bridge_root_port_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool root_port;

	mutex_lock(&bridge->lock);
	root_port = bridge->cfg.root_port;
	mutex_unlock(&bridge->lock);

	return sprintf(page, "%d\n", root_port);
}

static ssize_t sim_bridge_root_port_store(struct config_item *item,
					  const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	bool root_port;
	int ret;

	ret = kstrtobool(page, &root_port);
	if (ret)
		return ret;
	ret = pci_sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.root_port = root_port;
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, root_port);

static ssize_t sim_bridge_mmio_show(struct config_item *item, char *page)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	unsigned int i;
	ssize_t len = 0;

	mutex_lock(&bridge->lock);
	for (i = 0; i < bridge->cfg.nr_windows; i++)
		len += sprintf(page + len, "%s%#llx-%#llx", i ? " " : "",
			       bridge->cfg.windows[i].start,
			       bridge->cfg.windows[i].end);
	mutex_unlock(&bridge->lock);

	if (!len)
		return sprintf(page, "auto\n");
	return len + sprintf(page + len, "\n");
}

static int sim_parse_windows(char *text, struct sim_host_config *cfg)
{
	struct sim_range *range;
	char *word, *end;

	while ((word = strsep(&text, " \t"))) {
		if (!*word)
			continue;
		if (cfg->nr_windows == SIM_MAX_WINDOWS)
			return -EINVAL;
		range = &cfg->windows[cfg->nr_windows++];
		end = strchr(word, '-');
		if (!end)
			return -EINVAL;
		*end++ = '\0';
		if (kstrtou64(word, 16, &range->start) ||
		    kstrtou64(end, 16, &range->end))
			return -EINVAL;
		if (!PAGE_ALIGNED(range->start) ||
		    !PAGE_ALIGNED(range->end + 1) ||
		    range->start >= range->end ||
		    range->end > iomem_resource.end)
			return -ERANGE;
	}
	return cfg->nr_windows ? 0 : -EINVAL;
}

static ssize_t sim_bridge_mmio_store(struct config_item *item,
				     const char *page, size_t count)
{
	struct sim_bridge *bridge = to_sim_bridge(item);
	struct sim_host_config new = { };
	char *text;
	int ret;

	if (!sysfs_streq(page, "auto")) {
		text = kstrndup(page, count, GFP_KERNEL);
		if (!text)
			return -ENOMEM;
		ret = sim_parse_windows(strim(text), &new);
		kfree(text);
		if (ret)
			return ret;
	}

	ret = pci_sim_lock_dead(bridge);
	if (ret)
		return ret;
	bridge->cfg.nr_windows = new.nr_windows;
	memcpy(bridge->cfg.windows, new.windows, sizeof(new.windows));
	mutex_unlock(&bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_bridge_, mmio);

static struct configfs_attribute *sim_bridge_attrs[] = {
	&sim_bridge_attr_live,
	&sim_bridge_attr_domain,
	&sim_bridge_attr_root_port,
	&sim_bridge_attr_mmio,
	NULL
};

static struct config_group *sim_bridge_make_group(struct config_group *group,
						  const char *name)
{
	struct sim_bridge *bridge = to_sim_bridge(&group->cg_item);
	struct sim_function *function;
	int ret;

	function = pci_sim_alloc_function(bridge, name);
	if (!function)
		return ERR_PTR(-ENOMEM);

	ret = pci_sim_lock_dead(bridge);
	if (ret)
		goto put;
	if (bridge->nr_functions == SIM_MAX_FNS) {
		mutex_unlock(&bridge->lock);
		ret = -ENOSPC;
		goto put;
	}
	list_add_tail(&function->siblings, &bridge->functions);
	bridge->nr_functions++;
	mutex_unlock(&bridge->lock);

	return &function->group;

put:
	/* With the name, which may be memory of its own */
	config_item_put(&function->group.cg_item);
	return ERR_PTR(ret);
}

static void sim_bridge_drop_item(struct config_group *group,
				 struct config_item *item)
{
	struct sim_bridge *bridge = to_sim_bridge(&group->cg_item);
	struct sim_function *function =
		container_of(to_config_group(item), struct sim_function, group);

	mutex_lock(&bridge->lock);
	list_del(&function->siblings);
	bridge->nr_functions--;
	mutex_unlock(&bridge->lock);

	config_item_put(item);
}

static struct configfs_group_operations sim_bridge_group_ops = {
	.make_group = sim_bridge_make_group,
	.drop_item = sim_bridge_drop_item,
};

static void sim_bridge_release(struct config_item *item)
{
	struct sim_bridge *bridge = to_sim_bridge(item);

	mutex_destroy(&bridge->lock);
	kfree(bridge);
}

static struct configfs_item_operations sim_bridge_item_ops = {
	.release = sim_bridge_release,
};

static const struct config_item_type sim_bridge_type = {
	.ct_item_ops = &sim_bridge_item_ops,
	.ct_group_ops = &sim_bridge_group_ops,
	.ct_attrs = sim_bridge_attrs,
	.ct_owner = THIS_MODULE,
};

/* pci_sim */

static struct config_group *sim_make_group(struct config_group *group,
					   const char *name)
{
	struct sim_bridge *bridge;

	bridge = kzalloc(sizeof(*bridge), GFP_KERNEL);
	if (!bridge)
		return ERR_PTR(-ENOMEM);

	mutex_init(&bridge->lock);
	INIT_LIST_HEAD(&bridge->functions);
	bridge->cfg.domain = SIM_AUTO;
	config_group_init_type_name(&bridge->group, name, &sim_bridge_type);

	return &bridge->group;
}

static struct configfs_group_operations sim_group_ops = {
	.make_group = sim_make_group,
};

static const struct config_item_type sim_type = {
	.ct_group_ops = &sim_group_ops,
	.ct_owner = THIS_MODULE,
};

static struct configfs_subsystem sim_subsys = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "pci_sim",
			.ci_type = &sim_type,
		},
	},
};

static int __init sim_init_module(void)
{
	int ret;

	ret = bus_register_notifier(&pci_bus_type, &pci_sim_bus_nb);
	if (ret)
		return ret;

	config_group_init(&sim_subsys.su_group);
	mutex_init(&sim_subsys.su_mutex);
	ret = configfs_register_subsystem(&sim_subsys);
	if (ret) {
		pr_err("cannot register with configfs: %d\n", ret);
		goto err_notifier;
	}
	return 0;

err_notifier:
	mutex_destroy(&sim_subsys.su_mutex);
	bus_unregister_notifier(&pci_bus_type, &pci_sim_bus_nb);
	return ret;
}
module_init(sim_init_module);

static void __exit sim_exit_module(void)
{
	configfs_unregister_subsystem(&sim_subsys);
	mutex_destroy(&sim_subsys.su_mutex);
	bus_unregister_notifier(&pci_bus_type, &pci_sim_bus_nb);
}
module_exit(sim_exit_module);

MODULE_DESCRIPTION("PCI simulator: host bridges for tests, configured through configfs");
MODULE_LICENSE("GPL");
