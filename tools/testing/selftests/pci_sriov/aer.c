// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of a root port beside writes to sriov_numvfs of the PF below it.  Recovery
 * calls the drivers of all devices below the port, and waits for the device_lock of
 * each; whoever enables or disables VFs holds that of the PF, and waits for whatever
 * guards the lists of devices.
 *
 * An error must come while VFs are about to be added: 100 ms of a little more than a
 * second that a writer takes to enable and disable them.  So there are many, and
 * each waits until the one before has been dealt with.  Those that queue up would
 * meet the removal of the PF, or a machine that is powered off, and hang in ways of
 * their own: see "Not fixed" in patches/fixes/README.rst.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <linux/pci_regs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "job.h"

#define AER_INJECT "/dev/aer_inject"

#define VFS	4
#define SECONDS	15	/* of errors */
#define LIMIT	60	/* seconds; what is not stuck needs a few */

/* As in drivers/pci/pcie/aer_inject.c */
struct aer_error_inj {
	uint8_t bus;
	uint8_t dev;
	uint8_t fn;
	uint32_t uncor_status;
	uint32_t cor_status;
	uint32_t header_log[4];
	uint32_t domain;
};

static int inject(const struct sriov_dev *dev, uint32_t uncor_status)
{
	unsigned int domain, bus, slot, fn;
	struct aer_error_inj error = { .uncor_status = uncor_status };

	if (sscanf(dev->name, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4)
		return -EINVAL;
	error.domain = domain;
	error.bus = bus;
	error.dev = slot;
	error.fn = fn;
	return sriov_write_bytes(AER_INJECT, &error, sizeof(error));
}

/* The port above a device */
static int find_port(const struct sriov_dev *dev, struct sriov_dev *port)
{
	char path[PATH_MAX], *slash;

	if (!realpath(sriov_attr(dev, ".."), path))
		return -errno;
	slash = strrchr(path, '/');
	snprintf(port->name, sizeof(port->name), "%.15s", slash + 1);
	return sriov_dev_has(port, "vendor") ? 0 : -ENODEV;
}

/*
 * Of the port's bus and what is below it.  As in sriov_rescan() nobody offers the PF to
 * its driver: nvme would probe it by and by, and have it when the test binds another.
 */
static int rescan(const struct sriov_dev *port)
{
	int err;

	sriov_write("/sys/bus/pci/drivers_autoprobe", "0");
	err = sriov_dev_write(port, "rescan", "1");
	sriov_write("/sys/bus/pci/drivers_autoprobe", "1");

	return err;
}

FIXTURE(aer) {
	struct sriov_bench bench;
	struct sriov_dev port, *pf;
	struct sriov_state before;
	int log;
};

FIXTURE_VARIANT(aer) {
	const char *driver;
	uint32_t error;
};

FIXTURE_VARIANT_ADD(aer, stub_nonfatal) {
	.driver = "pci-stub", .error = PCI_ERR_UNC_COMP_TIME,
};

FIXTURE_VARIANT_ADD(aer, stub_fatal) {
	.driver = "pci-stub", .error = PCI_ERR_UNC_MALF_TLP,
};

FIXTURE_VARIANT_ADD(aer, pf_stub_nonfatal) {
	.driver = "pci-pf-stub", .error = PCI_ERR_UNC_COMP_TIME,
};

FIXTURE_VARIANT_ADD(aer, pf_stub_fatal) {
	.driver = "pci-pf-stub", .error = PCI_ERR_UNC_MALF_TLP,
};

FIXTURE_SETUP(aer)
{
	if (access(AER_INJECT, W_OK))
		SKIP(return, "no " AER_INJECT);
	ASSERT_FALSE(job_stuck());
	SRIOV_SETUP(&self->bench);
	self->pf = &self->bench.pf[0];
	if (find_port(self->pf, &self->port))
		SKIP(return, "no port above %s", self->pf->name);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
	/* The driver of the PF would take QEMU's VFs */
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	self->before = sriov_state(self->pf);
}

FIXTURE_TEARDOWN(aer)
{
	job_end_loops(sriov_seconds() + LIMIT);
	if (job_stuck())
		return;
	close(self->log);
	sriov_reset(&self->bench);
}

static void toggle(const struct sriov_dev *pf)
{
	sriov_numvfs(pf, VFS);
	sriov_numvfs(pf, 0);
}

/* 0 once an error has been dealt with, one way or the other */
static int recover(const struct sriov_dev *port, uint32_t error, int log)
{
	double end = sriov_seconds() + LIMIT;
	int err;

	/* The interrupt handler may still work on the one before */
	do {
		err = inject(port, error);
	} while (err == -EBUSY && sriov_seconds() < end);
	if (err)
		return err;
	return sriov_log_has(log, "device recovery", LIMIT * 1000) ? 0 :
								  -ETIMEDOUT;
}

TEST_F_TIMEOUT(aer, beside_numvfs, 300)
{
	double end = sriov_seconds() + SECONDS;
	unsigned int errors = 0;
	pid_t job;
	int err;

	job_loop(toggle, self->pf);
	while (sriov_seconds() < end) {
		err = recover(&self->port, variant->error, self->log);
		if (err)
			break;
		errors++;
		usleep(30000);
	}
	EXPECT_EQ(0, err)
		TH_LOG("after %u errors: %s", errors, strerror(-err));
	ASSERT_EQ(0, job_end_loops(sriov_seconds() + LIMIT))
		TH_LOG("recovery and sriov_numvfs wait for each other");
	ASSERT_EQ(0, err);
	printf("# errors: %u\n", errors);

	/* Neither driver can restore a PF, so it starts again after a reset */
	job = job_write(self->pf, "sriov_numvfs", "0");
	EXPECT_EQ(0, job_finish(job, sriov_seconds() + LIMIT));
	job = job_write(self->pf, "remove", "1");
	EXPECT_EQ(0, job_finish(job, sriov_seconds() + LIMIT));
	ASSERT_FALSE(job_stuck());
	ASSERT_EQ(0, rescan(&self->port));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_SAME(&self->before, self->pf);
	EXPECT_EQ(0, sriov_numvfs(self->pf, VFS));
	EXPECT_EQ(VFS, sriov_state(self->pf).links);
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_SAME(&self->before, self->pf);
}

TEST_HARNESS_MAIN
