/* SPDX-License-Identifier: GPL-2.0 */
/* Emulex and ServerEngines; the form of an entry is explained in quirks.h */

/* OneConnect BE2, BE3 (ids of ServerEngines), Lancer, Skyhawk */
SRIOV_QUIRK_FAMILY(be2net, "be2net", SRIOV_HAZARD_RESOURCES,
		   "the PF driver has firmware create and enable an interface for every VF and divide queues (be_main.c: be_vf_setup, be_pci_sriov_configure)")
SRIOV_QUIRK_PF(be2net, 0x10df, 0x0720)
SRIOV_QUIRK_PF(be2net, 0x10df, 0xe220)
SRIOV_QUIRK_PF(be2net, 0x19a2, 0x0211)
SRIOV_QUIRK_PF(be2net, 0x19a2, 0x0221)
SRIOV_QUIRK_PF(be2net, 0x19a2, 0x0700)
SRIOV_QUIRK_PF(be2net, 0x19a2, 0x0710)

/*
 * Fibre Channel and FCoE functions of the chips whose VFs lpfc knows: Skyhawk,
 * Proteus and Lancer.  VFs are enabled by a module parameter or an attribute
 * of the SCSI host, not by sriov_numvfs.
 */
SRIOV_QUIRK_FAMILY(lpfc, "lpfc", SRIOV_HAZARD_NONE,
		   "the driver only enables VFs, and drives VF and PF alike (lpfc_init.c: lpfc_sli_probe_sriov_nr_virtfn)")
SRIOV_QUIRK_PF(lpfc, 0x10df, 0x0724)
SRIOV_QUIRK_PF(lpfc, 0x10df, 0xe180)
SRIOV_QUIRK_PF(lpfc, 0x10df, 0xe200)
SRIOV_QUIRK_PF(lpfc, 0x10df, 0xe260)
