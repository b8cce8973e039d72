/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table for programs, which include this once: tests and exporters.
 */

/* Wider than any id, so that 0xffff stays an id */
#define SRIOV_QUIRK_ANY	0x10000

#include "bits.h"

static const char * const hazard_names[] = {
#define SRIOV_HAZARD(id, name, text) [SRIOV_HAZARD_##id##_SHIFT] = (name),
#include "hazards.h"
};

enum {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) FAMILY_##family,
#include "quirks.h"
	FAMILIES
};

static const struct family {
	const char *driver;
	unsigned int hazards;
	const char *reason;
	const char *file;
	const char *note;	/* on the driver, or NULL */
} families[] = {
#define SRIOV_QUIRK_FAMILY(family, driver_, hazards_, reason_) \
	[FAMILY_##family].driver = driver_, \
	[FAMILY_##family].hazards = hazards_, \
	[FAMILY_##family].reason = reason_, \
	[FAMILY_##family].file = __FILE__,
#define SRIOV_QUIRK_NOTE(family, text) \
	[FAMILY_##family].note = text,
#include "quirks.h"
};

static struct entry {
	unsigned int id[4];		/* vendor, device, subvendor, subdevice */
	unsigned int class, mask, match;
	int family;
} entries[] = {
#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask) \
	{ { vendor, device, subvendor, subdevice }, class, mask, \
	  SRIOV_QUIRK_MATCHES(vendor, device, subvendor, subdevice, mask), \
	  FAMILY_##family },
#include "quirks.h"
};
