/* SPDX-License-Identifier: GPL-2.0 */
/* What is told by bits, for hosts and kernel */

/* Hazards, in the order in which they are printed */
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

/* Which fields an entry names; as a number, how specific it is */
enum {
	SRIOV_MATCH_CLASS = 3,	/* bytes of the class, 0 to 3 */
	SRIOV_MATCH_SUBVENDOR = 1 << 2,
	SRIOV_MATCH_SUBDEVICE = 1 << 3,
	SRIOV_MATCH_DEVICE = 1 << 4,
	SRIOV_MATCH_VENDOR = 1 << 5,
};

/* The mask of a class is 0, 0xff0000, 0xffff00 or 0xffffff */
#define SRIOV_QUIRK_MATCHES(vendor, device, subvendor, subdevice, mask) \
	(((vendor) < SRIOV_QUIRK_ANY ? SRIOV_MATCH_VENDOR : 0) | \
	 ((device) < SRIOV_QUIRK_ANY ? SRIOV_MATCH_DEVICE : 0) | \
	 ((subdevice) < SRIOV_QUIRK_ANY ? SRIOV_MATCH_SUBDEVICE : 0) | \
	 ((subvendor) < SRIOV_QUIRK_ANY ? SRIOV_MATCH_SUBVENDOR : 0) | \
	 (((mask) >> 23) + ((mask) >> 15 & 1) + ((mask) >> 7 & 1)))
