// SPDX-License-Identifier: GPL-2.0
/*
 * The executor: takes the steps of a plan one by one, and takes them back if one
 * fails.  What the kernel may never return from runs in a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "execute.h"

/* A signal came that asks to end; what is half done is taken back first */
static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

static void catch_signals(void)
{
	static const int asks[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < ARRAY_SIZE(asks); i++)
		sigaction(asks[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

static void show_waiting(const struct report *report, const char *what,
			 long waited)
{
	if (report->options->quiet || !isatty(STDERR_FILENO))
		return;
	if (what)
		fprintf(stderr, "\rwaiting for the kernel, %ld s: %s", waited,
			what);
	else
		fprintf(stderr, "\r\033[K");
}

/*
 * Never returns.  It may outlive its parent, so it keeps neither the lock, for others
 * may work on other PFs, nor the pipe that somebody reads the parent's output from.
 */
static void run_child(int answer, const struct step *step)
{
	int err, nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (int fd = STDIN_FILENO; nowhere >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(nowhere, fd);
	lock_drop();
	if (step->kind == STEP_MODPROBE)
		err = kernel_modprobe(step->value);
	else
		err = kernel_write(step->path, step->value);
	if (write(answer, &err, sizeof(err)) != sizeof(err))
		_exit(1);
	_exit(0);
}

/* Return: 0, -errno of the kernel, -ETIMEDOUT, or -EINTR */
static int wait_for_child(const struct report *report, struct step *step,
			  pid_t child, int answer, bool undoing)
{
	long start = now_ms(), limit = report->options->timeout * 1000L;
	bool shown = false;
	int err = -ETIMEDOUT;

	for (;;) {
		struct pollfd poll_fd = { .fd = answer, .events = POLLIN };
		long waited = now_ms() - start;

		if (poll(&poll_fd, 1, 100) > 0) {
			if (read(answer, &err, sizeof(err)) != sizeof(err))
				err = -EIO;
			waitpid(child, NULL, 0);
			break;
		}
		if (interrupted && !undoing) {
			err = -EINTR;
			step->child = child;
			break;
		}
		if (waited >= limit) {
			step->child = child;
			break;
		}
		if (waited >= 1000) {
			show_waiting(report, step_text(step), waited / 1000);
			shown = true;
		}
	}
	if (shown)
		show_waiting(report, NULL, 0);
	return err;
}

static int slow_step(const struct report *report, struct step *step,
		     bool undoing)
{
	int answer[2];
	pid_t child;
	int err;

	if (pipe2(answer, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	child = fork();
	if (child < 0) {
		err = -errno;
		close(answer[0]);
		close(answer[1]);
		return err;
	}
	if (!child) {
		close(answer[0]);
		run_child(answer[1], step);
	}
	close(answer[1]);
	err = wait_for_child(report, step, child, answer[0], undoing);
	close(answer[0]);
	return err;
}

/* The VFs of a plan have addresses that only the kernel knows for sure */
static const char *real_address(const struct step *step)
{
	if (step->vf < 0)
		return step->address;
	return link_name_at(root_fd(), mem_printf(PCI_DEVICES "/%s/virtfn%d",
						  step->address, step->vf));
}

/* The driver of whatever a step is about */
static const char *driver_of(const struct step *step)
{
	const char *address = real_address(step);

	return address ? link_name_at(root_fd(),
			mem_printf(PCI_DEVICES "/%s/driver", address)) : NULL;
}

static bool is_probe(const struct step *step)
{
	return step->path && same(step->path, "/sys/bus/pci/drivers_probe");
}

static int take_step(const struct report *report, struct step *step,
		     bool undoing)
{
	const char *address;

	switch (step->kind) {
	case STEP_FILE:
		return file_replace(step->path, step->value);
	case STEP_REMOVE:
		return file_delete(step->path);
	case STEP_WRITE:
		return kernel_write(step->path, step->value);
	case STEP_MODPROBE:
	case STEP_SLOW:
		break;
	}

	if (is_probe(step) && step->vf >= 0) {
		address = real_address(step);
		if (!address)
			return -ENODEV;
		step->value = address;
	}
	return slow_step(report, step, undoing);
}

/* What is there before a step, so that it can be taken back */
static void remember(struct step *step)
{
	const char *text;

	step->before_driver = step->address ? driver_of(step) : NULL;
	if (step->kind == STEP_MODPROBE || is_probe(step))
		return;
	if (step->kind == STEP_FILE || step->kind == STEP_REMOVE) {
		step->before = file_text(step->path + 1);
		return;
	}
	text = file_read(step->path + 1);
	step->before = text && !same(text, "(null)") ? text : "";
}

/* Return: 0, or -errno of the step that failed */
static int take_all(struct plan *plan, struct report *report)
{
	for (size_t i = 0; i < plan->step.count; i++) {
		struct step *step = &plan->step.item[i];
		int err;

		remember(step);
		err = interrupted ? -EINTR : take_step(report, step, false);
		if (!err && step->bound && !same(driver_of(step), step->bound))
			err = -ENXIO;
		step->done = !err || err == -ENXIO;
		step->error = -err;
		if (err)
			return err;
	}
	return 0;
}

/**
 * execute - take the steps of a plan
 * @plan: the plan; what became of each step is noted in it
 * @report: steps and failures go here
 *
 * If one fails those before it are taken back, but not while the kernel is still
 * at it.
 *
 * Return: 0, or -errno of the step that failed.
 */
int execute(struct plan *plan, struct report *report)
{
	int err;

	if (report->options->dry_run) {
		report_steps(report, &plan->step);
		return 0;
	}
	if (!plan->step.count)
		return 0;

	catch_signals();
	err = take_all(plan, report);
	report_steps(report, &plan->step);
	if (!err) {
		report->changed = true;
		return 0;
	}
	if (err == -ETIMEDOUT || plan_is_stuck(plan))
		report_stuck(plan, report);
	else
		undo(plan, report, take_step);
	return err;
}
