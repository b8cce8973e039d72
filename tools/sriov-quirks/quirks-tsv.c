// SPDX-License-Identifier: GPL-2.0
/*
 * Print the quirk table, tab-separated and sorted: vendor, device, subvendor,
 * subdevice, class, class mask, verdict, hazards, driver.  Numbers are
 * lower-case hexadecimal without 0x; * matches any.
 */
#include "table.h"

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
	printf("%s\t", verdict(family));
	print_hazards(family->hazards);
	printf("\t%s\n", family->driver);
}

int main(void)
{
	size_t i;

	qsort(entries, ENTRIES, sizeof(entries[0]), compare_keys);
	for (i = 0; i < ENTRIES; i++) {
		if (i && !compare_keys(&entries[i - 1], &entries[i])) {
			fprintf(stderr, "quirks-tsv: two entries of one key, vendor %04x device %04x (families of %s and %s): drop one\n",
				entries[i].id[0], entries[i].id[1],
				families[entries[i - 1].family].driver,
				families[entries[i].family].driver);
			return 1;
		}
		print_entry(&entries[i]);
	}
	return 0;
}
