// SPDX-License-Identifier: GPL-2.0
/*
 * Everybody at once: a minute of processes that enable and disable VFs, bind and
 * unbind drivers, load and unload one, change the policy, read it, rescan, and
 * take PFs away and put them back.  Each of them may be refused, but only for the reasons it knows;
 * afterwards all is as it was.
 *
 * PCI_SRIOV_RACE_SECONDS	another time than 60
 * PCI_SRIOV_RACE_UNFIXED	leave out what hangs a kernel without our fixes of the
 *				PCI core, or makes it complain
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

#define SIMS	5
#define PFS	(SIMS + 1)	/* the last is a real one, to QEMU */
#define REAL	SIMS
#define VFS	4
#define LIMIT	120	/* seconds in which everybody comes to an end */

struct race {
	struct sriov_dev pf[PFS];
	bool stop;
};

static struct race *race;

/* In the VM, or on a machine of yours */
static const char *third_module(void)
{
	static const char * const paths[] = {
		"pci_sriov_third.ko", "kmod/pci_sriov_third.ko",
	};

	return paths[access(paths[0], R_OK) ? 1 : 0];
}

static bool unfixed(void)
{
	return getenv("PCI_SRIOV_RACE_UNFIXED");
}

static unsigned int any(unsigned int n)
{
	return random() % n;
}

/* --- One operation each */

static int numvfs(unsigned int pf)
{
	return sriov_numvfs(&race->pf[pf], any(2) ? 0 : 1 + any(VFS));
}

static int bind_pf(unsigned int pf)
{
	static const char * const drivers[] = {
		"pci-stub", "uio_pci_generic", "none",
	};
	const char *driver = drivers[any(3)];

	/* Two devices at a time may get one minor */
	if (unfixed() && pf && *driver == 'u')
		driver = "pci-stub";
	if (*driver != 'n')
		return sriov_bind(&race->pf[pf], driver);
	return sriov_unbind(&race->pf[pf]) ?:
	       sriov_dev_write(&race->pf[pf], "driver_override", driver);
}

/*
 * A driver comes, takes the PF, and goes while others write to the PF's files.
 * Whether it gets the PF is up to them; that it comes and goes is not.
 */
static int module(unsigned int pf)
{
	int fd, err, gone;

	fd = open(third_module(), O_RDONLY);
	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	if (err)
		return -ENOEXEC;
	err = sriov_bind(&race->pf[pf], "pci-sriov-third");
	usleep(any(500000));
	gone = syscall(SYS_delete_module, "pci_sriov_third", O_NONBLOCK);
	return gone ? -ENOEXEC : err;
}

static int autoprobe(unsigned int pf)
{
	return sriov_dev_write(&race->pf[pf], "sriov_unmanaged_autoprobe",
			       any(2) ? "1" : "0");
}

static int policy(unsigned int pf)
{
	char text[128];
	int err;

	err = sriov_read(sriov_attr(&race->pf[pf], "sriov_unmanaged_policy"),
			 text, sizeof(text));
	if (err)
		return err;
	if (strcmp(text, "allow") && strcmp(text, "refuse"))
		return -EILSEQ;
	err = sriov_read(sriov_attr(&race->pf[pf], "sriov_unmanaged_reason"),
			 text, sizeof(text));
	if (err)
		return err;
	return *text ? 0 : -EILSEQ;
}

static int override(unsigned int pf)
{
	static const char * const lists[] = {
		"\n", "1d0f:0ec2=refuse", "1b36:*=allow,1d0f:0ec2=allow",
	};

	return sriov_param("override", lists[any(3)]);
}

static int unlisted(unsigned int pf)
{
	return sriov_param("unlisted", any(2) ? "allow" : "refuse");
}

static int scope(unsigned int pf)
{
	return sriov_param("scope", any(4) ? "any" : "stub");
}

/*
 * Without our fixes whoever waits for the rescan lock may keep the memory of a PF
 * that has gone until then, and with it the number of its domain.
 */
static int plug(unsigned int pf)
{
	int err = pci_sim_live(sriov_sim_bridge(pf), false);
	unsigned int tries;

	if (err)
		return err;
	for (tries = unfixed() ? 100 : 1; tries; tries--) {
		err = pci_sim_live(sriov_sim_bridge(pf), true);
		if (err != -EEXIST)
			break;
		usleep(100000);
	}
	return err;
}

static int remove_pf(unsigned int pf)
{
	int err = sriov_remove(&race->pf[pf]);

	return err == -ENOENT || !err ? sriov_rescan_bus(&race->pf[pf]) : err;
}

static int rescan_all(unsigned int pf)
{
	return sriov_write("/sys/bus/pci/rescan", "1");
}

static int rescan_dev(unsigned int pf)
{
	return sriov_dev_write(&race->pf[pf], "rescan", "1");
}

static int reset(unsigned int pf)
{
	return sriov_dev_write(&race->pf[pf], "reset", "1");
}

/*
 * What an operation may answer.  ENOENT and ENODEV are of a PF that is away, or
 * has no driver: its files are not there, or go while they are in use.
 */
static const struct operation {
	const char *name;
	int (*run)(unsigned int pf);
	int errors[8];
	unsigned int pause_us;
} operations[] = {
	/* the policy, other VFs than asked for, no driver, being reset */
	{ "numvfs", numvfs, { ENOENT, ENODEV, EOPNOTSUPP, EBUSY }, 0 },
	/* bound meanwhile, or by another */
	{ "bind", bind_pf, { ENOENT, ENODEV, EBUSY, EINVAL }, 20000 },
	{ "module", module, { ENOENT, ENODEV, EBUSY, EINVAL }, 20000 },
	{ "autoprobe", autoprobe, { ENOENT, ENODEV }, 2000 },
	{ "policy", policy, { ENOENT, ENODEV }, 2000 },
	{ "override", override, { 0 }, 2000 },
	{ "unlisted", unlisted, { 0 }, 2000 },
	{ "scope", scope, { 0 }, 2000 },
	{ "plug", plug, { 0 }, 300000 },
	{ "remove", remove_pf, { ENOENT, ENODEV }, 300000 },
	{ "rescan", rescan_all, { 0 }, 200000 },
	{ "rescan-dev", rescan_dev, { ENOENT, ENODEV }, 200000 },
	{ "reset", reset, { ENOENT, ENODEV, ENOTTY, EAGAIN }, 100000 },
};

enum {
	NUMVFS, BIND, MODULE, AUTOPROBE, POLICY, OVERRIDE, UNLISTED, SCOPE,
	PLUG, REMOVE, RESCAN, RESCAN_DEV, RESET, OPERATIONS
};

/* Writers for a PF that stays, is pulled out, is removed, loses its driver */
static const struct {
	unsigned char operation, pf;
	bool hangs;		/* a kernel without our fixes */
} racers[] = {
	{ NUMVFS, 0 }, { NUMVFS, 0 }, { BIND, 0 }, { RESET, 0 },
	{ NUMVFS, 1 }, { NUMVFS, 1 }, { BIND, 1 }, { PLUG, 1 },
	{ NUMVFS, 2 }, { NUMVFS, 2 }, { BIND, 2 }, { REMOVE, 2 },
	{ RESCAN_DEV, 0 }, { RESCAN_DEV, 2, true },
	{ NUMVFS, 3 }, { REMOVE, 3 }, { REMOVE, 3 },
	{ NUMVFS, 4 }, { MODULE, 4 },
	{ NUMVFS, REAL }, { BIND, REAL }, { RESET, REAL },
	{ AUTOPROBE, 0 }, { AUTOPROBE, 1 }, { AUTOPROBE, 2 },
	{ POLICY, 0 }, { POLICY, 1 }, { POLICY, 2 }, { POLICY, REAL },
	{ OVERRIDE, 0 }, { OVERRIDE, 0 }, { UNLISTED, 0 }, { SCOPE, 0 },
	{ RESCAN, 0 },
};

static struct {
	unsigned int done, refused, unexpected;
	int error;		/* the last that was unexpected */
} (*counts)[ARRAY_SIZE(racers)];

static bool expected(const struct operation *operation, int err)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operation->errors); i++)
		if (operation->errors[i] && operation->errors[i] == -err)
			return true;
	return !err;
}

static void run(unsigned int racer)
{
	const struct operation *operation =
		&operations[racers[racer].operation];
	int err;

	srandom(racer + 1);
	while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
		err = operation->run(racers[racer].pf);
		(*counts)[racer].done++;
		(*counts)[racer].refused += !!err;
		if (!expected(operation, err)) {
			(*counts)[racer].unexpected++;
			(*counts)[racer].error = err;
		}
		usleep(operation->pause_us);
	}
}

static void *shared(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

FIXTURE(race) {
	struct sriov_bench bench;
	bool stuck;
};

FIXTURE_SETUP(race)
{
	unsigned int i;

	if (access(third_module(), R_OK))
		SKIP(return, "no module kmod/pci_sriov_third.ko");
	SRIOV_SETUP_SIM(&self->bench);
	race = shared(sizeof(*race));	/* zeroed: nobody is to stop yet */
	counts = shared(sizeof(*counts));
	ASSERT_NE(MAP_FAILED, (void *)race);
	ASSERT_NE(MAP_FAILED, (void *)counts);
	for (i = 0; i < SIMS; i++)
		ASSERT_EQ(0, sriov_sim_create(i, VFS, &race->pf[i]));
	race->pf[REAL] = self->bench.pf[0];
	ASSERT_EQ(0, sriov_dev_write(&race->pf[REAL], "driver_override",
				     "none"));
}

FIXTURE_TEARDOWN(race)
{
	unsigned int i;

	if (self->stuck)
		return;
	for (i = 0; i < SIMS; i++)
		pci_sim_destroy(sriov_sim_bridge(i));
	sriov_reset(&self->bench);
}

TEST_F_TIMEOUT(race, everybody, 400)
{
	const char *seconds = getenv("PCI_SRIOV_RACE_SECONDS");
	unsigned int i, j, done, refused, unexpected, left;
	struct sriov_state before[PFS];
	pid_t pids[ARRAY_SIZE(racers)];
	double end;
	int status;

	for (i = 0; i < PFS; i++)
		before[i] = sriov_state(&race->pf[i]);
	for (i = 0, left = 0; i < ARRAY_SIZE(racers); i++) {
		pids[i] = 0;
		if (racers[i].hangs && unfixed())
			continue;
		left++;
		pids[i] = fork();
		if (!pids[i]) {
			run(i);
			_exit(0);
		}
		ASSERT_LT(0, pids[i]);
	}
	sleep(seconds ? atoi(seconds) : 60);
	__atomic_store_n(&race->stop, true, __ATOMIC_RELAXED);

	end = sriov_seconds() + LIMIT;
	while (left && sriov_seconds() < end) {
		for (i = 0; i < ARRAY_SIZE(racers); i++) {
			if (!pids[i] || waitpid(pids[i], &status, WNOHANG) !=
			    pids[i])
				continue;
			EXPECT_EQ(0, status)
				TH_LOG("%s", operations
				       [racers[i].operation].name);
			pids[i] = 0;
			left--;
		}
		usleep(10000);
	}
	for (i = 0; i < ARRAY_SIZE(racers); i++)
		if (pids[i])
			TH_LOG("%s of PF %u is stuck",
			       operations[racers[i].operation].name,
			       racers[i].pf);

	for (j = 0; j < OPERATIONS; j++) {
		done = 0;
		refused = 0;
		unexpected = 0;
		for (i = 0; i < ARRAY_SIZE(racers); i++) {
			if (racers[i].operation != j)
				continue;
			done += (*counts)[i].done;
			refused += (*counts)[i].refused;
			unexpected += (*counts)[i].unexpected;
			if ((*counts)[i].unexpected)
				printf("# race: %s of PF %u: %s\n",
				       operations[j].name, racers[i].pf,
				       strerror(-(*counts)[i].error));
		}
		printf("# race: %s %u operations, %u refused, %u unexpected\n",
		       operations[j].name, done, refused, unexpected);
		EXPECT_LT(refused, done);
		EXPECT_EQ(0, unexpected);
	}
	self->stuck = left;
	ASSERT_EQ(0, left);

	/* All PFs are there and work, and nothing is left of the race */
	ASSERT_EQ(0, sriov_param("override", "\n"));
	ASSERT_EQ(0, sriov_param("unlisted", "allow"));
	ASSERT_EQ(0, sriov_param("scope", "any"));
	for (i = 0; i < PFS; i++) {
		if (!sriov_dev_has(&race->pf[i], "vendor"))
			sriov_rescan_bus(&race->pf[i]);
		ASSERT_TRUE(sriov_dev_has(&race->pf[i], "vendor"))
			TH_LOG("PF %u", i);
		ASSERT_EQ(0, sriov_bind(&race->pf[i], "pci-stub"));
		if (strcmp(sriov_dev_read(&race->pf[i], "sriov_numvfs"), "0"))
			EXPECT_EQ(0, sriov_numvfs(&race->pf[i], 0));
	}
	for (i = 0; i < PFS; i++) {
		EXPECT_EQ(0, sriov_numvfs(&race->pf[i], VFS));
		EXPECT_EQ(VFS, sriov_state(&race->pf[i]).links);
		EXPECT_EQ(0, sriov_numvfs(&race->pf[i], 0));
	}
	for (i = 0; i < PFS; i++) {
		sriov_unbind(&race->pf[i]);
		EXPECT_SAME(&before[i], &race->pf[i]);
	}
}

/*
 * Unbinding disables VFs while others scan their bus.  A scan that meets a VF on
 * its way out adds it anew, and taints the kernel with a warning at best.
 */
TEST_F_TIMEOUT(race, unbind_against_rescan, 300)
{
	struct sriov_dev *pf = &race->pf[REAL];
	struct sriov_state before;
	pid_t rescanner;
	int i, status;

	ASSERT_EQ(0, sriov_bind(pf, "pci-stub"));
	before = sriov_state(pf);
	rescanner = fork();
	if (!rescanner) {
		while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED))
			sriov_write("/sys/bus/pci/rescan", "1");
		_exit(0);
	}
	for (i = 0; i < 12; i++) {
		EXPECT_EQ(0, sriov_bind(pf, "pci-stub"));
		EXPECT_EQ(0, sriov_numvfs(pf, VFS));
		EXPECT_EQ(0, sriov_unbind(pf));
	}
	__atomic_store_n(&race->stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(rescanner, waitpid(rescanner, &status, 0));
	ASSERT_EQ(0, sriov_bind(pf, "pci-stub"));
	EXPECT_SAME(&before, pf);
	printf("# race: unbind %d operations against rescan\n", i);
}

/*
 * A PF that is added again while somebody writes to its sriov_numvfs, which with
 * scope=any needs no driver.  Whoever adds it holds the rescan lock and waits for
 * the device_lock that the writer has.
 */
TEST_F_TIMEOUT(race, add_against_numvfs, 300)
{
	struct sriov_dev *pf = &race->pf[0];
	struct sriov_state before;
	pid_t writer;
	int i, status;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_bind(pf, NULL));
	before = sriov_state(pf);
	writer = fork();
	if (!writer) {
		while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
			sriov_numvfs(pf, VFS);
			sriov_numvfs(pf, 0);
		}
		_exit(0);
	}
	for (i = 0; i < 12; i++) {
		sriov_remove(pf);
		EXPECT_EQ(0, sriov_rescan_bus(pf));
		EXPECT_TRUE(sriov_dev_has(pf, "vendor"));
		usleep(any(300000));
	}
	__atomic_store_n(&race->stop, true, __ATOMIC_RELAXED);
	ASSERT_EQ(writer, waitpid(writer, &status, 0));
	if (strcmp(sriov_dev_read(pf, "sriov_numvfs"), "0"))
		EXPECT_EQ(0, sriov_numvfs(pf, 0));
	ASSERT_EQ(0, sriov_bind(pf, NULL));
	EXPECT_SAME(&before, pf);
	printf("# race: %d times added against numvfs\n", i);
}

TEST_HARNESS_MAIN
