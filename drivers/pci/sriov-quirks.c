// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the table of PFs whose VFs need, or do not need, the PF's
 * own driver.  The data stands in sriov-quirks/; this file compiles it, proves
 * at build time what can be proved, and looks devices up.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>

#include "sriov-policy.h"

/*
 * Two families of one name, or two entries of one key: enumerators collide.
 * SRIOV_QUIRK_ANY is no macro yet, so that it stands for itself in their names,
 * whichever form the entry has.
 */
enum {
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) \
	SRIOV_FAMILY_##family,
#include "sriov-quirks/quirks.h"
	SRIOV_FAMILIES
};

enum {
#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask) \
	SRIOV_KEY_##vendor##_##device##_##subvendor##_##subdevice##_##class##_##mask,
#include "sriov-quirks/quirks.h"
	SRIOV_QUIRKS
};

static_assert(SRIOV_FAMILIES <= U8_MAX);

/* Wider than any id, so that 0xffff stays an id */
#define SRIOV_QUIRK_ANY	0x10000

#define sriov_id_valid(id)	((id) <= SRIOV_QUIRK_ANY)

#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask) \
	static_assert(sriov_id_valid(vendor) && sriov_id_valid(device) && \
		      sriov_id_valid(subvendor) && sriov_id_valid(subdevice), \
		      "an id is 16 bits, or SRIOV_QUIRK_ANY"); \
	static_assert((mask) == 0 || (mask) == 0xff0000 || \
		      (mask) == 0xffff00 || (mask) == 0xffffff, \
		      "a class mask is 0, 0xff0000, 0xffff00 or 0xffffff"); \
	static_assert(((class) & ~(mask)) == 0, \
		      "a class is 0 outside of its mask");
#include "sriov-quirks/quirks.h"

/* What is printed of a family fits where it is printed */
#define SRIOV_DRIVER_SIZE	(SRIOV_REASON_SIZE - \
				 sizeof("mailbox,resources,drvdata,class"))
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason) \
	static_assert(sizeof(driver) <= SRIOV_DRIVER_SIZE, \
		      "the name of a driver is too long");
#define SRIOV_QUIRK_NOTE(family, text) \
	static_assert(sizeof(text) + SRIOV_DRIVER_SIZE + sizeof("bind  (), or ") <= \
		      SRIOV_ADVICE_SIZE, \
		      "the note on a driver is too long");
#include "sriov-quirks/quirks.h"

static const struct sriov_family sriov_families[] = {
#define SRIOV_QUIRK_FAMILY(family, name, hazard, reason) \
	[SRIOV_FAMILY_##family].driver = (name), \
	[SRIOV_FAMILY_##family].hazards = (hazard),
#define SRIOV_QUIRK_NOTE(family, text) \
	[SRIOV_FAMILY_##family].note = " (" text ")",
#include "sriov-quirks/quirks.h"
};

static const struct sriov_quirk sriov_quirks[] = {
#define SRIOV_QUIRK_MATCH(family_, vendor_, device_, subvendor_, subdevice_, \
			  class_, mask_) { \
	.vendor = (vendor_) & 0xffff, \
	.device = (device_) & 0xffff, \
	.subvendor = (subvendor_) & 0xffff, \
	.subdevice = (subdevice_) & 0xffff, \
	.class = (class_), \
	.family = SRIOV_FAMILY_##family_, \
	.match = SRIOV_QUIRK_MATCHES(vendor_, device_, subvendor_, subdevice_, \
				     mask_), \
	},
#include "sriov-quirks/quirks.h"
};

static bool sriov_quirk_matches(const struct sriov_quirk *quirk,
				const struct sriov_identity *id)
{
	unsigned int bytes = quirk->match & SRIOV_MATCH_CLASS;

	if ((quirk->match & SRIOV_MATCH_VENDOR) && quirk->vendor != id->vendor)
		return false;
	if ((quirk->match & SRIOV_MATCH_DEVICE) && quirk->device != id->device)
		return false;
	if ((quirk->match & SRIOV_MATCH_SUBDEVICE) &&
	    quirk->subdevice != id->subdevice)
		return false;
	if ((quirk->match & SRIOV_MATCH_SUBVENDOR) &&
	    quirk->subvendor != id->subvendor)
		return false;

	return (quirk->class ^ id->class) >> (24 - 8 * bytes) == 0;
}

/**
 * sriov_quirk_find - find the most specific entry for a device
 * @table: entries in any order
 * @count: how many
 * @id: the device
 *
 * An entry that names the vendor beats one that does not, whatever else they
 * name; then the device, the subdevice, the subvendor and the width of the
 * class count in that order.  @match is laid out so that the larger number is
 * the more specific entry.  Two that match one device and are equally specific
 * have the same key, which the table cannot hold.
 *
 * Return: the entry, or NULL.
 */
const struct sriov_quirk *
sriov_quirk_find(const struct sriov_quirk *table, size_t count,
		 const struct sriov_identity *id)
{
	const struct sriov_quirk *best = NULL;
	size_t i;

	for (i = 0; i < count; i++) {
		if (best && table[i].match <= best->match)
			continue;
		if (sriov_quirk_matches(&table[i], id))
			best = &table[i];
	}

	return best;
}

/**
 * sriov_quirk_lookup - find the family that a device belongs to
 * @id: the device
 *
 * Return: the family, or NULL if the table does not know the device.
 */
const struct sriov_family *sriov_quirk_lookup(const struct sriov_identity *id)
{
	const struct sriov_quirk *quirk;

	quirk = sriov_quirk_find(sriov_quirks, ARRAY_SIZE(sriov_quirks), id);

	return quirk ? &sriov_families[quirk->family] : NULL;
}

static const struct {
	const char *name;
	const char *text;
} sriov_hazards[] = {
#define SRIOV_HAZARD(id, name_, text_) \
	[SRIOV_HAZARD_##id##_SHIFT] = { .name = (name_), .text = (text_) },
#include "sriov-quirks/hazards.h"
};

/**
 * sriov_hazards_print - name the hazards of a family
 * @buf: where to; always terminated
 * @size: of @buf
 * @hazards: SRIOV_HAZARD_* or-ed together
 *
 * Return: length of the text, comma-separated; "none" for none.
 */
int sriov_hazards_print(char *buf, size_t size, u8 hazards)
{
	const char *comma = "";
	int i, len = 0;

	if (hazards == SRIOV_HAZARD_NONE)
		return scnprintf(buf, size, "none");

	for (i = 0; i < SRIOV_HAZARDS; i++) {
		if (!(hazards & BIT(i)))
			continue;
		len += scnprintf(buf + len, size - len, "%s%s", comma,
				 sriov_hazards[i].name);
		comma = ",";
	}

	return len;
}

/**
 * sriov_hazards_explain - say to a human what the first hazard means
 * @hazards: SRIOV_HAZARD_* or-ed together
 *
 * Return: a clause; "" for no hazard.
 */
const char *sriov_hazards_explain(u8 hazards)
{
	return hazards ? sriov_hazards[__ffs(hazards)].text : "";
}

/**
 * sriov_advice_print - say to a human what there is to do but to override
 * @buf: where to; always terminated
 * @size: of @buf
 * @family: of a device that is refused
 *
 * Return: length of the text, which more is to follow: "bind <driver>, or ",
 * maybe with a note on the driver; "" if only the device's class is known.
 */
int sriov_advice_print(char *buf, size_t size,
		       const struct sriov_family *family)
{
	if (family->hazards & SRIOV_HAZARD_CLASS) {
		*buf = '\0';
		return 0;
	}

	return scnprintf(buf, size, "bind %s%s, or ", family->driver,
			 family->note ?: "");
}
