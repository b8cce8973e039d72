// SPDX-License-Identifier: GPL-2.0
/* Ids, addresses and names of drivers: from text and back */
#include <ctype.h>
#include <string.h>

#include "sriovadm.h"

/* Return: what is wrong with an id of the form that the kernel takes, or NULL */
static const char *parse_id(const char *text, uint32_t *id)
{
	unsigned long value;

	if (same(text, "*")) {
		*id = ID_ANY;
		return NULL;
	}

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && text[2])
		text += 2;
	if (!*text)
		return "a field is empty";
	for (const char *p = text; *p; p++) {
		if (!isxdigit((unsigned char)*p))
			return "an id is hexadecimal, or * for any";
	}
	if (!parse_number(text, 16, 0xffff, &value))
		return "an id has at most 16 bits";

	*id = value;
	return NULL;
}

/**
 * identity_parse - read VENDOR:DEVICE[:SUBVENDOR[:SUBDEVICE]]
 * @text: the text
 * @id: the ids; those that are not given are ID_ANY, and the class 0
 * @wrong: what is wrong with @text
 *
 * Return: whether @text is in that form.
 */
bool identity_parse(const char *text, struct identity *id, const char **wrong)
{
	uint32_t *field[] = {
		&id->vendor, &id->device, &id->subvendor, &id->subdevice,
	};
	size_t n = 0;

	*id = (struct identity) { ID_ANY, ID_ANY, ID_ANY, ID_ANY, 0 };
	for (;;) {
		size_t len = strcspn(text, ":");

		if (n == ARRAY_SIZE(field)) {
			*wrong = "there are more than four ids";
			return false;
		}
		*wrong = parse_id(mem_text(text, len), field[n++]);
		if (*wrong)
			return false;
		if (!text[len])
			break;
		text += len + 1;
	}

	if (n < 2) {
		*wrong = "vendor and device are both needed";
		return false;
	}
	return true;
}

static const char *print_id(uint32_t id)
{
	return id == ID_ANY ? "*" : mem_printf("%04x", id);
}

/* The canonical text, without trailing fields that match any */
const char *identity_print(const struct identity *id)
{
	const char *text;

	text = mem_printf("%s:%s", print_id(id->vendor), print_id(id->device));
	if (id->subvendor != ID_ANY || id->subdevice != ID_ANY)
		text = mem_printf("%s:%s", text, print_id(id->subvendor));
	if (id->subdevice != ID_ANY)
		text = mem_printf("%s:%s", text, print_id(id->subdevice));
	return text;
}

/* As udev asks its hwdb; what is not known is 0, which no entry names */
const char *modalias_print(const struct identity *id)
{
	return mem_printf("pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X",
			  id->vendor % ID_ANY, id->device % ID_ANY,
			  id->subvendor % ID_ANY, id->subdevice % ID_ANY,
			  id->class >> 16 & 0xff, id->class >> 8 & 0xff,
			  id->class & 0xff);
}

/* Take hexadecimal digits and what follows them */
static bool take_hex(const char **text, size_t least, size_t most, char after,
		     unsigned long *value)
{
	size_t len = strspn(*text, "0123456789abcdefABCDEF");

	if (len < least || len > most || (*text)[len] != after)
		return false;
	if (!parse_number(mem_text(*text, len), 16, 0xffffffff, value))
		return false;
	*text += len + (after != '\0');
	return true;
}

/**
 * address_parse - read [DOMAIN:]BUS:DEVICE.FUNCTION
 * @text: the text
 *
 * Return: the address as sysfs writes it; NULL if @text is none.
 */
const char *address_parse(const char *text)
{
	unsigned long domain = 0, bus, device, function;
	const char *colon = strchr(text, ':');

	if (colon && strchr(colon + 1, ':') &&
	    !take_hex(&text, 1, 8, ':', &domain))
		return NULL;
	if (!take_hex(&text, 1, 2, ':', &bus) ||
	    !take_hex(&text, 1, 2, '.', &device) ||
	    !take_hex(&text, 1, 1, '\0', &function))
		return NULL;
	if (device > 0x1f || function > 7)
		return NULL;

	return mem_printf("%04lx:%02lx:%02lx.%lx", domain, bus, device,
			  function);
}

/* Is it a name that is safe as a part of a path?  none is one: it means no driver. */
bool is_driver_name(const char *name)
{
	size_t len = 0;

	while (isalnum((unsigned char)name[len]) || name[len] == '_' ||
	       name[len] == '-')
		len++;
	return len && len < 64 && !name[len];
}
