// SPDX-License-Identifier: GPL-2.0
/*
 * When a step fails: say what it means, and put back what was there.  When the
 * kernel has not answered yet: say what it waits for, and touch nothing.
 */
#include <errno.h>
#include <string.h>

#include "execute.h"

static const struct step *failed_step(const struct plan *plan)
{
	for (size_t i = 0; i < plan->step.count; i++) {
		if (plan->step.item[i].error)
			return &plan->step.item[i];
	}
	return NULL;
}

/* Return: whether a child still waits for the kernel */
bool plan_is_stuck(const struct plan *plan)
{
	const struct step *step = failed_step(plan);

	return step && step->child;
}

static bool is_file(const struct step *step, const char *name)
{
	const char *slash = strrchr(step->path, '/');

	return slash && same(slash + 1, name);
}

/* What an error of the kernel means, where it has a meaning of its own */
static const struct meaning {
	const char *file;
	int error;
	const char *code;
	enum exit_code exit;
	const char *text;
} meanings[] = {
	{ "sriov_numvfs", EOPNOTSUPP, "policy", EXIT_POLICY,
	  "the kernel's policy refuses VFs of this device; see: sriovadm explain" },
	{ "sriov_numvfs", ENOENT, "kernel", EXIT_KERNEL,
	  "the PF's driver does not enable VFs on this kernel" },
	{ "sriov_numvfs", EBUSY, "in-use", EXIT_IN_USE,
	  "the PF or one of its VFs is assigned to a guest, or VFs are on" },
	{ "sriov_numvfs", ENOMEM, "failed", EXIT_FAILED,
	  "there is no address space, or there are no bus numbers, for the VFs; see: sriovadm doctor" },
	{ "sriov_numvfs", ENOSYS, "failed", EXIT_FAILED,
	  "the device offers fewer VFs than it did; see: sriovadm doctor" },
	{ "sriov_numvfs", EIO, "failed", EXIT_FAILED,
	  "the device does not answer as it should; see dmesg" },
	{ "bind", ENODEV, "failed", EXIT_FAILED,
	  "the driver does not take the device; see dmesg" },
	{ NULL, EPERM, "needs-root", EXIT_ROOT,
	  "CAP_SYS_ADMIN in the initial user namespace is needed, and a kernel that is not locked down" },
	{ NULL, EACCES, "needs-root", EXIT_ROOT, "root is needed" },
	{ NULL, EROFS, "failed", EXIT_FAILED,
	  "the file system is mounted read-only" },
	{ NULL, EINTR, "failed", EXIT_FAILED, "a signal asked to end" },
};

static const struct meaning *find_meaning(const struct step *step)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		if (meanings[i].error == step->error &&
		    (!meanings[i].file || is_file(step, meanings[i].file)))
			return &meanings[i];
	}
	return NULL;
}

static const char *describe_failure(const struct step *step)
{
	const struct meaning *meaning = find_meaning(step);

	if (step->error == ENXIO && step->bound)
		return mem_printf("%s has not bound to %s, and the kernel does not say why here; see dmesg",
				  step->bound, step->value);
	return mem_printf("%s: %s%s%s", step_text(step),
			  strerror(step->error), meaning ? ": " : "",
			  meaning ? meaning->text : "");
}

static bool vfs_are_open(const char *address)
{
	static const struct config no_config;
	struct snapshot snapshot;
	char *only[] = { mem_dup(address) };
	const struct pf *pf;

	snapshot_read(&snapshot, &no_config, only, 1, true);
	in_use_open(&snapshot);
	pf = snapshot_find(&snapshot, address);
	for (size_t i = 0; pf && i < pf->in_use.count; i++) {
		if (pf->in_use.item[i].vf >= 0)
			return true;
	}
	return false;
}

/* What is written to a file that can be read; else a device and its driver change */
static bool is_value(const struct step *step)
{
	return is_file(step, "sriov_numvfs") ||
	       is_file(step, "driver_override");
}

/* What is the opposite of a step?  Return: whether there is one. */
static bool reverse(const struct step *step, struct step *back)
{
	*back = *step;
	back->bound = NULL;
	back->error = 0;
	back->child = 0;

	if (!step->done)
		return false;
	switch (step->kind) {
	case STEP_MODPROBE:
		return false;
	case STEP_FILE:
	case STEP_REMOVE:
		back->kind = step->before ? STEP_FILE : STEP_REMOVE;
		back->value = step->before;
		return true;
	case STEP_WRITE:
		back->value = step->before;
		return true;
	case STEP_SLOW:
		break;
	}
	if (!is_value(step))
		return false;
	back->value = step->before;
	return true;
}

static int take_back(struct report *report, struct step *step,
		     take_step_fn take)
{
	int err = take(report, step, true);

	step->error = -err;
	VEC_ADD(&report->step, *step);
	return err;
}

/* A device that a plan took from its driver gets it again */
static int rebind(struct report *report, const struct step *step,
		  take_step_fn take)
{
	const char *link = step->vf < 0 ?
		mem_printf(PCI_DEVICES "/%s/driver", step->address) :
		mem_printf(PCI_DEVICES "/%s/virtfn%d/driver", step->address,
			   step->vf);
	const char *now = link_name_at(root_fd(), link);
	struct step back = *step;
	int err;

	back.bound = NULL;
	back.child = 0;
	if (same(now, step->before_driver))
		return 0;
	if (now) {
		back.path = mem_printf("/" PCI_DRIVERS "/%s/unbind", now);
		err = take_back(report, &back, take);
		if (err)
			return err;
	}
	if (!step->before_driver)
		return 0;
	back.path = mem_printf("/" PCI_DRIVERS "/%s/bind",
			       step->before_driver);
	return take_back(report, &back, take);
}

/* Unbinding or probing changes the driver of the PF, or of a VF that stays */
static bool changes_driver(const struct step *step, bool vfs_stay)
{
	return step->kind == STEP_SLOW && !is_value(step) &&
	       (step->done || step->error) && (step->vf < 0 || vfs_stay);
}

/* Return: the step that did away with VFs, or brought them; NULL if there is none */
static const struct step *numvfs_step(const struct plan *plan)
{
	for (size_t i = 0; i < plan->step.count; i++) {
		const struct step *step = &plan->step.item[i];

		if (step->done && step->kind == STEP_SLOW &&
		    is_file(step, "sriov_numvfs"))
			return step;
	}
	return NULL;
}

/**
 * undo - put back what a plan has changed before one of its steps failed
 * @plan: the plan
 * @report: the failure, and what could not be put back, go here
 * @take: takes one step
 *
 * Of values the oldest is written last.  Drivers come after all values, for
 * driver_override decides which may bind; and of the steps on one device the first
 * knows which driver it had.
 */
void undo(const struct plan *plan, struct report *report, take_step_fn take)
{
	const struct step *failed = failed_step(plan);
	const struct meaning *meaning = find_meaning(failed);
	const char *left = NULL;
	const struct step *renumbered = numvfs_step(plan);
	struct step back;

	if (renumbered && vfs_are_open(failed->address)) {
		report->changed = true;
		report_problem(report, "failed", EXIT_FAILED, failed->address,
			       "%s; what was changed stays so, because VFs are open that would go; once they are closed: sriovadm restore %s",
			       describe_failure(failed), failed->address);
		return;
	}

	for (size_t i = plan->step.count; i--; ) {
		const struct step *step = &plan->step.item[i];

		if (step->vf >= 0 && renumbered)
			continue;
		if (reverse(step, &back) && take_back(report, &back, take))
			left = step_text(&back);
	}
	for (size_t i = plan->step.count; i--; ) {
		const struct step *step = &plan->step.item[i];
		bool first = true;

		if (!changes_driver(step, !renumbered))
			continue;
		for (size_t j = 0; j < i; j++) {
			if (changes_driver(&plan->step.item[j], !renumbered) &&
			    plan->step.item[j].vf == step->vf)
				first = false;
		}
		if (first && rebind(report, step, take))
			left = mem_printf("bind %s to %s", step->value,
					  step->before_driver ?
					  step->before_driver : "no driver");
	}

	/* They are on again, but not the same ones */
	if (!left && renumbered && !same(renumbered->before, "0"))
		left = mem_printf("the drivers of the VFs; sriovadm restore %s brings those that are configured",
				  failed->address);

	report->changed = left;
	report_problem(report, meaning ? meaning->code : "failed",
		       meaning ? meaning->exit : EXIT_FAILED, failed->address,
		       left ? "%s; this could not be put back: %s" :
		       "%s; all is as before%s", describe_failure(failed),
		       left ? left : "");
}

/*
 * Who keeps the kernel from answering?  The files are those of VFs from before the step:
 * of a VF that is on its way out the PF knows nothing any more.
 */
static const char *waits_for(const struct report *report, const char *address)
{
	const struct pf *known = address ?
		snapshot_find(report->snapshot, address) : NULL;
	struct snapshot snapshot = *report->snapshot;
	const char *text = "";
	struct pf pf;

	if (known) {
		pf = *known;
		pf.in_use = (uses) { NULL, 0, 0 };
		snapshot.pf.item = &pf;
		snapshot.pf.count = 1;
		in_use_open(&snapshot);
		for (size_t i = 0; i < pf.in_use.count; i++)
			text = mem_printf("%s%s%s", text, *text ? "; " : "",
					  pf.in_use.item[i].what);
	}
	return *text ? text : "something that it does not say, see dmesg";
}

/**
 * report_stuck - the kernel has not answered in time
 * @plan: the plan, one of whose steps has not returned
 * @report: where to say it
 */
void report_stuck(const struct plan *plan, struct report *report)
{
	const struct step *step = failed_step(plan);

	report->changed = true;
	report_problem(report, "timeout", EXIT_TIMEOUT, step->address,
		       "the kernel has not answered %s: %s; process %d goes on waiting, for: %s; when that is over: sriovadm restore %s",
		       step->error == EINTR ? "and a signal asked to end" :
		       mem_printf("within %u s", report->options->timeout),
		       step_text(step), step->child,
		       waits_for(report, step->address), step->address);
}
