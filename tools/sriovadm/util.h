/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory and files.  The program runs once and ends: what is allocated lives
 * until then, so nothing is freed one by one.
 */
#ifndef SRIOVADM_UTIL_H
#define SRIOVADM_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define PRINTF(f, a)	__attribute__((format(printf, f, a)))

/* An array that grows: VEC(type) name; VEC_ADD(&name, value) */
#define VEC(type) \
	struct { \
		type *item; \
		size_t count, room; \
	}
#define VEC_ADD(vec, ...) do { \
	if ((vec)->count == (vec)->room) \
		(vec)->item = mem_grow((vec)->item, &(vec)->room, \
				       sizeof(*(vec)->item)); \
	(vec)->item[(vec)->count++] = (__VA_ARGS__); \
} while (0)

typedef VEC(const char *) strings;

void *mem_alloc(size_t size);
void *mem_grow(const void *old, size_t *room, size_t item);
char *mem_text(const char *text, size_t len);
char *mem_dup(const char *text);
char *mem_printf(const char *format, ...) PRINTF(1, 2);
void mem_done(void);

bool same(const char *a, const char *b);
bool starts(const char *text, const char *with);
bool parse_number(const char *text, unsigned int base, unsigned long max,
		  unsigned long *value);

int root_open(void);
int root_fd(void);
bool root_is_real(void);
const char *root_path(const char *path);
char *file_read_at(int dir, const char *path);
char *file_read(const char *path);
char *file_text(const char *path);
long file_number_at(int dir, const char *path);
char *link_name_at(int dir, const char *path);
bool file_exists(const char *path);
void dir_list(int dir, const char *path, strings *names);

#endif
