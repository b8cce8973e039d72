// SPDX-License-Identifier: GPL-2.0
/* The planner by table: what a system is like, what is wanted, and the steps */
#include <string.h>

#include "sriovadm.h"

#define ADDRESS	"0000:01:00.0"
#define DEVICE	"/sys/bus/pci/devices/" ADDRESS

/* Abbreviations of what a plan says; see shorten() */
static const struct {
	const char *path, *name;
} short_path[] = {
	{ DEVICE "/driver_override", "override" },
	{ DEVICE "/sriov_numvfs", "numvfs" },
	{ DEVICE "/sriov_drivers_autoprobe", "drivers_autoprobe" },
	{ DEVICE "/sriov_unmanaged_autoprobe", "autoprobe" },
	{ "/sys/bus/pci/drivers_probe", "probe" },
	{ "/sys/bus/pci/drivers/native/unbind", "native-" },
	{ "/sys/bus/pci/drivers/pci-stub/unbind", "pci-stub-" },
	{ "/sys/bus/pci/drivers/pci-pf-stub/unbind", "pci-pf-stub-" },
	{ "/sys/bus/pci/drivers/vfio-pci/unbind", "vfio-pci-" },
	{ DEVICE "/virtfn0/driver_override", "vf0.override" },
	{ DEVICE "/virtfn1/driver_override", "vf1.override" },
};

enum {
	STOCK		= 1 << 0,
	LOADABLE	= 1 << 1,
	ANY		= 1 << 2,
	NOT_LOADED	= 1 << 3,
	NOT_THERE	= 1 << 4,
	RECREATE	= 1 << 5,
	NATIVE		= 1 << 6,
	VFIO_SRIOV	= 1 << 7,
	NO_OFFSET	= 1 << 8,
};

static const struct test {
	const char *name;
	unsigned int flags;
	/* The PF */
	const char *driver, *override;
	int numvfs, autoprobe, drivers_autoprobe;
	enum verdict verdict;
	/* Its two VFs, if any are on */
	const char *vf_is;
	/* What is wanted; 0 VFs are written as NONE */
	const char *want;
	int vfs, want_autoprobe;
	const char *vf_driver, *vf1_driver;
	/* Steps, or the exit code */
	const char *steps;
	enum exit_code refused;
} tests[] = {
#define NONE	(-2)
#define PF(driver_, override_, n, verdict_) .driver = (driver_), \
	.override = (override_), .numvfs = (n), \
	.verdict = VERDICT_##verdict_, .drivers_autoprobe = 1
	{ "reserve", 0, PF("native", NULL, 0, ALLOW), .want = "pci-stub",
	  .steps = "override=pci-stub native-=PF probe=PF" },
	{ "reserve with VFs", 0, PF("native", NULL, 0, ALLOW),
	  .want = "pci-stub", .vfs = 2, .vf_driver = "vfio-pci",
	  .steps = "override=pci-stub native-=PF probe=PF numvfs=2 vf0.override=vfio-pci probe=0000:01:02.0 vf1.override=vfio-pci probe=0000:01:02.1" },
	{ "reserved already", 0, PF("pci-stub", "pci-stub", 0, ALLOW),
	  .want = "pci-stub", .steps = "" },
	{ "reserved, but would not survive a rescan", 0,
	  PF("pci-stub", NULL, 0, ALLOW), .want = "pci-stub",
	  .steps = "override=pci-stub" },
	{ "no driver yet", 0, PF(NULL, "pci-stub", 0, ALLOW),
	  .want = "pci-stub", .steps = "probe=PF" },
	{ "drivers are modules", NOT_LOADED, PF("native", NULL, 0, ALLOW),
	  .want = "pci-stub", .vfs = 1, .vf_driver = "vfio-pci",
	  .steps = "modprobe=pci-stub override=pci-stub native-=PF probe=PF numvfs=1 modprobe=vfio-pci vf0.override=vfio-pci probe=0000:01:02.0" },
	{ "no such driver", NOT_THERE, PF("native", NULL, 0, ALLOW),
	  .want = "pci-stub", .refused = EXIT_KERNEL },
	{ "no such driver for VFs", NOT_THERE,
	  PF("native", NULL, 0, ALLOW), .vfs = 1, .vf_driver = "vfio-pci",
	  .refused = EXIT_KERNEL },
	{ "refused", 0, PF("native", NULL, 0, REFUSE), .want = "pci-stub",
	  .vfs = 1, .refused = EXIT_POLICY },
	{ "refused, and no VFs", 0, PF("native", NULL, 0, REFUSE),
	  .want = "pci-stub",
	  .steps = "override=pci-stub native-=PF probe=PF" },
	{ "refused, under its own driver", 0,
	  PF("native", NULL, 0, REFUSE), .vfs = 1, .steps = "numvfs=1" },
	{ "no verdict", STOCK, PF("pci-pf-stub", "pci-pf-stub", 0, UNKNOWN),
	  .vfs = 1, .refused = EXIT_POLICY },
	{ "more than there are", 0, PF("native", NULL, 0, ALLOW), .vfs = 3,
	  .refused = EXIT_USAGE },
	{ "stock", STOCK, PF("native", NULL, 0, ALLOW),
	  .want = "pci-pf-stub", .vfs = 1,
	  .steps = "drivers_autoprobe=0 override=pci-pf-stub native-=PF probe=PF numvfs=1" },
	{ "stock, refused", STOCK, PF("native", NULL, 0, REFUSE),
	  .want = "pci-pf-stub", .vfs = 1, .refused = EXIT_POLICY },
	{ "stock, a stub without VFs", STOCK, PF("native", NULL, 0, ALLOW),
	  .want = "pci-stub", .vfs = 1, .refused = EXIT_KERNEL },
	{ "stock, autoprobe", STOCK, PF("native", NULL, 0, ALLOW),
	  .want = "pci-pf-stub", .want_autoprobe = 1,
	  .refused = EXIT_KERNEL },
	{ "our module is yet to be loaded", STOCK | LOADABLE,
	  PF("native", NULL, 0, ALLOW), .want = "pci-stub", .vfs = 1,
	  .want_autoprobe = 1,
	  .steps = "modprobe=sriov_unmanaged autoprobe=1 override=pci-stub native-=PF probe=PF numvfs=1" },
	{ "pci-pf-stub, and the verdict counts", 0,
	  PF("native", NULL, 0, REFUSE), .want = "pci-pf-stub", .vfs = 1,
	  .refused = EXIT_POLICY },
	{ "no driver, scope stub", 0, PF(NULL, NULL, 0, ALLOW), .vfs = 1,
	  .refused = EXIT_KERNEL },
	{ "no driver, scope any", ANY, PF(NULL, NULL, 0, ALLOW), .vfs = 1,
	  .steps = "numvfs=1" },
	{ "vfio-pci, not told to", 0, PF("vfio-pci", "vfio-pci", 0, ALLOW),
	  .vfs = 1, .refused = EXIT_KERNEL },
	{ "vfio-pci", VFIO_SRIOV, PF("vfio-pci", "vfio-pci", 0, REFUSE),
	  .vfs = 1, .steps = "numvfs=1" },
	{ "from 2 to 1", 0, PF("pci-stub", "pci-stub", 2, ALLOW), .vfs = 1,
	  .refused = EXIT_IN_USE },
	{ "from 2 to 1, asked for", RECREATE,
	  PF("pci-stub", "pci-stub", 2, ALLOW), .vfs = 1,
	  .vf_driver = "vfio-pci",
	  .steps = "numvfs=0 numvfs=1 vf0.override=vfio-pci probe=0000:01:02.0" },
	{ "from 2 to none", 0, PF("pci-stub", "pci-stub", 2, ALLOW),
	  .vfs = NONE, .steps = "numvfs=0" },
	{ "VFs would go with the driver", 0, PF("native", NULL, 2, ALLOW),
	  .want = "pci-stub", .refused = EXIT_IN_USE },
	{ "VFs without their driver", 0,
	  PF("pci-stub", "pci-stub", 2, ALLOW), .vf_is = "other",
	  .vf_driver = "vfio-pci", .vf1_driver = "other",
	  .steps = "vf0.override=vfio-pci /sys/bus/pci/drivers/other/unbind=0000:01:02.0 probe=0000:01:02.0 vf1.override=other" },
	{ "VFs with their driver", 0,
	  PF("pci-stub", "pci-stub", 2, ALLOW), .vf_is = "vfio-pci",
	  .vfs = 2, .vf_driver = "vfio-pci", .vf1_driver = "none",
	  .steps = "vf0.override=vfio-pci vf1.override=none vfio-pci-=0000:01:02.1" },
	{ "autoprobe after what keeps drivers off a VF", 0,
	  PF("pci-stub", "pci-stub", 0, ALLOW), .vfs = 2,
	  .want_autoprobe = 1, .vf1_driver = "none",
	  .steps = "numvfs=2 vf1.override=none autoprobe=1 probe=0000:01:02.0" },
	{ "autoprobe on", 0, PF("pci-stub", "pci-stub", 0, ALLOW),
	  .want_autoprobe = 1, .steps = "autoprobe=1" },
	{ "autoprobe off", 0, PF("pci-stub", "pci-stub", 0, ALLOW),
	  .autoprobe = 1, .want_autoprobe = NONE, .steps = "autoprobe=0" },
	{ "a VF that comes who knows where", NO_OFFSET,
	  PF("pci-stub", "pci-stub", 0, ALLOW), .vfs = 1,
	  .vf_driver = "vfio-pci",
	  .steps = "numvfs=1 vf0.override=vfio-pci probe=(VF 0)" },
	{ "release", NATIVE, PF("pci-stub", "pci-stub", 2, ALLOW),
	  .vfs = NONE, .autoprobe = 1,
	  .steps = "numvfs=0 autoprobe=0 override= pci-stub-=PF probe=PF" },
	{ "release, stock", NATIVE | STOCK,
	  .driver = "pci-pf-stub", .override = "pci-pf-stub",
	  .verdict = VERDICT_REFUSE, .vfs = NONE,
	  .steps = "override= pci-pf-stub-=PF drivers_autoprobe=1 probe=PF" },
	{ "release what is not reserved", NATIVE,
	  PF("native", NULL, 2, ALLOW), .vfs = NONE, .steps = "" },
	{ "release what has no driver", NATIVE,
	  PF(NULL, "pci-stub", 0, ALLOW), .vfs = NONE,
	  .steps = "override= probe=PF" },
};

static int number(int value)
{
	return value == NONE ? 0 : value ? value : -1;
}

static void make(const struct test *test, struct snapshot *snapshot)
{
	static const char * const driver[] = {
		"pci-stub", "pci-pf-stub", "vfio-pci", "other",
	};
	struct pf pf = {
		.address = ADDRESS, .driver = test->driver,
		.driver_override = test->override,
		.numvfs = test->numvfs, .totalvfs = 2,
		.offset = test->flags & NO_OFFSET ? 0 : 16, .stride = 1,
		.drivers_autoprobe = test->drivers_autoprobe,
		.autoprobe = test->flags & STOCK ? -1 : test->autoprobe,
		.policy = { .verdict = test->verdict },
	};

	*snapshot = (struct snapshot) {
		.kernel = {
			.feature = test->flags & STOCK ? FEATURE_ABSENT :
							 FEATURE_BUILTIN,
			.loadable = test->flags & LOADABLE,
			.scope = test->flags & ANY ? "any" : "stub",
		},
		.vfio_sriov = test->flags & VFIO_SRIOV,
	};
	for (int i = 0; i < test->numvfs; i++) {
		struct vf vf = {
			.index = i, .driver = test->vf_is,
			.address = mem_printf("0000:01:02.%d", i),
		};

		VEC_ADD(&pf.vf, vf);
	}
	VEC_ADD(&snapshot->pf, pf);
	for (size_t i = 0; i < ARRAY_SIZE(driver); i++) {
		struct driver one = {
			.name = driver[i],
			.registered = !(test->flags &
					(NOT_LOADED | NOT_THERE)),
			.module = test->flags & NOT_LOADED,
		};

		VEC_ADD(&snapshot->driver, one);
	}
}

static const char *shorten(const struct step *step)
{
	const char *path = step->path;

	for (size_t i = 0; i < ARRAY_SIZE(short_path); i++) {
		if (same(path, short_path[i].path))
			path = short_path[i].name;
	}
	return mem_printf("%s=%s", path, same(step->value, ADDRESS) ? "PF" :
			  step->value);
}

static bool run(const struct test *test)
{
	struct options options = { .recreate = test->flags & RECREATE };
	struct want want = {
		.driver = test->want, .vfs = number(test->vfs),
		.autoprobe = number(test->want_autoprobe),
		.vf_driver = test->vf_driver,
		.native = test->flags & NATIVE,
	};
	struct plan plan = { .step = { NULL, 0, 0 } };
	struct vf_config vf1 = { 1, test->vf1_driver };
	enum exit_code refused = EXIT_OK;
	struct snapshot snapshot;
	const char *text = "";

	if (vf1.driver)
		VEC_ADD(&want.vf, vf1);
	make(test, &snapshot);
	plan_pf(&snapshot, &snapshot.pf.item[0], &want, &options, &plan);
	for (size_t i = 0; i < plan.step.count; i++)
		text = mem_printf("%s%s%s", text, i ? " " : "",
				  shorten(&plan.step.item[i]));
	if (plan.refused.count) {
		refused = plan.refused.item[0].exit;
		if (!strstr(plan.refused.item[0].message,
			    "nothing was changed")) {
			printf("FAIL %s: does not say that nothing was changed\n",
			       test->name);
			return false;
		}
	}

	if (refused == test->refused &&
	    same(text, test->steps ? test->steps : ""))
		return true;
	printf("FAIL %s\n  wanted: %s, exit %d\n  got:    %s, exit %d\n",
	       test->name, test->steps ? test->steps : "", test->refused,
	       text, refused);
	return false;
}

int main(void)
{
	unsigned int failed = 0;

	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		failed += !run(&tests[i]);
	printf("planner: %zu cases, %u failed\n", ARRAY_SIZE(tests), failed);
	mem_done();
	return failed ? 1 : 0;
}
