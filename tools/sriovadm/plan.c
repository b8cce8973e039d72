// SPDX-License-Identifier: GPL-2.0
/*
 * The planner: from what a system is like and what a PF shall be like to the steps
 * that lead there, or to why there are none.  It reads and changes nothing but its
 * arguments; whoever wants to know what a run does asks it, as the run does.
 */
#include <string.h>

#include "sriovadm.h"

#define STUB		"pci-stub"
#define STOCK_STUB	"pci-pf-stub"

/* What all parts of one plan need */
struct planner {
	const struct snapshot *snapshot;
	const struct pf *pf;
	const struct want *want;
	const struct options *options;
	struct plan *plan;
	const char *driver;	/* afterwards; NULL: none */
	bool moves;		/* the PF loses its driver */
	bool disables, enables;	/* VFs */
	int vfs;		/* how many are on afterwards */
};

/* Do VFs of a PF under this driver have to pass the kernel's gate? */
bool is_gated(const char *driver)
{
	return same(driver, STUB) || same(driver, "uio_pci_generic");
}

/* Is it a driver that a PF is given so that no other has it? */
static bool is_stub(const char *driver)
{
	return is_gated(driver) || same(driver, STOCK_STUB) ||
	       same(driver, "vfio-pci");
}

/* The driver that a PF is reserved with where none is named */
const char *plan_stub(const struct snapshot *snapshot)
{
	return has_feature(&snapshot->kernel) ? STUB : STOCK_STUB;
}

/**
 * plan_refuse - a plan has no steps, and this is why
 * @plan: the plan
 * @code: for programs
 * @exit: what the program exits with
 * @address: of the PF, or NULL
 * @message: what was checked, and what there is to do
 */
void plan_refuse(struct plan *plan, const char *code, enum exit_code exit,
		 const char *address, const char *message)
{
	struct problem problem = { code, exit, address, message };

	VEC_ADD(&plan->refused, problem);
}

static void refuse(struct planner *p, const char *code, enum exit_code exit,
		   const char *message)
{
	plan_refuse(p->plan, code, exit, p->pf->address, message);
}

static void add_step(struct planner *p, enum step_kind kind, const char *path,
		     const char *value, int vf, const char *bound)
{
	struct step step = {
		.kind = kind, .path = path, .value = value,
		.address = p->pf->address, .vf = vf, .bound = bound,
	};

	VEC_ADD(&p->plan->step, step);
}

static const char *pf_file(const struct planner *p, const char *name)
{
	return mem_printf("/" PCI_DEVICES "/%s/%s", p->pf->address, name);
}

static void write_pf(struct planner *p, const char *name, const char *value)
{
	add_step(p, STEP_WRITE, pf_file(p, name), value, -1, NULL);
}

/* The kernel takes the device's lock for it, as for an unbind */
static void write_override(struct planner *p, const char *value)
{
	add_step(p, STEP_SLOW, pf_file(p, "driver_override"), value, -1, NULL);
}

/* A driver that is wanted has to be there, or a module has to bring it */
static bool check_driver(struct planner *p, const char *name)
{
	const struct driver *driver;

	if (!name || !*name || same(name, "none"))
		return true;
	driver = snapshot_has_driver(p->snapshot, name);
	if (driver && (driver->registered || driver->module))
		return true;

	if (same(name, STOCK_STUB) && !has_feature(&p->snapshot->kernel) &&
	    !p->options->driver)
		refuse(p, "kernel", EXIT_KERNEL,
		       "this kernel has neither the feature, nor the module sriov_unmanaged, nor pci-pf-stub, so there is no driver to reserve the PF with; nothing was changed; install the package of the module sriov_unmanaged, or name a driver: --driver vfio-pci");
	else
		refuse(p, "kernel", EXIT_KERNEL,
		       mem_printf("this kernel has no driver %s: it is not below /sys/bus/pci/drivers, and no module brings it; nothing was changed; install the module, or name another driver",
				  name));
	return false;
}

static bool check_count(struct planner *p)
{
	if (p->want->vfs <= p->pf->totalvfs || p->pf->totalvfs < 0)
		return true;
	refuse(p, "usage", EXIT_USAGE, !p->pf->totalvfs ?
	       "the device offers no VFs: sriov_totalvfs is 0; nothing was changed; enable SR-IOV in its firmware, see: sriovadm doctor" :
	       mem_printf("%d VFs are more than the device has: sriov_totalvfs is %d; nothing was changed; ask for %d at most",
			  p->want->vfs, p->pf->totalvfs, p->pf->totalvfs));
	return false;
}

/* VFs do not survive a change of their number or of their PF's driver */
static bool check_recreation(struct planner *p)
{
	if (p->pf->numvfs <= 0)
		return true;

	if (p->moves && !p->want->native) {
		refuse(p, "in-use", EXIT_IN_USE,
		       mem_printf("%d VFs are on under %s, and a change of the driver would take them away; nothing was changed; disable them first: sriovadm vfs %s 0 --runtime",
				  p->pf->numvfs,
				  p->pf->driver ? p->pf->driver : "no driver",
				  p->pf->address));
		return false;
	}
	if (p->enables && !p->options->recreate) {
		refuse(p, "in-use", EXIT_IN_USE,
		       mem_printf("%d VFs are on, and there is no way from %d to %d but to disable them all; nothing was changed; to do that: sriovadm vfs %s %d --recreate",
				  p->pf->numvfs, p->pf->numvfs, p->vfs,
				  p->pf->address, p->vfs));
		return false;
	}
	return true;
}

/* Can this kernel enable VFs of a PF under that driver at all? */
static bool check_kernel(struct planner *p)
{
	const struct kernel *kernel = &p->snapshot->kernel;

	if (p->want->autoprobe == 1 && !has_feature(kernel)) {
		refuse(p, "kernel", EXIT_KERNEL,
		       "this kernel cannot let host drivers probe VFs that nobody manages: it has no sriov_unmanaged_autoprobe; nothing was changed; name the driver of the VFs: --vf-driver");
		return false;
	}
	if (!p->enables)
		return true;

	if (is_gated(p->driver) && !has_feature(kernel)) {
		refuse(p, "kernel", EXIT_KERNEL,
		       mem_printf("this kernel cannot enable VFs under %s: it has neither the feature nor the module sriov_unmanaged; nothing was changed; leave --driver away, or use: --driver pci-pf-stub",
				  p->driver));
		return false;
	}
	if (!p->driver && !same(kernel->scope, "any")) {
		refuse(p, "kernel", EXIT_KERNEL, has_feature(kernel) ?
		       mem_printf("the PF has no driver, and the kernel's scope is stub, not any; nothing was changed; reserve it: sriovadm reserve %s --vfs %d",
				  p->pf->address, p->vfs) :
		       mem_printf("the PF has no driver, and this kernel cannot enable VFs without; nothing was changed; reserve it: sriovadm reserve %s --vfs %d",
				  p->pf->address, p->vfs));
		return false;
	}
	if (same(p->driver, "vfio-pci") && !p->snapshot->vfio_sriov) {
		refuse(p, "kernel", EXIT_KERNEL,
		       "vfio-pci enables VFs only if it is told to; nothing was changed; modprobe vfio-pci, then: echo Y > /sys/module/vfio_pci/parameters/enable_sriov");
		return false;
	}
	return true;
}

static bool check_policy(struct planner *p)
{
	const struct policy *policy = &p->pf->policy;
	const char *driver = p->driver;

	/* Drivers of their own, and vfio-pci, are not for the policy */
	if (!p->enables ||
	    (driver && !is_gated(driver) && !same(driver, STOCK_STUB)))
		return true;
	if (policy->verdict == VERDICT_ALLOW)
		return true;

	if (policy->verdict == VERDICT_UNKNOWN)
		refuse(p, "policy", EXIT_POLICY, policy->by_kernel ?
		       "the kernel's verdict on this PF cannot be read from sriov_unmanaged_policy; nothing was changed; look at: sriovadm doctor" :
		       "the table of devices is not in udev's hwdb, so there is no verdict on this PF; nothing was changed; install the package that brings it, then: systemd-hwdb update");
	else
		refuse(p, "policy", EXIT_POLICY,
		       mem_printf("VFs are refused by policy: %s, says %s%s; nothing was changed; what to do instead: sriovadm explain %s; at your own risk: sriovadm override allow %04x:%04x",
				  policy->reason ? policy->reason : "?",
				  policy_judge(policy), policy->by_kernel ?
				  "" : ", which sriovadm enforces",
				  p->pf->address, p->pf->id.vendor % ID_ANY,
				  p->pf->id.device % ID_ANY));
	return false;
}

/* @vf: index; -1 the PF, -2 all VFs */
static bool check_use(struct planner *p, int vf)
{
	bool is_free = true;

	for (size_t i = 0; i < p->pf->in_use.count; i++) {
		const struct use *use = &p->pf->in_use.item[i];
		const char *name = check_name[use->check];

		if (vf == -2 ? use->vf < 0 : use->vf != vf)
			continue;
		if (p->options->force & 1U << use->check)
			continue;
		is_free = false;
		refuse(p, "in-use", EXIT_IN_USE,
		       use->vf < 0 ?
		       mem_printf("in use, says the check %s: %s; nothing was changed; free it, or add --force=%s",
				  name, use->what, name) :
		       mem_printf("VF %d is in use, says the check %s: %s; nothing was changed; free it, or add --force=%s",
				  use->vf, name, use->what, name));
	}
	return is_free;
}

/**
 * predict_address - where will a VF be?
 * @pf: its PF
 * @index: of the VF
 *
 * Return: its address; NULL if the device does not say before the VF is there.
 */
static const char *predict_address(const struct pf *pf, int index)
{
	unsigned long domain, bus, device, function, rid;
	const char *part[4];
	const char *p = pf->address;

	for (size_t i = 0; i < pf->vf.count; i++) {
		if (pf->vf.item[i].index == index)
			return pf->vf.item[i].address;
	}
	if (pf->offset <= 0 || pf->stride < 0)
		return NULL;

	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		size_t len = strcspn(p, ":.");

		part[i] = mem_text(p, len);
		p += len + !!p[len];
	}
	if (!parse_number(part[0], 16, 0xffffffff, &domain) ||
	    !parse_number(part[1], 16, 0xff, &bus) ||
	    !parse_number(part[2], 16, 0x1f, &device) ||
	    !parse_number(part[3], 16, 7, &function))
		return NULL;
	rid = (bus << 8 | device << 3 | function) + pf->offset +
	      (unsigned long)pf->stride * index;
	return mem_printf("%04lx:%02lx:%02lx.%lx", domain, rid >> 8 & 0xff,
			  rid >> 3 & 0x1f, rid & 7);
}

/* What a VF shall have; NULL: nobody cares */
static const char *vf_driver_of(const struct want *want, int index)
{
	for (size_t i = 0; i < want->vf.count; i++) {
		if (want->vf.item[i].index == index)
			return want->vf.item[i].driver;
	}
	return want->vf_driver;
}

static void load(struct planner *p, const char *name)
{
	const struct driver *driver = snapshot_has_driver(p->snapshot, name);

	for (size_t i = 0; i < p->plan->step.count; i++) {
		if (p->plan->step.item[i].kind == STEP_MODPROBE &&
		    same(p->plan->step.item[i].value, name))
			return;
	}
	if (driver && !driver->registered && driver->module)
		add_step(p, STEP_MODPROBE, "modprobe", name, -1, NULL);
}

static void unbind_pf(struct planner *p)
{
	if (p->pf->driver)
		add_step(p, STEP_SLOW,
			 mem_printf("/" PCI_DRIVERS "/%s/unbind",
				    p->pf->driver),
			 p->pf->address, -1, NULL);
}

/* One VF, on now or about to be; @is: as it is, NULL if it is not on yet */
static void plan_vf(struct planner *p, int index, const struct vf *is)
{
	const char *driver = vf_driver_of(p->want, index);
	const char *file = mem_printf("virtfn%d/driver_override", index);
	const char *address;
	bool none;

	if (!driver)
		return;
	none = same(driver, "none");
	if (is && same(is->driver_override, driver) &&
	    same(is->driver, none ? NULL : driver))
		return;
	if (is && is->driver && !same(is->driver, driver) &&
	    !check_use(p, index))
		return;
	if (!check_driver(p, driver))
		return;

	if (!none)
		load(p, driver);
	if (!is || !same(is->driver_override, driver))
		add_step(p, STEP_SLOW, pf_file(p, file), driver, index, NULL);
	if (is && is->driver && !same(is->driver, driver))
		add_step(p, STEP_SLOW,
			 mem_printf("/" PCI_DRIVERS "/%s/unbind", is->driver),
			 is->address, index, NULL);
	if (none || (is && same(is->driver, driver)))
		return;
	address = predict_address(p->pf, index);
	add_step(p, STEP_SLOW, "/sys/bus/pci/drivers_probe",
		 address ? address : mem_printf("(VF %d)", index), index,
		 driver);
}

static void plan_vfs(struct planner *p)
{
	bool fresh = p->enables;

	for (int i = 0; i < p->vfs; i++) {
		const struct vf *is = NULL;

		for (size_t j = 0; !fresh && j < p->pf->vf.count; j++) {
			if (p->pf->vf.item[j].index == i)
				is = &p->pf->vf.item[j];
		}
		if (fresh || is)
			plan_vf(p, i, is);
	}
}

static bool any_vf_none(const struct planner *p)
{
	for (int i = 0; i < p->vfs; i++) {
		if (same(vf_driver_of(p->want, i), "none"))
			return true;
	}
	return false;
}

/* Host drivers are let on VFs last, if some VFs are to be kept from them */
static bool autoprobe_comes_last(const struct planner *p)
{
	return p->want->autoprobe == 1 && p->enables && any_vf_none(p);
}

static void plan_autoprobe(struct planner *p)
{
	int is = p->pf->autoprobe;

	/* The file of a module that is yet to be loaded starts with 0 */
	if (is < 0)
		is = 0;
	if (p->want->autoprobe >= 0 && p->want->autoprobe != is)
		write_pf(p, "sriov_unmanaged_autoprobe",
			 p->want->autoprobe ? "1" : "0");
}

/* The VFs that no driver was named for, now that host drivers may probe them */
static void probe_rest(struct planner *p)
{
	for (int i = 0; i < p->vfs; i++) {
		const char *address = predict_address(p->pf, i);

		if (vf_driver_of(p->want, i))
			continue;
		add_step(p, STEP_SLOW, "/sys/bus/pci/drivers_probe",
			 address ? address : mem_printf("(VF %d)", i), i,
			 NULL);
	}
}

static void plan_numvfs(struct planner *p)
{
	if (p->disables)
		add_step(p, STEP_SLOW, pf_file(p, "sriov_numvfs"), "0", -1,
			 NULL);
	if (p->enables)
		add_step(p, STEP_SLOW, pf_file(p, "sriov_numvfs"),
			 mem_printf("%d", p->vfs), -1, NULL);
}

/* The PF's own driver may not have been loaded yet */
static void plan_native(struct planner *p)
{
	const char *modalias = modalias_print(&p->pf->id);
	bool held = is_stub(p->pf->driver) ||
		    (p->pf->driver_override &&
		     same(p->pf->driver, p->pf->driver_override));

	if (!held && !p->pf->driver_override)
		return;
	plan_numvfs(p);
	if (p->pf->autoprobe == 1)
		write_pf(p, "sriov_unmanaged_autoprobe", "0");
	if (p->pf->driver_override)
		write_override(p, "");
	if (held)
		unbind_pf(p);
	if (same(p->pf->driver, STOCK_STUB) && p->pf->drivers_autoprobe == 0)
		write_pf(p, "sriov_drivers_autoprobe", "1");
	if (p->pf->driver && !held)
		return;
	load(p, modalias);
	add_step(p, STEP_SLOW, "/sys/bus/pci/drivers_probe", p->pf->address,
		 -1, NULL);
}

static void plan_driver(struct planner *p)
{
	const char *override = p->want->driver_override ?
			       p->want->driver_override : p->want->driver;

	if (!p->want->driver)
		return;
	if (p->driver)
		load(p, p->driver);
	if (!same(override, p->pf->driver_override))
		write_override(p, override);
	if (!p->moves)
		return;
	unbind_pf(p);
	if (p->driver)
		add_step(p, STEP_SLOW, "/sys/bus/pci/drivers_probe",
			 p->pf->address, -1, p->driver);
}

static void plan_state(struct planner *p)
{
	/* Before anything can make VFs that are probed */
	if (same(p->driver, STOCK_STUB) && p->pf->drivers_autoprobe == 1)
		write_pf(p, "sriov_drivers_autoprobe", "0");
	if (!autoprobe_comes_last(p))
		plan_autoprobe(p);
	plan_driver(p);
	plan_numvfs(p);
	plan_vfs(p);
	if (autoprobe_comes_last(p)) {
		plan_autoprobe(p);
		probe_rest(p);
	}
}

static void prepare(struct planner *p)
{
	const struct want *want = p->want;
	int now = p->pf->numvfs < 0 ? 0 : p->pf->numvfs;

	p->driver = want->driver ? (*want->driver ? want->driver : NULL) :
				   p->pf->driver;
	p->moves = !same(p->driver, p->pf->driver);
	p->vfs = want->vfs < 0 ? now : want->vfs;
	p->disables = now && p->vfs != now;
	p->enables = p->vfs && p->vfs != now;
	if (want->native && (is_stub(p->pf->driver) ||
			     p->pf->driver_override))
		p->moves = true;
}

/* Somebody else's change of it has not come to an end */
static bool check_answers(struct planner *p)
{
	if (!p->pf->stuck)
		return true;
	refuse(p, "timeout", EXIT_TIMEOUT,
	       mem_printf("the kernel is still at another change of this PF and does not answer; nothing was changed; what it waits for: sriovadm --vfs %s, and dmesg",
			  p->pf->address));
	return false;
}

static bool check(struct planner *p)
{
	if (!check_answers(p))
		return false;
	if (!check_count(p) || !check_recreation(p) ||
	    !check_driver(p, p->want->driver) || !check_kernel(p) ||
	    !check_policy(p))
		return false;
	if (p->moves && !check_use(p, -1))
		return false;
	return !p->disables || check_use(p, -2);
}

/**
 * plan_pf - plan how to make a PF what it shall be
 * @snapshot: what the system is like
 * @pf: the PF, of the same snapshot
 * @want: what it shall be like
 * @options: what may be forced, and the like
 * @plan: the steps; or without any, why it cannot be
 *
 * A PF that is as wanted has a plan of no steps.
 */
void plan_pf(const struct snapshot *snapshot, const struct pf *pf,
	     const struct want *want, const struct options *options,
	     struct plan *plan)
{
	struct planner p = {
		.snapshot = snapshot, .pf = pf, .want = want,
		.options = options, .plan = plan,
	};
	size_t before = plan->step.count;

	prepare(&p);
	if (check(&p)) {
		if (snapshot->kernel.loadable && (p.moves || p.enables))
			add_step(&p, STEP_MODPROBE, "modprobe",
				 "sriov_unmanaged", -1, NULL);
		if (want->native)
			plan_native(&p);
		else
			plan_state(&p);
	}
	if (plan->refused.count)
		plan->step.count = before;
}

/* Replace a configuration file; NULL deletes it */
void plan_file(struct plan *plan, const char *address, const char *path,
	       const char *text)
{
	struct step step = {
		.kind = text ? STEP_FILE : STEP_REMOVE,
		.path = path, .value = text, .address = address, .vf = -1,
	};

	VEC_ADD(&plan->step, step);
}
