// SPDX-License-Identifier: GPL-2.0
/*
 * The parameters sriov_unmanaged.{override,unlisted,scope} at run time, and
 * the files that show the policy's verdict.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define OVERRIDE	SRIOV_PARAM "override"

FIXTURE(param) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	long page;
	int log;
};

FIXTURE_SETUP(param)
{
	SRIOV_SETUP(&self->bench);
	self->pf = &self->bench.pf[0];
	self->page = sysconf(_SC_PAGESIZE);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(param)
{
	sriov_reset(&self->bench);
}

TEST_F(param, canonical_text)
{
	static const struct {
		const char *text, *canonical;
	} cases[] = {
		{ "8086:10fb=allow", "8086:10fb=allow" },
		{ "8086:10FB=allow\n", "8086:10fb=allow" },
		{ "  0x8086:0x10fb=refuse \n", "8086:10fb=refuse" },
		{ "1:2=allow,3:*=refuse", "0001:0002=allow,0003:*=refuse" },
		{ "*:*=refuse", "*:*=refuse" },
		{ "ffff:ffff=allow", "ffff:ffff=allow" },
		{ "1:2:3:4=allow", "0001:0002:0003:0004=allow" },
		{ "1:2:*:4=allow", "0001:0002:*:0004=allow" },
		{ "1:2:3:*=allow", "0001:0002:0003=allow" },
		{ "1:2=allow,1:2=refuse", "0001:0002=allow,0001:0002=refuse" },
		{ "\n", "" },
		{ " \t \n", "" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(0, sriov_param("override", cases[i].text));
		EXPECT_STREQ(cases[i].canonical, sriov_param_read("override"));
		/* What is read can be written again unchanged */
		if (!*cases[i].canonical)
			continue;
		EXPECT_EQ(0, sriov_param("override", cases[i].canonical));
		EXPECT_STREQ(cases[i].canonical, sriov_param_read("override"));
	}
}

/* Each write is a list: of a text in pieces, the last one counts */
TEST_F(param, written_in_pieces)
{
	static const struct {
		const char *piece, *list;
		int err;
	} cases[] = {
		{ "1:2=allow", "0001:0002=allow", 0 },
		{ ",3:4=refuse", "0001:0002=allow", -EINVAL },
		{ "5:6=allow,", "0001:0002=allow", -EINVAL },
		{ "7:8=refuse", "0007:0008=refuse", 0 },
		{ "\n", "", 0 },
	};
	int fd = open(SRIOV_PARAM "override", O_WRONLY);
	unsigned int i;
	ssize_t n;

	ASSERT_LE(0, fd);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		n = write(fd, cases[i].piece, strlen(cases[i].piece));
		if (n >= 0)
			errno = 0;
		EXPECT_EQ(cases[i].err, -errno);
		EXPECT_STREQ(cases[i].list, sriov_param_read("override"));
	}
	close(fd);
}

TEST_F(param, malformed_changes_nothing)
{
	static const struct {
		const char *text, *named;
	} cases[] = {
		{ "1:2=allow,zz:2=allow", "\"zz:2=allow\"" },
		{ "1:2=allow,,3:4=allow", "\"\"" },
		{ "1:2=allow,", "\"\"" },
		{ ",", "\"\"" },
		{ "1=allow", "\"1=allow\"" },
		{ "1:2:3:4:5=allow", "\"1:2:3:4:5=allow\"" },
		{ "1:2", "\"1:2\"" },
		{ "1:2=", "\"1:2=\"" },
		{ "1:2=maybe", "\"1:2=maybe\"" },
		{ "1:2=allowx", "\"1:2=allowx\"" },
		{ "1:2=allow ,3:4=allow", "\"1:2=allow \"" },
		{ "1:2=allow, 3:4=allow", "\" 3:4=allow\"" },
		{ "1:2=allow\n3:4=allow", "\"1:2=allow\\n3:4=allow\"" },
		{ "12345:2=allow", "\"12345:2=allow\"" },
		{ "1::3=allow", "\"1::3=allow\"" },
		{ "0x:2=allow", "\"0x:2=allow\"" },
		{ "-1:2=allow", "\"-1:2=allow\"" },
		{ "\x01\xff:2=allow", "\"\\001\\377:2=allow\"" },
	};
	unsigned int i;

	ASSERT_EQ(0, sriov_param("override", "8086:10fb=allow"));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		EXPECT_EQ(-EINVAL, sriov_param("override", cases[i].text)) {
			TH_LOG("text: %s", cases[i].text);
		}
		EXPECT_STREQ("8086:10fb=allow", sriov_param_read("override"));
		/* /dev/kmsg shows a backslash as \x5c */
		if (strchr(cases[i].named, '\\'))
			continue;
		EXPECT_TRUE(sriov_log_has(self->log, cases[i].named, 1000)) {
			TH_LOG("not named in the log: %s", cases[i].named);
		}
	}
}

static void make_list(char *text, unsigned int entries, const char *form)
{
	unsigned int i;

	*text = '\0';
	for (i = 0; i < entries; i++)
		text += sprintf(text, form, i ? "," : "", i);
}

TEST_F(param, longest_list)
{
	unsigned int entries = self->page / 16;
	char text[2 * self->page];

	/* 256 on 4 KiB pages: a page less one byte */
	make_list(text, entries, "%s8086:%04x=allow");
	ASSERT_EQ(self->page - 1, (long)strlen(text));
	ASSERT_EQ(0, sriov_param("override", text));
	EXPECT_STREQ(text, sriov_param_read("override"));

	/* With its newline it fills a page: this was not cut */
	ASSERT_EQ(0, sriov_param("override", "\n"));
	strcat(text, "\n");
	ASSERT_EQ(0, sriov_param("override", text));
	text[self->page - 1] = '\0';
	EXPECT_STREQ(text, sriov_param_read("override"));
}

TEST_F(param, too_long_changes_nothing)
{
	unsigned int entries = self->page / 16;
	char text[3 * self->page];

	ASSERT_EQ(0, sriov_param("override", "8086:10fb=allow"));

	/* A page to the byte, as sysfs would cut a longer write */
	make_list(text, entries, "%s8086:%04x=allow");
	strcat(text, ",");
	ASSERT_EQ(self->page, (long)strlen(text));
	EXPECT_EQ(-E2BIG, sriov_param("override", text));

	/* One that is cut, and where the cut leaves a good list behind */
	make_list(text, 2 * entries, "%s8086:%04x=allow");
	EXPECT_EQ(-E2BIG, sriov_param("override", text));
	memset(text, ' ', 2 * self->page);
	memcpy(text, "1:2=allow", 9);
	memcpy(text + self->page, "3:4=allow", 10);
	EXPECT_EQ(-E2BIG, sriov_param("override", text));

	/* It fits, but what it means cannot be shown */
	make_list(text, entries + 1, "%s1:%x=allow");
	ASSERT_GT(self->page, (long)strlen(text));
	EXPECT_EQ(-E2BIG, sriov_param("override", text));

	EXPECT_STREQ("8086:10fb=allow", sriov_param_read("override"));
	EXPECT_TRUE(sriov_log_has(self->log, "the list is unchanged", 1000));
}

TEST_F(param, choices)
{
	static const struct {
		const char *name, *words[2];
	} params[] = {
		{ "unlisted", { "refuse", "allow" } },
		{ "scope", { "any", "stub" } },
	};
	static const char * const bad[] = {
		"maybe", "\n", "allowed", "stubs", "1", "ALLOW", "any stub",
	};
	unsigned int i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < 2; j++) {
			const char *word = params[i].words[j];
			char line[32];

			EXPECT_EQ(0, sriov_param(params[i].name, word));
			EXPECT_STREQ(word, sriov_param_read(params[i].name));
			snprintf(line, sizeof(line), " %s \n", word);
			EXPECT_EQ(0, sriov_param(params[i].name, line));
			EXPECT_STREQ(word, sriov_param_read(params[i].name));
		}
		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			EXPECT_EQ(-EINVAL, sriov_param(params[i].name,
						       bad[j]));
			EXPECT_STREQ(params[i].words[1],
				     sriov_param_read(params[i].name));
		}
	}
}

static int write_list(const void *path)
{
	return sriov_write(path, "1:2=allow");
}

static int write_bad(const void *path)
{
	return sriov_write(path, "zz");
}

static int write_any(const void *path)
{
	return sriov_write(path, "any");
}

static int write_refuse(const void *path)
{
	return sriov_write(path, "refuse");
}

TEST_F(param, needs_sys_admin)
{
	static const struct {
		const char *path;
		int (*fn)(const void *arg);
	} writes[] = {
		{ OVERRIDE, write_list },
		{ OVERRIDE, write_bad },
		{ SRIOV_PARAM "scope", write_any },
		{ SRIOV_PARAM "unlisted", write_refuse },
	};
	static const enum sriov_privilege all[] = {
		SRIOV_NO_SYS_ADMIN, SRIOV_USERNS_ROOT, SRIOV_NOBODY,
	};
	unsigned int i, j;
	time_t start;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, chmod(writes[i].path, 0666));
		for (j = 0; j < 3; j++)
			EXPECT_EQ(-EPERM, sriov_as(all[j], writes[i].fn,
						   (void *)writes[i].path));
		ASSERT_EQ(0, chmod(writes[i].path, 0644));
	}
	EXPECT_STREQ("", sriov_param_read("override"));
	EXPECT_STREQ("allow", sriov_param_read("unlisted"));
	EXPECT_STREQ("stub", sriov_param_read("scope"));
	EXPECT_TRUE(sriov_log_has(self->log, "CAP_SYS_ADMIN", 1000));

	/*
	 * Nor can they flood the log: ten messages in five seconds, and what is
	 * left of the ten of the five before
	 */
	start = time(NULL);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_list,
					   OVERRIDE));
	j = (time(NULL) - start) / 5;
	for (i = 0; sriov_log_has(self->log, "CAP_SYS_ADMIN", 200); i++)
		;
	EXPECT_LE(i, 20 + 10 * j);
}

TEST_F(param, last_match_wins)
{
	ASSERT_EQ(0, sriov_param("override", "1b36:0010=allow,*:*=refuse"));
	EXPECT_STREQ("refuse",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	ASSERT_EQ(0, sriov_param("override", "*:*=refuse,1b36:0010=allow"));
	EXPECT_STREQ("allow",
		     sriov_dev_read(self->pf, "sriov_unmanaged_policy"));
	ASSERT_EQ(0, sriov_param("override", "ffff:ffff=refuse"));
	EXPECT_STREQ("none nvme",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
}

TEST_F(param, verdict_by_identity)
{
	static const struct {
		const char *ids, *policy, *reason;
	} cases[] = {
		{ "8086 10fb 8086 0003 020000", "refuse",
		  "mailbox,resources ixgbe" },
		{ "8086 10c9 8086 a03c 020000", "refuse",
		  "mailbox,resources igb" },
		{ "8086 1592 8086 0002 020000", "refuse",
		  "mailbox,resources ice" },
		{ "8086 1452 8086 0000 020000", "refuse", "resources idpf" },
		{ "8086 104f 8086 0000 020000", "refuse",
		  "mailbox,resources i40e" },
		{ "8086 104f 8086 1010 028000", "refuse", "class network" },
		{ "8086 10ed 8086 0003 020000", "refuse", "class network" },
		{ "8086 10b6 8086 0003 020000", "refuse", "class network" },
		{ "dead beef 0001 0002 030000", "refuse", "class display" },
		{ "dead beef 0001 0002 0b4000", "refuse", "class crypto" },
		{ "dead beef 0001 0002 100000", "refuse", "class crypto" },
		{ "dead beef 0001 0002 120000", "refuse", "class accelerator" },
		{ "dead beef 0001 0002 010400", "allow", "unlisted" },
		{ "1d0f 0053 0000 0000 020000", "allow", "none pci-pf-stub" },
		{ "1d0f 0ec2 1d0f 0ec2 020000", "allow", "none ena" },
		{ "1af4 1041 1af4 1100 020000", "allow", "none virtio-pci" },
		{ "1af4 1000 1af4 0001 020000", "allow", "none virtio-pci" },
		{ "1af4 1041 1af4 1041 020000", "refuse",
		  "resources virtio-pci" },
		{ "1af4 1041 1ded 0001 020000", "refuse",
		  "resources virtio-pci" },
		{ "144d a824 144d a801 010802", "allow", "none nvme" },
		{ "144d a824 144d a801 010801", "allow", "unlisted" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, sriov_identity(self->pf, cases[i].ids));
		EXPECT_STREQ(cases[i].policy,
			     sriov_dev_read(self->pf,
					    "sriov_unmanaged_policy"));
		EXPECT_STREQ(cases[i].reason,
			     sriov_dev_read(self->pf,
					    "sriov_unmanaged_reason"));
	}
}

/* Whoever drives the PF, and even if it cannot be asked through sysfs */
TEST_F(param, verdict_whoever_drives)
{
	static const char * const drivers[] = {
		"pci-stub", "uio_pci_generic", "nvme", "pci-sriov-test-native",
	};
	unsigned int i;

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, sriov_bind(self->pf, drivers[i]));
		EXPECT_STREQ("allow", sriov_dev_read(self->pf,
						     "sriov_unmanaged_policy"));
		EXPECT_STREQ("none nvme",
			     sriov_dev_read(self->pf,
					    "sriov_unmanaged_reason"));
	}
}

TEST_F(param, files)
{
	static const char * const files[] = {
		"sriov_unmanaged_autoprobe", "sriov_unmanaged_policy",
		"sriov_unmanaged_reason",
	};
	static const mode_t modes[] = { 0644, 0444, 0444 };
	struct sriov_dev vf;
	struct stat st;
	unsigned int i;

	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	for (i = 0; i < 3; i++) {
		ASSERT_EQ(0, stat(sriov_attr(self->pf, files[i]), &st));
		EXPECT_EQ(modes[i], st.st_mode & 07777);
		EXPECT_FALSE(sriov_dev_has(&vf, files[i]));
		EXPECT_FALSE(sriov_dev_has(&self->bench.plain, files[i]));
	}
	for (i = 0; i < 3; i++) {
		static const char * const params[] = {
			OVERRIDE, SRIOV_PARAM "unlisted", SRIOV_PARAM "scope",
		};

		ASSERT_EQ(0, stat(params[i], &st));
		EXPECT_EQ(0644, st.st_mode & 07777);
	}
}

/*
 * Readers see a list that somebody wrote, whole.  Two writers of lists of very
 * different lengths; one reader of the text, and one of the verdict, which
 * takes no lock that a writer holds.  Every list allows the PF, at a place of
 * its own, and refuses all else before that.
 */
static char *lists[4];

static bool known(const char *text)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (!strcmp(text, lists[i]))
			return true;
	return false;
}

enum { TEXT_READER, VERDICT_READER, FIRST_WRITER };

static int hammer(unsigned int role, const struct sriov_dev *pf, double until)
{
	unsigned int n;
	bool good;

	for (n = 0; sriov_seconds() < until; n++) {
		switch (role) {
		case TEXT_READER:
			good = known(sriov_param_read("override"));
			break;
		case VERDICT_READER:
			good = !strcmp("allow",
				       sriov_dev_read(pf, "sriov_unmanaged_policy")) &&
			       !strcmp("override",
				       sriov_dev_read(pf, "sriov_unmanaged_reason"));
			break;
		default:
			good = !sriov_write(OVERRIDE, lists[(role + n) % 4]);
		}
		if (!good)
			return -1;
	}
	return n;
}

TEST_F(param, readers_never_see_a_mix)
{
	double until = sriov_seconds() + 5;
	unsigned int i, total = 0;
	int fds[4][2];
	pid_t pid[4];

	for (i = 0; i < 4; i++) {
		char form[64];

		lists[i] = malloc(self->page);
		snprintf(form, sizeof(form), "%%s%x%x%x%x:%%04x=%s", i + 1,
			 i + 1, i + 1, i + 1, i % 2 ? "allow" : "refuse");
		make_list(lists[i], 1 + 60 * i, form);
		strcat(lists[i], ",*:*=refuse,1b36:0010=allow");
		/* What follows shifts the place of the last match */
		if (i % 2)
			strcat(lists[i], ",aaaa:*=refuse,bbbb:*=refuse");
	}
	ASSERT_EQ(0, sriov_param("override", lists[0]));

	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pipe(fds[i]));
		pid[i] = fork();
		if (!pid[i]) {
			int n = hammer(i, self->pf, until);

			if (write(fds[i][1], &n, sizeof(n)) < 0)
				_exit(1);
			_exit(0);
		}
	}
	for (i = 0; i < 4; i++) {
		int n = -2;

		EXPECT_EQ(sizeof(n), (size_t)read(fds[i][0], &n, sizeof(n)));
		waitpid(pid[i], NULL, 0);
		EXPECT_LT(0, n) {
			TH_LOG("%s %u saw a mix, or failed",
			       i < FIRST_WRITER ? "reader" : "writer", i);
		}
		total += n;
	}
	printf("# %u reads and writes of whole lists\n", total);
}

TEST_HARNESS_MAIN
