// SPDX-License-Identifier: GPL-2.0
/*
 * The rescan lock against files of a PF that is being removed.  Whoever removes
 * it holds the lock and waits for the device_lock and for writers of the files;
 * a writer that waits for the lock in turn waits for ever, and so does everybody
 * who wants the lock afterwards.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "job.h"
#include "sriov.h"

#define VFS	4
#define LIMIT	60	/* seconds; everything is done after two or three */

#define PORT	0	/* the bridge with a root port, PFs below it */
#define HOLDER	1	/* the bridge with the PF that is removed for the lock */
#define BELOW	2	/* PFs below the port */

#define RESCAN_ALL "/sys/bus/pci/rescan"

static void wait_gone(const struct sriov_dev *dev, const char *attr)
{
	double end = sriov_seconds() + LIMIT;

	while (sriov_dev_has(dev, attr) && sriov_seconds() < end)
		usleep(1000);
}

/* A device may be gone, or on its way, or have lost its driver */
static bool expected(int err)
{
	return !err || err == -ENODEV || err == -ENOENT;
}

/* The devices of all tests, with a driver for the PFs; NULL: none, scope=any */
struct devices {
	struct sriov_dev holder, port, pf[BELOW];
	const char *driver;
};

static int bind_all(const struct devices *d)
{
	unsigned int i;
	int err;

	err = sriov_bind(&d->holder, "pci-stub");
	for (i = 0; i < BELOW && !err && d->driver; i++)
		err = sriov_bind(&d->pf[i], d->driver);
	return err;
}

/* A root port with two PFs below it */
static int create_port(struct devices *d)
{
	const char *bridge = sriov_sim_bridge(PORT);
	char pf1[64], pf0[64];

	snprintf(d->port.name, sizeof(d->port.name), "%05x:00:00.0",
		 SRIOV_SIM_DOMAIN + PORT);
	snprintf(pf0, sizeof(pf0), "%s/pf0", bridge);
	snprintf(pf1, sizeof(pf1), "%s/pf1", bridge);
	return sriov_sim_new(PORT, VFS) ?:
	       pci_sim_set(bridge, "root_port", "1") ?:
	       pci_sim_add(pf1, &sriov_sim_unprobed, VFS) ?:
	       pci_sim_live(bridge, true) ?:
	       pci_sim_address(pf0, d->pf[0].name) ?:
	       pci_sim_address(pf1, d->pf[1].name);
}

static int create_all(struct devices *d, const char *driver)
{
	d->driver = driver;
	return sriov_sim_create(HOLDER, VFS, &d->holder) ?:
	       create_port(d) ?:
	       sriov_param("scope", driver ? "stub" : "any") ?:
	       bind_all(d);
}

static void destroy_all(void)
{
	if (job_stuck())
		return;
	pci_sim_destroy(sriov_sim_bridge(PORT));
	pci_sim_destroy(sriov_sim_bridge(HOLDER));
	sriov_param("scope", "stub");
}

/* Whatever has been removed is there again */
static int rescan_all(const struct devices *d)
{
	return sriov_rescan_bus(&d->holder) ?: sriov_rescan_bus(&d->port) ?:
	       bind_all(d);
}

/* Writers for the PF get through again, and all is as before */
#define EXPECT_WORKS(before, pf) do { \
	const struct sriov_dev *pf_ = (pf); \
	EXPECT_EQ(0, sriov_numvfs(pf_, VFS)); \
	EXPECT_EQ(VFS, sriov_state(pf_).links); \
	EXPECT_EQ(0, sriov_numvfs(pf_, 0)); \
	EXPECT_SAME(before, pf_); \
} while (0)

FIXTURE(lock) {
	struct devices d;
	struct sriov_state before;
};

/* A write to a file of the PF, or with bus of the bus that it is on */
FIXTURE_VARIANT(lock) {
	const char *driver;
	unsigned int vfs;	/* that are on */
	const char *file;
	const char *text;
	bool bus;
};

FIXTURE_VARIANT_ADD(lock, enable) {
	.driver = "pci-stub", .file = "sriov_numvfs", .text = "4",
};

FIXTURE_VARIANT_ADD(lock, disable) {
	.driver = "pci-stub", .vfs = VFS, .file = "sriov_numvfs", .text = "0",
};

FIXTURE_VARIANT_ADD(lock, unbind) {
	.driver = "pci-stub", .vfs = VFS, .file = "driver/unbind",
};

FIXTURE_VARIANT_ADD(lock, native_enable) {
	.driver = "pci-sriov-test-native", .file = "sriov_numvfs", .text = "4",
};

FIXTURE_VARIANT_ADD(lock, native_disable) {
	.driver = "pci-sriov-test-native", .vfs = VFS,
	.file = "sriov_numvfs", .text = "0",
};

FIXTURE_VARIANT_ADD(lock, any_enable) {
	.file = "sriov_numvfs", .text = "4",
};

FIXTURE_VARIANT_ADD(lock, any_disable) {
	.vfs = VFS, .file = "sriov_numvfs", .text = "0",
};

FIXTURE_VARIANT_ADD(lock, rescan) {
	.driver = "pci-stub", .vfs = VFS, .file = "rescan", .text = "1",
};

FIXTURE_VARIANT_ADD(lock, rescan_bus) {
	.driver = "pci-stub", .vfs = VFS, .file = "rescan", .text = "1",
	.bus = true,
};

FIXTURE_SETUP(lock)
{
	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	ASSERT_FALSE(job_stuck());
	ASSERT_EQ(0, create_all(&self->d, variant->driver));
	self->before = sriov_state(&self->d.pf[0]);
}

FIXTURE_TEARDOWN(lock)
{
	destroy_all();
}

static pid_t start_writer(const struct devices *d, const char *file,
			  const char *text, bool bus)
{
	char path[64];

	if (!bus)
		return job_write(&d->pf[0], file, text ? text : d->pf[0].name);
	/* "ddddd:bb" of "ddddd:bb:dd.f" */
	snprintf(path, sizeof(path), "pci_bus/%.8s/%s", d->pf[0].name, file);
	return job_write(&d->port, path, text);
}

/*
 * The lock is held for a second by the removal of another PF, whose VFs go with
 * it: long enough to queue a removal first and a writer second.
 */
TEST_F_TIMEOUT(lock, against_removal, 300)
{
	const struct devices *d = &self->d;
	/* The PF, or the port above it with both PFs and their bus */
	const struct {
		const struct sriov_dev *dev;
		unsigned int devices, buses;
	} victims[] = {
		{ &d->pf[0], 1, 0 }, { &d->port, 1 + BELOW, 1 },
	}, *victim;
	pid_t holder, remover, writer;
	struct sriov_state removed;
	unsigned int in_time = 0;
	int try, err;
	double end;

	/* A busy machine may not get it all done in a second */
	for (try = 0; try < 10 && in_time < 2; try++) {
		victim = &victims[in_time];
		ASSERT_EQ(0, sriov_numvfs(&d->holder, VFS));
		ASSERT_EQ(0, sriov_numvfs(&d->pf[0], variant->vfs));
		end = sriov_seconds() + LIMIT;
		holder = job_write(&d->holder, "remove", "1");
		wait_gone(&d->holder, "virtfn0");
		/* The file goes before the lock is taken */
		remover = job_write(victim->dev, "remove", "1");
		wait_gone(victim->dev, "remove");
		writer = start_writer(d, variant->file, variant->text,
				      variant->bus);
		usleep(200000);
		in_time += job_running(holder) && job_running(remover) &&
			   job_running(writer);

		EXPECT_EQ(0, job_finish(holder, end));
		EXPECT_EQ(0, job_finish(remover, end));
		err = job_finish(writer, end);
		EXPECT_TRUE(expected(err))
			TH_LOG("%s: %s", variant->file, strerror(-err));
		ASSERT_FALSE(job_stuck())
			TH_LOG("%s and remove of %s wait for each other",
			       variant->file, victim->dev->name);

		/* No VF is left.  A bus that stays may have found the PF again */
		removed = sriov_state(&d->pf[0]);
		if (!sriov_dev_has(victim->dev, "vendor")) {
			EXPECT_EQ(self->before.devices - 1 - victim->devices,
				  removed.devices);
			EXPECT_EQ(self->before.buses - victim->buses,
				  removed.buses);
		} else {
			EXPECT_TRUE(variant->bus);
		}

		ASSERT_EQ(0, rescan_all(d));
		EXPECT_WORKS(&self->before, &d->pf[0]);
	}
	EXPECT_EQ(2, in_time);
}

/* What needs no variants */
FIXTURE(busy) {
	struct devices d;
	struct sriov_state before[BELOW];
};

FIXTURE_SETUP(busy)
{
	unsigned int i;

	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	ASSERT_FALSE(job_stuck());
	ASSERT_EQ(0, create_all(&self->d, "pci-stub"));
	for (i = 0; i < BELOW; i++)
		self->before[i] = sriov_state(&self->d.pf[i]);
}

FIXTURE_TEARDOWN(busy)
{
	job_end_loops(sriov_seconds() + LIMIT);
	destroy_all();
}

/* Both PFs are in the middle of something when the port above them goes */
TEST_F_TIMEOUT(busy, port_is_removed, 300)
{
	const struct devices *d = &self->d;
	pid_t enabler, disabler, remover;
	struct sriov_state removed;
	int i, enabled, disabled;
	double end;

	for (i = 0; i < 8; i++) {
		ASSERT_EQ(0, sriov_numvfs(&d->pf[1], VFS));
		end = sriov_seconds() + LIMIT;
		enabler = job_write(&d->pf[0], "sriov_numvfs", "4");
		/* Enabling sleeps 100 ms, disabling a second after the VFs */
		usleep(i * 20000);
		disabler = job_write(&d->pf[1], "sriov_numvfs", "0");
		usleep(i % 4 * 1000);
		remover = job_write(&d->port, "remove", "1");
		enabled = job_finish(enabler, end);
		disabled = job_finish(disabler, end);
		EXPECT_EQ(0, job_finish(remover, end));
		EXPECT_TRUE(expected(enabled))
			TH_LOG("enable: %s", strerror(-enabled));
		EXPECT_TRUE(expected(disabled))
			TH_LOG("disable: %s", strerror(-disabled));
		ASSERT_FALSE(job_stuck());

		removed = sriov_state(&d->port);
		EXPECT_EQ(self->before[0].devices - 1 - BELOW,
			  removed.devices);
		EXPECT_EQ(self->before[0].buses - 1, removed.buses);

		ASSERT_EQ(0, sriov_rescan_bus(&d->port));
		ASSERT_EQ(0, bind_all(d));
	}
	EXPECT_WORKS(&self->before[0], &d->pf[0]);
	EXPECT_WORKS(&self->before[1], &d->pf[1]);
}

static void rescan(const struct sriov_dev *unused)
{
	sriov_write(RESCAN_ALL, "1");
}

static void toggle(const struct sriov_dev *pf)
{
	sriov_numvfs(pf, VFS);
	sriov_numvfs(pf, 0);
}

/* However many wait for the lock, each gets it soon */
TEST_F_TIMEOUT(busy, everybody_rescans, 300)
{
	const struct sriov_dev *pf = &self->d.pf[0];
	double begin, longest = 0;
	pid_t writer;
	int i;

	for (i = 0; i < 4; i++)
		job_loop(rescan, NULL);
	for (i = 0; i < 20; i++) {
		begin = sriov_seconds();
		writer = job_write(pf, "sriov_numvfs", i & 1 ? "0" : "4");
		ASSERT_EQ(0, job_finish(writer, begin + LIMIT));
		if (sriov_seconds() - begin > longest)
			longest = sriov_seconds() - begin;
	}
	ASSERT_EQ(0, job_end_loops(sriov_seconds() + LIMIT));
	EXPECT_SAME(&self->before[0], pf);
	printf("# race: sriov_numvfs beside 4 rescans took %.2f s at most\n",
	       longest);
}

/* The whole bridge goes, and comes back, while VFs come and go */
static void bridge(const struct sriov_dev *unused)
{
	pci_sim_live(sriov_sim_bridge(PORT), false);
	pci_sim_live(sriov_sim_bridge(PORT), true);
}

TEST_F_TIMEOUT(busy, bridge_goes, 300)
{
	const struct devices *d = &self->d;
	double end = sriov_seconds() + 5;

	ASSERT_EQ(0, sriov_param("scope", "any"));
	job_loop(bridge, NULL);
	job_loop(toggle, &d->pf[0]);
	job_loop(toggle, &d->pf[0]);
	job_loop(toggle, &d->pf[1]);
	job_loop(rescan, NULL);
	while (sriov_seconds() < end)
		usleep(100000);
	ASSERT_EQ(0, job_end_loops(sriov_seconds() + LIMIT));

	ASSERT_EQ(0, sriov_param("scope", "stub"));
	ASSERT_EQ(0, pci_sim_live(sriov_sim_bridge(PORT), false));
	ASSERT_EQ(0, pci_sim_live(sriov_sim_bridge(PORT), true));
	ASSERT_EQ(0, bind_all(d));
	EXPECT_WORKS(&self->before[0], &d->pf[0]);
	EXPECT_WORKS(&self->before[1], &d->pf[1]);
}

/*
 * An asynchronous write does not restart: what means "again" to a system call
 * ends one with EINTR.
 */
#define WRITES 200

TEST_F_TIMEOUT(busy, asynchronous_rescan, 300)
{
	unsigned int i, interrupted = 0, failed = 0;
	struct io_event event;
	aio_context_t ctx = 0;
	struct iocb cb = {
		.aio_lio_opcode = IOCB_CMD_PWRITE,
		.aio_buf = (uintptr_t)"1",
		.aio_nbytes = 1,
	};
	struct iocb *list[] = { &cb };

	if (syscall(SYS_io_setup, 1, &ctx))
		SKIP(return, "no CONFIG_AIO");
	cb.aio_fildes = open(sriov_attr(&self->d.pf[0], "rescan"), O_WRONLY);
	ASSERT_LE(0, (int)cb.aio_fildes);

	job_loop(rescan, NULL);
	job_loop(toggle, &self->d.holder);
	job_loop(toggle, &self->d.pf[1]);
	for (i = 0; i < WRITES; i++) {
		ASSERT_EQ(1, syscall(SYS_io_submit, ctx, 1, list));
		ASSERT_EQ(1, syscall(SYS_io_getevents, ctx, 1, 1, &event, NULL));
		interrupted += event.res == -EINTR;
		failed += event.res != 1;
	}
	EXPECT_EQ(0, interrupted);
	EXPECT_EQ(0, failed);
	syscall(SYS_io_destroy, ctx);
	close(cb.aio_fildes);

	ASSERT_EQ(0, job_end_loops(sriov_seconds() + LIMIT));
	EXPECT_SAME(&self->before[0], &self->d.pf[0]);
}

TEST_HARNESS_MAIN
