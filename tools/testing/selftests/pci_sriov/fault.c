// SPDX-License-Identifier: GPL-2.0
/*
 * What fails in the middle: the n-th allocation, or the device.  Every attempt
 * ends in success or in an error with everything as before, and the next one
 * succeeds.  Needs CONFIG_PCI_SIM, and CONFIG_FAILSLAB for the allocations.
 *
 * PCI_SRIOV_FAULT_STEP	fail only every n-th of them, on a slow machine
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "leaks.h"
#include "snapshot.h"
#include "sriov.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
#define FAIL_NTH	"/proc/thread-self/fail-nth"
#define PRINTK		"/proc/sys/kernel/printk"

/* The first VF on the bus of the PF, the others on one of their own */
#define VFS		3
#define VFS_TEXT	"3"
#define VF_OFFSET	0x80
#define VF_STRIDE	0x80

/* Far more allocations, or reads, than any operation has */
#define ENDLESS		5000

/* Every enable that fails, and every disable, sleeps for a second */
#define TIMEOUT		3600

/* Failed attempts before and while memory is measured */
#define LEAK_WARM_UP	16
#define LEAK_TRIES	512
#define LEAK_LIMIT	64	/* bytes that each may seem to take */

/* From one that fails to the next: all of them, unless told otherwise */
static unsigned int step(void)
{
	return sriov_number("PCI_SRIOV_FAULT_STEP", 1) ?: 1;
}

FIXTURE(fault) {
	struct sriov_bench bench;
	struct sriov_dev pf;
	char printk[64];
};

FIXTURE_VARIANT(fault) {
	const char *driver;
	const char *scope;
};

FIXTURE_VARIANT_ADD(fault, stub) {
	.driver = "pci-stub",
	.scope = "stub",
};

FIXTURE_VARIANT_ADD(fault, uio) {
	.driver = "uio_pci_generic",
	.scope = "stub",
};

FIXTURE_VARIANT_ADD(fault, any) {
	.driver = NULL,
	.scope = "any",
};

static int create_pf(struct sriov_dev *pf)
{
	return pci_sim_new(SIM_BRIDGE, &sriov_sim_safe, VFS) ?:
	       pci_sim_set(SIM_PF, "sriov/offset", "%u", VF_OFFSET) ?:
	       pci_sim_set(SIM_PF, "sriov/stride", "%u", VF_STRIDE) ?:
	       pci_sim_set(SIM_PF, "bars/bar0", "64K mem64 prefetch") ?:
	       pci_sim_set(SIM_PF, "bars/vf_bar0", "4K mem64 prefetch") ?:
	       pci_sim_set(SIM_PF, "bars/vf_bar2", "64K mem64 prefetch") ?:
	       sriov_sim_live(pf);
}

FIXTURE_SETUP(fault)
{
	SRIOV_SETUP_SIM(&self->bench);
	/* A line for every VF, thousands of times, is for the log only */
	ASSERT_EQ(0, sriov_read(PRINTK, self->printk, sizeof(self->printk)));
	ASSERT_EQ(0, sriov_write(PRINTK, "5"));
	ASSERT_EQ(0, sriov_param("scope", variant->scope));
	ASSERT_EQ(0, create_pf(&self->pf));
	ASSERT_EQ(0, sriov_bind(&self->pf, variant->driver));
}

FIXTURE_TEARDOWN(fault)
{
	pci_sim_destroy(SIM_BRIDGE);
	sriov_reset(&self->bench);
	sriov_write(PRINTK, self->printk);
}

/* An operation is a write that leads from one state to another, and back */
struct operation {
	const char *what;
	const char *path;
	const char *text;
	int (*undo)(const struct sriov_dev *pf, const char *driver);
};

static int undo_enable(const struct sriov_dev *pf, const char *driver)
{
	return sriov_numvfs(pf, 0);
}

static int undo_disable(const struct sriov_dev *pf, const char *driver)
{
	return sriov_numvfs(pf, VFS);
}

static int undo_unbind(const struct sriov_dev *pf, const char *driver)
{
	return sriov_bind(pf, driver) ?: sriov_numvfs(pf, VFS);
}

static int undo_params(const struct sriov_dev *pf, const char *driver)
{
	return sriov_param("override", "1234:5678=refuse") ?:
	       sriov_param("unlisted", "allow") ?:
	       sriov_param("scope", "stub") ?:
	       sriov_dev_write(pf, "sriov_unmanaged_autoprobe", "0");
}

/*
 * A write in which the n-th allocation fails.  *reached: there were that many.
 * Only what the write does counts, neither the open nor the close.
 */
static int write_nth(const char *path, const char *text, unsigned int n,
		     bool *reached)
{
	char left[16] = "";
	int fd, nth, err;

	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -errno;
	nth = open(FAIL_NTH, O_RDWR);
	if (nth < 0) {
		close(fd);
		return -EBADF;
	}
	snprintf(left, sizeof(left), "%u", n);
	err = write(nth, left, strlen(left)) < 0 ? -EBADF : 0;
	if (!err && write(fd, text, strlen(text)) < 0)
		err = -errno;
	if (pread(nth, left, sizeof(left) - 1, 0) <= 0)
		err = -EBADF;
	*reached = !atoi(left);
	if (pwrite(nth, "0", 1, 0) < 0)
		err = -EBADF;
	close(nth);
	close(fd);
	return err;
}

static void fail_nth(struct __test_metadata *_metadata,
		     const struct sriov_dev *pf, const char *driver,
		     const struct operation *op)
{
	struct snapshot from = snapshot(pf), to;
	unsigned int n, tries = 0;
	bool reached = true;
	int err;

	ASSERT_EQ(0, sriov_write(FAILSLAB "verbose", "0"));
	ASSERT_EQ(0, sriov_write(FAILSLAB "ignore-gfp-wait", "N"));

	ASSERT_EQ(0, sriov_write(op->path, op->text));
	to = snapshot(pf);
	ASSERT_STRNE("", differs(&from, &to));
	ASSERT_EQ(0, op->undo(pf, driver));
	ASSERT_AS(&from, pf, "%s: undone", op->what);

	for (n = 1; reached; n += step(), tries++) {
		ASSERT_GT(ENDLESS, n);
		err = write_nth(op->path, op->text, n, &reached);
		if (err) {
			ASSERT_EQ(-ENOMEM, err) {
				TH_LOG("%s, n = %u", op->what, n);
			}
			ASSERT_AS(&from, pf, "%s, n = %u: failed", op->what, n);
			ASSERT_EQ(0, sriov_write(op->path, op->text)) {
				TH_LOG("%s, n = %u: again", op->what, n);
			}
		}
		ASSERT_AS(&to, pf, "%s, n = %u: done", op->what, n);
		ASSERT_EQ(0, op->undo(pf, driver)) {
			TH_LOG("%s, n = %u: undo", op->what, n);
		}
		ASSERT_AS(&from, pf, "%s, n = %u: undone", op->what, n);
	}
	ASSERT_EQ(0, err);
	/* The last one ran through */
	ASSERT_LT(1, tries);
	printf("# fail-nth points: %s %u\n", op->what, tries - 1);
}

TEST_F_TIMEOUT(fault, nth_allocation, TIMEOUT)
{
	char what[64], numvfs[128], unbind[128];
	struct operation op = { .what = what };

	if (access(FAIL_NTH, W_OK))
		SKIP(return, "no fail-nth");
	snprintf(numvfs, sizeof(numvfs), "%s",
		 sriov_attr(&self->pf, "sriov_numvfs"));
	snprintf(unbind, sizeof(unbind), "%s",
		 sriov_attr(&self->pf, "driver/unbind"));

	snprintf(what, sizeof(what), "enable, %s", variant->driver ?: "any");
	op.path = numvfs;
	op.text = VFS_TEXT;
	op.undo = undo_enable;
	fail_nth(_metadata, &self->pf, variant->driver, &op);

	ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
	snprintf(what, sizeof(what), "disable, %s", variant->driver ?: "any");
	op.text = "0";
	op.undo = undo_disable;
	fail_nth(_metadata, &self->pf, variant->driver, &op);

	if (!variant->driver)
		return;
	snprintf(what, sizeof(what), "unbind, %s", variant->driver);
	op.path = unbind;
	op.text = self->pf.name;
	op.undo = undo_unbind;
	fail_nth(_metadata, &self->pf, variant->driver, &op);
}

TEST_F(fault, nth_allocation_of_a_parameter)
{
	char autoprobe[128];
	const struct operation ops[] = {
		{ "override", SRIOV_PARAM "override",
		  "8086:10fb=allow,*:*:1af4:1100=refuse", undo_params },
		{ "override to nothing", SRIOV_PARAM "override", "\n",
		  undo_params },
		{ "unlisted", SRIOV_PARAM "unlisted", "refuse", undo_params },
		{ "scope", SRIOV_PARAM "scope", "any", undo_params },
		{ "autoprobe", autoprobe, "1", undo_params },
	};
	unsigned int i;

	if (strcmp(variant->scope, "stub") ||
	    strcmp(variant->driver, "pci-stub"))
		return;
	if (access(FAIL_NTH, W_OK))
		SKIP(return, "no fail-nth");
	snprintf(autoprobe, sizeof(autoprobe), "%s",
		 sriov_attr(&self->pf, "sriov_unmanaged_autoprobe"));
	ASSERT_EQ(0, undo_params(&self->pf, NULL));
	for (i = 0; i < ARRAY_SIZE(ops); i++)
		fail_nth(_metadata, &self->pf, NULL, &ops[i]);
}

/* --- The device fails */

struct fault {
	const char *what;
	const char *attr;
	const char *on;
	const char *off;
	const char *target;
};

static const struct fault faults[] = {
	{ "PF gone", "faults/gone", "1", "0", "pf" },
	{ "VF 0 gone", "faults/gone", "1", "0", "0" },
	{ "VF 1 gone", "faults/gone", "1", "0", "1" },
	{ "NumVFs stuck", "faults/numvfs_stuck", "1", "0" },
	{ "VF Enable stuck", "faults/vf_enable_stuck", "1", "0" },
	/* VFs past the last bus; beside each other; all of them in one place */
	{ "offset moves", "faults/offset_per_vf", "0x4000", "0" },
	{ "offset moves a little", "faults/offset_per_vf", "1", "0" },
	{ "stride moves", "faults/stride_per_vf", "0x5000", "0" },
	{ "stride moves a little", "faults/stride_per_vf", "1", "0" },
	{ "stride becomes 0", "faults/stride_per_vf", "0xaa80", "0" },
	{ "offset becomes 0", "faults/offset_per_vf", "0xaa80", "0" },
};

/* The kernel's view; a device that lost writes is in a state of its own */
static struct snapshot kernel_view(struct snapshot s)
{
	s.pf.reg_numvfs = 0;
	s.pf.vf_enable = false;
	return s;
}

struct states {
	struct snapshot off;
	struct snapshot on;
	struct snapshot unbound;
};

/*
 * After an attempt while a fault was on, and with the fault over: all as before
 * or all as asked, what can be enabled can be disabled, and then again.
 */
static void settle(struct __test_metadata *_metadata,
		   const struct sriov_dev *pf, const char *driver,
		   const struct states *states, const char *what, int err)
{
	struct snapshot now = kernel_view(snapshot(pf));
	struct snapshot off = kernel_view(states->off);
	struct snapshot on = kernel_view(states->on);
	struct snapshot unbound = kernel_view(states->unbound);

	/* VFs may have come up on other buses than they use to */
	if (now.pf.numvfs)
		on.pf.buses = now.pf.buses;
	ASSERT_TRUE(!*differs(&now, &off) || !*differs(&now, &on) ||
		    !*differs(&now, &unbound)) {
		TH_LOG("%s, error %d: beside off: %s", what, err,
		       differs(&off, &now));
		TH_LOG("%s, error %d: beside on: %s", what, err,
		       differs(&on, &now));
	}
	if (!*differs(&now, &unbound) && driver)
		ASSERT_EQ(0, sriov_bind(pf, driver));
	if (now.pf.numvfs) {
		ASSERT_EQ(0, sriov_numvfs(pf, 0)) {
			TH_LOG("%s: disable", what);
		}
		now = snapshot(pf);
		off = states->off;
		ASSERT_STREQ("", differs(&off, &now)) {
			TH_LOG("%s: disabled", what);
		}
	}
	ASSERT_EQ(0, sriov_numvfs(pf, VFS)) {
		TH_LOG("%s: enable again", what);
	}
	ASSERT_AS(&states->on, pf, "%s: enabled again", what);
	ASSERT_EQ(0, sriov_numvfs(pf, 0)) {
		TH_LOG("%s: disable again", what);
	}
	ASSERT_AS(&states->off, pf, "%s: disabled again", what);
}

enum attempt { ENABLE, DISABLE, UNBIND, ATTEMPTS };

static const char * const attempts[] = { "enable", "disable", "unbind" };

static int attempt(const struct sriov_dev *pf, enum attempt which)
{
	switch (which) {
	case ENABLE:
		return sriov_numvfs(pf, VFS);
	case DISABLE:
		return sriov_numvfs(pf, 0);
	default:
		return sriov_unbind(pf);
	}
}

static void learn_states(struct __test_metadata *_metadata,
			 const struct sriov_dev *pf, const char *driver,
			 struct states *states)
{
	states->off = snapshot(pf);
	ASSERT_EQ(0, sriov_numvfs(pf, VFS));
	states->on = snapshot(pf);
	ASSERT_EQ(VFS, states->on.pf.links);
	ASSERT_EQ(states->off.pf.buses + 1, states->on.pf.buses);
	ASSERT_EQ(0, sriov_numvfs(pf, 0));
	ASSERT_AS(&states->off, pf, "no fault");
	ASSERT_EQ(0, sriov_unbind(pf));
	states->unbound = snapshot(pf);
	ASSERT_EQ(0, sriov_bind(pf, driver));
	ASSERT_AS(&states->off, pf, "bound again");
}

static void one_fault(struct __test_metadata *_metadata,
		      const struct sriov_dev *pf, const char *driver,
		      const struct states *states, const struct fault *fault,
		      enum attempt which)
{
	char what[64];
	int err;

	snprintf(what, sizeof(what), "%s, %s", attempts[which], fault->what);
	if (which != ENABLE)
		ASSERT_EQ(0, sriov_numvfs(pf, VFS));
	if (fault->target)
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/target", "%s",
					 fault->target));
	ASSERT_EQ(0, pci_sim_set(SIM_PF, fault->attr, "%s", fault->on));
	err = attempt(pf, which);
	ASSERT_EQ(0, pci_sim_set(SIM_PF, fault->attr, "%s", fault->off));
	if (which != ENABLE)
		ASSERT_EQ(0, err) {
			TH_LOG("%s", what);
		}
	settle(_metadata, pf, driver, states, what, err);
}

TEST_F_TIMEOUT(fault, of_the_device, TIMEOUT)
{
	struct states states;
	unsigned int i;

	learn_states(_metadata, &self->pf, variant->driver, &states);
	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		enum attempt which;

		for (which = ENABLE; which < ATTEMPTS; which++)
			if (which != UNBIND || variant->driver)
				one_fault(_metadata, &self->pf,
					  variant->driver, &states, &faults[i],
					  which);
	}
	printf("# faults of the device, %s: %zu, at %d operations each\n",
	       variant->driver ?: "any", ARRAY_SIZE(faults),
	       variant->driver ? ATTEMPTS : ATTEMPTS - 1);
}

#define PCI_COMMAND		0x04
#define PCI_COMMAND_MEMORY	0x02

/* 1 if the PF decodes accesses to its memory, 0 if not, or a negative errno */
static int decoding(const struct sriov_dev *pf)
{
	unsigned char command[2];
	int fd, err = 0;

	fd = open(sriov_attr(pf, "config"), O_RDONLY);
	if (fd < 0)
		return -errno;
	if (pread(fd, command, sizeof(command), PCI_COMMAND) != sizeof(command))
		err = -EIO;
	close(fd);
	return err ?: !!(command[0] & PCI_COMMAND_MEMORY);
}

static int set_decoding(const struct sriov_dev *pf, bool on)
{
	unsigned char command[2] = { on ? PCI_COMMAND_MEMORY : 0 };
	int fd, err = 0;

	fd = open(sriov_attr(pf, "config"), O_WRONLY);
	if (fd < 0)
		return -errno;
	if (pwrite(fd, command, sizeof(command), PCI_COMMAND) !=
	    sizeof(command))
		err = -EIO;
	close(fd);
	return err;
}

/* VFs do not depend on it, and the PF is in use */
TEST_F(fault, decoding_is_left_alone)
{
	const char *driver = variant->driver;
	unsigned int i, failed = 0;
	int on;

	for (on = 0; on <= 1; on++) {
		for (i = 0; i < ARRAY_SIZE(faults); i++) {
			if (strcmp(faults[i].attr, "faults/offset_per_vf") &&
			    strcmp(faults[i].attr, "faults/numvfs_stuck"))
				continue;
			ASSERT_EQ(0, set_decoding(&self->pf, on));
			ASSERT_EQ(0, pci_sim_set(SIM_PF, faults[i].attr, "%s",
						 faults[i].on));
			/* Some of them end well */
			if (sriov_numvfs(&self->pf, VFS))
				failed++;
			EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
			EXPECT_EQ(on, decoding(&self->pf)) {
				TH_LOG("%s", faults[i].what);
			}
			ASSERT_EQ(0, pci_sim_set(SIM_PF, faults[i].attr, "%s",
						 faults[i].off));
		}

		ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
		EXPECT_EQ(on, decoding(&self->pf));
		ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
		EXPECT_EQ(on, decoding(&self->pf));
		/* The managed enable of uio_pci_generic goes with its unbinding */
		if (!driver || strcmp(driver, "pci-stub"))
			continue;
		ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
		ASSERT_EQ(0, sriov_unbind(&self->pf));
		EXPECT_EQ(on, decoding(&self->pf));
		ASSERT_EQ(0, sriov_bind(&self->pf, driver));
	}
	EXPECT_LT(0, failed);
}

/* The device goes away after k reads, k = 0, 1, ... until none is left */
static void gone_after_reads(struct __test_metadata *_metadata,
			     const struct sriov_dev *pf, const char *driver,
			     const struct states *states, const char *target,
			     enum attempt which)
{
	char what[64], gone[8] = "1";
	unsigned int k, tries = 0;
	int err;

	for (k = 0; *gone == '1'; k += step(), tries++) {
		ASSERT_GT(ENDLESS, k);
		snprintf(what, sizeof(what), "%s, %s gone after %u reads",
			 attempts[which], target, k);
		if (which != ENABLE)
			ASSERT_EQ(0, sriov_numvfs(pf, VFS));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/target", "%s",
					 target));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/gone_after", "%u", k));
		err = attempt(pf, which);
		ASSERT_EQ(0, pci_sim_get(SIM_PF, "faults/gone", gone,
					 sizeof(gone)));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/gone_after", "off"));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/gone", "0"));
		if (which != ENABLE)
			ASSERT_EQ(0, err) {
				TH_LOG("%s", what);
			}
		settle(_metadata, pf, driver, states, what, err);
	}
	/* The last one ran through */
	printf("# reads until gone: %s, %s, target %s %u\n", attempts[which],
	       driver ?: "any", target, tries - 1);
}

TEST_F_TIMEOUT(fault, gone_in_the_middle, TIMEOUT)
{
	struct states states;
	enum attempt which;

	learn_states(_metadata, &self->pf, variant->driver, &states);
	for (which = ENABLE; which < ATTEMPTS; which++)
		if (which != UNBIND || variant->driver)
			gone_after_reads(_metadata, &self->pf, variant->driver,
					 &states, "pf", which);

	/* The PF's driver makes no difference to VFs */
	if (!variant->driver || strcmp(variant->driver, "pci-stub"))
		return;
	for (which = ENABLE; which < ATTEMPTS; which++) {
		gone_after_reads(_metadata, &self->pf, variant->driver,
				 &states, "0", which);
		gone_after_reads(_metadata, &self->pf, variant->driver,
				 &states, "2", which);
	}
}

/* The PF is unplugged while the kernel waits for its VFs to appear, or to go */
TEST_F_TIMEOUT(fault, unplugged_in_the_middle, TIMEOUT)
{
	static const unsigned int after_ms[] = { 50, 500 };
	struct states states;
	enum attempt which;
	double begun, pulled, ended;
	struct snapshot now;
	int status, fds[2];
	pid_t pid;

	learn_states(_metadata, &self->pf, variant->driver, &states);
	for (which = ENABLE; which <= DISABLE; which++) {
		if (which == DISABLE)
			ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
		ASSERT_EQ(0, pipe(fds));
		begun = sriov_seconds();
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			usleep(after_ms[which] * 1000);
			pulled = sriov_seconds();
			if (write(fds[1], &pulled, sizeof(pulled)) < 0)
				_exit(1);
			_exit(pci_sim_set(SIM_PF, "plugged", "0") ? 1 : 0);
		}
		attempt(&self->pf, which);
		ended = sriov_seconds();
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_EQ(0, status);
		/* The removal came in the middle of the write */
		ASSERT_EQ(sizeof(pulled),
			  read(fds[0], &pulled, sizeof(pulled)));
		EXPECT_LT(begun, pulled);
		EXPECT_LT(pulled, ended) {
			TH_LOG("%s took %.3f s, the PF was pulled after %.3f s",
			       attempts[which], ended - begun, pulled - begun);
		}
		close(fds[0]);
		close(fds[1]);
		EXPECT_FALSE(sriov_dev_has(&self->pf, "vendor"));
		now = snapshot(&self->pf);
		EXPECT_EQ(states.off.pf.devices - 1, now.pf.devices);
		EXPECT_EQ(states.off.pf.buses, now.pf.buses);

		ASSERT_EQ(0, pci_sim_set(SIM_PF, "plugged", "1"));
		ASSERT_EQ(0, sriov_rescan(&self->pf));
		ASSERT_EQ(0, sriov_bind(&self->pf, variant->driver));
		ASSERT_AS(&states.off, &self->pf, "%s: plugged in again",
			  attempts[which]);
		ASSERT_EQ(0, sriov_numvfs(&self->pf, VFS));
		ASSERT_AS(&states.on, &self->pf, "%s: enabled again",
			  attempts[which]);
		ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
	}
}

/* Settings that make no sense are refused by the core, sooner or later */
TEST_F(fault, inconsistent_registers)
{
	static const struct {
		const char *attr, *value;
		bool pf;		/* the core takes it for a PF */
		int err;
	} settings[] = {
		{ "sriov/initial_vfs", "2", true, -EIO },
		{ "sriov/initial_vfs", "4", true, -EIO },
		{ "sriov/offset", "0", false },
		{ "sriov/stride", "0", false },
	};
	struct snapshot before;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		ASSERT_EQ(0, pci_sim_new(SIM_BRIDGE, &sriov_sim_safe, VFS));
		ASSERT_EQ(0, pci_sim_set(SIM_PF, settings[i].attr, "%s",
					 settings[i].value));
		ASSERT_EQ(0, sriov_sim_live(&self->pf));
		ASSERT_EQ(settings[i].pf,
			  sriov_dev_has(&self->pf, "sriov_numvfs"));
		ASSERT_EQ(0, sriov_bind(&self->pf, variant->driver));
		if (!settings[i].pf)
			continue;
		before = snapshot(&self->pf);
		EXPECT_EQ(settings[i].err, sriov_numvfs(&self->pf, VFS));
		ASSERT_AS(&before, &self->pf, "%s %s", settings[i].attr,
			  settings[i].value);
	}
}

static int failed_attempts(const struct sriov_dev *pf, unsigned int n)
{
	while (n--)
		if (!sriov_numvfs(pf, VFS))
			return -EEXIST;
	return 0;
}

/*
 * A VF that cannot be set up leaves nothing behind: a struct pci_dev is 2 kB.  A
 * kernel that looks for bad memory keeps for a while what is freed, and is asked.
 */
TEST_F_TIMEOUT(fault, leaves_no_memory_behind, TIMEOUT)
{
	char found[256] = "";
	long before, after;

	ASSERT_EQ(0, pci_sim_set(SIM_PF, "faults/numvfs_stuck", "1"));
	ASSERT_EQ(0, failed_attempts(&self->pf, LEAK_WARM_UP));
	before = slab_kb();
	ASSERT_LT(0, before);
	ASSERT_EQ(0, failed_attempts(&self->pf, LEAK_TRIES));
	after = slab_kb();
	if (!access(KMEMLEAK, F_OK)) {
		ASSERT_EQ(0, scan_for_leaks(found, sizeof(found)));
		EXPECT_STREQ("", found);
		return;
	}
	EXPECT_GT(LEAK_TRIES * LEAK_LIMIT / 1024, after - before) {
		TH_LOG("%u failed attempts take %ld kB", LEAK_TRIES,
		       after - before);
	}
}

TEST_HARNESS_MAIN
