// SPDX-License-Identifier: GPL-2.0
/* sriovadm list and explain: what there is, and why */
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "sriovadm.h"

enum {
	COLUMN_PF,
	COLUMN_DEVICE,
	COLUMN_DRIVER,
	COLUMN_VFS,
	COLUMN_VERDICT,
	COLUMN_WHY,
	COLUMN_BOOT,
	COLUMNS
};

struct row {
	const char *cell[COLUMNS];
};

static const char *or_dash(const char *text)
{
	return text && *text ? text : "-";
}

static const char *print_count(int count)
{
	return count < 0 ? "?" : mem_printf("%d", count);
}

static const char *verdict_name(enum verdict verdict)
{
	static const char * const name[] = {
		[VERDICT_UNKNOWN] = "unknown",
		[VERDICT_ALLOW] = "allow",
		[VERDICT_REFUSE] = "refuse",
	};

	return name[verdict];
}

/* No white space in it: it is the last column, for $NF */
static const char *print_boot(const struct pf_config *config)
{
	const char *driver;

	if (!config)
		return "-";
	driver = config->driver ? config->driver : "";
	if (config->vfs < 0)
		return *driver ? driver : "-";
	return mem_printf("%s/%d", driver, config->vfs);
}

static void fill_row(struct row *row, const struct pf *pf)
{
	*row = (struct row) { {
		[COLUMN_PF] = pf->address,
		[COLUMN_DEVICE] = mem_printf("%04x:%04x",
					     pf->id.vendor % ID_ANY,
					     pf->id.device % ID_ANY),
		[COLUMN_DRIVER] = or_dash(pf->driver),
		[COLUMN_VFS] = mem_printf("%s/%s", print_count(pf->numvfs),
					  print_count(pf->totalvfs)),
		[COLUMN_VERDICT] = verdict_name(pf->policy.verdict),
		[COLUMN_WHY] = or_dash(pf->policy.reason),
		[COLUMN_BOOT] = print_boot(pf->config),
	} };
}

static bool has_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

static void print_row(const struct row *row, const size_t *width, bool colour)
{
	for (int i = 0; i < COLUMNS; i++) {
		const char *cell = row->cell[i];
		bool red = colour && i == COLUMN_VERDICT &&
			   same(cell, "refuse");
		int pad = i == COLUMNS - 1 ? 0 :
			  (int)(width[i] - strlen(cell)) + 2;

		printf("%s%s%s%*s", red ? "\033[31m" : "", cell,
		       red ? "\033[0m" : "", pad, "");
	}
	putchar('\n');
}

static void print_vf(const struct vf *vf, bool openers_known)
{
	printf("  %s  %s  %s  ", vf->address, or_dash(vf->driver),
	       vf->iommu_group < 0 ? "-" :
	       mem_printf("group %d", vf->iommu_group));
	if (!vf->open_by.count)
		printf("%s", openers_known ? "-" : "?");
	for (size_t i = 0; i < vf->open_by.count; i++)
		printf("%s%s[%d]", i ? "," : "", vf->open_by.item[i].comm,
		       vf->open_by.item[i].pid);
	putchar('\n');
}

static void print_kernel(const struct kernel *kernel)
{
	const char *override = override_print(&kernel->override);

	printf("kernel %s: feature %s", or_dash(kernel->release),
	       kernel->feature == FEATURE_BUILTIN ? "built in" :
	       feature_name(kernel->feature));
	if (kernel->feature == FEATURE_ABSENT)
		printf("%s; verdicts come from the hwdb, and sriovadm alone enforces them",
		       kernel->loadable ?
		       " (modprobe sriov_unmanaged brings it)" : "");
	printf("; scope %s, unlisted %s, override %s\n",
	       or_dash(kernel->scope), or_dash(kernel->unlisted),
	       or_dash(override));
}

/**
 * list_print - print the PFs of a report as a table, and a line on the kernel
 * @report: what was read
 */
void list_print(const struct report *report)
{
	static const struct row head = { {
		"PF", "DEVICE", "DRIVER", "VFS", "VERDICT", "WHY", "BOOT",
	} };
	size_t width[COLUMNS] = { 0 };
	VEC(struct row) rows = { NULL, 0, 0 };
	bool colour = has_colour();

	VEC_ADD(&rows, head);
	for (size_t i = 0; i < report->pf.count; i++) {
		struct row row;

		fill_row(&row, report->pf.item[i]);
		VEC_ADD(&rows, row);
	}
	for (size_t i = 0; i < rows.count; i++) {
		for (int j = 0; j < COLUMNS; j++) {
			size_t len = strlen(rows.item[i].cell[j]);

			if (len > width[j])
				width[j] = len;
		}
	}

	for (size_t i = 0; i < rows.count; i++) {
		const struct pf *pf = i ? report->pf.item[i - 1] : NULL;

		print_row(&rows.item[i], width, colour);
		for (size_t j = 0; report->options->vfs && pf &&
		     j < pf->vf.count; j++)
			print_vf(&pf->vf.item[j],
				 report->snapshot->may_see_all);
	}
	if (!report->pf.count)
		printf("no PF: no device here has an SR-IOV capability that the kernel shows\n");
	print_kernel(&report->snapshot->kernel);
}

static void explain_pf(const struct pf *pf)
{
	printf("%s [%s]%s%s, class %06x\n", pf->address,
	       identity_print(&pf->id), pf->name ? " " : "",
	       pf->name ? pf->name : "", pf->id.class);
	printf("driver: %s; VFs: %s of %s on\n", or_dash(pf->driver),
	       print_count(pf->numvfs), print_count(pf->totalvfs));
	policy_explain(stdout, &pf->policy, &pf->id, pf->address);
	for (size_t i = 0; i < pf->in_use.count; i++)
		printf("in use: %s, %s\n", check_name[pf->in_use.item[i].check],
		       pf->in_use.item[i].what);
	if (pf->config)
		printf("configured: %s wants %s\n", pf->config->file,
		       print_boot(pf->config));
}

static void explain_ids(const struct pf *pf)
{
	printf("[%s]", identity_print(&pf->id));
	if (pf->class_known)
		printf(", class %06x", pf->id.class);
	putchar('\n');
	if (!pf->class_known && same(pf->policy.source, "default"))
		printf("The class is not given, so what is said of whole classes was not asked for: see --class\n");
	policy_explain(stdout, &pf->policy, &pf->id, NULL);
}

/**
 * explain_print - say all about the verdict on one device
 * @report: its one PF is what to explain
 */
void explain_print(const struct report *report)
{
	const struct pf *pf = report->pf.item[0];

	if (pf->address)
		explain_pf(pf);
	else
		explain_ids(pf);
}
