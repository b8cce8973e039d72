/* SPDX-License-Identifier: GPL-2.0 */
/* 3SNIC; the form of an entry is explained in quirks.h */

/* sss_pci_id_tbl.h there */
SRIOV_QUIRK_FAMILY(sssdk, "sssdk", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver opens a mailbox to each VF and sizes its queue pages before it enables VFs (openeuler-mirror/kernel: 3snic/sssnic/hw/sss_pci_sriov.c: sss_init_vf_hw)")
SRIOV_QUIRK_NOTE(sssdk, "not in Linux")
SRIOV_QUIRK_PF(sssdk, 0x1f3f, 0x9020)
SRIOV_QUIRK_PF(sssdk, 0x1f3f, 0x9021)
