// SPDX-License-Identifier: GPL-2.0
/* The lock over every change, and files that are replaced whole */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "execute.h"

#define LOCK	"run/sriovadm.lock"
#define TICK_MS	50

static int lock = -1;

static bool try_lock(void)
{
	return !flock(lock, LOCK_EX | LOCK_NB);
}

/**
 * lock_take - keep all other changes out
 * @options: how long to wait for those that are at it
 * @errors: why it cannot be had is added here
 *
 * Return: 0 or -errno.
 */
int lock_take(const struct options *options, problems *errors)
{
	static const struct timespec tick = { 0, TICK_MS * 1000000L };
	struct problem problem = { "failed", EXIT_FAILED, NULL, NULL };
	char owner[32] = "";
	long left = options->timeout * 1000L;
	int err;

	lock = openat(root_fd(), LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0) {
		err = errno;
		problem.message = mem_printf("/" LOCK " cannot be opened: %s; nothing was changed",
					     strerror(err));
		VEC_ADD(errors, problem);
		return -err;
	}
	while (!try_lock()) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			err = errno;
			problem.message = mem_printf("/" LOCK " cannot be locked: %s; nothing was changed",
						     strerror(err));
			VEC_ADD(errors, problem);
			lock_drop();
			return -err;
		}
		if (left <= 0) {
			if (pread(lock, owner, sizeof(owner) - 1, 0) < 0)
				*owner = '\0';
			owner[strcspn(owner, "\n")] = '\0';
			problem.code = "timeout";
			problem.exit = EXIT_TIMEOUT;
			problem.message = mem_printf("another sriovadm (process %s) is at work and has the lock /" LOCK "; nothing was changed; wait for it, or give a longer --timeout",
						     *owner ? owner : "?");
			VEC_ADD(errors, problem);
			lock_drop();
			return -ETIMEDOUT;
		}
		nanosleep(&tick, NULL);
		left -= TICK_MS;
	}

	snprintf(owner, sizeof(owner), "%d\n", getpid());
	/* Only for that message; nothing depends on it */
	if (ftruncate(lock, 0) || pwrite(lock, owner, strlen(owner), 0) < 0)
		return 0;
	return 0;
}

/* In a child it is closed there; whoever took it still has it */
void lock_drop(void)
{
	if (lock >= 0)
		close(lock);
	lock = -1;
}

static int make_parents(const char *path)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		if (mkdirat(root_fd(), mem_text(path, p - path), 0755) &&
		    errno != EEXIST)
			return -errno;
	}
	return 0;
}

/* A rename is not there after a power failure before its directory is written */
static int sync_parent(const char *path)
{
	const char *slash = strrchr(path, '/');
	int dir, err;

	dir = openat(root_fd(), mem_text(path, slash - path),
		     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	err = fsync(dir) ? -errno : 0;
	close(dir);
	return err;
}

/**
 * file_replace - have a file hold a text, or leave it as it is
 * @path: from /
 * @text: the text
 *
 * Return: 0 or -errno.
 */
int file_replace(const char *path, const char *text)
{
	const char *temporary = mem_printf("%s.new", path + 1);
	size_t len = strlen(text);
	int fd, err;

	err = make_parents(path + 1);
	if (err)
		return err;
	fd = openat(root_fd(), temporary,
		    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		    0644);
	if (fd < 0)
		return -errno;
	if (write(fd, text, len) != (ssize_t)len)
		err = -EIO;
	else if (fsync(fd))
		err = -errno;
	close(fd);
	if (!err && renameat(root_fd(), temporary, root_fd(), path + 1))
		err = -errno;
	if (err) {
		unlinkat(root_fd(), temporary, 0);
		return err;
	}
	return sync_parent(path + 1);
}

int file_delete(const char *path)
{
	if (unlinkat(root_fd(), path + 1, 0) && errno != ENOENT)
		return -errno;
	return sync_parent(path + 1);
}
