// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the administrator's override list, from text and back
 *
 *	list:  entry[,entry]...
 *	entry: vendor:device[:subvendor[:subdevice]]=allow|refuse
 *	id:    a hexadecimal number of at most 16 bits, 0x or not, or * for any
 *
 * The canonical text has four lower-case digits an id, no 0x, and no trailing
 * fields that match any.  It never exceeds PAGE_SIZE - 1 bytes, because that is
 * what sysfs can show.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "sriov-policy.h"

#define SRIOV_OVERRIDE_FIELDS	4
/* ",ffff:ffff:ffff:ffff=refuse" */
#define SRIOV_OVERRIDE_TEXT	(5 * SRIOV_OVERRIDE_FIELDS + 7)

/* Return: what is wrong with the id in @text, or NULL */
static const char *sriov_override_parse_id(const char *text, size_t len,
					   u32 *id)
{
	u32 value = 0;
	size_t i = 0;

	if (len == 1 && *text == '*') {
		*id = SRIOV_ID_ANY;
		return NULL;
	}

	if (len > 2 && text[0] == '0' && tolower(text[1]) == 'x')
		i = 2;
	if (i == len)
		return "a field is empty";

	for (; i < len; i++) {
		char c = text[i];

		if (!isxdigit(c))
			return "an id is hexadecimal, or * for any";
		value = value << 4 | (isdigit(c) ? c - '0' :
						   tolower(c) - 'a' + 10);
		if (value > U16_MAX)
			return "an id has at most 16 bits";
	}

	*id = value;
	return NULL;
}

/* Return: what is wrong with the entry in @text, or NULL */
static const char *sriov_override_parse_entry(const char *text, size_t len,
					      struct sriov_override *entry)
{
	u32 *field[SRIOV_OVERRIDE_FIELDS] = {
		&entry->vendor, &entry->device,
		&entry->subvendor, &entry->subdevice,
	};
	const char *equals, *end, *wrong;
	unsigned int n = 0;

	if (!len)
		return "an entry is empty";

	equals = memchr(text, '=', len);
	if (!equals)
		return "=allow or =refuse is missing";

	len -= equals + 1 - text;
	if (len == 5 && !memcmp(equals + 1, "allow", len))
		entry->allow = true;
	else if (len == 6 && !memcmp(equals + 1, "refuse", len))
		entry->allow = false;
	else
		return "an entry ends in =allow or =refuse";

	entry->subvendor = SRIOV_ID_ANY;
	entry->subdevice = SRIOV_ID_ANY;

	for (;; text = end + 1) {
		end = memchr(text, ':', equals - text) ?: equals;
		if (n == ARRAY_SIZE(field))
			return "there are more than four ids";
		wrong = sriov_override_parse_id(text, end - text, field[n++]);
		if (wrong)
			return wrong;
		if (end == equals)
			break;
	}

	return n < 2 ? "vendor and device are both needed" : NULL;
}

static int sriov_override_print_id(char *buf, char separator, u32 id)
{
	if (id == SRIOV_ID_ANY)
		return sprintf(buf, "%c*", separator);
	return sprintf(buf, "%c%04x", separator, id);
}

/* Print one entry after @separator; @buf holds SRIOV_OVERRIDE_TEXT + 1 bytes */
static int sriov_override_print_entry(char *buf, char separator,
				      const struct sriov_override *entry)
{
	int len;

	len = sriov_override_print_id(buf, separator, entry->vendor);
	len += sriov_override_print_id(buf + len, ':', entry->device);
	if (entry->subvendor != SRIOV_ID_ANY ||
	    entry->subdevice != SRIOV_ID_ANY)
		len += sriov_override_print_id(buf + len, ':',
					       entry->subvendor);
	if (entry->subdevice != SRIOV_ID_ANY)
		len += sriov_override_print_id(buf + len, ':',
					       entry->subdevice);

	return len + sprintf(buf + len, entry->allow ? "=allow" : "=refuse");
}

/**
 * sriov_override_parse - make a list of its text
 * @text: the text, terminated; white space around it is ignored
 * @skip_bad: leave bad entries out instead of rejecting the whole text
 * @report: called with each bad entry, its length and what is wrong; or NULL
 *
 * Context: may sleep.
 * Return: the list, to be freed with kfree(), or NULL if it has no entries;
 * -EINVAL if an entry is malformed, -E2BIG if the text, or the canonical text
 * of the list, is longer than PAGE_SIZE - 1 bytes; -ENOMEM.  With @skip_bad
 * only -ENOMEM.
 */
struct sriov_override_list *
sriov_override_parse(const char *text, bool skip_bad,
		     void (*report)(const char *entry, int len,
				    const char *wrong))
{
	struct sriov_override_list *list;
	char canonical[SRIOV_OVERRIDE_TEXT + 1];
	const char *end, *last, *p, *wrong;
	size_t entries = 1, size = 0, len;
	int err;

	text = skip_spaces(text);
	last = text + strlen(text);
	while (last > text && isspace(last[-1]))
		last--;
	if (last == text)
		return NULL;
	if (!skip_bad && last - text >= PAGE_SIZE)
		return ERR_PTR(-E2BIG);

	for (p = text; p < last; p++)
		entries += *p == ',';

	list = kmalloc(struct_size(list, entry, entries), GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	list->count = entries;

	for (p = text, entries = 0; p <= last; p = end + 1) {
		end = memchr(p, ',', last - p) ?: last;
		err = -EINVAL;
		wrong = sriov_override_parse_entry(p, end - p,
						   &list->entry[entries]);
		if (!wrong) {
			len = sriov_override_print_entry(canonical, ',',
							 &list->entry[entries]);
			if (size + len <= PAGE_SIZE) {
				size += len;
				entries++;
				continue;
			}
			err = -E2BIG;
			wrong = "with it the list exceeds a page";
		}
		if (report)
			report(p, end - p, wrong);
		if (!skip_bad) {
			kfree(list);
			return ERR_PTR(err);
		}
	}

	list->count = entries;
	if (!entries) {
		kfree(list);
		return NULL;
	}

	return list;
}

/**
 * sriov_override_print - print the canonical text of a list
 * @buf: where to, PAGE_SIZE bytes; always terminated
 * @list: the list, or NULL for an empty one
 *
 * Return: length of the text.
 */
int sriov_override_print(char *buf, const struct sriov_override_list *list)
{
	char text[SRIOV_OVERRIDE_TEXT + 1];
	unsigned int i;
	int len = 0;

	*buf = '\0';
	for (i = 0; list && i < list->count; i++) {
		sriov_override_print_entry(text, ',', &list->entry[i]);
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s",
				 text + (i == 0));
	}

	return len;
}

static bool sriov_override_id_matches(u32 pattern, u32 id)
{
	return pattern == SRIOV_ID_ANY || pattern == id;
}

/**
 * sriov_override_find - find what a list says of a device
 * @list: the list, or NULL for an empty one
 * @id: the device
 *
 * Return: the last entry that matches, or NULL.
 */
const struct sriov_override *
sriov_override_find(const struct sriov_override_list *list,
		    const struct sriov_identity *id)
{
	unsigned int i;

	for (i = list ? list->count : 0; i--; ) {
		const struct sriov_override *entry = &list->entry[i];

		if (sriov_override_id_matches(entry->vendor, id->vendor) &&
		    sriov_override_id_matches(entry->device, id->device) &&
		    sriov_override_id_matches(entry->subvendor,
					      id->subvendor) &&
		    sriov_override_id_matches(entry->subdevice, id->subdevice))
			return entry;
	}

	return NULL;
}
