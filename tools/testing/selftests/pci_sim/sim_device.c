// SPDX-License-Identifier: GPL-2.0
/*
 * Simulated devices, as the PCI core and sysfs have them, and as config space
 * shows them: what is configured is there, registers do what the specification
 * says, stats count, each fault has its effect, and what is pulled is gone.
 *
 * VFs are enabled through pci-pf-stub, which does nothing else.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kselftest_harness.h"
#include "device.h"
#include "pci_sim.h"

#define BRIDGE	"kselftest"
#define PF	BRIDGE "/pf0"
#define DEVICES	"/sys/bus/pci/devices"
#define VFS	4

static const struct pci_sim_ids ixgbe = { 0x8086, 0x10fb, 0x8086, 3, 0x020000 };

FIXTURE(device) {
	char pf[PCI_SIM_ADDRESS];
	unsigned int sriov;		/* position of the capability */
};

FIXTURE_SETUP(device)
{
	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	ASSERT_EQ(0, pci_sim_new(BRIDGE, &ixgbe, VFS));
}

FIXTURE_TEARDOWN(device)
{
	pci_sim_destroy(BRIDGE);
}

/* --- What it looks like */

static void go_live(struct __test_metadata *_metadata,
		    FIXTURE_DATA(device) *self)
{
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	ASSERT_EQ(0, pci_sim_address(PF, self->pf));
	self->sriov = find_ext_cap(self->pf, PCI_EXT_CAP_ID_SRIOV);
}

/* Live, with VFs that no driver takes */
static void enable_vfs(struct __test_metadata *_metadata,
		       FIXTURE_DATA(device) *self)
{
	char address[PCI_SIM_ADDRESS + 1];

	if (!*self->pf)
		go_live(_metadata, self);
	snprintf(address, sizeof(address), "%s\n", self->pf);
	ASSERT_EQ(0, set(self->pf, "sriov_drivers_autoprobe", "0"));
	ASSERT_EQ(0, set(self->pf, "driver_override", "pci-pf-stub"));
	ASSERT_EQ(0, write_file("/sys/bus/pci/drivers/pci-pf-stub/bind",
				address)) {
		TH_LOG("pci-pf-stub is needed, CONFIG_PCI_PF_STUB");
	}
	ASSERT_EQ(0, set(self->pf, "sriov_numvfs", "4"));
}

TEST_F(device, is_what_it_is_told)
{
	ASSERT_EQ(0, pci_sim_set(PF, "revision", "5a"));
	ASSERT_EQ(0, pci_sim_set(PF, "sriov/vf_device", "10ed"));
	ASSERT_EQ(0, pci_sim_set(PF, "sriov/offset", "128"));
	ASSERT_EQ(0, pci_sim_set(PF, "sriov/stride", "2"));
	go_live(_metadata, self);
	EXPECT_STREQ("0x8086", get(self->pf, "vendor"));
	EXPECT_STREQ("0x10fb", get(self->pf, "device"));
	EXPECT_STREQ("0x8086", get(self->pf, "subsystem_vendor"));
	EXPECT_STREQ("0x0003", get(self->pf, "subsystem_device"));
	EXPECT_STREQ("0x020000", get(self->pf, "class"));
	EXPECT_STREQ("0x5a", get(self->pf, "revision"));
	EXPECT_STREQ("4", get(self->pf, "sriov_totalvfs"));
	EXPECT_STREQ("128", get(self->pf, "sriov_offset"));
	EXPECT_STREQ("2", get(self->pf, "sriov_stride"));
	EXPECT_STREQ("10ed", get(self->pf, "sriov_vf_device"));
	EXPECT_STREQ("none", get(self->pf, "driver_override"));
	ASSERT_NE(0, self->sriov);
	EXPECT_EQ(VFS, peek(self->pf, self->sriov + PCI_SRIOV_INITIAL_VF, 2));
	EXPECT_EQ(VFS, peek(self->pf, self->sriov + PCI_SRIOV_TOTAL_VF, 2));
	/* Nothing else than it was told of */
	EXPECT_EQ(0, find_ext_cap(self->pf, PCI_EXT_CAP_ID_ARI));
	EXPECT_EQ(0, find_ext_cap(self->pf, PCI_EXT_CAP_ID_ACS));
	EXPECT_NE(0, find_cap(self->pf, PCI_CAP_ID_PM));
	EXPECT_NE(0, find_cap(self->pf, PCI_CAP_ID_EXP));
	EXPECT_EQ(0, find_cap(self->pf, PCI_CAP_ID_MSI));
	EXPECT_EQ(0, find_cap(self->pf, PCI_CAP_ID_MSIX));
	EXPECT_EQ(1, count_devices(self->pf));
}

TEST_F(device, without_sriov)
{
	ASSERT_EQ(0, pci_sim_set(PF, "sriov/total_vfs", "0"));
	ASSERT_EQ(0, pci_sim_set(PF, "driver_override", "\n"));
	/* No driver knows it */
	ASSERT_EQ(0, pci_sim_set(PF, "device", "ffff"));
	go_live(_metadata, self);
	EXPECT_EQ(0, self->sriov);
	EXPECT_STREQ("", get(self->pf, "sriov_totalvfs"));
	EXPECT_STREQ("(null)", get(self->pf, "driver_override"));
}

TEST_F(device, fewer_vfs_at_first)
{
	ASSERT_EQ(0, pci_sim_set(PF, "sriov/initial_vfs", "2"));
	go_live(_metadata, self);
	EXPECT_EQ(2, peek(self->pf, self->sriov + PCI_SRIOV_INITIAL_VF, 2));
	EXPECT_EQ(VFS, peek(self->pf, self->sriov + PCI_SRIOV_TOTAL_VF, 2));
}

TEST_F(device, ari_and_acs_below_a_root_port)
{
	char port[PCI_SIM_ADDRESS];
	unsigned int pos;

	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "1"));
	ASSERT_EQ(0, pci_sim_set(PF, "ari", "1"));
	ASSERT_EQ(0, pci_sim_set(PF, "acs", "1"));
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "ari", "1"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "devfn", "02.3"));
	go_live(_metadata, self);
	snprintf(port, sizeof(port), "%.*s:00:00.0",
		 (int)strcspn(self->pf, ":"), self->pf);
	EXPECT_STREQ("0x1b36", get(port, "vendor"));
	EXPECT_STREQ("0x000c", get(port, "device"));
	EXPECT_EQ(3, count_devices(self->pf));
	EXPECT_NE(0, find_ext_cap(self->pf, PCI_EXT_CAP_ID_ACS));
	pos = find_ext_cap(self->pf, PCI_EXT_CAP_ID_ARI);
	ASSERT_NE(0, pos);
	/* The next function */
	EXPECT_EQ(0x13, peek(self->pf, pos + PCI_ARI_CAP + 1, 1));
	/* The core has used it */
	EXPECT_EQ(PCI_SRIOV_CTRL_ARI,
		  peek(self->pf, self->sriov + PCI_SRIOV_CTRL, 2) &
		  PCI_SRIOV_CTRL_ARI);
}

TEST_F(device, bars)
{
	unsigned long long start[8], end[8], flags[8];
	char line[1024];
	FILE *f;
	int i;

	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar0", "64K mem64 prefetch"));
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar4", "1M mem64"));
	ASSERT_EQ(0, pci_sim_set(PF, "bars/vf_bar0", "16K mem64 prefetch"));
	go_live(_metadata, self);
	snprintf(line, sizeof(line), DEVICES "/%s/resource", self->pf);
	f = fopen(line, "r");
	ASSERT_NE(NULL, f);
	for (i = 0; i < 8; i++)
		ASSERT_EQ(3, fscanf(f, "%llx %llx %llx", &start[i], &end[i],
				    &flags[i]));
	fclose(f);
	EXPECT_EQ(0xffff, end[0] - start[0]);
	EXPECT_EQ(0, start[0] & 0xffff);
	EXPECT_EQ(0x2000, flags[0] & 0x2000);	/* IORESOURCE_PREFETCH */
	EXPECT_EQ(0xfffff, end[4] - start[4]);
	EXPECT_EQ(0, flags[4] & 0x2000);
	EXPECT_EQ(0, end[2]);
	/* As much for each of the VFs */
	EXPECT_EQ(VFS * 0x4000 - 1, end[7] - start[7]);

	/* What the registers have, and how a write finds out the size */
	EXPECT_EQ(start[0] >> 32, peek(self->pf, PCI_BASE_ADDRESS_1, 4));
	EXPECT_EQ((uint32_t)start[0] | 0xc,
		  peek(self->pf, PCI_BASE_ADDRESS_0, 4));
	ASSERT_TRUE(poke(self->pf, PCI_BASE_ADDRESS_0, 4, ~0));
	EXPECT_EQ(0xffff000c, peek(self->pf, PCI_BASE_ADDRESS_0, 4));
}

TEST_F(device, vfs)
{
	unsigned int i, exp;
	const char *vf;

	ASSERT_EQ(0, pci_sim_set(PF, "sriov/vf_device", "10ed"));
	enable_vfs(_metadata, self);
	EXPECT_EQ(1 + VFS, count_devices(self->pf));
	for (i = 0; i < VFS; i++) {
		vf = vf_of(self->pf, i);
		ASSERT_STRNE("", vf);
		EXPECT_STREQ("0x8086", get(vf, "vendor"));
		EXPECT_STREQ("0x10ed", get(vf, "device"));
		EXPECT_STREQ("0x020000", get(vf, "class"));
		/* The registers say nothing of that, nor of INTx */
		EXPECT_EQ(0xffff, peek(vf, PCI_VENDOR_ID, 2));
		EXPECT_EQ(0xffff, peek(vf, PCI_DEVICE_ID, 2));
		EXPECT_EQ(0, peek(vf, PCI_INTERRUPT_PIN, 1));
		EXPECT_EQ(0, peek(vf, PCI_BASE_ADDRESS_0, 4));
		EXPECT_EQ(0, find_ext_cap(vf, PCI_EXT_CAP_ID_SRIOV));
	}

	/* Bus Master Enable and the reset are its own, decoding is not */
	ASSERT_TRUE(poke(vf, PCI_COMMAND, 2,
			 PCI_COMMAND_MASTER | PCI_COMMAND_MEMORY));
	EXPECT_EQ(PCI_COMMAND_MASTER, peek(vf, PCI_COMMAND, 2));
	EXPECT_EQ(0, peek(vf_of(self->pf, 0), PCI_COMMAND, 2));
	vf = vf_of(self->pf, VFS - 1);
	exp = find_cap(vf, PCI_CAP_ID_EXP);
	ASSERT_NE(0, exp);
	ASSERT_TRUE(poke(vf, exp + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR));
	EXPECT_EQ(0, peek(vf, PCI_COMMAND, 2));

	/* They come back in the state after a reset */
	ASSERT_TRUE(poke(vf, PCI_COMMAND, 2, PCI_COMMAND_MASTER));
	ASSERT_EQ(0, set(self->pf, "sriov_numvfs", "0"));
	EXPECT_EQ(1, count_devices(self->pf));
	ASSERT_EQ(0, set(self->pf, "sriov_numvfs", "4"));
	EXPECT_EQ(0, peek(vf_of(self->pf, VFS - 1), PCI_COMMAND, 2));
}

/* The VFs of one PF after those of the other, from the bus after theirs on */
TEST_F(device, vfs_of_two_pfs)
{
	unsigned int first[2], i;
	const char *attr = "sriov_offset";
	char other[PCI_SIM_ADDRESS];

	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "sriov/total_vfs", "8"));
	go_live(_metadata, self);
	ASSERT_EQ(0, pci_sim_address(BRIDGE "/pf1", other));
	first[0] = atoi(get(self->pf, attr));
	first[1] = 0x8 + atoi(get(other, attr));
	EXPECT_EQ(0x100, first[0]);
	EXPECT_EQ(first[0] + VFS, first[1]);

	/* One that is told where stays there */
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	for (i = 1; i < 3; i++) {
		ASSERT_EQ(0, pci_sim_set(PF, "sriov/offset", "%u", i * 0x80));
		go_live(_metadata, self);
		EXPECT_EQ(i * 0x80, atoi(get(self->pf, attr)));
		ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	}
}

TEST_F(device, bridge_goes_with_vfs_on)
{
	char pf[PCI_SIM_ADDRESS];

	enable_vfs(_metadata, self);
	snprintf(pf, sizeof(pf), "%s", self->pf);
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_EQ(0, count_devices(pf));
	EXPECT_EQ(0, pci_sim_rmdir(PF));
}

/* --- What writes do while VFs are on: PCIe r6.0, sec 9.3.3 */

TEST_F(device, registers_that_vf_enable_locks)
{
	unsigned int numvfs, ctrl, pgsize;

	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "1"));
	ASSERT_EQ(0, pci_sim_set(PF, "ari", "1"));
	go_live(_metadata, self);
	numvfs = self->sriov + PCI_SRIOV_NUM_VF;
	ctrl = self->sriov + PCI_SRIOV_CTRL;
	pgsize = self->sriov + PCI_SRIOV_SYS_PGSIZE;

	/* Without VFs they can be written */
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 3));
	EXPECT_EQ(3, peek(self->pf, numvfs, 2));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, 0));
	EXPECT_EQ(0, peek(self->pf, ctrl, 2));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_ARI));
	ASSERT_TRUE(poke(self->pf, pgsize, 4, 2));
	EXPECT_EQ(2, peek(self->pf, pgsize, 4) |
		  !(peek(self->pf, self->sriov + PCI_SRIOV_SUP_PGSIZE, 4) & 2));
	ASSERT_TRUE(poke(self->pf, pgsize, 4, 1));
	EXPECT_EQ(3, pci_sim_stat(PF, "num_vfs"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));

	ASSERT_TRUE(poke(self->pf, ctrl, 2,
			 PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_ARI));
	EXPECT_EQ(3, pci_sim_stat(PF, "vfs"));
	EXPECT_EQ(1, pci_sim_stat(PF, "vf_enable"));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 1));
	EXPECT_EQ(3, peek(self->pf, numvfs, 2));
	ASSERT_TRUE(poke(self->pf, pgsize, 4, 0x10));
	EXPECT_EQ(1, peek(self->pf, pgsize, 4));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_VFE));
	EXPECT_EQ(PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_ARI,
		  peek(self->pf, ctrl, 2));
	EXPECT_EQ(3, pci_sim_stat(PF, "vfs"));

	/* Never more than TotalVFs */
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_ARI));
	EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 100));
	ASSERT_TRUE(poke(self->pf, ctrl, 2,
			 PCI_SRIOV_CTRL_VFE | PCI_SRIOV_CTRL_ARI));
	EXPECT_EQ(VFS, pci_sim_stat(PF, "vfs"));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_ARI));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 0));
}

/* NumVFs and VF Enable are clear after a reset, and BARs; by each way to one */
TEST_F(device, resets)
{
	unsigned int numvfs, ctrl, exp, pm;
	long long resets;
	int soft;

	for (soft = 0; soft <= 1; soft++) {
		ASSERT_EQ(0, pci_sim_set(PF, "soft_reset", "%d", soft));
		go_live(_metadata, self);
		numvfs = self->sriov + PCI_SRIOV_NUM_VF;
		ctrl = self->sriov + PCI_SRIOV_CTRL;
		exp = find_cap(self->pf, PCI_CAP_ID_EXP);
		pm = find_cap(self->pf, PCI_CAP_ID_PM);

		ASSERT_TRUE(poke(self->pf, numvfs, 2, 2));
		ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_VFE));
		EXPECT_EQ(2, pci_sim_stat(PF, "vfs"));
		resets = pci_sim_stat(PF, "resets");
		ASSERT_TRUE(poke(self->pf, exp + PCI_EXP_DEVCTL, 2,
				 PCI_EXP_DEVCTL_BCR_FLR));
		EXPECT_EQ(resets + 1, pci_sim_stat(PF, "resets"));
		EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));
		EXPECT_EQ(0, peek(self->pf, numvfs, 2));
		EXPECT_EQ(0, peek(self->pf, ctrl, 2));

		/* D3hot and back */
		ASSERT_TRUE(poke(self->pf, numvfs, 2, 2));
		ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_VFE));
		ASSERT_TRUE(poke(self->pf, pm + PCI_PM_CTRL, 2, 3));
		EXPECT_EQ(2, pci_sim_stat(PF, "vfs"));
		ASSERT_TRUE(poke(self->pf, pm + PCI_PM_CTRL, 2, 0));
		EXPECT_EQ(soft ? 0 : 2, pci_sim_stat(PF, "vfs"));
		EXPECT_EQ(resets + 1 + soft, pci_sim_stat(PF, "resets"));
		ASSERT_TRUE(poke(self->pf, ctrl, 2, 0));
		ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	}
}

TEST_F(device, secondary_bus_reset)
{
	char port[PCI_SIM_ADDRESS];
	unsigned int control;
	long long resets;

	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "1"));
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	go_live(_metadata, self);
	snprintf(port, sizeof(port), "%.*s:00:00.0",
		 (int)strcspn(self->pf, ":"), self->pf);
	resets = pci_sim_stat(PF, "resets");
	control = peek(port, PCI_BRIDGE_CONTROL, 2);
	ASSERT_TRUE(poke(port, PCI_BRIDGE_CONTROL, 2,
			 control | PCI_BRIDGE_CTL_BUS_RESET));
	ASSERT_TRUE(poke(port, PCI_BRIDGE_CONTROL, 2, control));
	EXPECT_LT(resets, pci_sim_stat(PF, "resets"));
	EXPECT_LT(0, pci_sim_stat(BRIDGE "/pf1", "resets"));
}

/* --- Statistics */

TEST_F(device, stats)
{
	long long reads, writes, vf_reads, vf_writes, numvfs, resets;
	char vf[PCI_SIM_ADDRESS];
	unsigned int exp;

	go_live(_metadata, self);
	reads = pci_sim_stat(PF, "reads");
	writes = pci_sim_stat(PF, "writes");
	EXPECT_LT(0, reads);
	EXPECT_LT(0, writes);
	peek(self->pf, 0, 4);
	EXPECT_EQ(reads + 1, pci_sim_stat(PF, "reads"));
	EXPECT_EQ(writes, pci_sim_stat(PF, "writes"));
	ASSERT_TRUE(poke(self->pf, PCI_CACHE_LINE_SIZE, 1, 8));
	EXPECT_EQ(writes + 1, pci_sim_stat(PF, "writes"));
	EXPECT_EQ(reads + 1, pci_sim_stat(PF, "reads"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_reads"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_writes"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_enables"));

	numvfs = pci_sim_stat(PF, "numvfs_writes");
	enable_vfs(_metadata, self);
	EXPECT_LT(numvfs, pci_sim_stat(PF, "numvfs_writes"));
	EXPECT_EQ(VFS, pci_sim_stat(PF, "num_vfs"));
	EXPECT_EQ(1, pci_sim_stat(PF, "vf_enable"));
	EXPECT_EQ(VFS, pci_sim_stat(PF, "vfs"));
	EXPECT_EQ(1, pci_sim_stat(PF, "vf_enables"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_disables"));

	snprintf(vf, sizeof(vf), "%s", vf_of(self->pf, 1));
	vf_reads = pci_sim_stat(PF, "vf_reads");
	vf_writes = pci_sim_stat(PF, "vf_writes");
	reads = pci_sim_stat(PF, "reads");
	peek(vf, 0, 4);
	EXPECT_EQ(vf_reads + 1, pci_sim_stat(PF, "vf_reads"));
	EXPECT_EQ(reads, pci_sim_stat(PF, "reads"));
	ASSERT_TRUE(poke(vf, PCI_COMMAND, 2, 0));
	EXPECT_EQ(vf_writes + 1, pci_sim_stat(PF, "vf_writes"));
	exp = find_cap(vf, PCI_CAP_ID_EXP);
	resets = pci_sim_stat(PF, "resets");
	ASSERT_TRUE(poke(vf, exp + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR));
	EXPECT_EQ(resets + 1, pci_sim_stat(PF, "resets"));

	/* One that is refused counts as a write, too */
	EXPECT_EQ(0, pci_sim_stat(PF, "rejected"));
	numvfs = pci_sim_stat(PF, "numvfs_writes");
	ASSERT_TRUE(poke(self->pf, self->sriov + PCI_SRIOV_NUM_VF, 2, 1));
	EXPECT_EQ(1, pci_sim_stat(PF, "rejected"));
	EXPECT_EQ(numvfs + 1, pci_sim_stat(PF, "numvfs_writes"));
	ASSERT_TRUE(poke(self->pf, self->sriov + PCI_SRIOV_SYS_PGSIZE, 4, 2));
	EXPECT_EQ(2, pci_sim_stat(PF, "rejected"));

	ASSERT_EQ(0, set(self->pf, "sriov_numvfs", "0"));
	EXPECT_EQ(1, pci_sim_stat(PF, "vf_disables"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_enable"));
	EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));

	/* From zero when it goes live */
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_EQ(0, pci_sim_stat(PF, "reads"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_EQ(0, pci_sim_stat(PF, "vf_enables"));
}

/* --- Faults */

TEST_F(device, pf_gone)
{
	char vf[PCI_SIM_ADDRESS];

	enable_vfs(_metadata, self);
	snprintf(vf, sizeof(vf), "%s", vf_of(self->pf, 0));
	ASSERT_TRUE(poke(self->pf, PCI_CACHE_LINE_SIZE, 1, 4));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "1"));
	EXPECT_EQ(~0U, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_EQ(~0U, peek(vf, PCI_CLASS_REVISION, 4));
	ASSERT_TRUE(poke(self->pf, PCI_CACHE_LINE_SIZE, 1, 8));
	ASSERT_TRUE(poke(vf, PCI_COMMAND, 2, PCI_COMMAND_MASTER));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "0"));
	/* Back, and writes were lost */
	EXPECT_EQ(0x10fb8086, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_EQ(4, peek(self->pf, PCI_CACHE_LINE_SIZE, 1));
	EXPECT_EQ(0, peek(vf, PCI_COMMAND, 2));
}

TEST_F(device, vf_gone)
{
	char vf[2][PCI_SIM_ADDRESS];
	int i;

	enable_vfs(_metadata, self);
	for (i = 0; i < 2; i++)
		snprintf(vf[i], sizeof(vf[i]), "%s", vf_of(self->pf, i));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/target", "1"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "1"));
	EXPECT_EQ(~0U, peek(vf[1], PCI_CLASS_REVISION, 4));
	EXPECT_EQ(0x02000000, peek(vf[0], PCI_CLASS_REVISION, 4));
	EXPECT_EQ(0x10fb8086, peek(self->pf, PCI_VENDOR_ID, 4));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/target", "0"));
	EXPECT_EQ(0x02000000, peek(vf[1], PCI_CLASS_REVISION, 4));
	EXPECT_EQ(~0U, peek(vf[0], PCI_CLASS_REVISION, 4));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "0"));
}

static const char *fault(const char *name)
{
	static char text[32];
	char attr[64];

	snprintf(attr, sizeof(attr), "faults/%s", name);
	return pci_sim_get(PF, attr, text, sizeof(text)) ? "" : text;
}

TEST_F(device, gone_after_reads)
{
	char vf[PCI_SIM_ADDRESS];

	enable_vfs(_metadata, self);
	snprintf(vf, sizeof(vf), "%s", vf_of(self->pf, 2));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone_after", "2"));
	EXPECT_EQ(0x10fb8086, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_STREQ("1", fault("gone_after"));
	/* Reads of others do not count */
	peek(vf, PCI_CLASS_REVISION, 4);
	EXPECT_STREQ("1", fault("gone_after"));
	EXPECT_EQ(0x10fb8086, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_STREQ("0", fault("gone_after"));
	EXPECT_STREQ("0", fault("gone"));
	EXPECT_EQ(~0U, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_STREQ("off", fault("gone_after"));
	EXPECT_STREQ("1", fault("gone"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "0"));

	ASSERT_EQ(0, pci_sim_set(PF, "faults/target", "2"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone_after", "0"));
	EXPECT_EQ(0x10fb8086, peek(self->pf, PCI_VENDOR_ID, 4));
	EXPECT_EQ(~0U, peek(vf, PCI_CLASS_REVISION, 4));
	EXPECT_STREQ("1", fault("gone"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/gone", "0"));
}

TEST_F(device, stuck_registers)
{
	unsigned int numvfs, ctrl;

	go_live(_metadata, self);
	numvfs = self->sriov + PCI_SRIOV_NUM_VF;
	ctrl = self->sriov + PCI_SRIOV_CTRL;

	ASSERT_EQ(0, pci_sim_set(PF, "faults/numvfs_stuck", "1"));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 2));
	EXPECT_EQ(0, peek(self->pf, numvfs, 2));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/numvfs_stuck", "0"));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 2));
	EXPECT_EQ(2, peek(self->pf, numvfs, 2));

	/* Neither to set nor to clear it */
	ASSERT_EQ(0, pci_sim_set(PF, "faults/vf_enable_stuck", "1"));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_VFE));
	EXPECT_EQ(0, peek(self->pf, ctrl, 2));
	EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/vf_enable_stuck", "0"));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, PCI_SRIOV_CTRL_VFE));
	EXPECT_EQ(2, pci_sim_stat(PF, "vfs"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/vf_enable_stuck", "1"));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, 0));
	EXPECT_EQ(PCI_SRIOV_CTRL_VFE, peek(self->pf, ctrl, 2));
	EXPECT_EQ(2, pci_sim_stat(PF, "vfs"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/vf_enable_stuck", "0"));
	ASSERT_TRUE(poke(self->pf, ctrl, 2, 0));
	EXPECT_EQ(0, pci_sim_stat(PF, "vfs"));
}

TEST_F(device, routing_that_depends_on_numvfs)
{
	unsigned int numvfs, offset, stride;

	ASSERT_EQ(0, pci_sim_set(PF, "sriov/offset", "256"));
	/* There from the first access on */
	ASSERT_EQ(0, pci_sim_set(PF, "faults/offset_per_vf", "16"));
	go_live(_metadata, self);
	numvfs = self->sriov + PCI_SRIOV_NUM_VF;
	offset = self->sriov + PCI_SRIOV_VF_OFFSET;
	stride = self->sriov + PCI_SRIOV_VF_STRIDE;
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 3));
	EXPECT_EQ(256 + 3 * 16, peek(self->pf, offset, 2));
	EXPECT_EQ(1, peek(self->pf, stride, 2));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/offset_per_vf", "0"));
	ASSERT_EQ(0, pci_sim_set(PF, "faults/stride_per_vf", "2"));
	/* When NumVFs is written, not before */
	EXPECT_EQ(256 + 3 * 16, peek(self->pf, offset, 2));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 2));
	EXPECT_EQ(256, peek(self->pf, offset, 2));
	EXPECT_EQ(1 + 2 * 2, peek(self->pf, stride, 2));
	ASSERT_TRUE(poke(self->pf, numvfs, 2, 0));
	EXPECT_EQ(1, peek(self->pf, stride, 2));
}

/* --- Plug and unplug */

TEST_F(device, unplug_and_plug)
{
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar0", "64K mem64 prefetch"));
	go_live(_metadata, self);
	EXPECT_EQ(2, count_devices(self->pf));
	EXPECT_NE(0, peek(self->pf, PCI_BASE_ADDRESS_1, 4));

	ASSERT_EQ(0, pci_sim_set(PF, "plugged", "0"));
	EXPECT_FALSE(exists(self->pf));
	EXPECT_EQ(1, count_devices(self->pf));
	EXPECT_EQ(0, pci_sim_set(PF, "plugged", "0"));
	/* Nobody finds it */
	ASSERT_EQ(0, rescan());
	EXPECT_FALSE(exists(self->pf));

	ASSERT_EQ(0, pci_sim_set(PF, "plugged", "1"));
	EXPECT_FALSE(exists(self->pf));
	ASSERT_EQ(0, rescan());
	ASSERT_TRUE(exists(self->pf));
	EXPECT_STREQ("0x10fb", get(self->pf, "device"));
	EXPECT_STREQ("none", get(self->pf, "driver_override"));
	EXPECT_EQ(2, count_devices(self->pf));
	EXPECT_EQ(0, pci_sim_set(PF, "plugged", "1"));
	enable_vfs(_metadata, self);
	EXPECT_EQ(2 + VFS, count_devices(self->pf));
}

/* What goes live again is in its slot again */
TEST_F(device, live_again_after_unplug)
{
	go_live(_metadata, self);
	ASSERT_EQ(0, pci_sim_set(PF, "plugged", "0"));
	EXPECT_EQ(0, count_devices(self->pf));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	go_live(_metadata, self);
	EXPECT_TRUE(exists(self->pf));
}

TEST_HARNESS_MAIN
