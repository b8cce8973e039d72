// SPDX-License-Identifier: GPL-2.0
/* What the running kernel has and can */
#include <libkmod.h>
#include <string.h>

#include "sriovadm.h"

const char *feature_name(enum feature feature)
{
	static const char * const name[] = {
		[FEATURE_ABSENT] = "absent",
		[FEATURE_MODULE] = "module",
		[FEATURE_BUILTIN] = "builtin",
	};

	return name[feature];
}

/**
 * module_known - can modprobe load a driver?
 * @name: of the driver, which is its module's, or an alias
 *
 * Return: whether the kernel's modules, or what it has built in, know it.
 */
bool module_known(const char *name)
{
	static struct kmod_ctx *ctx;
	struct kmod_list *list = NULL;
	static bool tried;
	const char *release;
	bool known;

	if (!tried) {
		const char *dir = NULL;

		tried = true;
		release = file_read("proc/sys/kernel/osrelease");
		if (!root_is_real() && release)
			dir = root_path(mem_printf("lib/modules/%s", release));
		ctx = kmod_new(dir, NULL);
	}
	if (!ctx || kmod_module_new_from_lookup(ctx, name, &list) < 0)
		return false;
	known = list;
	kmod_module_unref_list(list);
	return known;
}

/* One word of [a] b c, the one in brackets */
static const char *bracketed(const char *text)
{
	const char *open = text ? strchr(text, '[') : NULL;

	return open ? mem_text(open + 1, strcspn(open + 1, "]")) : NULL;
}

/* Of repeated parameters the last counts; a bad entry is skipped */
static void read_cmdline(overrides *list)
{
	static const char parameter[] = "sriov_unmanaged.override=";
	const char *text = file_read("proc/cmdline");
	const char *value = NULL, *wrong;

	while (text && *text) {
		size_t len = strcspn(text, " \t\n");

		/* Nothing in the list wants quotes, which the kernel takes off */
		if (!strncmp(text, parameter, strlen(parameter)))
			value = mem_text(text + strlen(parameter),
					 len - strlen(parameter));
		text += len + strspn(text + len, " \t\n");
	}

	while (value && *value) {
		size_t len = strcspn(value, ",");

		override_parse(mem_text(value, len), "cmdline", list, &wrong);
		value += len + (value[len] == ',');
	}
}

/* Whose entry is it?  The command line's come first, then the configuration's */
static const char *origin_of(const struct override *entry,
			     const overrides *cmdline, const overrides *config)
{
	const overrides * const list[] = { cmdline, config };

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		for (size_t j = 0; j < list[i]->count; j++) {
			if (override_same_id(&list[i]->item[j], &entry->id) &&
			    list[i]->item[j].allow == entry->allow)
				return list[i]->item[j].origin;
		}
	}
	return "runtime";
}

static void read_policy(struct kernel *kernel, const struct config *config)
{
	overrides cmdline = { NULL, 0, 0 };
	const char *text, *wrong;

	read_cmdline(&cmdline);
	kernel->cmdline_override = override_print(&cmdline);

	/* Nobody else knows a policy here, so the configured one is in force */
	if (kernel->feature == FEATURE_ABSENT) {
		for (size_t i = 0; i < cmdline.count; i++)
			VEC_ADD(&kernel->override, cmdline.item[i]);
		for (size_t i = 0; i < config->override.count; i++)
			VEC_ADD(&kernel->override, config->override.item[i]);
		kernel->unlisted = config->unlisted ? config->unlisted :
						      "allow";
		return;
	}

	kernel->scope = file_read(PARAMETERS "/scope");
	kernel->unlisted = file_read(PARAMETERS "/unlisted");
	text = file_read(PARAMETERS "/override");
	if (text)
		override_parse(text, "runtime", &kernel->override, &wrong);
	for (size_t i = 0; i < kernel->override.count; i++) {
		struct override *entry = &kernel->override.item[i];

		entry->origin = origin_of(entry, &cmdline, &config->override);
	}
}

/**
 * kernel_read - read what the kernel is like
 * @kernel: where to
 * @config: the configured policy, in force where the kernel has none
 */
void kernel_read(struct kernel *kernel, const struct config *config)
{
	strings groups = { NULL, 0, 0 };

	*kernel = (struct kernel) {
		.release = file_read("proc/sys/kernel/osrelease"),
		.lockdown = bracketed(file_read("sys/kernel/security/lockdown")),
	};

	/* Only what was loaded has a state of initialization */
	if (file_exists(PARAMETERS))
		kernel->feature = file_exists(PARAMETERS "/../initstate") ?
			FEATURE_MODULE : FEATURE_BUILTIN;
	else
		kernel->loadable = module_known("sriov_unmanaged");
	read_policy(kernel, config);

	dir_list(root_fd(), "sys/kernel/iommu_groups", &groups);
	kernel->iommu = groups.count;
}

/* Is the gate there, or will it be once its module is loaded? */
bool has_feature(const struct kernel *kernel)
{
	return kernel->feature != FEATURE_ABSENT || kernel->loadable;
}
