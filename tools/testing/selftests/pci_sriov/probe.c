// SPDX-License-Identifier: GPL-2.0
/*
 * sriov_unmanaged_autoprobe, with the nvme driver and QEMU's nvme: its VFs are
 * offline until the PF's owner assigns resources, so its probe fails, but it
 * says that it was asked.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "sriov.h"

FIXTURE(probe) {
	struct sriov_bench bench;
	struct sriov_dev *pf;
	int log;
};

FIXTURE_VARIANT(probe) {
	const char *driver;
};

FIXTURE_VARIANT_ADD(probe, pci_stub) { .driver = "pci-stub" };
FIXTURE_VARIANT_ADD(probe, uio_pci_generic) { .driver = "uio_pci_generic" };

FIXTURE_SETUP(probe)
{
	SRIOV_SETUP(&self->bench);
	if (strcmp(sriov_dev_read(&self->bench.pf[0], "class"), "0x010802"))
		SKIP(return, "the PF is no nvme controller");
	self->pf = &self->bench.pf[0];
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	self->log = sriov_log_open();
	ASSERT_LE(0, self->log);
}

FIXTURE_TEARDOWN(probe)
{
	sriov_reset(&self->bench);
}

/* The line that nvme_probe() begins with */
static bool asked(int log, const struct sriov_dev *vf, int timeout_ms)
{
	char line[64];

	snprintf(line, sizeof(line), "pci function %s", vf->name);
	return sriov_log_has(log, line, timeout_ms);
}

TEST_F(probe, off_by_default)
{
	struct sriov_dev vf;

	/* As the core has it, not as the fixture left it */
	ASSERT_EQ(0, sriov_remove(self->pf));
	ASSERT_EQ(0, sriov_rescan(self->pf));
	ASSERT_EQ(0, sriov_bind(self->pf, variant->driver));
	EXPECT_STREQ("0", sriov_dev_read(self->pf,
					 "sriov_unmanaged_autoprobe"));
	EXPECT_STREQ("1", sriov_dev_read(self->pf,
					 "sriov_drivers_autoprobe"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);

	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	EXPECT_EQ(-ENODEV, sriov_write("/sys/bus/pci/drivers/nvme/bind",
				       vf.name));
	EXPECT_FALSE(sriov_probed(&self->bench));	/* new_id among others */
	EXPECT_FALSE(asked(self->log, &vf, 1000));
	EXPECT_STREQ("", sriov_driver(&vf));
}

TEST_F(probe, on)
{
	struct sriov_dev vf;

	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	/* The knob of managed PFs is not asked */
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "0"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	EXPECT_TRUE(asked(self->log, &vf, 5000));
}

#define VF_DRIVER "/sys/bus/pci/drivers/pci-sriov-test-vf/"

/* From 1 to 0: a VF that has its driver keeps it, and gets none afterwards */
TEST_F(probe, off_again_leaves_bound_vfs)
{
	struct sriov_dev vf;
	char id[32];

	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	EXPECT_TRUE(asked(self->log, &vf, 5000));
	sriov_unbind(&vf);
	snprintf(id, sizeof(id), "%s %s", sriov_dev_read(&vf, "vendor") + 2,
		 sriov_dev_read(self->pf, "sriov_vf_device"));
	EXPECT_EQ(0, sriov_write(VF_DRIVER "new_id", id));
	sriov_write(VF_DRIVER "bind", vf.name);
	EXPECT_STREQ("pci-sriov-test-vf", sriov_driver(&vf));

	EXPECT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "0"));
	EXPECT_STREQ("pci-sriov-test-vf", sriov_driver(&vf));
	EXPECT_EQ(0, sriov_unbind(&vf));
	EXPECT_EQ(-ENODEV, sriov_write(VF_DRIVER "bind", vf.name));
	EXPECT_STREQ("", sriov_driver(&vf));
	sriov_write(VF_DRIVER "remove_id", id);
	/* QEMU's PFs and VFs share an id: the other PF was offered as well */
	sriov_unbind(&self->bench.pf[1]);
}

TEST_F(probe, acts_on_later_probes_only)
{
	struct sriov_dev vf;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	/* nvme is probed asynchronously, and so may be asked a while later */
	EXPECT_FALSE(asked(self->log, &vf, 2000));
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	EXPECT_FALSE(asked(self->log, &vf, 500));
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	EXPECT_TRUE(asked(self->log, &vf, 5000));
}

TEST_F(probe, driver_override)
{
	struct sriov_dev vf, other;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));
	vf = sriov_vf(self->pf, 0);
	other = sriov_vf(self->pf, 1);
	ASSERT_EQ(0, sriov_dev_write(&vf, "driver_override", "nvme"));
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	EXPECT_TRUE(asked(self->log, &vf, 5000));
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", other.name));
	EXPECT_FALSE(asked(self->log, &other, 500));
}

TEST_F(probe, a_lasting_bind)
{
	struct sriov_dev vf;

	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	ASSERT_EQ(0, sriov_bind(&vf, "pci-sriov-test-vf"));
	EXPECT_STREQ("pci-sriov-test-vf", sriov_driver(&vf));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
	EXPECT_STREQ("", sriov_vf(self->pf, 0).name);
}

TEST_F(probe, values)
{
	static const char * const yes[] = { "1", "y", "Y", "on", "1\n" };
	static const char * const no[] = { "0", "n", "N", "off", "0\n" };
	static const char * const bad[] = { "2", "", "\n", "-1", "maybe" };
	unsigned int i;

	for (i = 0; i < 5; i++) {
		EXPECT_EQ(0, sriov_dev_write(self->pf,
					     "sriov_unmanaged_autoprobe",
					     yes[i]));
		EXPECT_STREQ("1", sriov_dev_read(self->pf,
						 "sriov_unmanaged_autoprobe"));
		if (*bad[i])	/* no bytes are no write */
			EXPECT_EQ(-EINVAL,
				  sriov_dev_write(self->pf,
						  "sriov_unmanaged_autoprobe",
						  bad[i]));
		EXPECT_STREQ("1", sriov_dev_read(self->pf,
						 "sriov_unmanaged_autoprobe"));
		EXPECT_EQ(0, sriov_dev_write(self->pf,
					     "sriov_unmanaged_autoprobe",
					     no[i]));
		EXPECT_STREQ("0", sriov_dev_read(self->pf,
						 "sriov_unmanaged_autoprobe"));
	}
}

static int write_one(const void *path)
{
	return sriov_write(path, "1");
}

static int write_nonsense(const void *path)
{
	return sriov_write(path, "nonsense");
}

TEST_F(probe, needs_sys_admin)
{
	char file[128];

	snprintf(file, sizeof(file), "%s",
		 sriov_attr(self->pf, "sriov_unmanaged_autoprobe"));
	ASSERT_EQ(0, chmod(file, 0666));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NO_SYS_ADMIN, write_one, file));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_USERNS_ROOT, write_one, file));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NOBODY, write_one, file));
	EXPECT_EQ(-EPERM, sriov_as(SRIOV_NOBODY, write_nonsense, file));
	EXPECT_STREQ("0", sriov_dev_read(self->pf,
					 "sriov_unmanaged_autoprobe"));
	ASSERT_EQ(0, chmod(file, 0644));
}

/* VF drivers that dereference the data of a PF driver that is not there */
TEST_F(probe, warns_of_drvdata)
{
	static const char warning[] = "may crash the host";
	struct sriov_dev vf;
	int quiet;

	ASSERT_EQ(0, sriov_identity(self->pf, "1924 0903 1924 8001 020000"));
	EXPECT_STREQ("resources,drvdata sfc",
		     sriov_dev_read(self->pf, "sriov_unmanaged_reason"));
	EXPECT_EQ(-EOPNOTSUPP, sriov_numvfs(self->pf, 1));
	ASSERT_EQ(0, sriov_param("override", "1924:0903=allow"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 2));

	/* Not of drivers that know nothing of the device */
	quiet = sriov_log_open();
	vf = sriov_vf(self->pf, 0);
	ASSERT_EQ(0, sriov_bind(&vf, "pci-stub"));
	sriov_bind(&vf, "vfio-pci");	/* without an IOMMU its probe fails */
	EXPECT_FALSE(sriov_log_has(quiet, warning, 200));
	close(quiet);

	/* Of the native one, by driver_override */
	ASSERT_EQ(0, sriov_bind(&vf, "pci-sriov-test-vf"));
	EXPECT_TRUE(sriov_log_has(self->log, warning, 1000));

	/* Also of the knob: when it is set, and when it takes effect */
	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_unmanaged_autoprobe",
				     "1"));
	EXPECT_TRUE(sriov_log_has(self->log, warning, 1000));
	vf = sriov_vf(self->pf, 1);
	EXPECT_EQ(0, sriov_write("/sys/bus/pci/drivers_probe", vf.name));
	/* By that driver or by nvme, which matches the class */
	EXPECT_TRUE(sriov_log_has(self->log, "probes this VF although sfc",
				  1000));
}

/* With its own driver on the PF nothing has changed */
TEST_F(probe, managed_pf)
{
	struct sriov_dev vf;

	ASSERT_EQ(0, sriov_bind(self->pf, "nvme"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	EXPECT_TRUE(asked(self->log, &vf, 5000));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));

	ASSERT_EQ(0, sriov_dev_write(self->pf, "sriov_drivers_autoprobe",
				     "0"));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 1));
	vf = sriov_vf(self->pf, 0);
	EXPECT_FALSE(asked(self->log, &vf, 500));
	ASSERT_EQ(0, sriov_numvfs(self->pf, 0));
}

TEST_HARNESS_MAIN
