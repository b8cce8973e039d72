// SPDX-License-Identifier: GPL-2.0
/*
 * Print the quirk table, made of the files that the kernel's table is made of:
 * an entry per line, sorted, with tabs between vendor, device, subvendor,
 * subdevice, class, class mask, verdict, hazards, driver; number, vendor's file,
 * reason and note of its family; and its rank.  Numbers are lower-case hexadecimal
 * without 0x; * matches any.
 */
#include <stdio.h>
#include <stdlib.h>

#include "programs.h"

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
	printf("\t%s\t%d\t%s\t%s\t%s\t%u\n", family->driver, entry->family,
	       family->file, family->reason, family->note ? family->note : "",
	       entry->match);
}

int main(void)
{
	size_t i;

	qsort(entries, ENTRIES, sizeof(entries[0]), compare);
	for (i = 0; i < ENTRIES; i++) {
		if (i && !compare(&entries[i - 1], &entries[i])) {
			fprintf(stderr, "quirks: two entries of one key, vendor %04x device %04x (families of %s and %s): drop one\n",
				entries[i].id[0], entries[i].id[1],
				families[entries[i - 1].family].driver,
				families[entries[i].family].driver);
			return 1;
		}
		print_entry(&entries[i]);
	}
	return 0;
}
