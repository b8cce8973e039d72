// SPDX-License-Identifier: GPL-2.0
/*
 * What would go wrong, each with the line that helps.  Nothing is changed: the kernel
 * command line, firmware and other tools are the administrator's.
 */
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "doctor.h"

#define RESOURCE_UNSET	0x20000000UL
#define FIRST_VF_BAR	7	/* lines of the file resource */
#define VF_BARS		6

void doctor_find(struct report *report, const char *code, const char *address,
		 const char *what, const char *help)
{
	report_problem(report, code, EXIT_DIFFERS, address, "%s\n  help: %s",
		       what, help);
}

static void check_kernel(struct report *report, const struct kernel *kernel)
{
	if (kernel->feature != FEATURE_ABSENT)
		return;
	if (kernel->loadable)
		doctor_find(report, "module-not-loaded", NULL,
			    "the module sriov_unmanaged is installed and not loaded: the kernel knows no policy",
			    "modprobe sriov_unmanaged; echo sriov_unmanaged > /etc/modules-load.d/sriov_unmanaged.conf");
	else
		doctor_find(report, "feature-absent", NULL,
			    "this kernel has no gate for VFs of reserved PFs: verdicts come from the hwdb, and sriovadm alone enforces them",
			    "install the package of the module sriov_unmanaged, or a kernel with CONFIG_PCI_IOV_UNMANAGED=y");
	if (!hwdb_works())
		doctor_find(report, "hwdb-absent", NULL,
			    "the table of devices is not in udev's hwdb: VFs of every PF are refused",
			    "install the package that brings it, then: systemd-hwdb update");
}

static void check_lockdown(struct report *report, const struct kernel *kernel)
{
	if (!kernel->lockdown || same(kernel->lockdown, "none"))
		return;
	doctor_find(report, "lockdown", NULL,
		    mem_printf("the kernel is locked down (%s): modules that are not signed do not load, and programs cannot map the BARs of a device under uio",
			       kernel->lockdown),
		    "sign the module: mokutil --import /var/lib/dkms/mok.pub, then reboot; and use vfio-pci, not uio");
}

static void check_iommu(struct report *report, const struct kernel *kernel)
{
	if (!kernel->iommu)
		doctor_find(report, "iommu-off", NULL,
			    "the IOMMU is off: vfio-pci takes no device, and VFs reach all of the memory",
			    "enable VT-d or AMD-Vi in the firmware; on Intel boot with intel_iommu=on");
}

/* A number that follows 0x; @text moves behind it */
static unsigned long take_hex(const char **text)
{
	unsigned long value = 0;
	size_t len;

	*text += strspn(*text, " \t\n");
	if (starts(*text, "0x"))
		*text += 2;
	len = strcspn(*text, " \t\n");
	parse_number(mem_text(*text, len), 16, ~0UL >> 4, &value);
	*text += len;
	return value;
}

static void check_bars(struct report *report, const struct pf *pf)
{
	const char *text = file_read(mem_printf(PCI_DEVICES "/%s/resource",
						pf->address));

	for (int i = 0; text && *text && i < FIRST_VF_BAR + VF_BARS; i++) {
		unsigned long start = take_hex(&text), flags;

		take_hex(&text);
		flags = take_hex(&text);
		if (i < FIRST_VF_BAR || !flags ||
		    (start && !(flags & RESOURCE_UNSET)))
			continue;
		doctor_find(report, "no-address-space", pf->address,
			    mem_printf("BAR %d of its VFs has no address space: enabling VFs ends in ENOMEM",
				       i - FIRST_VF_BAR),
			    "enable \"Above 4G Decoding\" and SR-IOV in the firmware, or boot with pci=realloc");
		return;
	}
}

/* VFs may be on buses of higher numbers, which the bridge above has to pass on */
static void check_buses(struct report *report, const struct pf *pf)
{
	long last = file_number_at(root_fd(),
				   mem_printf(PCI_DEVICES "/%s/../subordinate_bus_number",
					      pf->address));
	const char *colon = strchr(pf->address, ':');
	unsigned long bus, device, function, rid;

	if (last < 0 || pf->offset <= 0 || pf->totalvfs <= 0 ||
	    !parse_number(mem_text(colon + 1, 2), 16, 0xff, &bus) ||
	    !parse_number(mem_text(colon + 4, 2), 16, 0x1f, &device) ||
	    !parse_number(colon + 7, 16, 7, &function))
		return;
	rid = (bus << 8 | device << 3 | function) + pf->offset +
	      (unsigned long)(pf->stride > 0 ? pf->stride : 0) *
	      (pf->totalvfs - 1);
	if (rid >> 8 > (unsigned long)last)
		doctor_find(report, "no-bus-number", pf->address,
			    mem_printf("its last VF would be on bus %02lx, and the bridge above passes on up to %02lx: enabling that many VFs ends in ENOMEM",
				       rid >> 8, last),
			    "enable ARI in the firmware, or boot with pci=assign-busses");
}

static void check_total(struct report *report, const struct pf *pf)
{
	if (!pf->totalvfs)
		doctor_find(report, "no-vfs", pf->address,
			    "the device offers no VFs: sriov_totalvfs is 0",
			    "enable SR-IOV in its firmware, with the maker's tool (mlxconfig, bnxtnvm, niccli, ...), then reboot");
}

static bool wants_vfs(const struct pf *pf)
{
	return pf->numvfs > 0 || (pf->config && pf->config->vfs > 0);
}

static void check_nvme(struct report *report, const struct pf *pf)
{
	if (pf->id.class != 0x010802 || !wants_vfs(pf))
		return;
	doctor_find(report, "nvme-offline", pf->address,
		    "VFs of an NVMe PF are offline until its owner has given them resources, which is forgotten at each reset of the PF",
		    "with VFs on and before the PF is reserved, for each VF: nvme virt-mgmt /dev/nvmeN --cntlid=C --act=8 --rt=0 --nr=2; the same with --rt=1; then --act=9");
}

/* vfio-pci is what needs an IOMMU; a driver that is not there needs a module */
static void check_config(struct report *report, struct snapshot *snapshot,
			 const struct pf *pf)
{
	const struct driver *driver;
	struct want want;

	if (!pf->config)
		return;
	config_want(pf->config, &want);
	for (size_t i = 0; i < 2; i++) {
		const char *name = i ? want.vf_driver : want.driver;

		if (!name || !*name || same(name, "none"))
			continue;
		driver = snapshot_driver(snapshot, name);
		if (!driver->registered && !driver->module)
			doctor_find(report, "driver-absent", pf->address,
				    mem_printf("%s wants the driver %s, which this kernel has not",
					       pf->config->file, name),
				    "install its module, or name another driver");
	}
	if (pf->config->vfs > 0 && pf->policy.verdict == VERDICT_REFUSE &&
	    is_gated(want.driver))
		doctor_find(report, "policy-refuses", pf->address,
			    mem_printf("%s wants VFs that the policy refuses (%s)",
				       pf->config->file, pf->policy.reason ?
				       pf->policy.reason : "?"),
			    mem_printf("sriovadm explain %s", pf->address));
}

static bool is_builtin(const char *driver)
{
	return file_exists(mem_printf(PCI_DRIVERS "/%s", driver)) &&
	       !file_exists(mem_printf(PCI_DRIVERS "/%s/module/initstate",
				       driver));
}

/* The driver that it has, or had before it was reserved: a reason ends in its name */
static const char *native_driver(const struct pf *pf)
{
	const char *space;

	if (!same(pf->driver, pf->config->driver))
		return pf->driver;
	space = pf->policy.reason ? strrchr(pf->policy.reason, ' ') : NULL;
	return space ? space + 1 : NULL;
}

/* What is built in takes its PFs before any program runs */
static void check_builtin(struct report *report, const struct pf *pf)
{
	const char *driver = pf->config ? native_driver(pf) : NULL;
	const char *cmdline = file_read("proc/cmdline"), *ids;

	if (!driver || !pf->config->driver || !is_builtin(driver) ||
	    same(driver, pf->config->driver))
		return;
	ids = mem_printf("pci-stub.ids=%04x:%04x", pf->id.vendor,
			 pf->id.device);
	if (cmdline && strstr(cmdline, ids))
		return;
	doctor_find(report, "native-builtin", pf->address,
		    mem_printf("its driver %s is built into this kernel and has it first at each boot; sriovadm.service takes it from there",
			       driver),
		    is_builtin("pci-stub") ?
		    mem_printf("nothing to do, or boot with %s if %s is to have no device of this id",
			       ids, driver) :
		    "nothing to do; only a pci-stub that is built in, too, could be quicker");
}

/* Where the configuration was changed after the initramfs was made */
static bool newest(const char *path, struct timespec *when)
{
	struct stat st;

	if (fstatat(root_fd(), path, &st, 0))
		return false;
	if (st.st_mtim.tv_sec > when->tv_sec ||
	    (st.st_mtim.tv_sec == when->tv_sec &&
	     st.st_mtim.tv_nsec > when->tv_nsec))
		*when = st.st_mtim;
	return true;
}

static void check_initramfs(struct report *report, const struct kernel *kernel,
			    const struct config *config)
{
	const char *release = kernel->release ? kernel->release : "";
	const struct {
		const char *path, *help;
	} kind[] = {
		{ mem_printf("boot/initrd.img-%s", release),
		  "update-initramfs -u" },
		{ mem_printf("boot/initramfs-%s.img", release), "dracut -f" },
	};
	struct timespec changed = { 0, 0 }, made;

	if (!config->pf.count)
		return;
	newest(PF_CONFIG, &changed);
	for (size_t i = 0; i < config->pf.count; i++)
		newest(config->pf.item[i].file + 1, &changed);

	for (size_t i = 0; i < ARRAY_SIZE(kind); i++) {
		made = (struct timespec) { 0, 0 };
		if (!newest(kind[i].path, &made) || made.tv_sec >= changed.tv_sec)
			continue;
		doctor_find(report, "initramfs-stale", NULL,
			    mem_printf("/%s is older than /" PF_CONFIG ": the native driver in it may take a PF first",
				       kind[i].path),
			    kind[i].help);
	}
}

static void check_unit(struct report *report, const struct config *config)
{
	if (!config->pf.count ||
	    file_exists("etc/systemd/system/multi-user.target.wants/sriovadm.service") ||
	    (!file_exists("usr/lib/systemd/system/sriovadm.service") &&
	     !file_exists("etc/systemd/system/sriovadm.service")))
		return;
	doctor_find(report, "unit-disabled", NULL,
		    "sriovadm.service is not enabled: nothing is restored at boot",
		    "systemctl enable sriovadm.service");
}

static void check_files(struct report *report, const struct snapshot *snapshot,
			const struct config *config)
{
	for (size_t i = 0; i < config->pf.count; i++) {
		const struct pf_config *file = &config->pf.item[i];
		bool found = false;

		for (size_t j = 0; j < snapshot->pf.count; j++)
			found |= snapshot->pf.item[j].config == file;
		if (!found)
			doctor_find(report, "no-such-pf", file->address,
				    mem_printf("%s:%d: no PF here is what [Match] says",
					       file->file, file->line),
				    "correct it, or delete the file; see: sriovadm diff");
	}
}

void command_doctor(struct report *report)
{
	static struct snapshot snapshot;
	static struct config config;
	const struct options *options = report->options;

	command_begin(report, &config, &snapshot, options->arg, options->args,
		      true);
	for (int i = 0; i < options->args; i++) {
		if (!command_find(report, &snapshot, options->arg[i]))
			return;
	}
	in_use_read(&snapshot, false);

	check_kernel(report, &snapshot.kernel);
	check_lockdown(report, &snapshot.kernel);
	if (snapshot.pf.count)
		check_iommu(report, &snapshot.kernel);
	if (!options->args) {
		check_files(report, &snapshot, &config);
		check_initramfs(report, &snapshot.kernel, &config);
		check_unit(report, &config);
	}
	for (size_t i = 0; i < snapshot.pf.count; i++) {
		const struct pf *pf = &snapshot.pf.item[i];

		VEC_ADD(&report->pf, pf);
		check_total(report, pf);
		check_bars(report, pf);
		check_buses(report, pf);
		check_nvme(report, pf);
		check_config(report, &snapshot, pf);
		check_builtin(report, pf);
		doctor_claims(report, pf);
	}
	if (!snapshot.pf.count)
		report_note(report, "no PF here: if there is a device with SR-IOV, enable it in the firmware");
	if (report->exit == EXIT_OK)
		report_note(report, "nothing found");
}
