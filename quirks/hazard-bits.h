/* SPDX-License-Identifier: GPL-2.0 */
/* Hazards as bits, in the order in which they are printed, for hosts and kernel */
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
