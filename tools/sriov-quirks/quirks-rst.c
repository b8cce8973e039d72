// SPDX-License-Identifier: GPL-2.0
/* Print the quirk table as a page of documentation, by vendor, with counts */
#include "table.h"

/* quirks/<vendor>.h */
static void vendor_name(const struct family *family, char *name, size_t size)
{
	const char *slash = strrchr(family->file, '/');

	snprintf(name, size, "%s", slash ? slash + 1 : family->file);
	name[strcspn(name, ".")] = '\0';
}

static unsigned int count(int family)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < ENTRIES; i++)
		n += entries[i].family == family;
	return n;
}

static void print_family(int family)
{
	printf("   * - %s\n     - %s\n     - ", families[family].driver,
	       verdict(&families[family]));
	print_hazards(families[family].hazards);
	printf("\n     - %u\n     - %s\n", count(family),
	       families[family].reason);
	if (families[family].note)
		printf("\n       The driver: %s.\n", families[family].note);
}

int main(void)
{
	char vendor[64], last[64] = "";
	unsigned int allowed = 0;
	int family;
	size_t i;

	for (i = 0; i < ENTRIES; i++)
		allowed += !families[entries[i].family].hazards;

	printf(".. SPDX-License-Identifier: GPL-2.0\n"
	       ".. A listing of drivers/pci/sriov-quirks/, which has the last word.\n\n"
	       "==========================================\n"
	       "Unmanaged SR-IOV: devices the kernel knows\n"
	       "==========================================\n\n"
	       "%zu entries in %d families: %zu refused, %u known to be safe.  The most\n"
	       "specific one decides: a device before its vendor, and both before its\n"
	       "class.\n",
	       ENTRIES, FAMILIES, ENTRIES - allowed, allowed);

	for (family = 0; family < FAMILIES; family++) {
		vendor_name(&families[family], vendor, sizeof(vendor));
		if (strcmp(vendor, last)) {
			printf("\n%s\n", vendor);
			for (i = 0; i < strlen(vendor); i++)
				putchar('=');
			printf("\n\n.. list-table::\n   :header-rows: 1\n\n"
			       "   * - PF driver\n     - verdict\n"
			       "     - hazards\n     - entries\n"
			       "     - reason and evidence\n");
			memcpy(last, vendor, sizeof(last));
		}
		print_family(family);
	}
	return 0;
}
