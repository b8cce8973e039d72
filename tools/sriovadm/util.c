// SPDX-License-Identifier: GPL-2.0
/* Memory, text and files; every path is below the root directory's fd */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util.h"

#define CHUNK	(64UL * 1024)

/* All that was allocated, to be given back at the end */
static struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[];
} *chunks;

static int root = -1;
static const char *root_name;

/**
 * mem_alloc - allocate memory that lives until the end
 * @size: how much
 *
 * Return: zeroed memory; the program ends if there is none.
 */
void *mem_alloc(size_t size)
{
	struct chunk *chunk = chunks;
	size_t room;
	void *p;

	size = (size + sizeof(max_align_t) - 1) & ~(sizeof(max_align_t) - 1);
	if (!chunk || chunk->size - chunk->used < size) {
		room = size > CHUNK / 4 ? size : CHUNK;
		chunk = calloc(1, sizeof(*chunk) + room);
		if (!chunk) {
			fprintf(stderr, "sriovadm: out of memory\n");
			exit(1);
		}
		chunk->size = room;
		chunk->next = chunks;
		chunks = chunk;
	}

	p = (char *)chunk->data + chunk->used;
	chunk->used += size;
	return p;
}

/**
 * mem_grow - double the room of a VEC
 * @old: its items
 * @room: for how many; changed
 * @item: size of one
 *
 * Return: the same items at another place.
 */
void *mem_grow(const void *old, size_t *room, size_t item)
{
	size_t more = *room ? 2 * *room : 4;
	void *p = mem_alloc(more * item);

	if (*room)
		memcpy(p, old, *room * item);
	*room = more;
	return p;
}

/* A copy of @len bytes, terminated */
char *mem_text(const char *text, size_t len)
{
	char *p = mem_alloc(len + 1);

	memcpy(p, text, len);
	return p;
}

char *mem_dup(const char *text)
{
	return text ? mem_text(text, strlen(text)) : NULL;
}

char *mem_printf(const char *format, ...)
{
	va_list args, again;
	char *p;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = mem_alloc(len + 1);
	vsnprintf(p, len + 1, format, again);
	va_end(again);
	return p;
}

/* Give all back: for checkers of leaks, and for fuzzers that never end */
void mem_done(void)
{
	while (chunks) {
		struct chunk *next = chunks->next;

		free(chunks);
		chunks = next;
	}
}

/* NULL is a text of its own */
bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/**
 * parse_number - read a number that is all of a text
 * @text: digits only: no sign, no space, no prefix
 * @base: 10 or 16
 * @max: the largest that is taken
 * @value: the number; unchanged on failure
 *
 * Return: whether it is one.
 */
bool parse_number(const char *text, unsigned int base, unsigned long max,
		  unsigned long *value)
{
	const char *digits = "0123456789abcdef";
	unsigned long n = 0;

	if (!*text)
		return false;

	for (; *text; text++) {
		char c = *text >= 'A' && *text <= 'F' ? *text | 0x20 : *text;
		const char *digit = strchr(digits, c);

		if (!digit || digit - digits >= (ptrdiff_t)base)
			return false;
		n = n * base + (digit - digits);
		if (n > max)
			return false;
	}

	*value = n;
	return true;
}

/**
 * root_open - open the root directory of all that is read and written
 *
 * It is /, or for tests the directory that SRIOVADM_ROOT names.
 *
 * Return: 0 or -errno.
 */
int root_open(void)
{
	root_name = secure_getenv("SRIOVADM_ROOT");
	root = open(root_name ? root_name : "/",
		    O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : 0;
}

int root_fd(void)
{
	return root;
}

bool root_is_real(void)
{
	return !root_name;
}

/* As a library wants it that takes no directory fd; @path is relative */
const char *root_path(const char *path)
{
	return mem_printf("%s/%s", root_name ? root_name : "", path);
}

/* Return: all of a small file; NULL with errno set */
static char *read_all(int dir, const char *path)
{
	static char buf[64 * 1024];
	size_t len = 0;
	ssize_t n;
	int fd, err;

	fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return NULL;
	do {
		n = read(fd, buf + len, sizeof(buf) - len);
		if (n > 0)
			len += n;
	} while (n > 0 && len < sizeof(buf));
	err = errno;
	close(fd);
	if (n < 0) {
		errno = err;
		return NULL;
	}
	if (len == sizeof(buf)) {
		errno = EFBIG;
		return NULL;
	}
	return mem_text(buf, len);
}

/**
 * file_read_at - read a small file
 * @dir: where @path starts
 * @path: relative
 *
 * Return: its text without white space at the end; NULL with errno set.
 */
char *file_read_at(int dir, const char *path)
{
	char *text = read_all(dir, path);
	size_t len = text ? strlen(text) : 0;

	while (len && strchr(" \n\t", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* The same, with all that is at its end */
char *file_text(const char *path)
{
	return read_all(root, path);
}

char *file_read(const char *path)
{
	return file_read_at(root, path);
}

/* Return: the decimal number in a file; -1 if there is none */
long file_number_at(int dir, const char *path)
{
	const char *text = file_read_at(dir, path);
	unsigned long n;

	if (!text || !parse_number(text, 10, INT32_MAX, &n))
		return -1;
	return n;
}

/* Return: the last part of what a link points to; NULL if there is none */
char *link_name_at(int dir, const char *path)
{
	char target[1024];
	const char *slash;
	ssize_t len;

	len = readlinkat(dir, path, target, sizeof(target) - 1);
	if (len < 0)
		return NULL;
	target[len] = '\0';
	slash = strrchr(target, '/');
	return mem_dup(slash ? slash + 1 : target);
}

bool file_exists(const char *path)
{
	return !faccessat(root, path, F_OK, 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/**
 * dir_list - list a directory
 * @dir: where @path starts
 * @path: relative
 * @names: what is in it, sorted; unchanged if there is no such directory
 */
void dir_list(int dir, const char *path, strings *names)
{
	size_t first = names->count;
	const struct dirent *entry;
	DIR *stream;
	int fd;

	fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	stream = fdopendir(fd);
	if (!stream) {
		close(fd);
		return;
	}
	while ((entry = readdir(stream))) {
		if (entry->d_name[0] != '.')
			VEC_ADD(names, mem_dup(entry->d_name));
	}
	closedir(stream);
	if (names->count > first)
		qsort(names->item + first, names->count - first,
		      sizeof(*names->item), compare_names);
}
