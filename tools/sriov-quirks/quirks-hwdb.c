// SPDX-License-Identifier: GPL-2.0
/*
 * Print the quirk table as a udev hwdb file: the kernel's verdict by modalias,
 * for tools that want to know before they write to sriov_numvfs.  Of records
 * that match one device udev takes the last, so the least specific come first.
 */
#include "table.h"

/* As the kernel ranks them: see sriov_quirk_find() */
static int rank(const struct entry *entry)
{
	return (entry->id[0] < SRIOV_QUIRK_ANY) << 5 |
	       (entry->id[1] < SRIOV_QUIRK_ANY) << 4 |
	       (entry->id[3] < SRIOV_QUIRK_ANY) << 3 |
	       (entry->id[2] < SRIOV_QUIRK_ANY) << 2 |
	       (!!(entry->mask & 0xff0000) + !!(entry->mask & 0xff00) +
		!!(entry->mask & 0xff));
}

static int compare(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (rank(x) != rank(y))
		return rank(x) - rank(y);
	if (x->family != y->family)
		return x->family - y->family;
	return compare_keys(a, b);
}

static void print_match(const struct entry *entry)
{
	static const char * const field[] = { "v", "d", "sv", "sd" };
	static const char * const class_field[] = { "bc", "sc", "i" };
	int i;

	printf("pci:");
	for (i = 0; i < 4; i++) {
		if (entry->id[i] == SRIOV_QUIRK_ANY)
			printf("%s*", field[i]);
		else
			printf("%s%08X", field[i], entry->id[i]);
	}
	for (i = 0; i < 3; i++) {
		if (entry->mask >> (16 - 8 * i) & 0xff)
			printf("%s%02X", class_field[i],
			       entry->class >> (16 - 8 * i) & 0xff);
		else
			printf("%s*", class_field[i]);
	}
	printf("\n");
}

int main(void)
{
	const struct family *family;
	size_t i;

	qsort(entries, ENTRIES, sizeof(entries[0]), compare);
	printf("# PFs whose VFs need, or do not need, the PF's own driver.\n");
	printf("# PCI_SRIOV_UNMANAGED=allow|refuse is the kernel's verdict on them.\n");
	printf("# What is said of a class is also said of its devices without SR-IOV.\n");
	for (i = 0; i < ENTRIES; i++) {
		family = &families[entries[i].family];
		if (!i || entries[i].family != entries[i - 1].family ||
		    rank(&entries[i]) != rank(&entries[i - 1]))
			printf("\n# %s\n", family->driver);
		print_match(&entries[i]);
		if (i + 1 < ENTRIES &&
		    entries[i].family == entries[i + 1].family &&
		    rank(&entries[i]) == rank(&entries[i + 1]))
			continue;
		printf(" PCI_SRIOV_UNMANAGED=%s\n", verdict(family));
		printf(" PCI_SRIOV_UNMANAGED_HAZARDS=");
		print_hazards(family->hazards);
		printf("\n PCI_SRIOV_UNMANAGED_DRIVER=%s\n", family->driver);
	}
	return 0;
}
