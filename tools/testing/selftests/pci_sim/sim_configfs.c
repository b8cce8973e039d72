// SPDX-License-Identifier: GPL-2.0
/*
 * The interface of the PCI simulator, attribute by attribute, as
 * Documentation/PCI/pci-sim.rst describes it: what each takes and refuses, what it
 * reads as, and that nothing but faults changes while the bridge is live.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "pci_sim.h"

#define BRIDGE	"kselftest"
#define PF	BRIDGE "/pf0"
#define OTHER	"kselftest-other"

#define NAME_63	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

/* A write to an attribute; NULL in reads: it fails with the error */
struct write {
	const char *text;
	const char *reads;
	int err;
};

#define TAKES(text, reads)	{ text, reads, 0 }
#define REFUSES(text, err)	{ text, NULL, -(err) }

enum kind {
	SETTING,	/* -EBUSY while the bridge is live */
	FAULT,		/* changes at any time */
	SPECIAL,	/* has a test of its own */
};

struct attr {
	const char *name;
	enum kind kind;
	const char *initially;
	struct write writes[12];	/* and one that ends them */
};

#define ID_WRITES {						\
	TAKES("8086", "0x8086"),				\
	TAKES("0xABCD\n", "0xabcd"),				\
	TAKES("ffff", "0xffff"),				\
	REFUSES("10000", ERANGE),				\
	REFUSES("-1", EINVAL),					\
	REFUSES("\n", EINVAL),					\
	REFUSES("80g6", EINVAL),				\
	REFUSES("8086 1", EINVAL),				\
}

#define BIT_WRITES {						\
	TAKES("1", "1"),					\
	TAKES("0", "0"),					\
	REFUSES("2", ERANGE),					\
	REFUSES("yes", EINVAL),					\
	REFUSES("-1", EINVAL),					\
}

#define NUMBER_WRITES						\
	TAKES("63", "63"),					\
	TAKES("0x10", "16"),					\
	TAKES("010", "8"),					\
	TAKES("65535", "65535"),				\
	REFUSES("65536", ERANGE),				\
	REFUSES("-1", EINVAL),					\
	REFUSES("many", EINVAL)

#define BAR_WRITES {						\
	TAKES("16", "0x10 mem32"),				\
	TAKES("4K", "0x1000 mem32"),				\
	TAKES("64K mem64 prefetch", "0x10000 mem64 prefetch"),	\
	TAKES("0x100000  prefetch mem32\n", "0x100000 mem32 prefetch"), \
	TAKES("0", "0"),					\
	REFUSES("3K", ERANGE),					\
	REFUSES("4G mem32", ERANGE),				\
	REFUSES("2048G mem64", ERANGE),				\
	REFUSES("4K io", EINVAL),				\
	REFUSES("large", EINVAL),				\
}

static const struct attr bridge_attrs[] = {
	{ "live", SPECIAL, "0" },
	{ "domain", SETTING, "auto", {
		TAKES("10007", "0x10007"),
		TAKES("0x1", "0x0001"),
		TAKES("7fffffff", "0x7fffffff"),
		TAKES("auto\n", "auto"),
		REFUSES("80000000", ERANGE),
		REFUSES("-1", EINVAL),
		REFUSES("any", EINVAL),
	} },
	{ "root_port", SETTING, "0", {
		TAKES("1", "1"),
		TAKES("0", "0"),
		TAKES("y", "1"),
		TAKES("off", "0"),
		REFUSES("maybe", EINVAL),
	} },
	{ "mmio", SETTING, "auto", {
		TAKES("1f001000-1f3fffff", "0x1f001000-0x1f3fffff"),
		TAKES("0x10000000-0x100fffff 200000000-2000fffff\n",
		      "0x10000000-0x100fffff 0x200000000-0x2000fffff"),
		TAKES("auto", "auto"),
		REFUSES("1f001000", EINVAL),
		REFUSES("1f001000-x", EINVAL),
		REFUSES("\n", EINVAL),
		REFUSES("10000-1ffff 20000-2ffff 30000-3ffff", EINVAL),
		REFUSES("1f001000-1f001ffe", ERANGE),
		REFUSES("1f001800-1f001fff", ERANGE),
		REFUSES("1f002000-1f001fff", ERANGE),
	} },
};

static const struct attr function_attrs[] = {
	{ "vendor", SETTING, "0x1b36", ID_WRITES },
	{ "device", SETTING, "0x0005", ID_WRITES },
	{ "subvendor", SETTING, "0x0000", ID_WRITES },
	{ "subdevice", SETTING, "0x0000", ID_WRITES },
	{ "class", SETTING, "0xff0000", {
		TAKES("020000", "0x020000"),
		TAKES("0xffffff", "0xffffff"),
		REFUSES("1000000", ERANGE),
		REFUSES("network", EINVAL),
	} },
	{ "revision", SETTING, "0x00", {
		TAKES("a", "0x0a"),
		TAKES("0xff", "0xff"),
		REFUSES("100", ERANGE),
		REFUSES("x", EINVAL),
	} },
	{ "devfn", SETTING, "auto", {
		TAKES("02.1", "02.1"),
		TAKES("1f.7\n", "1f.7"),
		TAKES("auto", "auto"),
		REFUSES("20.0", ERANGE),
		REFUSES("02.8", ERANGE),
		REFUSES("02", EINVAL),
		REFUSES("02.1.", EINVAL),
		REFUSES("first", EINVAL),
	} },
	{ "driver_override", SETTING, "", {
		TAKES("none", "none"),
		TAKES("pci-stub\n", "pci-stub"),
		TAKES(NAME_63, NAME_63),
		TAKES("\n", ""),
		REFUSES(NAME_63 "l", ERANGE),
		REFUSES("one\ntwo", EINVAL),
	} },
	{ "ari", SETTING, "0", BIT_WRITES },
	{ "acs", SETTING, "0", BIT_WRITES },
	{ "soft_reset", SETTING, "0", BIT_WRITES },
	{ "address", SPECIAL, "none" },
	{ "plugged", SPECIAL, "0" },
	{ "stats", SPECIAL },
	{ "sriov/total_vfs", SETTING, "0", { NUMBER_WRITES } },
	{ "sriov/initial_vfs", SETTING, "auto",
		{ NUMBER_WRITES, TAKES("auto", "auto") } },
	{ "sriov/vf_device", SETTING, "auto", {
		TAKES("10ed", "0x10ed"),
		TAKES("auto\n", "auto"),
		REFUSES("10000", ERANGE),
		REFUSES("same", EINVAL),
	} },
	{ "sriov/offset", SETTING, "auto",
		{ NUMBER_WRITES, TAKES("auto", "auto") } },
	{ "sriov/stride", SETTING, "1",
		{ NUMBER_WRITES, REFUSES("auto", EINVAL) } },
	{ "bars/bar0", SETTING, "0", BAR_WRITES },
	{ "bars/bar1", SETTING, "0", BAR_WRITES },
	{ "bars/bar2", SETTING, "0", BAR_WRITES },
	{ "bars/bar3", SETTING, "0", BAR_WRITES },
	{ "bars/bar4", SETTING, "0", BAR_WRITES },
	{ "bars/bar5", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar0", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar1", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar2", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar3", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar4", SETTING, "0", BAR_WRITES },
	{ "bars/vf_bar5", SETTING, "0", BAR_WRITES },
	{ "faults/target", FAULT, "pf", {
		TAKES("0", "0"),
		TAKES("3", "3"),
		TAKES("pf\n", "pf"),
		REFUSES("65536", ERANGE),
		REFUSES("vf", EINVAL),
	} },
	{ "faults/gone", FAULT, "0", BIT_WRITES },
	{ "faults/gone_after", FAULT, "off", {
		TAKES("2147483647", "2147483647"),
		TAKES("off", "off"),
		REFUSES("2147483648", ERANGE),
		REFUSES("on", EINVAL),
	} },
	{ "faults/numvfs_stuck", FAULT, "0", BIT_WRITES },
	{ "faults/vf_enable_stuck", FAULT, "0", BIT_WRITES },
	{ "faults/offset_per_vf", FAULT, "0",
		{ NUMBER_WRITES, TAKES("0", "0") } },
	{ "faults/stride_per_vf", FAULT, "0",
		{ NUMBER_WRITES, TAKES("0", "0") } },
};

FIXTURE(configfs) {
	char text[512];
};

FIXTURE_SETUP(configfs)
{
	if (!pci_sim_available())
		SKIP(return, "no PCI simulator");
	pci_sim_destroy(BRIDGE);
	pci_sim_destroy(OTHER);
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE));
	ASSERT_EQ(0, pci_sim_mkdir(PF));
}

FIXTURE_TEARDOWN(configfs)
{
	pci_sim_destroy(BRIDGE);
	pci_sim_destroy(OTHER);
}

/* What an attribute reads as now, or what is wrong with it */
static const char *reads(const char *dir, const char *attr)
{
	static char text[512];
	int err = pci_sim_get(dir, attr, text, sizeof(text));

	return err ? strerror(-err) : text;
}

/* Whether the directory has this file and the table does not, or below it */
static unsigned int unknown(const char *dir, const char *below,
			    const struct attr *attrs, unsigned int nr)
{
	char path[512], name[320];
	unsigned int i, found = 0;
	struct dirent *entry;
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), PCI_SIM_DIR "/%s/%s", dir, below);
	d = opendir(path);
	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s%s", below, entry->d_name);
		snprintf(path, sizeof(path), PCI_SIM_DIR "/%s/%s", dir, name);
		if (stat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode)) {
			/* Not the functions of a bridge */
			if (!strcmp(dir, BRIDGE))
				continue;
			strcat(name, "/");
			found += unknown(dir, name, attrs, nr);
			continue;
		}
		for (i = 0; i < nr && strcmp(attrs[i].name, name); i++)
			;
		if (i < nr)
			continue;
		printf("# %s/%s is in no table of this test\n", dir, name);
		found++;
	}
	if (d)
		closedir(d);
	return found;
}

TEST_F(configfs, every_attribute_is_tested)
{
	EXPECT_EQ(0, unknown(BRIDGE, "", bridge_attrs,
			     ARRAY_SIZE(bridge_attrs)));
	EXPECT_EQ(0, unknown(PF, "", function_attrs,
			     ARRAY_SIZE(function_attrs)));
}

static void try_writes(struct __test_metadata *_metadata, const char *dir,
		       const struct attr *attr)
{
	const char *before = attr->initially;
	const struct write *w;

	for (w = attr->writes; w->text; w++) {
		EXPECT_EQ(w->err, pci_sim_set(dir, attr->name, "%s", w->text)) {
			TH_LOG("%s/%s: %s", dir, attr->name, w->text);
		}
		if (w->reads)
			before = w->reads;
		/* What is refused leaves it as it was */
		EXPECT_STREQ(before, reads(dir, attr->name)) {
			TH_LOG("%s/%s: %s", dir, attr->name, w->text);
		}
	}
}

TEST_F(configfs, takes_and_refuses)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bridge_attrs); i++) {
		EXPECT_STREQ(bridge_attrs[i].initially,
			     reads(BRIDGE, bridge_attrs[i].name));
		try_writes(_metadata, BRIDGE, &bridge_attrs[i]);
	}
	for (i = 0; i < ARRAY_SIZE(function_attrs); i++) {
		if (function_attrs[i].initially)
			EXPECT_STREQ(function_attrs[i].initially,
				     reads(PF, function_attrs[i].name)) {
				TH_LOG("%s", function_attrs[i].name);
			}
		try_writes(_metadata, PF, &function_attrs[i]);
	}
}

static void try_live(struct __test_metadata *_metadata, const char *dir,
		     const struct attr *attr)
{
	const char *before = attr->initially;
	const struct write *w;

	if (attr->kind == FAULT)
		try_writes(_metadata, dir, attr);
	if (attr->kind != SETTING)
		return;
	for (w = attr->writes; w->text; w++) {
		if (!w->reads)
			continue;
		EXPECT_EQ(-EBUSY, pci_sim_set(dir, attr->name, "%s", w->text)) {
			TH_LOG("%s/%s: %s", dir, attr->name, w->text);
		}
		/* The domain reads as the one that it has */
		if (strcmp(attr->name, "domain"))
			EXPECT_STREQ(before, reads(dir, attr->name));
	}
}

TEST_F(configfs, busy_while_live)
{
	unsigned int i;

	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	for (i = 0; i < ARRAY_SIZE(bridge_attrs); i++)
		try_live(_metadata, BRIDGE, &bridge_attrs[i]);
	for (i = 0; i < ARRAY_SIZE(function_attrs); i++)
		try_live(_metadata, PF, &function_attrs[i]);
	EXPECT_EQ(-EBUSY, pci_sim_mkdir(BRIDGE "/pf1"));
	EXPECT_EQ(-EBUSY, pci_sim_rmdir(PF));
	EXPECT_NE(0, pci_sim_rmdir(BRIDGE));
	EXPECT_STREQ("1", reads(BRIDGE, "live"));

	/* All of it is possible once it is down */
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_EQ(0, pci_sim_set(PF, "vendor", "8086"));
	EXPECT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	EXPECT_EQ(0, pci_sim_rmdir(BRIDGE "/pf1"));
	EXPECT_EQ(0, pci_sim_rmdir(PF));
	EXPECT_EQ(0, pci_sim_rmdir(BRIDGE));
}

TEST_F(configfs, live)
{
	EXPECT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_EQ(-EINVAL, pci_sim_set(BRIDGE, "live", "soon"));
	EXPECT_STREQ("0", reads(BRIDGE, "live"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_STREQ("1", reads(BRIDGE, "live"));
	/* What it is already */
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_STREQ("1", reads(BRIDGE, "live"));
	EXPECT_STREQ("1", reads(PF, "plugged"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_STREQ("0", reads(BRIDGE, "live"));
	EXPECT_STREQ("0", reads(PF, "plugged"));
	EXPECT_STREQ("none", reads(PF, "address"));

	/* The same settings again and again */
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, false));
}

TEST_F(configfs, what_is_read_only)
{
	EXPECT_EQ(-EACCES, pci_sim_set(PF, "address", "00:00.0"));
	EXPECT_EQ(-EACCES, pci_sim_set(PF, "stats", "0"));
	EXPECT_EQ(-ENODEV, pci_sim_set(PF, "plugged", "0"));
	EXPECT_EQ(-ENODEV, pci_sim_set(PF, "plugged", "1"));
	EXPECT_EQ(-EINVAL, pci_sim_set(PF, "plugged", "half"));
	/* In the order of the document, and zero */
	EXPECT_STREQ("reads 0\nwrites 0\nvf_reads 0\nvf_writes 0\n"
		     "numvfs_writes 0\nvf_enables 0\nvf_disables 0\n"
		     "rejected 0\nresets 0\n"
		     "num_vfs 0\nvf_enable 0\nvfs 0", reads(PF, "stats"));
}

TEST_F(configfs, address)
{
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "domain", "1abcd"));
	ASSERT_EQ(0, pci_sim_set(PF, "devfn", "03.0"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_STREQ("1abcd:00:03.0", reads(PF, "address"));
	EXPECT_STREQ("0x1abcd", reads(BRIDGE, "domain"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));

	/* Below a root port: on the bus behind it */
	ASSERT_EQ(0, pci_sim_set(PF, "devfn", "auto"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "1"));
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_STREQ("1abcd:01:00.0", reads(PF, "address"));
	EXPECT_STREQ("1abcd:01:00.1", reads(BRIDGE "/pf1", "address"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));

	/* The first free domain of the simulator's, and devices of their own */
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "0"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "domain", "auto"));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, true));
	EXPECT_LE(0x10001, strtol(reads(BRIDGE, "domain"), NULL, 16));
	EXPECT_STREQ(":00:00.0", strchr(reads(PF, "address"), ':'));
	EXPECT_STREQ(":00:01.0", strchr(reads(BRIDGE "/pf1", "address"), ':'));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	EXPECT_STREQ("auto", reads(BRIDGE, "domain"));
}

/* What cannot go live stays as it is, and can be changed */
#define EXPECT_DEAD(err) do { \
	EXPECT_EQ(-(err), pci_sim_live(BRIDGE, true)); \
	EXPECT_STREQ("0", reads(BRIDGE, "live")); \
	EXPECT_STREQ("none", reads(PF, "address")); \
} while (0)

TEST_F(configfs, cannot_go_live_without_a_function)
{
	ASSERT_EQ(0, pci_sim_rmdir(PF));
	EXPECT_EQ(-ENODATA, pci_sim_live(BRIDGE, true));
	EXPECT_STREQ("0", reads(BRIDGE, "live"));
	ASSERT_EQ(0, pci_sim_mkdir(PF));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
}

TEST_F(configfs, cannot_go_live_as_it_does_not_fit_together)
{
	static const struct {
		const char *attr, *bad, *good, *none;
	} settings[] = {
		{ "devfn", "02.1", "02.0", "auto" },
		{ "bars/bar0", "8 mem64", "16 mem64", "0" },
		{ "bars/vf_bar0", "2K mem64", "4K mem64", "0" },
		{ "bars/bar5", "4K mem64", "4K mem32", "0" },
	};
	unsigned int i;

	ASSERT_EQ(0, pci_sim_set(PF, "sriov/total_vfs", "2"));
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		ASSERT_EQ(0, pci_sim_set(PF, settings[i].attr, "%s",
					 settings[i].bad));
		EXPECT_DEAD(EINVAL);
		ASSERT_EQ(0, pci_sim_set(PF, settings[i].attr, "%s",
					 settings[i].good));
		EXPECT_EQ(0, pci_sim_live(BRIDGE, true)) {
			TH_LOG("%s", settings[i].attr);
		}
		ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
		ASSERT_EQ(0, pci_sim_set(PF, settings[i].attr, "%s",
					 settings[i].none));
	}

	/* The next BAR's place is taken by the upper half */
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar2", "4K mem64 prefetch"));
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar3", "4K mem64 prefetch"));
	EXPECT_DEAD(EINVAL);
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar3", "0"));
	ASSERT_EQ(0, pci_sim_set(PF, "devfn", "00.0"));

	/* Two functions in one place */
	ASSERT_EQ(0, pci_sim_mkdir(BRIDGE "/pf1"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "devfn", "00.0"));
	EXPECT_DEAD(EINVAL);
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "devfn", "00.1"));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));

	/* Below a root port: one device, and ARI for all of it or none */
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "root_port", "1"));
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "devfn", "01.0"));
	EXPECT_DEAD(EINVAL);
	ASSERT_EQ(0, pci_sim_set(PF, "ari", "1"));
	EXPECT_DEAD(EINVAL);
	ASSERT_EQ(0, pci_sim_set(BRIDGE "/pf1", "ari", "1"));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));
	ASSERT_EQ(0, pci_sim_rmdir(BRIDGE "/pf1"));
}

TEST_F(configfs, cannot_go_live_in_a_domain_that_is_used)
{
	ASSERT_EQ(0, pci_sim_mkdir(OTHER));
	ASSERT_EQ(0, pci_sim_mkdir(OTHER "/pf0"));
	ASSERT_EQ(0, pci_sim_live(OTHER, true));
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "domain", "%s",
				 reads(OTHER, "domain")));
	EXPECT_DEAD(EEXIST);
	ASSERT_EQ(0, pci_sim_live(OTHER, false));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
}

/* System RAM, in the form of mmio */
static bool find_ram(char *window, size_t size)
{
	unsigned long long start, end;
	char line[256];
	FILE *f;

	f = fopen("/proc/iomem", "r");
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		if (strstr(line, "System RAM") &&
		    sscanf(line, "%llx-%llx", &start, &end) == 2 &&
		    end - start >= 0x100000) {
			start = (start + 0xffff) & ~0xffffULL;
			snprintf(window, size, "%llx-%llx", start,
				 start + 0xffff);
			fclose(f);
			return true;
		}
	fclose(f);
	return false;
}

TEST_F(configfs, cannot_go_live_where_something_is)
{
	ASSERT_TRUE(find_ram(self->text, sizeof(self->text)));
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "mmio", "%s", self->text));
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar0", "4K mem64 prefetch"));
	EXPECT_DEAD(EBUSY);

	/* Without BARs nothing is needed of it */
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar0", "0"));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
	ASSERT_EQ(0, pci_sim_live(BRIDGE, false));

	/* More than there is of it: a multiple of a page, wherever it is */
	ASSERT_EQ(0, pci_sim_set(PF, "bars/bar0", "128K mem64 prefetch"));
	EXPECT_DEAD(ENOSPC);
	ASSERT_EQ(0, pci_sim_set(BRIDGE, "mmio", "auto"));
	EXPECT_EQ(0, pci_sim_live(BRIDGE, true));
}

TEST_HARNESS_MAIN
