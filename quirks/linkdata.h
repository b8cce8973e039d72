/* SPDX-License-Identifier: GPL-2.0 */
/* Linkdata Technology; the form of an entry is explained in quirks.h */

SRIOV_QUIRK_FAMILY(sxe, "sxe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox and ask for their rings (openeuler-mirror/kernel: linkdata/sxe/sxepf/sxe_sriov.c: sxe_req_msg_handle, sxe_pf_ring_info_get)")
SRIOV_QUIRK_NOTE(sxe, "not in Linux")
SRIOV_QUIRK_PF(sxe, 0x1ff2, 0x10a1)
