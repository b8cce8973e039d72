/* SPDX-License-Identifier: GPL-2.0 */
/* Nebula-matrix; the form of an entry is explained in quirks.h */

/* M18110, M18120 (DPDK: drivers/net/nbl) */
SRIOV_QUIRK_FAMILY(nbl, "nbl_core", SRIOV_HAZARD_MAILBOX,
		   "VFs send the PF driver requests over a channel, for filters and all else (openeuler-mirror/kernel: nebula-matrix/nbl/nbl_core/nbl_dispatch.c: nbl_disp_chan_add_macvlan_resp)")
SRIOV_QUIRK_NOTE(nbl, "not in Linux")
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3403)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3404)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3405)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3406)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3407)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3408)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3409)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340a)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340b)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340c)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340d)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340e)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x340f)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3410)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3411)
SRIOV_QUIRK_PF(nbl, 0x1f0f, 0x3412)
