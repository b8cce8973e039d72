/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of sriovadm hand to each other; README.md says how they fit.
 */
#ifndef SRIOVADM_H
#define SRIOVADM_H

#include <stdint.h>
#include <stdio.h>

#include "util.h"

#define SRIOVADM_VERSION	"1.0"

#define PCI_DEVICES	"sys/bus/pci/devices"
#define PCI_DRIVERS	"sys/bus/pci/drivers"
#define PARAMETERS	"sys/module/sriov_unmanaged/parameters"
#define PF_CONFIG	"etc/sriovadm/pf.d"
#define POLICY_CONFIG	"etc/sriovadm/policy.conf"

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_NO_DEVICE = 3,
	EXIT_POLICY = 4,
	EXIT_IN_USE = 5,
	EXIT_ROOT = 6,
	EXIT_KERNEL = 7,
	EXIT_TIMEOUT = 8,
	EXIT_DIFFERS = 9,
};

/* Any value of an id, beyond the 16 bits of one */
#define ID_ANY	0x10000

struct identity {
	uint32_t vendor, device, subvendor, subdevice;
	uint32_t class;
};

/* The override list, in force or configured: the last that matches wins */
struct override {
	struct identity id;	/* class is not used */
	bool allow;
	const char *origin;	/* "cmdline", "config" or "runtime" */
};

typedef VEC(struct override) overrides;

enum feature { FEATURE_ABSENT, FEATURE_MODULE, FEATURE_BUILTIN };

struct kernel {
	const char *release;
	enum feature feature;
	bool loadable;		/* absent, but our module is installed */
	const char *scope, *unlisted;	/* in force; NULL if absent */
	overrides override;
	const char *cmdline_override;	/* canonical, "" for none */
	bool iommu;		/* there is a group */
	const char *lockdown;	/* "none", "integrity", ...; NULL: unknown */
};

enum verdict { VERDICT_UNKNOWN, VERDICT_ALLOW, VERDICT_REFUSE };

struct policy {
	enum verdict verdict;
	const char *source;	/* "override", "table", "class", "default" */
	const char *reason;	/* as the kernel says it */
	bool by_kernel;		/* else by the hwdb */
};

/* Why a device must not lose its driver now; names are those of --force */
enum check {
	CHECK_ROOT_FS,
	CHECK_MOUNTED,
	CHECK_SWAP,
	CHECK_HOLDER,
	CHECK_DEFAULT_ROUTE,
	CHECK_SSH,
	CHECK_VF_OPEN,
	CHECKS
};

struct use {
	enum check check;
	const char *what;
	int vf;			/* index, or -1: the PF itself */
};

typedef VEC(struct use) uses;

struct opener {
	int pid;
	const char *comm;
	const char *file;
};

typedef VEC(struct opener) openers;

struct vf {
	int index;
	const char *address, *driver, *driver_override;
	int iommu_group;	/* -1: none */
	strings files;		/* whoever opens it has one of these open */
	openers open_by;
};

/* [VF] and [VF n] */
struct vf_config {
	int index;		/* -1: all that have none of their own */
	const char *driver;
};

struct pf_config {
	const char *file;	/* as the administrator sees it: from / */
	int line;		/* of [Match] */
	const char *address, *serial;
	struct identity id;	/* vendor ID_ANY: not given */
	const char *driver;
	int vfs;		/* -1: not given */
	int autoprobe;		/* -1: not given */
	int wait_sec;
	VEC(struct vf_config) vf;
};

struct config {
	VEC(struct pf_config) pf;
	overrides override;
	const char *unlisted, *scope;	/* NULL: not given */
};

struct pf {
	const char *address;
	struct identity id;
	const char *serial, *name, *driver, *driver_override;
	bool serial_known;	/* else NULL means nothing */
	bool class_known;
	bool stuck;		/* the kernel is at it and does not answer */
	int numvfs, totalvfs, iommu_group;
	int offset, stride;	/* -1: unknown */
	int drivers_autoprobe;	/* of the PCI core */
	int autoprobe;		/* of the feature; -1: it is absent */
	struct policy policy;
	const struct pf_config *config;
	VEC(struct vf) vf;
	strings files;		/* as in struct vf */
	uses in_use;
	bool in_use_known;
};

/* A driver that somebody wants */
struct driver {
	const char *name;
	bool registered;
	bool module;		/* can be loaded */
};

struct snapshot {
	struct kernel kernel;
	VEC(struct pf) pf;
	VEC(struct driver) driver;
	bool vfio_sriov;	/* vfio-pci's enable_sriov */
	bool may_see_all;	/* of /proc: whoever reads it is root */
};

/* What a PF shall be like; what is NULL or -1 stays */
struct want {
	const char *driver;	/* "": none, whatever would bind by itself */
	const char *driver_override;	/* NULL: as driver; "": clear */
	bool native;		/* the kernel's choice, asked for by a probe */
	int vfs;
	int autoprobe;
	const char *vf_driver;
	VEC(struct vf_config) vf;
};

enum step_kind {
	STEP_WRITE,		/* to a file of the kernel, at once */
	STEP_SLOW,		/* the same, in a child with a time limit */
	STEP_MODPROBE,		/* in such a child, too */
	STEP_FILE,		/* replace a configuration file */
	STEP_REMOVE,		/* delete it */
};

struct step {
	enum step_kind kind;
	const char *path;	/* from / */
	const char *value;	/* NULL: to be deleted */
	const char *address;	/* of the PF, or NULL */
	int vf;			/* index; -1: the PF */
	const char *bound;	/* the driver that is there afterwards, or NULL */
	int error;
	bool done;
	/* Of a run: for the way back, and for whoever waits */
	const char *before, *before_driver;
	int child;
};

struct problem {
	const char *code;
	enum exit_code exit;
	const char *address;	/* or NULL */
	const char *message;
};

typedef VEC(struct step) steps;
typedef VEC(struct problem) problems;

struct plan {
	steps step;
	problems refused;	/* if any: no step is taken */
};

struct options {
	const char *command;
	bool dry_run, json, quiet, vfs, autoprobe, recreate, wait;
	bool help, version;
	bool now, boot;
	unsigned int force;	/* bits of enum check */
	unsigned int timeout;
	const char *driver, *vf_driver, *class;
	int numvfs;		/* -1: not given */
	char **arg;
	int args;
};

/* What there is to tell at the end */
struct report {
	const struct options *options;
	const struct snapshot *snapshot;
	VEC(const struct pf *) pf;
	steps step;
	problems problem;
	bool changed;
	enum exit_code exit;
};

/* slow-read.c */
struct slow_file {
	const char *path;	/* relative to the root */
	const char *text;	/* NULL: there is none, or it does not answer */
	bool stuck;		/* it does not answer */
};

void slow_read(struct slow_file *file, size_t count);

/* identity.c */
bool identity_parse(const char *text, struct identity *id, const char **wrong);
const char *identity_print(const struct identity *id);
const char *modalias_print(const struct identity *id);
const char *address_parse(const char *text);
bool is_driver_name(const char *name);

/* override.c */
bool override_parse(const char *text, const char *origin, overrides *list,
		    const char **wrong);
const char *override_print_one(const struct override *entry);
const char *override_print(const overrides *list);
const struct override *override_find(const overrides *list,
				     const struct identity *id);
bool override_same_id(const struct override *a, const struct identity *id);

/* hwdb.c */
struct hwdb_entry {
	const char *verdict, *hazards, *driver;
};

bool hwdb_works(void);
bool hwdb_find(const char *modalias, struct hwdb_entry *entry);

/* policy.c */
void policy_of(const struct kernel *kernel, const struct identity *id,
	       struct policy *policy);
void policy_from_kernel(const char *verdict, const char *reason,
			struct policy *policy);
const char *policy_judge(const struct policy *policy);
void policy_explain(FILE *out, const struct policy *policy,
		    const struct identity *id, const char *pf);

/* kernel.c */
void kernel_read(struct kernel *kernel, const struct config *config);
const char *feature_name(enum feature feature);
bool module_known(const char *name);
bool has_feature(const struct kernel *kernel);

/* snapshot.c */
void snapshot_read(struct snapshot *snapshot, const struct config *config,
		   char *const *only, int count, bool vfs);
struct pf *snapshot_find(const struct snapshot *snapshot, const char *name);
const struct driver *snapshot_driver(struct snapshot *snapshot,
				     const char *name);
const struct driver *snapshot_has_driver(const struct snapshot *snapshot,
					 const char *name);

/* in-use*.c */
extern const char * const check_name[CHECKS];
void in_use_blocks(struct snapshot *snapshot, bool try_open);
void in_use_net(struct snapshot *snapshot);
void in_use_open(struct snapshot *snapshot);
void in_use_read(struct snapshot *snapshot, bool try_open);
void in_use_add(struct pf *pf, int vf, enum check check, const char *what);
bool in_use_owner(struct snapshot *snapshot, const char *path,
		  struct pf **pf, int *vf);

/* config*.c */
bool config_read(struct config *config, problems *errors);
bool config_parse_pf(const char *file, const char *text,
		     struct pf_config *pf, problems *errors);
bool config_parse_policy(const char *file, const char *text,
			 struct config *config, problems *errors);
const char *config_mismatch(const struct pf_config *config,
			    const struct pf *pf);
void config_assign(const struct config *config, struct snapshot *snapshot,
		   problems *errors);
void config_want(const struct pf_config *config, struct want *want);
const char *config_edit(const char *text, const char *section,
			const char *key, const char *value);
const char *config_new(const struct pf *pf);

/* plan.c, plan-policy.c */
void plan_pf(const struct snapshot *snapshot, const struct pf *pf,
	     const struct want *want, const struct options *options,
	     struct plan *plan);
void plan_file(struct plan *plan, const char *address, const char *path,
	       const char *text);
void plan_policy(const struct snapshot *snapshot, const struct config *config,
		 struct plan *plan);
void plan_refuse(struct plan *plan, const char *code, enum exit_code exit,
		 const char *address, const char *message);
const char *plan_stub(const struct snapshot *snapshot);
bool is_gated(const char *driver);

/* execute.c */
int execute(struct plan *plan, struct report *report);
int lock_take(const struct options *options, problems *errors);
void lock_drop(void);

/* kernel-io.c: all that reaches the kernel; tests put another in its place */
int kernel_write(const char *path, const char *value);
int kernel_modprobe(const char *name);
char *slow_file_read(const char *path);

/* report.c, list.c, json.c */
void report_problem(struct report *report, const char *code,
		    enum exit_code exit, const char *address,
		    const char *format, ...) PRINTF(5, 6);
void report_add(struct report *report, const problems *list);
void report_steps(struct report *report, const steps *list);
void report_note(const struct report *report, const char *format, ...)
	PRINTF(2, 3);
void report_json(const struct report *report, FILE *out);
void list_print(const struct report *report);
void explain_print(const struct report *report);
const char *step_text(const struct step *step);

/* commands */
void command_list(struct report *report);
void command_explain(struct report *report);
void command_reserve(struct report *report);
void command_release(struct report *report);
void command_vfs(struct report *report);
void command_autoprobe(struct report *report);
void command_override(struct report *report);
void command_unlisted(struct report *report);
void command_scope(struct report *report);
void command_restore(struct report *report);
void command_diff(struct report *report);
void command_doctor(struct report *report);

#endif
