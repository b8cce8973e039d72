/* SPDX-License-Identifier: GPL-2.0 */
/* IBM; the form of an entry is explained in quirks.h */

/* Generic Work Queue Engine: early images have subsystem ids of 0, as VFs have */
SRIOV_QUIRK_FAMILY(genwqe, "genwqe", SRIOV_HAZARD_RESOURCES,
		   "the PF driver resets the card, limits how long a VF's jobs may occupy it and recovers it (card_base.c: genwqe_start, genwqe_setup_vf_jtimer, genwqe_health_thread)")
SRIOV_QUIRK_MATCH(genwqe, 0x1014, 0x044b, 0x0000, 0x0000, 0x120000, 0xffffff)
SRIOV_QUIRK_MATCH(genwqe, 0x1014, 0x044b, 0x0000, 0x035f, 0x120000, 0xffffff)
SRIOV_QUIRK_MATCH(genwqe, 0x1014, 0x044b, 0x1014, 0x035f, 0x120000, 0xffffff)
SRIOV_QUIRK_MATCH(genwqe, 0x1014, 0x044b, 0x1014, 0x044b, 0x120000, 0xffffff)
