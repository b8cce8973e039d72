// SPDX-License-Identifier: GPL-2.0
/* restore and diff: the configured state, brought about or compared with */
#include <libudev.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include "command.h"

#define TICK_MS	1000

/* One run of restore */
struct restore {
	struct report *report;
	struct config config;
	struct snapshot snapshot;	/* all PFs; kernel and places only */
	unsigned int good, bad;		/* files */
};

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* Why no PF is what a file is about */
static const char *why_none(const struct snapshot *snapshot,
			    const struct pf_config *config)
{
	const char *why = NULL;

	for (size_t i = 0; i < snapshot->pf.count && config->address; i++) {
		if (same(snapshot->pf.item[i].address, config->address))
			why = config_mismatch(config, &snapshot->pf.item[i]);
	}
	if (why)
		return why;
	if (config->address)
		return mem_printf("there is no PF at %s", config->address);
	return config->serial ?
	       mem_printf("no PF here has the serial number %s",
			  config->serial) :
	       mem_printf("no PF here is a %s", identity_print(&config->id));
}

/* Is the device of a file there, though it may be another than expected? */
static bool is_there(const struct snapshot *snapshot,
		     const struct pf_config *config)
{
	for (size_t i = 0; i < snapshot->pf.count; i++) {
		const struct pf *pf = &snapshot->pf.item[i];

		if (config->address ? same(pf->address, config->address) :
		    !config_mismatch(config, pf))
			return true;
	}
	return false;
}

static void ask_drivers(struct snapshot *snapshot, const struct want *want)
{
	if (want->driver && *want->driver)
		snapshot_driver(snapshot, want->driver);
	if (want->vf_driver)
		snapshot_driver(snapshot, want->vf_driver);
	for (size_t i = 0; i < want->vf.count; i++)
		snapshot_driver(snapshot, want->vf.item[i].driver);
}

/* Read one PF and plan for it; users are looked for only if it is to change */
static struct pf *plan_one(struct report *report, const struct config *config,
			   const char *address, bool try_open,
			   struct plan *plan)
{
	struct snapshot *snapshot = mem_alloc(sizeof(*snapshot));
	char *only[] = { mem_dup(address) };
	problems twice = { NULL, 0, 0 };
	struct want want;
	struct pf *pf;

	snapshot_read(snapshot, config, only, 1, true);
	config_assign(config, snapshot, &twice);
	pf = snapshot_find(snapshot, address);
	if (!pf || !pf->config)
		return NULL;
	report->snapshot = snapshot;
	VEC_ADD(&report->pf, pf);

	config_want(pf->config, &want);
	ask_drivers(snapshot, &want);
	plan_pf(snapshot, pf, &want, report->options, plan);
	if (plan->refused.count || !plan->step.count || !try_open)
		return pf;

	*plan = (struct plan) { .step = { NULL, 0, 0 } };
	in_use_read(snapshot, true);
	plan_pf(snapshot, pf, &want, report->options, plan);
	return pf;
}

static void restore_pf(struct restore *restore, const char *address)
{
	struct plan plan = { .step = { NULL, 0, 0 } };
	struct report *report = restore->report;
	const struct pf *pf;
	bool failed;

	pf = plan_one(report, &restore->config, address, true, &plan);
	if (!pf)
		return;
	report_add(report, &plan.refused);
	failed = plan.refused.count || execute(&plan, report);
	/* For programs only, as it looks at what all processes have open */
	if (plan.step.count && report->options->json &&
	    !report->options->dry_run)
		command_read_again(report, address);
	if (failed) {
		restore->bad++;
		return;
	}
	restore->good++;
	report_note(report, plan.step.count ? report->options->dry_run ?
		    "%s: that is what %s wants" : "%s: as %s wants" :
		    "%s: as %s wants already", address, pf->config->file);
}

/* Return: whether the PF of a file was there */
static bool restore_file(struct restore *restore,
			 const struct pf_config *config)
{
	bool found = false;

	for (size_t i = 0; i < restore->snapshot.pf.count; i++) {
		const struct pf *pf = &restore->snapshot.pf.item[i];

		if (pf->config != config)
			continue;
		found = true;
		restore_pf(restore, pf->address);
	}
	return found;
}

static void leave_alone(struct restore *restore,
			const struct pf_config *config)
{
	restore->bad++;
	report_problem(restore->report, "differs", EXIT_DIFFERS,
		       config->address,
		       "left alone: %s:%d: %s; correct [Match], or delete the file",
		       config->file, config->line,
		       why_none(&restore->snapshot, config));
}

static void look_again(struct restore *restore)
{
	problems twice = { NULL, 0, 0 };

	snapshot_read(&restore->snapshot, &restore->config, NULL, 0, false);
	config_assign(&restore->config, &restore->snapshot, &twice);
}

/* Devices that udev is done with are what is waited for */
static struct udev_monitor *listen_to_udev(void)
{
	struct udev *udev = udev_new();
	struct udev_monitor *monitor;

	if (!udev)
		return NULL;
	monitor = udev_monitor_new_from_netlink(udev, "udev");
	if (!monitor)
		return NULL;
	if (udev_monitor_filter_add_match_subsystem_devtype(monitor, "pci",
							    NULL) < 0 ||
	    udev_monitor_enable_receiving(monitor) < 0) {
		udev_monitor_unref(monitor);
		return NULL;
	}
	return monitor;
}

/* Until a PCI device appears, or for so long */
static void wait_for_device(struct udev_monitor *monitor, long ms)
{
	struct pollfd poll_fd = { .fd = -1, .events = POLLIN };
	struct udev_device *device;

	/* Simulated devices have no events */
	if (ms > TICK_MS)
		ms = TICK_MS;
	if (!root_is_real() && ms > TICK_MS / 10)
		ms = TICK_MS / 10;
	if (monitor)
		poll_fd.fd = udev_monitor_get_fd(monitor);
	if (poll(&poll_fd, 1, ms) <= 0 || !monitor)
		return;
	do {
		device = udev_monitor_receive_device(monitor);
		if (device)
			udev_device_unref(device);
	} while (device);
}

/* Cheap if the place is known: it is asked at each event of a boot */
static bool has_come(const struct restore *restore,
		     const struct pf_config *config)
{
	if (config->address)
		return file_exists(mem_printf(PCI_DEVICES "/%s/sriov_totalvfs",
					      config->address));
	return is_there(&restore->snapshot, config);
}

/* One whose PF has come, or whose time is up */
static void settle(struct restore *restore, const struct pf_config *config)
{
	if (!command_lock(restore->report)) {
		restore->bad++;
		return;
	}
	look_again(restore);
	if (!restore_file(restore, config))
		leave_alone(restore, config);
	lock_drop();
}

/* Only all PFs can tell where one is whose place is not given; not at each event */
static void look_for_others(struct restore *restore,
			    const struct pf_config **missing, size_t count,
			    long *looked)
{
	if (now_ms() - *looked < TICK_MS)
		return;
	*looked = now_ms();
	for (size_t i = 0; i < count; i++) {
		if (missing[i] && !missing[i]->address) {
			look_again(restore);
			return;
		}
	}
}

/*
 * Each file's PF has its own time to come, counted from the start; one that comes is
 * dealt with at once, whatever the others do.  Nobody is locked out meanwhile.
 */
static void wait_for_missing(struct restore *restore,
			     const struct pf_config **missing, size_t count,
			     struct udev_monitor *monitor)
{
	long start = now_ms(), looked = start;
	size_t left = count;

	lock_drop();
	while (left) {
		long waited = now_ms() - start, next = TICK_MS;

		for (size_t i = 0; i < count; i++) {
			long until;

			if (!missing[i])
				continue;
			until = missing[i]->wait_sec * 1000L - waited;
			if (until <= 0 || has_come(restore, missing[i])) {
				settle(restore, missing[i]);
				missing[i] = NULL;
				left--;
			} else if (until < next) {
				next = until;
			}
		}
		if (!left)
			break;
		wait_for_device(monitor, next);
		look_for_others(restore, missing, count, &looked);
	}
}

/*
 * The address that an argument of restore means, which may be of a PF that is still to
 * come; NULL, and that is said, if it is none.
 */
static const char *find_target(struct restore *restore, const char *name)
{
	const struct pf *pf = snapshot_find(&restore->snapshot, name);
	const char *address = address_parse(name);

	if (pf)
		return pf->address;
	for (size_t i = 0; address && i < restore->config.pf.count; i++) {
		if (same(restore->config.pf.item[i].address, address))
			return address;
	}
	command_find(restore->report, &restore->snapshot, name);
	return NULL;
}

static bool is_about(const struct restore *restore,
		     const struct pf_config *config, const char *address)
{
	if (same(config->address, address))
		return true;
	for (size_t i = 0; i < restore->snapshot.pf.count; i++) {
		const struct pf *pf = &restore->snapshot.pf.item[i];

		if (same(pf->address, address) && pf->config == config)
			return true;
	}
	return false;
}

static void restore_policy(struct restore *restore)
{
	struct plan plan = { .step = { NULL, 0, 0 } };

	plan_policy(&restore->snapshot, &restore->config, &plan);
	report_add(restore->report, &plan.refused);
	if (plan.refused.count || execute(&plan, restore->report))
		restore->bad++;
}

/* All files, or those that are about the PF at @address */
static void restore_files(struct restore *restore, const char *address)
{
	const struct options *options = restore->report->options;
	const struct pf_config **missing;
	struct udev_monitor *monitor = NULL;
	size_t count = 0;

	/* Before looking, so that nothing comes unseen */
	if (options->wait && root_is_real())
		monitor = listen_to_udev();
	missing = mem_alloc((restore->config.pf.count + 1) * sizeof(*missing));
	for (size_t i = 0; i < restore->config.pf.count; i++) {
		const struct pf_config *file = &restore->config.pf.item[i];

		if (address && !is_about(restore, file, address))
			continue;
		if (restore_file(restore, file))
			continue;
		if (options->wait && !options->dry_run &&
		    !is_there(&restore->snapshot, file))
			missing[count++] = file;
		else
			leave_alone(restore, file);
	}
	wait_for_missing(restore, missing, count, monitor);
	if (monitor)
		udev_monitor_unref(monitor);
}

void command_restore(struct report *report)
{
	const struct options *options = report->options;
	struct restore *restore = mem_alloc(sizeof(*restore));
	const char *address;

	restore->report = report;
	if (!command_may_change(report, NULL) || !command_lock(report))
		return;
	/* A file with an error leaves the others alone */
	command_begin(report, &restore->config, &restore->snapshot, NULL, 0,
		      false);
	restore->bad += report->problem.count;

	restore_policy(restore);
	for (int i = 0; i < options->args; i++) {
		address = find_target(restore, options->arg[i]);
		if (address)
			restore_files(restore, address);
		else
			restore->bad++;
	}
	if (!options->args)
		restore_files(restore, NULL);

	if (!restore->good && !restore->bad)
		report_note(report, "nothing is configured%s", options->args ?
			    " for that" : "");
	/* Some are as configured, some are not */
	if (restore->good && restore->bad && report->exit != EXIT_USAGE)
		report->exit = EXIT_DIFFERS;
}

static const char *or_none(const char *driver)
{
	return driver && *driver ? driver : "none";
}

/* Say in one line how a PF differs from what its file wants */
static const char *describe(const struct pf *pf, const struct plan *plan)
{
	const struct pf_config *config = pf->config;
	const char *text = "";
	size_t vfs = 0;

	if (config->driver && !same(config->driver, or_none(pf->driver)))
		text = mem_printf("; driver %s, not %s", or_none(pf->driver),
				  config->driver);
	if (config->vfs >= 0 && config->vfs != pf->numvfs)
		text = mem_printf("%s; %d VFs, not %d", text, pf->numvfs,
				  config->vfs);
	if (config->autoprobe >= 0 && pf->autoprobe >= 0 &&
	    config->autoprobe != pf->autoprobe)
		text = mem_printf("%s; autoprobe %s, not %s", text,
				  pf->autoprobe ? "on" : "off",
				  config->autoprobe ? "on" : "off");
	for (size_t i = 0; i < plan->step.count; i++)
		vfs += plan->step.item[i].vf >= 0 && plan->step.item[i].bound;
	if (vfs)
		text = mem_printf("%s; %zu VFs without their driver", text,
				  vfs);
	if (!*text)
		text = "; driver_override";
	return text + 2;
}

static void diff_pf(struct report *report, const struct config *config,
		    const char *address)
{
	struct plan plan = { .step = { NULL, 0, 0 } };
	const struct pf *pf;

	pf = plan_one(report, config, address, false, &plan);
	if (!pf || (!plan.step.count && !plan.refused.count))
		return;
	report_problem(report, "differs", EXIT_DIFFERS, address,
		       "not as %s wants: %s; to change that: sriovadm restore %s",
		       pf->config->file, describe(pf, &plan), address);
	for (size_t i = 0; i < plan.refused.count; i++)
		report_problem(report, plan.refused.item[i].code,
			       plan.refused.item[i].exit, address, "%s",
			       plan.refused.item[i].message);
	for (size_t i = 0; i < plan.step.count; i++) {
		VEC_ADD(&report->step, plan.step.item[i]);
		report_note(report, "%s: %s", address,
			    step_text(&plan.step.item[i]));
	}
}

void command_diff(struct report *report)
{
	struct restore *diff = mem_alloc(sizeof(*diff));
	struct plan plan = { .step = { NULL, 0, 0 } };

	diff->report = report;
	command_begin(report, &diff->config, &diff->snapshot, NULL, 0, false);
	plan_policy(&diff->snapshot, &diff->config, &plan);
	for (size_t i = 0; i < plan.step.count; i++) {
		VEC_ADD(&report->step, plan.step.item[i]);
		report_problem(report, "differs", EXIT_DIFFERS, NULL,
			       "the policy is not as /" POLICY_CONFIG " wants; sriovadm restore would: %s",
			       step_text(&plan.step.item[i]));
	}
	for (size_t i = 0; i < plan.refused.count; i++)
		report_problem(report, "differs", EXIT_DIFFERS, NULL, "%s",
			       plan.refused.item[i].message);

	for (size_t i = 0; i < diff->config.pf.count; i++) {
		const struct pf_config *file = &diff->config.pf.item[i];
		bool found = false;

		for (size_t j = 0; j < diff->snapshot.pf.count; j++) {
			if (diff->snapshot.pf.item[j].config != file)
				continue;
			found = true;
			diff_pf(report, &diff->config,
				diff->snapshot.pf.item[j].address);
		}
		if (!found)
			leave_alone(diff, file);
	}
	if (report->exit == EXIT_OK)
		report_note(report, "all is as configured");
}
