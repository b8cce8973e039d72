// SPDX-License-Identifier: GPL-2.0
/*
 * What people do with VFs who never use the feature, and who must not notice that
 * it is there: every test passes on a kernel without it, too.  VFs that a driver
 * leaves on when it goes are free for any driver, as sriov_drivers_autoprobe says.
 *
 * Needs CONFIG_PCI_SIM and kmod/pci_sriov_vendor.ko, which it loads and unloads.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "nvme_vf.h"
#include "sriov.h"

#define DRIVER(name)	"/sys/bus/pci/drivers/" name
#define NIC		"pci-sriov-vendor-nic"
#define GPU		"pci-sriov-vendor-gpu"

static const char *vendor_module(void)
{
	static const char * const paths[] = {
		"pci_sriov_vendor.ko", "kmod/pci_sriov_vendor.ko",
	};

	return paths[access(paths[0], R_OK) ? 1 : 0];
}

/* Waits for the probes that it causes */
static int load_vendor(void)
{
	int fd = open(vendor_module(), O_RDONLY);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	close(fd);
	return err;
}

static int unload_vendor(void)
{
	return syscall(SYS_delete_module, "pci_sriov_vendor", O_NONBLOCK) ?
	       -errno : 0;
}

/* VFs of the PF that a driver has, by the time that it takes to come */
static unsigned int bound_vfs(const struct sriov_dev *pf, const char *driver,
			      unsigned int wanted)
{
	double end = sriov_seconds() + 5;
	unsigned int i, n;

	do {
		n = 0;
		for (i = 0; i < sriov_state(pf).links; i++) {
			struct sriov_dev vf = sriov_vf(pf, i);

			n += !strcmp(driver, sriov_driver(&vf));
		}
	} while (n != wanted && sriov_seconds() < end && !usleep(50000));

	return n;
}

/* --- NVIDIA's vGPU: pci-pf-stub enables VFs, another driver uses them */

FIXTURE(vgpu) {
	struct sriov_dev pf;
	struct sriov_state idle;	/* no driver, no VFs */
};

FIXTURE_SETUP(vgpu)
{
	static const struct pci_sim_ids ids = {
		0x10de, 0x20b0, 0x10de, 0x144e, 0x030200,
	};

	if (!pci_sim_available() || access(vendor_module(), R_OK))
		SKIP(return, "no PCI simulator, or no pci_sriov_vendor.ko");
	unload_vendor();
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ids, 16, self->pf.name));
	self->idle = sriov_state(&self->pf);
}

FIXTURE_TEARDOWN(vgpu)
{
	unload_vendor();
	pci_sim_destroy(SIM_BRIDGE);
}

static int enable_by_pf_stub(const struct sriov_dev *pf)
{
	return sriov_bind(pf, "pci-pf-stub") ?:
	       sriov_numvfs(pf, 16) ?:
	       sriov_unbind(pf) ?:
	       sriov_dev_write(pf, "driver_override", "\n");
}

/* The driver is there before, and its users bind all by hand */
TEST_F(vgpu, binds_one_by_one)
{
	struct sriov_dev vf;
	unsigned int i;

	ASSERT_EQ(0, load_vendor());
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "sriov_drivers_autoprobe",
				     "0"));
	ASSERT_EQ(0, enable_by_pf_stub(&self->pf));
	EXPECT_EQ(16, sriov_state(&self->pf).links);
	EXPECT_EQ(self->idle.usage, sriov_state(&self->pf).usage);
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "sriov_drivers_autoprobe",
				     "1"));

	ASSERT_EQ(0, sriov_write(DRIVER(GPU) "/bind", self->pf.name));
	for (i = 0; i < 16; i++) {
		vf = sriov_vf(&self->pf, i);
		EXPECT_EQ(0, sriov_write(DRIVER(GPU) "/bind", vf.name));
	}
	EXPECT_EQ(16, bound_vfs(&self->pf, GPU, 16));
}

/* The driver comes after */
TEST_F(vgpu, driver_is_loaded_later)
{
	ASSERT_EQ(0, enable_by_pf_stub(&self->pf));
	ASSERT_EQ(0, load_vendor());
	EXPECT_STREQ(GPU, sriov_driver(&self->pf));
	EXPECT_EQ(16, bound_vfs(&self->pf, GPU, 16));
}

/* The way back: the VFs outlive that driver, and pci-pf-stub disables them */
TEST_F(vgpu, ends_as_it_began)
{
	ASSERT_EQ(0, enable_by_pf_stub(&self->pf));
	ASSERT_EQ(0, load_vendor());
	ASSERT_EQ(0, unload_vendor());
	EXPECT_EQ(16, bound_vfs(&self->pf, "", 16));
	EXPECT_EQ(-ENOENT, sriov_numvfs(&self->pf, 0));
	ASSERT_EQ(0, load_vendor());
	EXPECT_EQ(16, bound_vfs(&self->pf, GPU, 16));

	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-pf-stub"));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
	ASSERT_EQ(0, sriov_unbind(&self->pf));
	EXPECT_SAME(&self->idle, &self->pf);
}

/* --- One driver for PF and VFs that probes asynchronously */

FIXTURE(async) {
	struct sriov_dev pf;
	int usage;		/* of a PF without driver */
};

FIXTURE_SETUP(async)
{
	static const struct pci_sim_ids ids = {
		0x1d0f, 0x0ec2, 0x1d0f, 0x0ec2, 0x020000,
	};

	if (!pci_sim_available() || access(vendor_module(), R_OK))
		SKIP(return, "no PCI simulator, or no pci_sriov_vendor.ko");
	unload_vendor();
	ASSERT_EQ(0, pci_sim_create(SIM_BRIDGE, &ids, 4, self->pf.name));
	self->usage = sriov_state(&self->pf).usage;
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "driver_override", "\n"));
	ASSERT_EQ(0, load_vendor());
	ASSERT_STREQ(NIC, sriov_driver(&self->pf));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 4));
	ASSERT_EQ(4, bound_vfs(&self->pf, NIC, 4));
}

FIXTURE_TEARDOWN(async)
{
	unload_vendor();
	pci_sim_destroy(SIM_BRIDGE);
}

TEST_F(async, module_is_reloaded)
{
	ASSERT_EQ(0, unload_vendor());
	EXPECT_EQ(4, bound_vfs(&self->pf, "", 4));
	EXPECT_EQ(self->usage, sriov_state(&self->pf).usage);

	ASSERT_EQ(0, load_vendor());
	EXPECT_STREQ(NIC, sriov_driver(&self->pf));
	EXPECT_EQ(4, bound_vfs(&self->pf, NIC, 4));
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
}

TEST_F(async, vf_is_bound_before_its_pf)
{
	struct sriov_dev vf = sriov_vf(&self->pf, 3);

	ASSERT_EQ(0, sriov_unbind(&self->pf));
	EXPECT_EQ(4, bound_vfs(&self->pf, NIC, 4));
	ASSERT_EQ(0, sriov_unbind(&vf));
	EXPECT_EQ(0, sriov_write(DRIVER(NIC) "/bind", vf.name));
	EXPECT_STREQ(NIC, sriov_driver(&vf));
	EXPECT_EQ(0, sriov_write(DRIVER(NIC) "/bind", self->pf.name));
	EXPECT_EQ(4, bound_vfs(&self->pf, NIC, 4));
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
}

/* The one knob for VFs that a driver left on is the one that there has been */
TEST_F(async, drivers_autoprobe_still_counts)
{
	struct sriov_dev vf = sriov_vf(&self->pf, 0);

	ASSERT_EQ(0, sriov_unbind(&self->pf));
	ASSERT_EQ(0, sriov_unbind(&vf));
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "sriov_drivers_autoprobe",
				     "0"));
	EXPECT_EQ(-ENODEV, sriov_write(DRIVER(NIC) "/bind", vf.name));
	ASSERT_EQ(0, sriov_dev_write(&self->pf, "sriov_drivers_autoprobe",
				     "1"));
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	EXPECT_STREQ(NIC, sriov_driver(&vf));
}

/* --- QEMU's nvme, and its driver */

FIXTURE(nvme) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	int usage;		/* of a PF without driver */
};

FIXTURE_SETUP(nvme)
{
	SRIOV_SETUP(&self->bench);
	if (strcmp(sriov_dev_read(&self->bench.pf[0], "class"), "0x010802"))
		SKIP(return, "the PF is no nvme controller");
	self->pf = &self->bench.pf[0];
	self->usage = sriov_state(self->pf).usage;

	/* Its driver would try VFs that are offline, and fail */
	ASSERT_EQ(0, sriov_bind(self->pf, "nvme"));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
}

FIXTURE_TEARDOWN(nvme)
{
	sriov_reset(&self->bench);
}

TEST_F(nvme, driver_goes_and_comes)
{
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "1"));
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_EQ(2, sriov_state(self->pf).links);
	EXPECT_EQ(self->usage, sriov_state(self->pf).usage);
	EXPECT_TRUE(sriov_probed(&self->bench));
	ASSERT_EQ(0, sriov_bind(self->pf, "nvme"));
	EXPECT_TRUE(sriov_probed(&self->bench));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
}

TEST_F(nvme, vf_works_without_its_pf)
{
	struct sriov_dev vf = sriov_vf(self->pf, 0);
	int fd;

	ASSERT_EQ(0, nvme_vf_online(self->pf, 0));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe", "1"));
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	EXPECT_STREQ("nvme", sriov_driver(&vf));

	ASSERT_EQ(0, sriov_unbind(self->pf));
	EXPECT_STREQ("nvme", sriov_driver(&vf));
	ASSERT_EQ(0, sriov_unbind(&vf));
	EXPECT_EQ(0, sriov_write(DRIVER("nvme") "/bind", vf.name));
	EXPECT_STREQ("nvme", sriov_driver(&vf));
	fd = nvme_vf_open(&vf);
	EXPECT_LE(0, fd);
	close(fd);

	/* The PF's driver resets the PF, which takes its VFs offline */
	ASSERT_EQ(0, sriov_unbind(&vf));
	ASSERT_EQ(0, sriov_bind(self->pf, "nvme"));
	EXPECT_EQ(0, sriov_numvfs(self->pf, 0));
}

TEST_HARNESS_MAIN
