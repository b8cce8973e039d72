/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmanaged SR-IOV: may VFs of a PF be enabled without the PF's own driver?
 *
 * sriov-policy.c	the verdict, from the three below
 * sriov-override.c	the administrator's list: text to list and back
 * sriov-quirks.c	the table of devices, from sriov-quirks/
 * sriov-param.c	the kernel parameters, which hold the current settings
 *
 * An identity goes in and a verdict comes out; nothing here enables a VF.
 */
#ifndef DRIVERS_PCI_SRIOV_POLICY_H
#define DRIVERS_PCI_SRIOV_POLICY_H

#include <linux/bits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

struct pci_dev;

/* An id that matches any; no 16-bit id, 0xffff included, equals it */
#define SRIOV_ID_ANY	(~0U)

/* What the policy knows a device by */
struct sriov_identity {
	u32 vendor;
	u32 device;
	u32 subvendor;
	u32 subdevice;
	u32 class;		/* 24 bits */
};

#include "sriov-quirks/bits.h"

/* A family of the quirk table: devices that one PF driver handles alike */
struct sriov_family {
	const char *driver;	/* or the class, for SRIOV_HAZARD_CLASS */
	const char *note;	/* on the driver, in brackets; or NULL */
	u8 hazards;		/* SRIOV_HAZARD_* or-ed; refused unless 0 */
};

/*
 * An entry of the quirk table; sriov_quirk_find() explains @match.  There are
 * hundreds, and no pointer to a member.
 */
struct sriov_quirk {
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u32 class:24;
	u32 family:8;
	u8 match;	/* SRIOV_MATCH_* */
} __packed __aligned(2);

/*
 * For sriov_reason_print() and sriov_advice_print(); that everything fits is proved
 * when the table is compiled
 */
#define SRIOV_REASON_SIZE	64
#define SRIOV_ADVICE_SIZE	256

const struct sriov_quirk *
sriov_quirk_find(const struct sriov_quirk *table, size_t count,
		 const struct sriov_identity *id);
const struct sriov_family *sriov_quirk_lookup(const struct sriov_identity *id);
int sriov_hazards_print(char *buf, size_t size, u8 hazards);
const char *sriov_hazards_explain(u8 hazards);
int sriov_advice_print(char *buf, size_t size,
		       const struct sriov_family *family);

/* An entry of the override list; an id may be SRIOV_ID_ANY */
struct sriov_override {
	u32 vendor;
	u32 device;
	u32 subvendor;
	u32 subdevice;
	bool allow;
};

/* A list is never changed once it is published */
struct sriov_override_list {
	struct rcu_head rcu;
	unsigned int count;
	struct sriov_override entry[] __counted_by(count);
};

struct sriov_override_list *
sriov_override_parse(const char *text, bool skip_bad,
		     void (*report)(const char *entry, int len,
				    const char *wrong));
int sriov_override_print(char *buf, const struct sriov_override_list *list);
const struct sriov_override *
sriov_override_find(const struct sriov_override_list *list,
		    const struct sriov_identity *id);

bool sriov_param_override(const struct sriov_identity *id, bool *allow);
bool sriov_param_unlisted_refuse(void);
bool sriov_param_scope_any(void);

/* What decided a verdict */
enum sriov_source {
	SRIOV_BY_OVERRIDE,
	SRIOV_BY_QUIRK,
	SRIOV_BY_DEFAULT,
};

/**
 * struct sriov_verdict - may VFs be enabled without the PF's own driver?
 * @allow: the answer
 * @source: what decided it
 * @family: the family of the quirk table that the device belongs to, or NULL;
 *	also when the override list decided
 */
struct sriov_verdict {
	bool allow;
	enum sriov_source source;
	const struct sriov_family *family;
};

struct sriov_verdict sriov_policy(const struct sriov_identity *id);
struct sriov_verdict pci_sriov_unmanaged_policy(const struct pci_dev *pdev);
int sriov_reason_print(char *buf, size_t size,
		       const struct sriov_verdict *verdict);

#endif /* DRIVERS_PCI_SRIOV_POLICY_H */
