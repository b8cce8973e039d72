// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that change the policy: override, unlisted, scope.  A kernel without
 * the feature knows none, so there the configuration is all there is, and it is in
 * force at once because this program reads it.
 */
#include <string.h>

#include "command.h"

struct change {
	struct report *report;
	struct config config;
	struct snapshot snapshot;
	struct plan plan;
	const char *text;	/* of policy.conf */
};

static struct change *begin(struct report *report)
{
	struct change *change = mem_alloc(sizeof(*change));
	const char *text;

	change->report = report;
	if (!command_lock(report) ||
	    !command_begin(report, &change->config, &change->snapshot, NULL, 0,
			   false))
		return NULL;
	text = file_text(POLICY_CONFIG);
	change->text = text ? text : "";
	return change;
}

static bool has_parameters(const struct change *change)
{
	return change->snapshot.kernel.feature != FEATURE_ABSENT;
}

static bool check_kernel(const struct change *change, const char *what)
{
	if (has_parameters(change) ||
	    (change->report->options->boot && !same(what, "scope")))
		return true;
	report_problem(change->report, "kernel", EXIT_KERNEL, NULL,
		       "this kernel has no sriov_unmanaged.%s; nothing was changed; %s",
		       what, change->snapshot.kernel.loadable ?
		       "load its module: modprobe sriov_unmanaged" :
		       same(what, "scope") ?
		       "install the module sriov_unmanaged" :
		       "leave --runtime away: sriovadm itself goes by what is configured");
	return false;
}

static void plan_parameter(struct change *change, const char *name,
			   const char *value)
{
	struct step step = {
		.kind = STEP_WRITE, .vf = -1, .value = value,
		.path = mem_printf("/" PARAMETERS "/%s", name),
	};
	const char *is = file_read(step.path + 1);

	if (change->report->options->now && has_parameters(change) &&
	    !same(is, value))
		VEC_ADD(&change->plan.step, step);
}

static void plan_text(struct change *change, const char *text)
{
	if (change->report->options->boot && !same(text, change->text))
		plan_file(&change->plan, NULL, "/" POLICY_CONFIG, text);
}

static void finish(struct change *change, const char *what)
{
	struct report *report = change->report;
	int err;

	if (!command_may_change(report, NULL))
		return;
	err = execute(&change->plan, report);
	if (!change->plan.step.count)
		report_note(report, "%s: nothing to do", what);
	if (err || report->options->dry_run || !change->plan.step.count)
		return;
	command_begin(report, &change->config, &change->snapshot, NULL, 0,
		      false);
	if (report->options->now || !has_parameters(change))
		report_note(report, "%s: %s", what, same(what, "override") ?
			    override_print(&change->snapshot.kernel.override) :
			    same(what, "scope") ?
			    change->snapshot.kernel.scope :
			    change->snapshot.kernel.unlisted);
	else
		report_note(report, "%s: changed for the next boot", what);
}

static void command_choice(struct report *report, const char *name,
			   const char *key, const char *a, const char *b)
{
	const char *value = report->options->arg[0];
	struct change *change;

	if (!same(value, a) && !same(value, b)) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "%s: %s or %s is needed", value, a, b);
		return;
	}
	change = begin(report);
	if (!change || !check_kernel(change, name))
		return;
	plan_text(change, config_edit(change->text, "Policy", key, value));
	plan_parameter(change, name, value);
	finish(change, name);
}

void command_unlisted(struct report *report)
{
	command_choice(report, "unlisted", "Unlisted", "allow", "refuse");
}

void command_scope(struct report *report)
{
	command_choice(report, "scope", "Scope", "stub", "any");
}

static void show_overrides(struct report *report)
{
	static struct config config;
	static struct snapshot snapshot;
	const overrides *list = &snapshot.kernel.override;

	command_begin(report, &config, &snapshot, NULL, 0, false);
	if (report->options->json)
		return;
	for (size_t i = 0; i < list->count; i++)
		printf("%s  %s\n", override_print_one(&list->item[i]),
		       list->item[i].origin);
	if (!list->count)
		report_note(report, "no override");
}

/* The entries of @list that are not about @id; all go if it is NULL */
static void keep_others(const overrides *list, const struct identity *id,
			overrides *kept)
{
	for (size_t i = 0; id && i < list->count; i++) {
		if (!override_same_id(&list->item[i], id))
			VEC_ADD(kept, list->item[i]);
	}
}

/* One Override= a line, the last that counts at the end */
static const char *edit_text(const char *text, const overrides *list)
{
	text = config_edit(text, "Policy", "Override", NULL);
	if (!list->count)
		return text;
	return config_edit(text, "Policy", "Override", override_print(list));
}

static void change_overrides(struct report *report, const char *word,
			     const struct identity *id)
{
	struct change *change = begin(report);
	overrides now = { NULL, 0, 0 }, boot = { NULL, 0, 0 };
	struct override entry = { .origin = "config" };

	if (!change || !check_kernel(change, "override"))
		return;
	keep_others(&change->snapshot.kernel.override, id, &now);
	keep_others(&change->config.override, id, &boot);
	if (id && !same(word, "clear")) {
		entry.id = *id;
		entry.allow = same(word, "allow");
		VEC_ADD(&now, entry);
		VEC_ADD(&boot, entry);
	}
	/* A list that ends in the entry already is left in its order */
	if (!same(override_print(&boot),
		  override_print(&change->config.override)))
		plan_text(change, edit_text(change->text, &boot));
	plan_parameter(change, "override", override_print(&now));
	finish(change, "override");
	if (same(word, "clear") && report->exit == EXIT_OK &&
	    *change->snapshot.kernel.cmdline_override)
		report_note(report, "the kernel command line sets %s again at the next boot",
			    change->snapshot.kernel.cmdline_override);
}

void command_override(struct report *report)
{
	const struct options *options = report->options;
	const char *word = options->args ? options->arg[0] : NULL;
	struct identity id;
	const char *wrong;

	if (!word) {
		show_overrides(report);
		return;
	}
	if (!same(word, "allow") && !same(word, "refuse") &&
	    !same(word, "clear")) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "%s: allow, refuse or clear is needed", word);
		return;
	}
	if (options->args < 2) {
		if (same(word, "clear"))
			change_overrides(report, word, NULL);
		else
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "override %s: of which device?  VENDOR:DEVICE[:SUBVENDOR[:SUBDEVICE]] is needed",
				       word);
		return;
	}
	if (!identity_parse(options->arg[1], &id, &wrong)) {
		report_problem(report, "usage", EXIT_USAGE, NULL, "%s: %s",
			       options->arg[1], wrong);
		return;
	}
	change_overrides(report, word, &id);
}
