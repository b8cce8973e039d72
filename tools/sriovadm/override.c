// SPDX-License-Identifier: GPL-2.0
/* The override list, as drivers/pci/sriov-override.c reads and writes it */
#include <string.h>

#include "sriovadm.h"

static bool parse_entry(const char *text, struct override *entry,
			const char **wrong)
{
	const char *equals = strchr(text, '=');

	if (!*text) {
		*wrong = "an entry is empty";
		return false;
	}
	if (!equals) {
		*wrong = "=allow or =refuse is missing";
		return false;
	}
	if (same(equals, "=allow")) {
		entry->allow = true;
	} else if (same(equals, "=refuse")) {
		entry->allow = false;
	} else {
		*wrong = "an entry ends in =allow or =refuse";
		return false;
	}

	return identity_parse(mem_text(text, equals - text), &entry->id, wrong);
}

/**
 * override_parse - add the entries of a text to a list
 * @text: entries with commas between them; white space around it is ignored
 * @origin: of the entries
 * @list: the list; unchanged on failure
 * @wrong: what is wrong with @text, with the entry
 *
 * Return: whether all entries are right.
 */
bool override_parse(const char *text, const char *origin, overrides *list,
		    const char **wrong)
{
	size_t before = list->count;
	size_t len;

	text += strspn(text, " \t\n");
	for (len = strlen(text); len && strchr(" \t\n", text[len - 1]); len--)
		;
	text = mem_text(text, len);
	if (!*text)
		return true;

	for (;;) {
		struct override entry = { .origin = origin };
		const char *one;

		len = strcspn(text, ",");
		one = mem_text(text, len);
		if (!parse_entry(one, &entry, wrong)) {
			*wrong = mem_printf("\"%.64s\": %s", one, *wrong);
			list->count = before;
			return false;
		}
		VEC_ADD(list, entry);
		if (!text[len])
			return true;
		text += len + 1;
	}
}

const char *override_print_one(const struct override *entry)
{
	return mem_printf("%s=%s", identity_print(&entry->id),
			  entry->allow ? "allow" : "refuse");
}

/* The canonical text; "" for an empty list */
const char *override_print(const overrides *list)
{
	const char *text = "";

	for (size_t i = 0; i < list->count; i++)
		text = mem_printf("%s%s%s", text, i ? "," : "",
				  override_print_one(&list->item[i]));
	return text;
}

static bool id_matches(uint32_t pattern, uint32_t id)
{
	return pattern == ID_ANY || pattern == id;
}

/* Return: the last entry that is about a device, or NULL */
const struct override *override_find(const overrides *list,
				     const struct identity *id)
{
	for (size_t i = list->count; i--; ) {
		const struct identity *entry = &list->item[i].id;

		if (id_matches(entry->vendor, id->vendor) &&
		    id_matches(entry->device, id->device) &&
		    id_matches(entry->subvendor, id->subvendor) &&
		    id_matches(entry->subdevice, id->subdevice))
			return &list->item[i];
	}
	return NULL;
}

/* Is it the very entry, not merely one that matches? */
bool override_same_id(const struct override *a, const struct identity *id)
{
	return a->id.vendor == id->vendor && a->id.device == id->device &&
	       a->id.subvendor == id->subvendor &&
	       a->id.subdevice == id->subdevice;
}
