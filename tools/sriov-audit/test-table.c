// SPDX-License-Identifier: GPL-2.0
/* Print a quirk table as "make quirks-tsv" does; for test-audit.sh */
#include <stdio.h>

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
#define SRIOV_HAZARD(id, name, text) name,
#include "hazards.h"
};

enum {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) FAMILY_##family,
#include "quirks.h"
	FAMILIES
};

static const struct {
	const char *driver;
	unsigned int hazards;
} families[] = {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) \
	{ driver, hazards },
#include "quirks.h"
};

static void print_id(unsigned int id)
{
	if (id == SRIOV_QUIRK_ANY)
		printf("*\t");
	else
		printf("%04x\t", id);
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

static void print_entry(int family, const unsigned int *ids,
			unsigned int class, unsigned int mask)
{
	int i;

	for (i = 0; i < 4; i++)
		print_id(ids[i]);
	if (mask)
		printf("%06x\t%06x\t", class, mask);
	else
		printf("*\t*\t");
	printf("%s\t", families[family].hazards ? "refuse" : "allow");
	print_hazards(families[family].hazards);
	printf("\t%s\n", families[family].driver);
}

int main(void)
{
#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask) \
	print_entry(FAMILY_##family, (const unsigned int []) { \
		    vendor, device, subvendor, subdevice }, class, mask);
#include "quirks.h"
	return 0;
}
