// SPDX-License-Identifier: GPL-2.0
/*
 * Print the quirk table, tab-separated and sorted: vendor, device, subvendor,
 * subdevice, class, class mask, verdict, hazards, driver.  Numbers are
 * lower-case hexadecimal without 0x; * matches any.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SRIOV_QUIRK_ANY	0x10000

enum {
#define SRIOV_HAZARD(id, name, text) SRIOV_HAZARD_##id##_SHIFT,
#include "hazards.h"
	SRIOV_HAZARDS
};

enum {
	SRIOV_HAZARD_NONE = 0,
#define SRIOV_HAZARD(id, name, text) \
	SRIOV_HAZARD_##id = 1 << SRIOV_HAZARD_##id##_SHIFT,
#include "hazards.h"
};

static const char * const hazard_names[] = {
#define SRIOV_HAZARD(id, name, text) [SRIOV_HAZARD_##id##_SHIFT] = (name),
#include "hazards.h"
};

enum {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) FAMILY_##family,
#include "quirks.h"
};

static const struct family {
	const char *driver;
	unsigned int hazards;
} families[] = {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) \
	[FAMILY_##family] = { driver, hazards },
#include "quirks.h"
};

static struct entry {
	uint32_t id[4];
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
static int compare(const void *a, const void *b)
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

static void print_entry(const struct entry *entry)
{
	const struct family *family = &families[entry->family];
	int i;

	for (i = 0; i < 4; i++) {
		if (entry->id[i] == SRIOV_QUIRK_ANY)
			printf("*\t");
		else
			printf("%04x\t", entry->id[i]);
	}
	if (entry->mask)
		printf("%06x\t%06x\t", entry->class, entry->mask);
	else
		printf("*\t*\t");
	printf("%s\t", family->hazards ? "refuse" : "allow");
	print_hazards(family->hazards);
	printf("\t%s\n", family->driver);
}

int main(void)
{
	size_t i;

	qsort(entries, ENTRIES, sizeof(entries[0]), compare);
	for (i = 0; i < ENTRIES; i++) {
		if (i && !compare(&entries[i - 1], &entries[i])) {
			fprintf(stderr, "quirks-tsv: two entries of one key:\n");
			print_entry(&entries[i]);
			return 1;
		}
		print_entry(&entries[i]);
	}
	return 0;
}
