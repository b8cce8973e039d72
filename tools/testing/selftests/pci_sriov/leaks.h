/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that the kernel does not give back */
#ifndef LEAKS_H
#define LEAKS_H

#include <stddef.h>

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"

/* kB of kernel objects that nothing but their owner can free; -1: no idea */
long slab_kb(void);

/* What nothing refers to, by kmemleak; 0, or a negative errno */
int scan_for_leaks(char *found, size_t size);

#endif
