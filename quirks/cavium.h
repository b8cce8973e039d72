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

/* CNF95O PCIe endpoint, which only Marvell's own octeon_ep knows */
SRIOV_QUIRK_FAMILY(octeon_ep_cnf95o, "octeon_ep", SRIOV_HAZARD_MAILBOX,
		   "VFs do not probe unless the PF driver answers their mailbox (MarvellEmbeddedProcessors/pcie_ep_octeon_host: drivers/octeon_ep/octep_pfvf_mbox.c: octep_pfvf_mbox_work)")
SRIOV_QUIRK_NOTE(octeon_ep_cnf95o, "the vendor's own, Linux 7.3 does not know the device")
SRIOV_QUIRK_PF(octeon_ep_cnf95o, 0x177d, 0xb600)

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

/* Baseband of OCTEON 10 endpoints; a program on the PF can enable the VFs as well */
SRIOV_QUIRK_FAMILY(cnxk_ep_bb_pf, "cnxk_ep_bb_pf", SRIOV_HAZARD_NONE,
		   "its driver does nothing but enable VFs (MarvellEmbeddedProcessors/pcie_ep_octeon_host: drivers/cnxk_ep_bb_pf/cnxk_ep_bb_pf.c: cnxk_epbb_pf_sriov_configure)")
SRIOV_QUIRK_PF(cnxk_ep_bb_pf, 0x177d, 0xef04)

/* OCTEON TX: what hands out buffers, packets, events and timers, each a PF of its own */
SRIOV_QUIRK_FAMILY(octeontx_pki, "octeontx-pki", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/pki_main.c: pki_create_domain, pki_receive_message)")
SRIOV_QUIRK_NOTE(octeontx_pki, "not in Linux")
SRIOV_QUIRK_PF(octeontx_pki, 0x177d, 0xa047)
SRIOV_QUIRK_FAMILY(octeontx_pko, "octeontx-pko", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/pkopf_main.c: pko_pf_create_domain, pko_pf_receive_message)")
SRIOV_QUIRK_NOTE(octeontx_pko, "not in Linux")
SRIOV_QUIRK_PF(octeontx_pko, 0x177d, 0xa048)
SRIOV_QUIRK_FAMILY(octeontx_sso, "octeontx-sso", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/ssopf_main.c: sso_pf_create_domain)")
SRIOV_QUIRK_NOTE(octeontx_sso, "not in Linux")
SRIOV_QUIRK_PF(octeontx_sso, 0x177d, 0xa04a)
SRIOV_QUIRK_FAMILY(octeontx_ssow, "octeontx-ssow", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/ssowpf_main.c: ssow_pf_create_domain, ssow_pf_receive_message)")
SRIOV_QUIRK_NOTE(octeontx_ssow, "not in Linux")
SRIOV_QUIRK_PF(octeontx_ssow, 0x177d, 0xa04c)
SRIOV_QUIRK_FAMILY(octeontx_tim, "octeontx-tim", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/timpf_main.c: tim_pf_create_domain, tim_pf_receive_message)")
SRIOV_QUIRK_NOTE(octeontx_tim, "not in Linux")
SRIOV_QUIRK_PF(octeontx_tim, 0x177d, 0xa050)
SRIOV_QUIRK_FAMILY(octeontx_fpa, "octeontx-fpa", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver gives VFs to a domain and answers its messages (caviumnetworks/octeontx-kmod: src/fpapf_main.c: fpa_pf_create_domain, fpa_pf_receive_message)")
SRIOV_QUIRK_NOTE(octeontx_fpa, "not in Linux")
SRIOV_QUIRK_PF(octeontx_fpa, 0x177d, 0xa052)
