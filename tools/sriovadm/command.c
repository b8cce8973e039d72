// SPDX-License-Identifier: GPL-2.0
/* Commands that only read: list, explain; and what all commands begin with */
#include <string.h>

#include "sriovadm.h"
#include "command.h"

/**
 * command_begin - read the configuration and the system
 * @report: what is wrong with them is told here
 * @config: the configuration
 * @snapshot: the system
 * @only: read no PFs but these
 * @count: how many of them; 0 for all
 * @all: read VFs and all that takes longer
 *
 * Return: whether the configuration is without errors.
 */
bool command_begin(struct report *report, struct config *config,
		   struct snapshot *snapshot, char *const *only, int count,
		   bool all)
{
	problems errors = { NULL, 0, 0 };

	config_read(config, &errors);
	snapshot_read(snapshot, config, only, count, all);
	config_assign(config, snapshot, &errors);
	report->snapshot = snapshot;
	report_add(report, &errors);
	return !errors.count;
}

/**
 * command_find - find the PF that an argument means, or say that there is none
 * @report: where to say it
 * @snapshot: the system
 * @name: the argument
 *
 * Return: the PF, or NULL.
 */
struct pf *command_find(struct report *report, const struct snapshot *snapshot,
			const char *name)
{
	struct pf *pf = snapshot_find(snapshot, name);
	const char *address, *physfn;

	if (pf)
		return pf;

	address = address_parse(name);
	physfn = address ? link_name_at(root_fd(),
			mem_printf(PCI_DEVICES "/%s/physfn", address)) : NULL;
	if (physfn)
		report_problem(report, "no-device", EXIT_NO_DEVICE, address,
			       "this is a VF; its PF is %s", physfn);
	else if (address &&
		 file_exists(mem_printf(PCI_DEVICES "/%s", address)))
		report_problem(report, "no-device", EXIT_NO_DEVICE, address,
			       "this device is no PF: it has no SR-IOV; sriovadm lists those that have");
	else
		report_problem(report, "no-device", EXIT_NO_DEVICE, address,
			       "%s%sthere is no such PF; sriovadm lists those that are there",
			       address ? "" : name, address ? "" : ": ");
	return NULL;
}

/**
 * command_read_again - after a change, have its new state reported
 * @report: the PF takes the place of what is there of it
 * @address: of the PF
 *
 * Return: the PF, or NULL if it is gone.
 */
struct pf *command_read_again(struct report *report, const char *address)
{
	struct snapshot *snapshot = mem_alloc(sizeof(*snapshot));
	struct config *config = mem_alloc(sizeof(*config));
	char *only[] = { mem_dup(address) };
	problems errors = { NULL, 0, 0 };
	struct pf *pf;

	/* Errors in it have been told, or else there was no change */
	config_read(config, &errors);
	snapshot_read(snapshot, config, only, 1, true);
	config_assign(config, snapshot, &errors);
	pf = snapshot_find(snapshot, address);
	if (!pf)
		return NULL;
	in_use_read(snapshot, false);
	report->snapshot = snapshot;
	for (size_t i = 0; i < report->pf.count; i++) {
		if (same(report->pf.item[i]->address, address))
			report->pf.item[i] = pf;
	}
	return pf;
}

void command_list(struct report *report)
{
	static struct config config;
	static struct snapshot snapshot;
	const struct options *options = report->options;
	bool all = options->json || options->vfs;

	command_begin(report, &config, &snapshot, options->arg, options->args,
		      all);
	for (int i = 0; i < options->args; i++) {
		const struct pf *pf = command_find(report, &snapshot,
						   options->arg[i]);

		if (pf)
			VEC_ADD(&report->pf, pf);
	}
	for (size_t i = 0; !options->args && i < snapshot.pf.count; i++)
		VEC_ADD(&report->pf, &snapshot.pf.item[i]);
	if (all)
		in_use_read(&snapshot, false);

	if (!options->json && !(options->args && !report->pf.count))
		list_print(report);
}

void command_explain(struct report *report)
{
	static struct config config;
	static struct snapshot snapshot;
	static struct pf ids = {
		.numvfs = -1, .totalvfs = -1, .iommu_group = -1,
		.autoprobe = -1,
	};
	const struct options *options = report->options;
	const char *name = options->arg[0];
	unsigned long class;
	const char *wrong;
	struct pf *pf;

	command_begin(report, &config, &snapshot, options->arg, 1, true);

	if (!strchr(name, '.') && strchr(name, ':')) {
		if (!identity_parse(name, &ids.id, &wrong)) {
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "%s: %s", name, wrong);
			return;
		}
		if (strchr(name, '*')) {
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "%s: one device can be explained, not *",
				       name);
			return;
		}
		if (options->class &&
		    parse_number(options->class, 16, 0xffffff, &class)) {
			ids.id.class = class;
			ids.class_known = true;
		}
		policy_of(&snapshot.kernel, &ids.id, &ids.policy);
		pf = &ids;
	} else {
		pf = command_find(report, &snapshot, name);
		if (!pf)
			return;
		if (options->class) {
			report_problem(report, "usage", EXIT_USAGE,
				       pf->address,
				       "--class is for ids; this device has its own");
			return;
		}
		in_use_read(&snapshot, false);
	}

	VEC_ADD(&report->pf, pf);
	if (!options->json)
		explain_print(report);
}
