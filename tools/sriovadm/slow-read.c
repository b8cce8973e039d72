// SPDX-License-Identifier: GPL-2.0
/*
 * Files whose reading may never end: to show driver_override or sriov_numvfs the kernel
 * takes a lock that a change of the device may hold for as long as a VF is in use.  So
 * a child reads them all, in order; if nothing comes for a while it is given up, and
 * another one goes on behind the file that it hangs at.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sriovadm.h"

#define PATIENCE_MS	500
#define BUSY		20	/* times that, if the child could run all the while */
#define ANSWER		512	/* longer than a name of a driver */

/* What a child has read.  Each has one of its own: it may go on when nobody listens. */
struct answers {
	atomic_size_t count;
	/* One behind the other: '+' and a text that ends in NUL, or '-' for none */
	char text[];
};

static struct answers *answers_new(size_t count, size_t *size)
{
	struct answers *answers;

	*size = sizeof(*answers) + count * ANSWER;
	answers = mmap(NULL, *size, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return answers == MAP_FAILED ? NULL : answers;
}

/* Never returns.  Its output is nobody's, as it may be there for long. */
static void read_files(struct answers *answers, const struct slow_file *file,
		       size_t count)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *end = answers->text;

	lock_drop();
	for (int fd = STDIN_FILENO; nowhere >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(nowhere, fd);

	for (size_t i = 0; i < count; i++) {
		const char *text = slow_file_read(file[i].path);

		*end++ = text ? '+' : '-';
		if (text) {
			snprintf(end, ANSWER - 1, "%s", text);
			end += strlen(end) + 1;
		}
		atomic_store(&answers->count, i + 1);
	}
	_exit(0);
}

/* On a busy machine a child may wait for a CPU for long, which is no file's fault */
static bool waits_for_cpu(pid_t child)
{
	const char *path = mem_printf("/proc/%d/stat", child);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[128], *end;
	ssize_t len;

	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[len > 0 ? len : 0] = '\0';
	end = strrchr(text, ')');
	return end && starts(end, ") R");
}

/*
 * Until the child has ended, as the pipe says that only it has open, or hangs.
 *
 * Return: whether it has ended; else @hangs is how many files it has read.
 */
static bool wait_for_answers(int alive, pid_t child, struct answers *answers,
			     size_t *hangs)
{
	struct pollfd poll_fd = { .fd = alive, .events = POLLIN };
	size_t count;
	int n, busy = 0;

	*hangs = 0;
	for (;;) {
		n = poll(&poll_fd, 1, PATIENCE_MS);
		if (n > 0)
			return true;
		if (n < 0 && errno == EINTR)
			continue;
		count = atomic_load(&answers->count);
		if (count != *hangs)
			busy = 0;
		else if (!waits_for_cpu(child) || ++busy == BUSY)
			return false;
		*hangs = count;
	}
}

/* Return: how many files are done with */
static size_t take_answers(struct answers *answers, struct slow_file *file)
{
	size_t count = atomic_load(&answers->count);
	const char *text = answers->text;

	for (size_t i = 0; i < count; i++) {
		if (*text++ == '-')
			continue;
		file[i].text = mem_dup(text);
		text += strlen(text) + 1;
	}
	return count;
}

/* Return: how many of these files are done with; 0 if they cannot be read */
static size_t read_some(struct slow_file *file, size_t count)
{
	size_t size, hangs, done;
	struct answers *answers;
	int alive[2];
	pid_t child;

	answers = answers_new(count, &size);
	if (!answers)
		return 0;
	if (pipe2(alive, O_CLOEXEC)) {
		munmap(answers, size);
		return 0;
	}
	fflush(NULL);
	child = fork();
	if (!child) {
		close(alive[0]);
		read_files(answers, file, count);
	}
	close(alive[1]);
	if (child < 0) {
		done = 0;
	} else if (wait_for_answers(alive[0], child, answers, &hangs)) {
		waitpid(child, NULL, 0);
		take_answers(answers, file);
		done = count;
	} else {
		done = take_answers(answers, file);
		/* Or it has gone on at last, and the next one does */
		if (done == hangs)
			file[done++].stuck = true;
	}
	close(alive[0]);
	munmap(answers, size);
	return done;
}

/**
 * slow_read - read many files, none of which may keep us
 * @file: their paths; what is in them is added, or that they do not answer
 * @count: how many
 */
void slow_read(struct slow_file *file, size_t count)
{
	size_t done;

	for (; count; file += done, count -= done) {
		done = read_some(file, count);
		if (!done)
			return;
	}
}
