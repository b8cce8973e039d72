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
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sriovadm.h"

#define PATIENCE_MS	500
#define ANSWER		512	/* longer than a name of a driver, and written whole */

struct answer {
	size_t index;
	bool known;
	char text[ANSWER - 2 * sizeof(size_t)];
};

/* Never returns.  Its output is nobody's, as it may be there for long. */
static void read_files(int out, const struct slow_file *file, size_t first,
		       size_t count)
{
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

	lock_drop();
	for (int fd = STDIN_FILENO; nowhere >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(nowhere, fd);

	for (size_t i = first; i < count; i++) {
		struct answer answer = { .index = i };
		const char *text = slow_file_read(file[i].path);

		if (text) {
			answer.known = true;
			snprintf(answer.text, sizeof(answer.text), "%s",
				 text);
		}
		if (write(out, &answer, sizeof(answer)) != sizeof(answer))
			_exit(1);
	}
	_exit(0);
}

/* Return: how many files are done with */
static size_t take_answers(int in, pid_t child, struct slow_file *file,
			   size_t first, size_t count)
{
	struct pollfd poll_fd = { .fd = in, .events = POLLIN };
	struct answer answer;

	while (first < count) {
		if (poll(&poll_fd, 1, PATIENCE_MS) <= 0) {
			file[first].stuck = true;
			return first + 1;
		}
		if (read(in, &answer, sizeof(answer)) != sizeof(answer))
			break;
		if (answer.known)
			file[answer.index].text = mem_dup(answer.text);
		first = answer.index + 1;
	}
	waitpid(child, NULL, 0);
	return count;
}

/**
 * slow_read - read many files, none of which may keep us
 * @file: their paths; what is in them is added, or that they do not answer
 * @count: how many
 */
void slow_read(struct slow_file *file, size_t count)
{
	size_t done = 0;

	while (done < count) {
		int ends[2];
		pid_t child;

		if (pipe2(ends, O_CLOEXEC))
			return;
		fflush(NULL);
		child = fork();
		if (child < 0) {
			close(ends[0]);
			close(ends[1]);
			return;
		}
		if (!child) {
			close(ends[0]);
			read_files(ends[1], file, done, count);
		}
		close(ends[1]);
		done = take_answers(ends[0], child, file, done, count);
		close(ends[0]);
	}
}
