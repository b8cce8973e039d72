/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The quirk table for exporters, made of the files that the kernel's table is
 * made of.  Included once by each program.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SRIOV_QUIRK_ANY	0x10000

#include "hazard-bits.h"

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
	const char *file;	/* of quirks/, named for the vendor */
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
	uint32_t id[4];		/* vendor, device, subvendor, subdevice */
	uint32_t class, mask;
	int family;
} entries[] = {
#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask) \
	{ { vendor, device, subvendor, subdevice }, class, mask, \
	  FAMILY_##family },
#include "quirks.h"
};

#define ENTRIES	(sizeof(entries) / sizeof(entries[0]))

/* By number; any comes last */
static int compare_keys(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int i;

	for (i = 0; i < 4; i++)
		if (x->id[i] != y->id[i])
			return x->id[i] < y->id[i] ? -1 : 1;
	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return (x->mask > y->mask) - (x->mask < y->mask);
}

static const char *verdict(const struct family *family)
{
	return family->hazards ? "refuse" : "allow";
}

static void print_hazards(unsigned int hazards)
{
	const char *comma = "";
	int i;

	if (!hazards)
		printf("none");
	for (i = 0; i < SRIOV_HAZARDS; i++) {
		if (!(hazards & 1 << i))
			continue;
		printf("%s%s", comma, hazard_names[i]);
		comma = ",";
	}
}
