// SPDX-License-Identifier: GPL-2.0
/*
 * Errors of a root port beside writes to sriov_numvfs of the PF below it.  Recovery
 * calls the drivers of all devices below the port, and waits for the device_lock of
 * each; whoever enables or disables VFs holds that of the PF, and waits for whatever
 * guards the lists of devices.
 *
 * The stub has no error_detected(), so that a first error is the end of the PF: the
 * test is one, and wants a VM of its own.  It is enough: a writer who enables and
 * disables VFs all the time holds the device_lock whenever the error comes.  It is
 * not fatal: a fatal one has the bus reset, and hangs in pci_bus_lock() of 6.1 and
 * 6.12, see "Not fixed" in patches/fixes/README.rst.
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
#define ERRORS	20
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

FIXTURE(aer) {
	struct sriov_bench bench;
	struct sriov_dev port, *pf;
	int log;
};

FIXTURE_SETUP(aer)
{
	if (access(AER_INJECT, W_OK))
		SKIP(return, "no " AER_INJECT);
	if (sriov_find(&self->bench))
		SKIP(return, "no PFs, or pci_sriov_test not loaded");
	sriov_reset(&self->bench);
	self->pf = &self->bench.pf[0];
	if (find_port(self->pf, &self->port))
		SKIP(return, "no port above %s", self->pf->name);
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
	ASSERT_EQ(0, sriov_bind(self->pf, "pci-stub"));
}

FIXTURE_TEARDOWN(aer)
{
	close(self->log);
}

static void toggle(const struct sriov_dev *pf)
{
	sriov_numvfs(pf, VFS);
	sriov_numvfs(pf, 0);
}

TEST_F_TIMEOUT(aer, beside_numvfs, 300)
{
	double end = sriov_seconds() + LIMIT;
	unsigned int errors = 0;
	int err;

	ASSERT_EQ(0, sriov_numvfs(self->pf, VFS));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	job_loop(toggle, self->pf);
	/* It is at work */
	usleep(500000);
	while (errors < ERRORS && sriov_seconds() < end) {
		/* Busy as long as the interrupt of the one before is pending */
		err = inject(&self->port, PCI_ERR_UNC_COMP_TIME);
		ASSERT_TRUE(!err || err == -EBUSY)
			TH_LOG("%s", strerror(-err));
		errors += !err;
		usleep(20000);
	}
	EXPECT_EQ(ERRORS, errors);
	ASSERT_EQ(0, job_end_loops(sriov_seconds() + LIMIT))
		TH_LOG("recovery and sriov_numvfs wait for each other");
	EXPECT_TRUE(sriov_log_has(self->log, "device recovery", LIMIT * 1000));
	/* Nobody has kept a lock */
	EXPECT_STREQ("0", sriov_dev_read(self->pf, "sriov_numvfs"));
	EXPECT_EQ(0, sriov_unbind(self->pf));
	printf("# errors: %u\n", errors);
}

TEST_HARNESS_MAIN
