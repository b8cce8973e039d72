/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pci_sriov selftests share: PFs through sysfs, their state as a whole,
 * privileges, and the kernel log.
 */
#ifndef SELFTESTS_PCI_SRIOV_H
#define SELFTESTS_PCI_SRIOV_H

#include <stdbool.h>
#include <stddef.h>

#include "../pci_sim/pci_sim.h"

/* A kernel that checks its memory, under emulation, is slow */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	120

#define SRIOV_PARAM	"/sys/module/sriov_unmanaged/parameters/"
#define SRIOV_HELPER	"/sys/module/pci_sriov_test/parameters/"

/* A device by its address, dddd:bb:dd.f */
struct sriov_dev {
	char name[PCI_SIM_ADDRESS];
};

/* What the test devices are: see sriov_find() */
struct sriov_bench {
	struct sriov_dev pf[2];
	struct sriov_dev plain;		/* without SR-IOV; name[0] 0: none */
};

/* A PF's state, the kernel's view and the device's own */
struct sriov_state {
	unsigned int numvfs;		/* sriov_numvfs */
	unsigned int links;		/* virtfn* links */
	unsigned int reg_numvfs;	/* NumVFs register */
	bool vf_enable;			/* VF Enable bit */
	int usage;			/* runtime-PM usage count */
	unsigned int devices;		/* devices on all PCI buses */
	unsigned int buses;		/* PCI buses */
	unsigned long tainted;
};

/* All return 0 or a negative errno unless they say otherwise */

int sriov_find(struct sriov_bench *bench);
bool sriov_device(const char *vendor, const char *device, struct sriov_dev *dev);
void sriov_reset(const struct sriov_bench *bench);

/* A number from the environment */
unsigned int sriov_number(const char *name, unsigned int otherwise);

int sriov_write(const char *path, const char *text);
int sriov_write_bytes(const char *path, const void *data, size_t size);
int sriov_read(const char *path, char *text, size_t size);
char *sriov_attr(const struct sriov_dev *dev, const char *attr);

int sriov_dev_write(const struct sriov_dev *dev, const char *attr,
		    const char *text);
const char *sriov_dev_read(const struct sriov_dev *dev, const char *attr);
bool sriov_dev_has(const struct sriov_dev *dev, const char *attr);
int sriov_numvfs(const struct sriov_dev *pf, unsigned int numvfs);
const char *sriov_driver(const struct sriov_dev *dev);
const char *sriov_iommu_group(const struct sriov_dev *dev);
int sriov_bind(const struct sriov_dev *dev, const char *driver);
int sriov_unbind(const struct sriov_dev *dev);
int sriov_remove(const struct sriov_dev *dev);
int sriov_rescan(const struct sriov_dev *dev);
int sriov_rescan_bus(const struct sriov_dev *dev);
struct sriov_dev sriov_vf(const struct sriov_dev *pf, unsigned int index);

int sriov_param(const char *name, const char *text);
const char *sriov_param_read(const char *name);
int sriov_helper(const char *name, const char *text);
int sriov_identity(const struct sriov_dev *dev, const char *ids);
int sriov_assign(const struct sriov_dev *dev, bool assigned);
bool sriov_probed(const struct sriov_bench *bench);

struct sriov_state sriov_state(const struct sriov_dev *pf);
const char *sriov_differs(const struct sriov_state *a,
			  const struct sriov_state *b);

/*
 * Simulated PFs.  Where one is enough, it is SIM_PF: sriov_sim_live() after
 * pci_sim_new(SIM_BRIDGE, ...).  Others are on bridges with a number, each with
 * the same address each time, and of the ids sriov_sim_unprobed.
 */
#define SIM_BRIDGE	"kselftest"
#define SIM_PF		SIM_BRIDGE "/pf0"
#define SRIOV_SIM_DOMAIN 0x12000	/* of bridge 0 */

extern const struct pci_sim_ids sriov_sim_safe;
extern const struct pci_sim_ids sriov_sim_unprobed;

int sriov_sim_live(struct sriov_dev *pf);
const char *sriov_sim_bridge(unsigned int number);
int sriov_sim_new(unsigned int number, unsigned int vfs);
int sriov_sim_create(unsigned int number, unsigned int vfs,
		     struct sriov_dev *pf);

/*
 * What a fixture begins with.  Without the simulator, or without PFs and the helper
 * module, the test is skipped; otherwise they are as sriov_reset() leaves them.
 */
const char *sriov_missing(struct sriov_bench *bench, bool simulator);

#define SRIOV_SETUP_(bench, simulator) do { \
	const char *missing_ = sriov_missing(bench, simulator); \
	if (missing_) \
		SKIP(return, "%s", missing_); \
} while (0)
#define SRIOV_SETUP(bench)	SRIOV_SETUP_(bench, false)
#define SRIOV_SETUP_SIM(bench)	SRIOV_SETUP_(bench, true)

/* In a test of the harness */
#define EXPECT_SAME(before, pf) do { \
	struct sriov_state now_ = sriov_state(pf); \
	EXPECT_STREQ("", sriov_differs(before, &now_)); \
} while (0)

/* Run fn() in a child without CAP_SYS_ADMIN in the initial user namespace */
enum sriov_privilege {
	SRIOV_NO_SYS_ADMIN,	/* root that dropped the capability */
	SRIOV_USERNS_ROOT,	/* root, with all capabilities, of a new userns */
	SRIOV_NOBODY,		/* uid and gid 65534 */
};

int sriov_as(enum sriov_privilege privilege, int (*fn)(const void *arg),
	     const void *arg);

/* The kernel log from here on; close() ends it */
int sriov_log_open(void);
bool sriov_log_has(int log, const char *text, int timeout_ms);

double sriov_seconds(void);

#endif /* SELFTESTS_PCI_SRIOV_H */
