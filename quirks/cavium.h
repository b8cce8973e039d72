/* SPDX-License-Identifier: GPL-2.0 */
/* Cavium, now Marvell; the form of an entry is explained in quirks.h */

/* LiquidIO II (CN23xx): the driver has no SR-IOV for the CN66xx and CN68xx */
SRIOV_QUIRK_FAMILY(liquidio, "LiquidIO", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs shake hands through a mailbox (octeon_mailbox.c: octeon_mbox_process_cmd); the PF driver divides rings (cn23xx_pf_device.c: cn23xx_setup_global_mac_regs)")
SRIOV_QUIRK_PF(liquidio, 0x177d, 0x9702)

/* ThunderX network interface: its driver enables VFs in its probe */
SRIOV_QUIRK_FAMILY(nicpf, "nicpf", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs configure their queues through a mailbox (nic_main.c: nic_handle_mbx_intr); the PF driver maps VFs to ports (nic_set_lmac_vf_mapping)")
SRIOV_QUIRK_PF(nicpf, 0x177d, 0xa01e)

/* ThunderX random number generator: its driver enables the VF in its probe */
SRIOV_QUIRK_FAMILY(cavium_rng, "cavium_rng_pf", SRIOV_HAZARD_RESOURCES,
		   "the PF driver switches the generator on before it enables the VF, and off after (cavium-rng.c: cavium_rng_probe, cavium_rng_remove); the VF driver reads it regardless")
SRIOV_QUIRK_PF(cavium_rng, 0x177d, 0xa018)

/* NITROX V (CNN55xx) */
SRIOV_QUIRK_FAMILY(nitrox, "CNN55XX", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs learn mode and ids through a mailbox (nitrox_mbx.c: nitrox_pf2vf_mbox_handler); VF mode takes all queues from the PF (nitrox_sriov.c: nitrox_sriov_enable)")
SRIOV_QUIRK_PF(nitrox, 0x177d, 0x0012)

/* OCTEON TX2 and OCTEON 10 RVU admin function: the driver enables all VFs when it probes */
SRIOV_QUIRK_FAMILY(rvu_af, "rvu_af", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the admin function by mailbox for every queue and channel (rvu.c: rvu_afvf_mbox_handler, rvu_enable_sriov)")
SRIOV_QUIRK_PF(rvu_af, 0x177d, 0xa065)

/* OCTEON TX2 and OCTEON 10 RVU network functions */
SRIOV_QUIRK_FAMILY(rvu_nicpf, "rvu_nicpf", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver relays each VF mailbox request to the admin function and tears a VF down on FLR (otx2_pf.c: otx2_pfvf_mbox_handler, otx2_flr_handler)")
SRIOV_QUIRK_PF(rvu_nicpf, 0x177d, 0xa063)

/* CN93, CN98, CNF95N and CNF10KB PCIe endpoints */
SRIOV_QUIRK_FAMILY(octeon_ep, "octeon_ep", SRIOV_HAZARD_MAILBOX,
		   "VFs do not probe unless the PF driver answers their mailbox (octep_pfvf_mbox.c: octep_pfvf_mbox_work)")
SRIOV_QUIRK_PF(octeon_ep, 0x177d, 0xb100)
SRIOV_QUIRK_PF(octeon_ep, 0x177d, 0xb200)
SRIOV_QUIRK_PF(octeon_ep, 0x177d, 0xb400)
SRIOV_QUIRK_PF(octeon_ep, 0x177d, 0xbc00)

/*
 * CN10KA, CNF10KA and CN10KB PCIe endpoints.  Their firmware makes them a
 * network or a vDPA device under the same id: octep_vdpa matches it, too.
 */
SRIOV_QUIRK_FAMILY(octeon_ep_vdpa, "octeon_ep", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "depends on the firmware: network VFs need a mailbox answered (octep_pfvf_mbox.c: octep_pfvf_mbox_work), vDPA VFs a share of the PF's BAR (octep_vdpa_main.c: octep_vdpa_assign_barspace)")
SRIOV_QUIRK_PF(octeon_ep_vdpa, 0x177d, 0xb900)
SRIOV_QUIRK_PF(octeon_ep_vdpa, 0x177d, 0xba00)
SRIOV_QUIRK_PF(octeon_ep_vdpa, 0x177d, 0xbd00)

/* OCTEON TX crypto: thunder-cpt has the same id and does the same, VFs in its probe */
SRIOV_QUIRK_FAMILY(octeontx_cpt, "octeontx-cpt", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs bind their queues through a mailbox (otx_cptpf_mbox.c: otx_cpt_handle_mbox_intr) to engine groups the PF driver makes (otx_cptpf_main.c: otx_cpt_sriov_configure)")
SRIOV_QUIRK_PF(octeontx_cpt, 0x177d, 0xa040)

/* OCTEON TX2 and OCTEON 10 crypto */
SRIOV_QUIRK_FAMILY(rvu_cptpf, "rvu_cptpf", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver answers or relays VF mailbox requests (otx2_cptpf_mbox.c: otx2_cptpf_vfpf_mbox_handler) and makes engine groups first (otx2_cptpf_main.c: cptpf_sriov_enable)")
SRIOV_QUIRK_PF(rvu_cptpf, 0x177d, 0xa0f2)
SRIOV_QUIRK_PF(rvu_cptpf, 0x177d, 0xa0fd)

/* OCTEON 10 DMA: enables VFs with pci_sriov_configure_simple(), serves them all the same */
SRIOV_QUIRK_FAMILY(mrvl_cn10k_dpi, "mrvl_cn10k_dpi", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs open queues through a mailbox (mrvl_cn10k_dpi.c: dpi_pfvf_mbox_work); the PF driver sets up the engines in its probe (dpi_init)")
SRIOV_QUIRK_PF_SUBSYS(mrvl_cn10k_dpi, 0x177d, 0xa080, 0x177d, 0xb900)
