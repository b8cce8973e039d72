// SPDX-License-Identifier: GPL-2.0
/*
 * The verdict on a device and what it means.  The kernel's word counts where it
 * has one; else the same three are asked as there: the override list, the table,
 * the default.
 */
#include <string.h>

#include "sriovadm.h"

static const struct {
	const char *name, *text;
} hazards[] = {
#define SRIOV_HAZARD(id, name_, text_) { .name = (name_), .text = (text_) },
#include "hazards.h"
};

/* Of the table itself, which tells more than the hwdb has room for */
static const struct family {
	const char *driver, *reason;
} families[] = {
#define SRIOV_QUIRK_FAMILY(family, driver_, hazards, reason_) \
	{ .driver = (driver_), .reason = (reason_) },
#include "quirks.h"
};

static const struct {
	const char *driver, *text;
} notes[] = {
#define SRIOV_QUIRK_FAMILY(family, driver_, hazards, reason) \
	{ .driver = (driver_), .text = NULL },
#define SRIOV_QUIRK_NOTE(family, text_) { .driver = NULL, .text = (text_) },
#include "quirks.h"
};

/* Return: whether @name is one of the comma-separated names */
static bool in_list(const char *list, const char *name)
{
	for (;;) {
		size_t len = strcspn(list, ",");

		if (strlen(name) == len && !strncmp(list, name, len))
			return true;
		if (!list[len])
			return false;
		list += len + 1;
	}
}

static const char *source_of(const char *hazard_names)
{
	return in_list(hazard_names, "class") ? "class" : "table";
}

/**
 * policy_of - judge a device as the kernel would
 * @kernel: its override list and its default for unlisted devices
 * @id: the device
 * @policy: the verdict
 */
void policy_of(const struct kernel *kernel, const struct identity *id,
	       struct policy *policy)
{
	const struct override *entry = override_find(&kernel->override, id);
	struct hwdb_entry known = { NULL, NULL, NULL };
	bool refuse;

	*policy = (struct policy) { .verdict = VERDICT_UNKNOWN };
	if (entry) {
		policy->source = "override";
		policy->reason = "override";
		refuse = !entry->allow;
	} else if (!hwdb_works()) {
		return;
	} else if (hwdb_find(modalias_print(id), &known)) {
		policy->source = source_of(known.hazards);
		policy->reason = mem_printf("%s %s", known.hazards,
					    known.driver);
		refuse = !same(known.verdict, "allow");
	} else {
		policy->source = "default";
		policy->reason = "unlisted";
		refuse = same(kernel->unlisted, "refuse");
	}
	policy->verdict = refuse ? VERDICT_REFUSE : VERDICT_ALLOW;
}

/**
 * policy_from_kernel - take the kernel's word
 * @verdict: of sriov_unmanaged_policy, or NULL
 * @reason: of sriov_unmanaged_reason, or NULL
 * @policy: the verdict
 */
void policy_from_kernel(const char *verdict, const char *reason,
			struct policy *policy)
{
	*policy = (struct policy) { .by_kernel = true, .reason = reason };

	if (same(verdict, "allow"))
		policy->verdict = VERDICT_ALLOW;
	else if (same(verdict, "refuse"))
		policy->verdict = VERDICT_REFUSE;

	if (!reason)
		return;
	if (same(reason, "override"))
		policy->source = "override";
	else if (same(reason, "unlisted"))
		policy->source = "default";
	else
		policy->source = source_of(mem_text(reason,
						    strcspn(reason, " ")));
}

static const char *note_of(const char *driver)
{
	const char *of = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		if (notes[i].driver)
			of = notes[i].driver;
		else if (same(of, driver))
			return notes[i].text;
	}
	return NULL;
}

static void explain_table(FILE *out, const struct policy *policy)
{
	size_t len = strcspn(policy->reason, " ");
	const char *names = mem_text(policy->reason, len);
	const char *driver = policy->reason + len;

	driver += strspn(driver, " ");
	for (size_t i = 0; i < ARRAY_SIZE(hazards); i++) {
		if (in_list(names, hazards[i].name))
			fprintf(out, "  hazard %s: %s.\n", hazards[i].name,
				hazards[i].text);
	}
	if (same(names, "none"))
		fprintf(out, "  no hazard: the driver %s does nothing for its VFs but enable them.\n",
			driver);
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (same(families[i].driver, driver))
			fprintf(out, "  evidence: %s.\n", families[i].reason);
	}
}

/* Where a verdict is from */
const char *policy_judge(const struct policy *policy)
{
	if (policy->by_kernel)
		return "the kernel";
	return same(policy->source, "override") ? "the override list" :
						  "the hwdb's table";
}

static void explain_source(FILE *out, const struct policy *policy)
{
	if (same(policy->source, "override"))
		fprintf(out, "decided by: the override list (%s)\n",
			policy->by_kernel ? "the kernel's" :
			"the kernel's or policy.conf's");
	else if (same(policy->source, "default"))
		fprintf(out, "decided by: the default for devices that nobody has looked at (unlisted)\n");
	else
		fprintf(out, "decided by: the table of devices%s, \"%s\"\n",
			same(policy->source, "class") ?
			", by the device's class" : "", policy->reason);
	fprintf(out, "judged by: %s%s\n", policy->by_kernel ? "" :
		"sriovadm, from ", policy_judge(policy));
}

/**
 * policy_explain - say what a verdict means and what there is to do
 * @out: where to
 * @policy: the verdict
 * @id: the device
 * @pf: its address, or NULL
 */
void policy_explain(FILE *out, const struct policy *policy,
		    const struct identity *id, const char *pf)
{
	const char *driver, *note;

	if (policy->verdict == VERDICT_UNKNOWN) {
		fprintf(out, "verdict: unknown\n  The table of devices is not in udev's hwdb: install the package that\n  brings it, then run: systemd-hwdb update\n");
		return;
	}

	fprintf(out, "verdict: %s\n", policy->verdict == VERDICT_ALLOW ?
		"allow" : "refuse");
	explain_source(out, policy);

	if (policy->reason && strchr(policy->reason, ' '))
		explain_table(out, policy);

	if (policy->verdict == VERDICT_ALLOW) {
		if (same(policy->source, "default"))
			fprintf(out, "  Nobody vouches for this device: its VFs may need its own driver.\n");
		fprintf(out, "use it: sriovadm reserve %s --vfs N\n",
			pf ? pf : "PF");
		return;
	}

	driver = policy->reason ? strchr(policy->reason, ' ') : NULL;
	if (driver && same(policy->source, "table")) {
		driver++;
		note = note_of(driver);
		fprintf(out, "instead: keep the PF under its own driver, %s%s%s%s, and enable VFs there:\n  sriovadm vfs %s N\n",
			driver, note ? " (" : "", note ? note : "",
			note ? ")" : "", pf ? pf : "PF");
	} else {
		fprintf(out, "instead: keep the PF under its own driver and enable VFs there:\n  sriovadm vfs %s N\n",
			pf ? pf : "PF");
	}
	fprintf(out, "at your own risk: sriovadm override allow %04x:%04x\n",
		id->vendor % ID_ANY, id->device % ID_ANY);
}
