// SPDX-License-Identifier: GPL-2.0
/* PCI simulator: the directory of a function in configfs */

#include <linux/configfs.h>
#include <linux/ctype.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "configfs.h"

/* A function's unless it is told another: 1b36:0005, QEMU's test device */
#define SIM_FN_DEVICE	0x0005

#define SIM_MAX_BAR	BIT_ULL(40)

static const struct config_item_type sim_fn_type;

/* Of the directory itself, or of one of those in it */
static struct sim_function *to_sim_function(struct config_item *item)
{
	if (item->ci_type != &sim_fn_type)
		item = item->ci_parent;
	return container_of(to_config_group(item), struct sim_function, group);
}

/**
 * struct sim_attr - a number in the configuration of a function
 * @offset: of the int in struct sim_fn_config
 * @base: 16 if hexadecimal with or without a prefix, 0 otherwise
 * @max: the largest that is valid
 * @word: what stands for -1, or NULL
 * @digits: to show in hexadecimal; 0 for decimal
 */
struct sim_attr {
	size_t offset;
	unsigned int base;
	unsigned int max;
	const char *word;
	int digits;
};

/* A fault of a live function; everything else lives in the configuration */
static int *sim_attr_live(struct sim_function *function,
			  const struct sim_attr *attr)
{
	if (!function->fn || attr->offset < offsetof(struct sim_fn_config, faults))
		return NULL;
	return (void *)&function->fn->faults + attr->offset -
	       offsetof(struct sim_fn_config, faults);
}

static ssize_t sim_attr_show(struct config_item *item,
			     const struct sim_attr *attr, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	unsigned long flags;
	int *live, val;

	mutex_lock(&bridge->lock);
	live = sim_attr_live(function, attr);
	if (live) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		val = *live;
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	} else {
		val = *(int *)((void *)&function->cfg + attr->offset);
	}
	mutex_unlock(&bridge->lock);

	if (attr->word && val == -1)
		return sprintf(page, "%s\n", attr->word);
	if (attr->digits)
		return sprintf(page, "0x%0*x\n", attr->digits, val);
	return sprintf(page, "%d\n", val);
}

static ssize_t sim_attr_store(struct config_item *item,
			      const struct sim_attr *attr, const char *page,
			      size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	unsigned long flags;
	int *live, val, ret;

	ret = pci_sim_parse(page, attr->base, attr->max, attr->word, &val);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	live = sim_attr_live(function, attr);
	if (live) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		*live = val;
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	} else if (bridge->host) {
		ret = -EBUSY;
		goto unlock;
	}
	*(int *)((void *)&function->cfg + attr->offset) = val;
unlock:
	mutex_unlock(&bridge->lock);
	return ret ?: count;
}

#define SIM_ATTR(_dir, _name, _member, _base, _max, _word, _digits)	\
static const struct sim_attr _dir##_name = {				\
	.offset = offsetof(struct sim_fn_config, _member),		\
	.base = _base,							\
	.max = _max,							\
	.word = _word,							\
	.digits = _digits,						\
};									\
									\
static ssize_t _dir##_name##_show(struct config_item *item, char *page)	\
{									\
	return sim_attr_show(item, &_dir##_name, page);			\
}									\
									\
static ssize_t _dir##_name##_store(struct config_item *item,		\
				   const char *page, size_t count)	\
{									\
	return sim_attr_store(item, &_dir##_name, page, count);		\
}									\
									\
CONFIGFS_ATTR(_dir, _name)

/* <function>/bars: "<size> [mem32|mem64] [prefetch]" */

static ssize_t sim_bar_show(struct config_item *item, size_t offset, char *page)
{
	struct sim_function *function = to_sim_function(item);
	const struct sim_bar_config *bar = (void *)&function->cfg + offset;
	ssize_t len;

	mutex_lock(&function->bridge->lock);
	if (!bar->size)
		len = sprintf(page, "0\n");
	else
		len = sprintf(page, "%#llx %s%s\n", bar->size,
			      bar->mem64 ? "mem64" : "mem32",
			      bar->prefetch ? " prefetch" : "");
	mutex_unlock(&function->bridge->lock);
	return len;
}

static int sim_parse_bar(char *text, struct sim_bar_config *bar)
{
	char *word, *end;

	word = strsep(&text, " \t");
	if (!isdigit(*word))
		return -EINVAL;
	bar->size = memparse(word, &end);
	if (*end)
		return -EINVAL;
	if (bar->size && (!is_power_of_2(bar->size) || bar->size > SIM_MAX_BAR))
		return -ERANGE;

	while ((word = strsep(&text, " \t"))) {
		if (!*word)
			continue;
		if (!strcmp(word, "mem64"))
			bar->mem64 = true;
		else if (!strcmp(word, "mem32"))
			bar->mem64 = false;
		else if (!strcmp(word, "prefetch"))
			bar->prefetch = true;
		else
			return -EINVAL;
	}
	if (!bar->mem64 && bar->size > SZ_2G)
		return -ERANGE;
	return 0;
}

static ssize_t sim_bar_store(struct config_item *item, size_t offset,
			     const char *page, size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bar_config *bar = (void *)&function->cfg + offset;
	struct sim_bar_config new = { };
	char *text;
	int ret;

	text = kstrndup(page, count, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	ret = sim_parse_bar(strim(text), &new);
	kfree(text);
	if (ret)
		return ret;

	ret = pci_sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	*bar = new;
	mutex_unlock(&function->bridge->lock);
	return count;
}

#define SIM_BAR_ATTR(_name, _member)					\
static const size_t sim_bars_##_name =					\
	offsetof(struct sim_fn_config, _member);			\
									\
static ssize_t sim_bars_##_name##_show(struct config_item *item,	\
				       char *page)			\
{									\
	return sim_bar_show(item, sim_bars_##_name, page);		\
}									\
									\
static ssize_t sim_bars_##_name##_store(struct config_item *item,	\
					const char *page, size_t count)	\
{									\
	return sim_bar_store(item, sim_bars_##_name, page, count);	\
}									\
									\
CONFIGFS_ATTR(sim_bars_, _name)

SIM_BAR_ATTR(bar0, bar[0]);
SIM_BAR_ATTR(bar1, bar[1]);
SIM_BAR_ATTR(bar2, bar[2]);
SIM_BAR_ATTR(bar3, bar[3]);
SIM_BAR_ATTR(bar4, bar[4]);
SIM_BAR_ATTR(bar5, bar[5]);
SIM_BAR_ATTR(vf_bar0, vf_bar[0]);
SIM_BAR_ATTR(vf_bar1, vf_bar[1]);
SIM_BAR_ATTR(vf_bar2, vf_bar[2]);
SIM_BAR_ATTR(vf_bar3, vf_bar[3]);
SIM_BAR_ATTR(vf_bar4, vf_bar[4]);
SIM_BAR_ATTR(vf_bar5, vf_bar[5]);

static struct configfs_attribute *sim_bars_attrs[] = {
	&sim_bars_attr_bar0,
	&sim_bars_attr_bar1,
	&sim_bars_attr_bar2,
	&sim_bars_attr_bar3,
	&sim_bars_attr_bar4,
	&sim_bars_attr_bar5,
	&sim_bars_attr_vf_bar0,
	&sim_bars_attr_vf_bar1,
	&sim_bars_attr_vf_bar2,
	&sim_bars_attr_vf_bar3,
	&sim_bars_attr_vf_bar4,
	&sim_bars_attr_vf_bar5,
	NULL
};

static const struct config_item_type sim_bars_type = {
	.ct_attrs = sim_bars_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function>/sriov */

SIM_ATTR(sim_sriov_, total_vfs, total_vfs, 0, U16_MAX, NULL, 0);
SIM_ATTR(sim_sriov_, initial_vfs, initial_vfs, 0, U16_MAX, "auto", 0);
SIM_ATTR(sim_sriov_, vf_device, vf_device, 16, U16_MAX, "auto", 4);
SIM_ATTR(sim_sriov_, offset, offset, 0, U16_MAX, "auto", 0);
SIM_ATTR(sim_sriov_, stride, stride, 0, U16_MAX, NULL, 0);

static struct configfs_attribute *sim_sriov_attrs[] = {
	&sim_sriov_attr_total_vfs,
	&sim_sriov_attr_initial_vfs,
	&sim_sriov_attr_vf_device,
	&sim_sriov_attr_offset,
	&sim_sriov_attr_stride,
	NULL
};

static const struct config_item_type sim_sriov_type = {
	.ct_attrs = sim_sriov_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function>/faults: may change at any time */

SIM_ATTR(sim_faults_, target, faults.target, 0, U16_MAX, "pf", 0);
SIM_ATTR(sim_faults_, gone, faults.gone, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, gone_after, faults.gone_after, 0, INT_MAX, "off", 0);
SIM_ATTR(sim_faults_, numvfs_stuck, faults.numvfs_stuck, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, vf_enable_stuck, faults.vf_enable_stuck, 0, 1, NULL, 0);
SIM_ATTR(sim_faults_, offset_per_vf, faults.offset_per_vf, 0, U16_MAX, NULL, 0);
SIM_ATTR(sim_faults_, stride_per_vf, faults.stride_per_vf, 0, U16_MAX, NULL, 0);

static struct configfs_attribute *sim_faults_attrs[] = {
	&sim_faults_attr_target,
	&sim_faults_attr_gone,
	&sim_faults_attr_gone_after,
	&sim_faults_attr_numvfs_stuck,
	&sim_faults_attr_vf_enable_stuck,
	&sim_faults_attr_offset_per_vf,
	&sim_faults_attr_stride_per_vf,
	NULL
};

static const struct config_item_type sim_faults_type = {
	.ct_attrs = sim_faults_attrs,
	.ct_owner = THIS_MODULE,
};

/* <function> */

SIM_ATTR(sim_fn_, vendor, vendor, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, device, device, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, subvendor, subvendor, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, subdevice, subdevice, 16, U16_MAX, NULL, 4);
SIM_ATTR(sim_fn_, class, class, 16, 0xffffff, NULL, 6);
SIM_ATTR(sim_fn_, revision, revision, 16, U8_MAX, NULL, 2);
SIM_ATTR(sim_fn_, ari, ari, 0, 1, NULL, 0);
SIM_ATTR(sim_fn_, acs, acs, 0, 1, NULL, 0);
SIM_ATTR(sim_fn_, soft_reset, soft_reset, 0, 1, NULL, 0);

static ssize_t sim_fn_devfn_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	int devfn;

	mutex_lock(&function->bridge->lock);
	devfn = function->cfg.devfn;
	mutex_unlock(&function->bridge->lock);

	if (devfn == SIM_AUTO)
		return sprintf(page, "auto\n");
	return sprintf(page, "%02x.%d\n", PCI_SLOT(devfn), PCI_FUNC(devfn));
}

static ssize_t sim_fn_devfn_store(struct config_item *item, const char *page,
				  size_t count)
{
	struct sim_function *function = to_sim_function(item);
	unsigned int slot, func;
	int ret, len = 0;
	int devfn;

	if (sysfs_streq(page, "auto")) {
		devfn = SIM_AUTO;
	} else {
		if (sscanf(page, "%2x.%1u %n", &slot, &func, &len) != 2 ||
		    !len || page[len])
			return -EINVAL;
		if (slot > 0x1f || func > 7)
			return -ERANGE;
		devfn = PCI_DEVFN(slot, func);
	}

	ret = pci_sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	function->cfg.devfn = devfn;
	mutex_unlock(&function->bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_fn_, devfn);

static ssize_t sim_fn_driver_override_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	ssize_t len;

	mutex_lock(&function->bridge->lock);
	len = sprintf(page, "%s\n", function->cfg.override);
	mutex_unlock(&function->bridge->lock);
	return len;
}

static ssize_t sim_fn_driver_override_store(struct config_item *item,
					    const char *page, size_t count)
{
	struct sim_function *function = to_sim_function(item);
	size_t len = strcspn(page, "\n");
	int ret;

	if (len + 1 < count)
		return -EINVAL;
	if (len >= SIM_OVERRIDE_LEN)
		return -ERANGE;
	ret = pci_sim_lock_dead(function->bridge);
	if (ret)
		return ret;
	memcpy(function->cfg.override, page, len);
	function->cfg.override[len] = '\0';
	mutex_unlock(&function->bridge->lock);
	return count;
}

CONFIGFS_ATTR(sim_fn_, driver_override);

static ssize_t sim_fn_address_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	ssize_t len;

	mutex_lock(&bridge->lock);
	if (bridge->host)
		len = sprintf(page, "%04x:%02x:%02x.%d\n", bridge->host->domain,
			      pci_sim_read_fn_bus(bridge->host),
			      PCI_SLOT(function->fn->devfn),
			      PCI_FUNC(function->fn->devfn));
	else
		len = sprintf(page, "none\n");
	mutex_unlock(&bridge->lock);
	return len;
}

CONFIGFS_ATTR_RO(sim_fn_, address);

static ssize_t sim_fn_plugged_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	bool plugged;

	mutex_lock(&function->bridge->lock);
	plugged = function->fn && function->fn->plugged;
	mutex_unlock(&function->bridge->lock);

	return sprintf(page, "%d\n", plugged);
}

static ssize_t sim_fn_plugged_store(struct config_item *item, const char *page,
				    size_t count)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	bool plugged;
	int ret;

	ret = kstrtobool(page, &plugged);
	if (ret)
		return ret;

	mutex_lock(&bridge->lock);
	if (!bridge->host)
		ret = -ENODEV;
	else if (function->fn->plugged && !plugged)
		pci_sim_unplug(bridge->host, function->fn);
	else if (!function->fn->plugged && plugged)
		pci_sim_plug(bridge->host, function->fn);
	mutex_unlock(&bridge->lock);

	return ret ?: count;
}

CONFIGFS_ATTR(sim_fn_, plugged);

static ssize_t sim_fn_stats_show(struct config_item *item, char *page)
{
	struct sim_function *function = to_sim_function(item);
	struct sim_bridge *bridge = function->bridge;
	u32 num_vfs = 0, vf_enable = 0, vfs = 0;
	struct sim_stats stats = { };
	struct sim_fn *fn;
	unsigned long flags;

	mutex_lock(&bridge->lock);
	fn = function->fn;
	if (bridge->host) {
		raw_spin_lock_irqsave(&bridge->host->lock, flags);
		stats = fn->stats;
		vfs = fn->nr_vfs;
		if (fn->sriov) {
			num_vfs = sim_get(fn->regs,
					  fn->sriov + PCI_SRIOV_NUM_VF, 2);
			vf_enable = sim_vf_enabled(fn);
		}
		raw_spin_unlock_irqrestore(&bridge->host->lock, flags);
	}
	mutex_unlock(&bridge->lock);

	return sprintf(page,
		       "reads %llu\nwrites %llu\nvf_reads %llu\nvf_writes %llu\n"
		       "numvfs_writes %llu\nvf_enables %llu\nvf_disables %llu\n"
		       "rejected %llu\nresets %llu\n"
		       "num_vfs %u\nvf_enable %u\nvfs %u\n",
		       stats.reads, stats.writes, stats.vf_reads,
		       stats.vf_writes, stats.numvfs_writes, stats.vf_enables,
		       stats.vf_disables, stats.rejected, stats.resets,
		       num_vfs, vf_enable, vfs);
}

CONFIGFS_ATTR_RO(sim_fn_, stats);

static struct configfs_attribute *sim_fn_attrs[] = {
	&sim_fn_attr_vendor,
	&sim_fn_attr_device,
	&sim_fn_attr_subvendor,
	&sim_fn_attr_subdevice,
	&sim_fn_attr_class,
	&sim_fn_attr_revision,
	&sim_fn_attr_ari,
	&sim_fn_attr_acs,
	&sim_fn_attr_soft_reset,
	&sim_fn_attr_devfn,
	&sim_fn_attr_driver_override,
	&sim_fn_attr_address,
	&sim_fn_attr_plugged,
	&sim_fn_attr_stats,
	NULL
};

static void sim_fn_release(struct config_item *item)
{
	kfree(to_sim_function(item));
}

static struct configfs_item_operations sim_fn_item_ops = {
	.release = sim_fn_release,
};

static const struct config_item_type sim_fn_type = {
	.ct_item_ops = &sim_fn_item_ops,
	.ct_attrs = sim_fn_attrs,
	.ct_owner = THIS_MODULE,
};

/**
 * pci_sim_alloc_function - make the directory of a function
 * @bridge: its bridge
 * @name: its name
 *
 * Return: the function, with what it is unless told otherwise, or NULL.  It is
 * not yet in the list of the bridge.
 */
struct sim_function *pci_sim_alloc_function(struct sim_bridge *bridge,
					    const char *name)
{
	struct sim_function *function;

	function = kzalloc(sizeof(*function), GFP_KERNEL);
	if (!function)
		return NULL;

	function->bridge = bridge;
	function->cfg.vendor = PCI_VENDOR_ID_REDHAT;
	function->cfg.device = SIM_FN_DEVICE;
	function->cfg.class = PCI_CLASS_OTHERS << 16;
	function->cfg.devfn = SIM_AUTO;
	function->cfg.initial_vfs = SIM_AUTO;
	function->cfg.vf_device = SIM_AUTO;
	function->cfg.offset = SIM_AUTO;
	function->cfg.stride = 1;
	function->cfg.faults.target = SIM_PF;
	function->cfg.faults.gone_after = SIM_OFF;

	config_group_init_type_name(&function->group, name, &sim_fn_type);
	config_group_init_type_name(&function->sriov, "sriov", &sim_sriov_type);
	config_group_init_type_name(&function->bars, "bars", &sim_bars_type);
	config_group_init_type_name(&function->faults, "faults",
				    &sim_faults_type);
	configfs_add_default_group(&function->sriov, &function->group);
	configfs_add_default_group(&function->bars, &function->group);
	configfs_add_default_group(&function->faults, &function->group);

	return function;
}
