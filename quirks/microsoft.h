/* SPDX-License-Identifier: GPL-2.0 */
/* Microsoft; the form of an entry is explained in quirks.h */

/* Azure Network Adapter */
SRIOV_QUIRK_FAMILY(mana, "mana", SRIOV_HAZARD_NONE,
		   "VFs have a channel to the device of their own; the driver only enables them (gdma_main.c: mana_sriov_configure)")
SRIOV_QUIRK_PF(mana, 0x1414, 0x00b9)
SRIOV_QUIRK_PF(mana, 0x1414, 0x00c1)
