// SPDX-License-Identifier: GPL-2.0
/* The planner's part on the policy: from policy.conf to the kernel's parameters */
#include "sriovadm.h"

static void plan_parameter(struct plan *plan, const char *name, const char *is,
			   const char *want)
{
	struct step step = {
		.kind = STEP_WRITE, .vf = -1, .value = want,
		.path = mem_printf("/" PARAMETERS "/%s", name),
	};

	if (want && !same(is, want))
		VEC_ADD(&plan->step, step);
}

static bool knows(const overrides *list, const struct override *entry)
{
	for (size_t i = 0; i < list->count; i++) {
		if (override_same_id(&list->item[i], &entry->id) &&
		    list->item[i].allow == entry->allow)
			return true;
	}
	return false;
}

/*
 * What the command line set, and behind it what is configured.  What somebody set
 * for this run of the system only stays, in between.
 */
static const char *override_wanted(const struct kernel *kernel,
				   const struct config *config)
{
	overrides list = { NULL, 0, 0 };

	for (size_t i = 0; i < kernel->override.count; i++) {
		if (!knows(&config->override, &kernel->override.item[i]))
			VEC_ADD(&list, kernel->override.item[i]);
	}
	for (size_t i = 0; i < config->override.count; i++)
		VEC_ADD(&list, config->override.item[i]);
	return override_print(&list);
}

/**
 * plan_policy - plan how to make the kernel's policy the configured one
 * @snapshot: what the kernel is like
 * @config: what is configured
 * @plan: steps are added here, or why there can be none
 */
void plan_policy(const struct snapshot *snapshot, const struct config *config,
		 struct plan *plan)
{
	const struct kernel *kernel = &snapshot->kernel;

	if (kernel->feature == FEATURE_ABSENT) {
		if (same(config->scope, "any"))
			plan_refuse(plan, "kernel", EXIT_KERNEL, NULL,
				    "this kernel has no sriov_unmanaged.scope, so Scope=any of /" POLICY_CONFIG " has no effect; nothing was changed; install the module sriov_unmanaged, or delete the line");
		return;
	}
	if (config->override.count)
		plan_parameter(plan, "override",
			       override_print(&kernel->override),
			       override_wanted(kernel, config));
	plan_parameter(plan, "unlisted", kernel->unlisted, config->unlisted);
	plan_parameter(plan, "scope", kernel->scope, config->scope);
}
