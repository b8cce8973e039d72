// SPDX-License-Identifier: GPL-2.0
/*
 * Random writes to the parameters through sysfs, each read back and judged by
 * an oracle.  The KUnit tests do the same to the functions behind the files.
 *
 * PCI_SRIOV_WRITES	how many
 * PCI_SRIOV_SEED	of all that is random
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"
#include "../../../../drivers/pci/sriov-override-fuzz.h"

#define PRINTK		"/proc/sys/kernel/printk"
#define TAINTED		"/proc/sys/kernel/tainted"
#define LOCKDEP		"/proc/lockdep_stats"

static unsigned short random_state[3];

static unsigned int sriov_fuzz_random(void)
{
	return jrand48(random_state);
}

FIXTURE(fuzz) {
	struct sriov_fuzz f;
	int fd[SRIOV_FUZZ_PARAMS];
	char *now;
	char printk[64], tainted[64];
};

FIXTURE_SETUP(fuzz)
{
	struct sriov_fuzz *f = &self->f;
	char path[128];
	unsigned int i;

	if (access(SRIOV_HELPER, F_OK))
		SKIP(return, "pci_sriov_test not loaded");
	f->page = sysconf(_SC_PAGESIZE);
	f->text = malloc(f->page + 1);
	f->list.text = calloc(1, f->page);
	f->new_list.text = malloc(f->page);
	f->list.entry = calloc(SRIOV_FUZZ_ENTRIES(f->page),
			       sizeof(*f->list.entry));
	f->new_list.entry = calloc(SRIOV_FUZZ_ENTRIES(f->page),
				   sizeof(*f->list.entry));
	self->now = malloc(f->page + 1);
	for (i = 0; i < SRIOV_FUZZ_PARAMS; i++) {
		snprintf(path, sizeof(path), SRIOV_PARAM "%s",
			 sriov_fuzz_names[i]);
		self->fd[i] = open(path, O_RDWR);
		ASSERT_LE(0, self->fd[i]);
	}
	ASSERT_EQ(0, sriov_param("override", "\n"));
	ASSERT_EQ(0, sriov_param("unlisted", "allow"));
	ASSERT_EQ(0, sriov_param("scope", "stub"));

	/* Every rejected write logs a line: nobody waits for the console */
	ASSERT_EQ(0, sriov_read(PRINTK, self->printk, sizeof(self->printk)));
	ASSERT_EQ(0, sriov_read(TAINTED, self->tainted,
				sizeof(self->tainted)));
	ASSERT_EQ(0, sriov_write(PRINTK, "4"));
}

FIXTURE_TEARDOWN(fuzz)
{
	sriov_write(PRINTK, self->printk);
	sriov_param("override", "\n");
	sriov_param("unlisted", "allow");
	sriov_param("scope", "stub");
}

static void explain(const struct sriov_fuzz *f, int err, const char *wrong,
		    const char *now)
{
	size_t i;

	printf("# write %u, %s \"", f->writes, sriov_fuzz_names[f->param]);
	for (i = 0; i < f->size && i < 64; i++) {
		unsigned char c = f->text[i];

		printf(c >= ' ' && c < 0x7f && c != '\\' ? "%c" : "\\x%02x", c);
	}
	printf("\" returned %d: %s; now \"%.64s\", and \"%.64s\" is expected\n",
	       err, wrong, now, sriov_fuzz_expected(f, f->param));
}

TEST_F_TIMEOUT(fuzz, random_writes, 400)
{
	unsigned int writes = sriov_number("PCI_SRIOV_WRITES", 100000);
	unsigned int seed = sriov_number("PCI_SRIOV_SEED", 1);
	struct sriov_fuzz *f = &self->f;
	char text[8192] = "";

	random_state[0] = seed;
	random_state[1] = seed >> 16;
	random_state[2] = 0x330e;
	while (f->writes < writes && f->failures < 5) {
		const char *wrong;
		ssize_t n;
		int err;

		sriov_fuzz_next(f);
		/* The empty string is a NUL: to write nothing is no write */
		n = pwrite(self->fd[f->param], f->text, f->size ?: 1, 0);
		err = n < 0 ? -errno : 0;
		n = pread(self->fd[f->param], self->now, f->page, 0);
		ASSERT_LE(0, n);
		self->now[n] = '\0';
		wrong = sriov_fuzz_check(f, err, self->now);
		if (wrong)
			explain(f, err, wrong, self->now);
	}
	printf("# random writes: %u, accepted %u, rejected %u, failures %u; seed %u\n",
	       f->writes, f->accepted, f->rejected, f->failures, seed);
	EXPECT_EQ(0, f->failures);

	/* What the console did not show */
	ASSERT_EQ(0, sriov_read(TAINTED, text, sizeof(text)));
	EXPECT_STREQ(self->tainted, text);
	if (!access(LOCKDEP, F_OK)) {
		ASSERT_EQ(0, sriov_read(LOCKDEP, text, sizeof(text)));
		EXPECT_NE(NULL, strstr(text, "debug_locks:                             1"));
	}
}

TEST_HARNESS_MAIN
