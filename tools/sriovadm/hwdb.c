// SPDX-License-Identifier: GPL-2.0
/*
 * What udev's hwdb says of a device.  A program that runs from the build tree
 * has the exported table beside it, as text, and asks that.
 */
#include <fnmatch.h>
#include <libudev.h>
#include <string.h>
#include <unistd.h>

#include "sriovadm.h"

#define TABLE	"60-pci-sriov-unmanaged.hwdb"
#define PREFIX	"PCI_SRIOV_UNMANAGED"

/* Devices of one kind come in numbers, so each answer is kept */
struct answer {
	const char *modalias;
	bool known;
	struct hwdb_entry entry;
};

static VEC(struct answer) answers;

static void set_property(struct hwdb_entry *entry, const char *key,
			 const char *value)
{
	if (same(key, PREFIX))
		entry->verdict = mem_dup(value);
	else if (same(key, PREFIX "_HAZARDS"))
		entry->hazards = mem_dup(value);
	else if (same(key, PREFIX "_DRIVER"))
		entry->driver = mem_dup(value);
}

/* Return: the lines of the table beside the program, or NULL */
static const strings *table(void)
{
	static bool tried;
	static strings lines;
	char self[1024], line[512];
	const char *slash;
	ssize_t len;
	FILE *file;

	if (tried)
		return lines.count ? &lines : NULL;
	tried = true;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0)
		return NULL;
	self[len] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return NULL;
	file = fopen(mem_printf("%.*s/" TABLE, (int)(slash - self), self),
		     "re");
	if (!file)
		return NULL;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			VEC_ADD(&lines, mem_dup(line));
	}
	fclose(file);
	return lines.count ? &lines : NULL;
}

/* As udev does: of records that match the last has the last word */
static void ask_table(const strings *lines, const char *modalias,
		      struct hwdb_entry *entry)
{
	bool matches = false, in_properties = true;

	for (size_t i = 0; i < lines->count; i++) {
		const char *line = lines->item[i];
		const char *equals;

		if (*line == ' ') {
			in_properties = true;
			equals = strchr(line, '=');
			if (matches && equals)
				set_property(entry,
					     mem_text(line + 1,
						      equals - line - 1),
					     equals + 1);
			continue;
		}
		if (in_properties)
			matches = false;
		in_properties = false;
		if (!matches)
			matches = !fnmatch(line, modalias, 0);
	}
}

static void ask_udev(const char *modalias, struct hwdb_entry *entry)
{
	static struct udev_hwdb *hwdb;
	static bool tried;
	struct udev_list_entry *property;

	if (!tried) {
		tried = true;
		hwdb = udev_hwdb_new(NULL);
	}
	if (!hwdb)
		return;

	for (property = udev_hwdb_get_properties_list_entry(hwdb, modalias, 0);
	     property; property = udev_list_entry_get_next(property))
		set_property(entry, udev_list_entry_get_name(property),
			     udev_list_entry_get_value(property));
}

/**
 * hwdb_find - ask for a device
 * @modalias: the device
 * @entry: what is known of it
 *
 * Return: whether anything is known.
 */
bool hwdb_find(const char *modalias, struct hwdb_entry *entry)
{
	struct answer answer = { .modalias = modalias };

	for (size_t i = 0; i < answers.count; i++) {
		if (!strcmp(answers.item[i].modalias, modalias)) {
			*entry = answers.item[i].entry;
			return answers.item[i].known;
		}
	}

	if (table())
		ask_table(table(), modalias, &answer.entry);
	else
		ask_udev(modalias, &answer.entry);
	answer.known = answer.entry.verdict && answer.entry.hazards &&
		       answer.entry.driver;
	VEC_ADD(&answers, answer);
	*entry = answer.entry;
	return answer.known;
}

/**
 * hwdb_works - is our table in the hwdb at all?
 *
 * Without it every device would seem unlisted, and unlisted ones are allowed.  It
 * has rows for whole classes, so it knows any network device.
 *
 * Return: whether it is.
 */
bool hwdb_works(void)
{
	static const struct identity network = { 1, 1, 0, 0, 0x020000 };
	struct hwdb_entry entry = { NULL, NULL, NULL };

	return hwdb_find(modalias_print(&network), &entry);
}
