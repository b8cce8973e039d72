/* SPDX-License-Identifier: GPL-2.0 */
/* Alibaba; the form of an entry is explained in quirks.h */

/* Elastic Ethernet Adapter; PF and VF have the same id */
SRIOV_QUIRK_FAMILY(alibaba_eea, "alibaba_eea", SRIOV_HAZARD_NONE,
		   "the device serves VFs and PF alike; the driver only enables VFs (eea_pci.c: pci_sriov_configure_simple)")
SRIOV_QUIRK_PF(alibaba_eea, 0x1ded, 0x500b)

/* IOHub of the X-Dragon servers */
SRIOV_QUIRK_FAMILY(iohub_sriov, "iohub_sriov", SRIOV_HAZARD_NONE,
		   "its driver does nothing but enable VFs (alibaba/cloud-kernel: drivers/pci/iohub-sriov/iohub-sriov.c: xdragon_sriov_pci_probe)")
SRIOV_QUIRK_PF(iohub_sriov, 0x1ded, 0x1000)
SRIOV_QUIRK_PF(iohub_sriov, 0x1ded, 0x1001)
SRIOV_QUIRK_PF(iohub_sriov, 0x1ded, 0x5002)
SRIOV_QUIRK_PF(iohub_sriov, 0x1ded, 0x5003)
