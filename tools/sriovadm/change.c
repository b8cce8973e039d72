// SPDX-License-Identifier: GPL-2.0
/* Commands that change one PF: reserve, release, vfs, autoprobe */
#include <stdlib.h>
#include <string.h>

#include "command.h"

#define CAP_SYS_ADMIN_BIT	21

/* Does the kernel let this process change its devices? */
static bool may_change(void)
{
	const char *status = file_read("proc/self/status");
	const char *line = status ? strstr(status, "\nCapEff:\t") : NULL;

	if (!line)
		return false;
	return strtoull(line + strlen("\nCapEff:\t"), NULL, 16) >>
		CAP_SYS_ADMIN_BIT & 1;
}

/**
 * command_may_change - is this a dry run, or root's?
 * @report: where to say that it is neither
 * @address: of the PF, or NULL
 *
 * Return: whether to go on.
 */
bool command_may_change(struct report *report, const char *address)
{
	if (report->options->dry_run || may_change())
		return true;
	report_problem(report, "needs-root", EXIT_ROOT, address,
		       "root is needed (CAP_SYS_ADMIN) for %s; nothing was changed; run it with sudo, or add -n to see what it would do",
		       report->options->command);
	return false;
}

/**
 * command_lock - keep other changes out until the program ends
 * @report: where to say that it is not possible
 *
 * Who may not change anything, or does not want to, needs no lock.
 *
 * Return: whether to go on.
 */
bool command_lock(struct report *report)
{
	problems errors = { NULL, 0, 0 };

	if (report->options->dry_run || !may_change())
		return true;
	lock_take(report->options, &errors);
	report_add(report, &errors);
	return !errors.count;
}

/* A change of one PF, from its arguments to its end */
struct change {
	struct report *report;
	struct config config;
	struct snapshot snapshot;
	struct pf *pf;
	struct want want;
	struct plan plan;
	const char *path, *text;	/* of its configuration; NULL: none */
};

static struct change *begin(struct report *report)
{
	struct change *change = mem_alloc(sizeof(*change));

	change->report = report;
	change->want.vfs = -1;
	change->want.autoprobe = -1;
	if (!command_lock(report) ||
	    !command_begin(report, &change->config, &change->snapshot,
			   report->options->arg, 1, true))
		return NULL;
	change->pf = command_find(report, &change->snapshot,
				  report->options->arg[0]);
	if (!change->pf ||
	    !command_may_change(report, change->pf->address))
		return NULL;
	VEC_ADD(&report->pf, change->pf);
	in_use_read(&change->snapshot, true);
	return change;
}

/* The file that is about this PF, or that will be */
static bool find_file(struct change *change)
{
	const struct pf *pf = change->pf;
	const char *text;

	if (pf->config) {
		change->path = pf->config->file;
		change->text = file_text(change->path + 1);
		return true;
	}
	change->path = mem_printf("/" PF_CONFIG "/%s.conf", pf->address);
	text = file_read(change->path + 1);
	if (!text)
		return true;
	report_problem(change->report, "config", EXIT_USAGE, pf->address,
		       "%s:1: this file is there and not about this device, %s; nothing was changed; correct or delete it",
		       change->path, identity_print(&pf->id));
	return false;
}

static void set_key(struct change *change, const char *section,
		    const char *key, const char *value)
{
	if (!change->text)
		change->text = config_new(change->pf);
	change->text = config_edit(change->text, section, key, value);
}

/* Into the plan, unless the file says so already */
static void plan_text(struct change *change)
{
	if (!change->text || same(file_text(change->path + 1), change->text))
		return;
	plan_file(&change->plan, change->pf->address, change->path,
		  change->text);
}

static void want_drivers(struct change *change)
{
	const struct want *want = &change->want;

	if (want->driver && *want->driver)
		snapshot_driver(&change->snapshot, want->driver);
	if (want->vf_driver)
		snapshot_driver(&change->snapshot, want->vf_driver);
	for (size_t i = 0; i < want->vf.count; i++)
		snapshot_driver(&change->snapshot, want->vf.item[i].driver);
	if (want->native)
		snapshot_driver(&change->snapshot,
				modalias_print(&change->pf->id));
}

/* Return: whether the plan was carried out, a dry run counting as that */
static bool finish(struct change *change)
{
	struct report *report = change->report;
	struct pf *pf;
	int err;

	if (change->plan.refused.count) {
		report_add(report, &change->plan.refused);
		return false;
	}
	err = execute(&change->plan, report);
	if (report->options->dry_run) {
		if (!change->plan.step.count)
			report_note(report, "%s: nothing to do",
				    change->pf->address);
		return !err;
	}
	if (!change->plan.step.count) {
		report_note(report, "%s: nothing to do", change->pf->address);
		return true;
	}
	pf = command_read_again(report, change->pf->address);
	if (pf)
		change->pf = pf;
	if (err)
		return false;
	pf = change->pf;
	report_note(report, "%s: driver %s, %d of %d VFs on%s%s", pf->address,
		    pf->driver ? pf->driver : "none", pf->numvfs,
		    pf->totalvfs, pf->config ? "; at boot: as " :
		    "; at boot: as the kernel likes",
		    pf->config ? pf->config->file : "");
	return true;
}

/*
 * A PF at the next boot: without VFs, and of what uses it now, the root file system is
 * known to do so again.
 */
static struct pf *pf_at_boot(const struct pf *pf)
{
	struct pf *later = mem_alloc(sizeof(*later));

	*later = *pf;
	later->numvfs = 0;
	later->vf.count = 0;
	later->in_use = (uses) { NULL, 0, 0 };
	for (size_t i = 0; i < pf->in_use.count; i++) {
		if (pf->in_use.item[i].check == CHECK_ROOT_FS)
			VEC_ADD(&later->in_use, pf->in_use.item[i]);
	}
	return later;
}

/* Refusals are the same whether it is for now or for the next boot */
static void plan_now(struct change *change)
{
	struct plan boot = { .step = { NULL, 0, 0 } };

	want_drivers(change);
	if (change->report->options->now) {
		plan_pf(&change->snapshot, change->pf, &change->want,
			change->report->options, &change->plan);
		return;
	}
	plan_pf(&change->snapshot, pf_at_boot(change->pf), &change->want,
		change->report->options, &boot);
	for (size_t i = 0; i < boot.refused.count; i++)
		VEC_ADD(&change->plan.refused, boot.refused.item[i]);
}

void command_reserve(struct report *report)
{
	const struct options *options = report->options;
	struct change *change = begin(report);
	const char *driver;

	if (!change)
		return;
	driver = options->driver ? options->driver :
		 plan_stub(&change->snapshot);
	if (same(driver, "none"))
		change->want.driver_override = driver;
	change->want.driver = same(driver, "none") ? "" : driver;
	change->want.vfs = options->numvfs;
	change->want.vf_driver = options->vf_driver;
	if (options->autoprobe)
		change->want.autoprobe = 1;

	/* First, so that a run that is killed has said what it wanted */
	if (options->boot) {
		if (!find_file(change))
			return;
		set_key(change, "PF", "Driver", driver);
		if (options->numvfs >= 0)
			set_key(change, "PF", "VFs",
				mem_printf("%d", options->numvfs));
		if (options->autoprobe)
			set_key(change, "PF", "Autoprobe", "yes");
		if (options->vf_driver)
			set_key(change, "VF", "Driver", options->vf_driver);
		plan_text(change);
	}
	plan_now(change);
	if (finish(change) && options->numvfs < 0 &&
	    change->pf->policy.verdict == VERDICT_REFUSE)
		report_note(report, "%s: its VFs are refused by policy, see: sriovadm explain %s",
			    change->pf->address, change->pf->address);
}

void command_release(struct report *report)
{
	struct change *change = begin(report);

	if (!change)
		return;
	change->want.native = true;
	change->want.vfs = 0;
	plan_now(change);

	/* Last, so that a run that is killed is undone by restore */
	if (report->options->boot && change->pf->config)
		plan_file(&change->plan, change->pf->address,
			  change->pf->config->file, NULL);
	if (finish(change) && report->options->now &&
	    !report->options->dry_run && !change->pf->driver)
		report_note(report, "%s: no driver has taken it: none is there for %s",
			    change->pf->address,
			    identity_print(&change->pf->id));
}

/*
 * VFs that are to be others go before the file says so: restore, which never recreates
 * any, gets to what the file says then, wherever a run is killed.
 */
static void disable_first(struct plan *plan)
{
	struct step *step = plan->step.item, file;

	if (!plan->step.count || step[0].kind != STEP_FILE)
		return;
	for (size_t i = 1; i < plan->step.count; i++) {
		if (step[i].kind != STEP_SLOW || step[i].vf >= 0 ||
		    !same(step[i].value, "0"))
			continue;
		file = step[0];
		memmove(step, step + 1, i * sizeof(*step));
		step[i] = file;
		return;
	}
}

void command_vfs(struct report *report)
{
	const struct options *options = report->options;
	const char *number = options->arg[1];
	struct change *change;
	unsigned long n;

	if (!parse_number(number, 10, 65535, &n)) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "%s: a number of VFs is needed, from 0 to 65535",
			       number);
		return;
	}
	change = begin(report);
	if (!change)
		return;

	/* VFs that come back get the drivers that are configured */
	if (change->pf->config)
		config_want(change->pf->config, &change->want);
	change->want.driver = NULL;
	change->want.driver_override = NULL;
	change->want.autoprobe = -1;
	change->want.vfs = n;
	if (options->vf_driver) {
		change->want.vf_driver = options->vf_driver;
		change->want.vf.count = 0;
	}

	if (options->boot && (n || change->pf->config)) {
		if (!find_file(change))
			return;
		set_key(change, "PF", "VFs", mem_printf("%lu", n));
		if (options->vf_driver)
			set_key(change, "VF", "Driver", options->vf_driver);
		plan_text(change);
	}
	plan_now(change);
	if (n)
		disable_first(&change->plan);
	finish(change);
}

void command_autoprobe(struct report *report)
{
	const char *word = report->options->arg[1];
	struct change *change;
	bool on = same(word, "on");

	if (!on && !same(word, "off")) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "%s: on or off is needed", word);
		return;
	}
	change = begin(report);
	if (!change)
		return;
	if (!has_feature(&change->snapshot.kernel)) {
		report_problem(report, "kernel", EXIT_KERNEL,
			       change->pf->address,
			       "this kernel has no sriov_unmanaged_autoprobe; nothing was changed; install the module sriov_unmanaged, or name the driver of the VFs: sriovadm vfs %s N --vf-driver D",
			       change->pf->address);
		return;
	}
	change->want.autoprobe = on;
	if (report->options->boot && (on || change->pf->config)) {
		if (!find_file(change))
			return;
		set_key(change, "PF", "Autoprobe", on ? "yes" : "no");
		plan_text(change);
	}
	plan_now(change);
	finish(change);
}
