// SPDX-License-Identifier: GPL-2.0
/* What there is to tell: problems as they come, the rest at the end */
#include <string.h>

#include "sriovadm.h"

static bool is_question(const char *command)
{
	return same(command, "diff") || same(command, "doctor");
}

/**
 * report_problem - say that something is wrong, and what to do
 * @report: where it is kept; the first problem decides how the program exits
 * @code: for programs
 * @exit: what the program exits with
 * @address: the PF, or NULL
 * @format: for humans
 */
void report_problem(struct report *report, const char *code,
		    enum exit_code exit, const char *address,
		    const char *format, ...)
{
	struct problem problem = {
		.code = code, .exit = exit, .address = mem_dup(address),
	};
	char text[8192];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	problem.message = mem_dup(text);

	VEC_ADD(&report->problem, problem);
	if (report->exit == EXIT_OK)
		report->exit = exit;
	if (report->options->json)
		return;
	/* What was asked for is no error message */
	if (exit == EXIT_DIFFERS && is_question(report->options->command)) {
		printf("%s%s%s\n", address ? address : "",
		       address ? ": " : "", text);
		return;
	}
	fflush(stdout);
	fprintf(stderr, "sriovadm: %s%s%s\n", address ? address : "",
		address ? ": " : "", text);
}

void report_add(struct report *report, const problems *list)
{
	for (size_t i = 0; i < list->count; i++)
		report_problem(report, list->item[i].code, list->item[i].exit,
			       list->item[i].address, "%s",
			       list->item[i].message);
}

/* What is no problem and yet worth a line, for humans only */
void report_note(const struct report *report, const char *format, ...)
{
	va_list args;

	if (report->options->json || report->options->quiet)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static const char *one_line(const char *text)
{
	const char *line = "";

	while (*text) {
		size_t len = strcspn(text, "\n");

		line = mem_printf("%s%s%.*s", line, *line ? "; " : "",
				  (int)len, text);
		text += len + (text[len] == '\n');
	}
	return line;
}

/**
 * step_text - one step in one line
 * @step: the step
 *
 * A dry run prints it, and so does a failure: what was to be done, as one could
 * do it by hand.
 *
 * Return: the line.
 */
const char *step_text(const struct step *step)
{
	switch (step->kind) {
	case STEP_MODPROBE:
		return mem_printf("modprobe %s", step->value);
	case STEP_FILE:
		return mem_printf("write %s: %s", step->path,
				  one_line(step->value));
	case STEP_REMOVE:
		return mem_printf("delete %s", step->path);
	default:
		return mem_printf("echo %s > %s",
				  *step->value ? step->value : "''",
				  step->path);
	}
}

/**
 * report_steps - keep the steps that were taken, or that would be
 * @report: where
 * @list: the steps
 */
void report_steps(struct report *report, const steps *list)
{
	for (size_t i = 0; i < list->count; i++) {
		VEC_ADD(&report->step, list->item[i]);
		if (report->options->dry_run && !report->options->json)
			printf("%s\n", step_text(&list->item[i]));
	}
}
