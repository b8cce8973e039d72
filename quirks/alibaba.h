/* SPDX-License-Identifier: GPL-2.0 */
/* Alibaba; the form of an entry is explained in quirks.h */

/* Elastic Ethernet Adapter; PF and VF have the same id */
SRIOV_QUIRK_FAMILY(alibaba_eea, "alibaba_eea", SRIOV_HAZARD_NONE,
		   "the device serves VFs and PF alike; the driver only enables VFs (eea_pci.c: pci_sriov_configure_simple)")
SRIOV_QUIRK_PF(alibaba_eea, 0x1ded, 0x500b)
