/* SPDX-License-Identifier: GPL-2.0 */
/* Amazon; the form of an entry is explained in quirks.h */

/* A PF without services of its own */
SRIOV_QUIRK_FAMILY(pci_pf_stub, "pci-pf-stub", SRIOV_HAZARD_NONE,
		   "its driver does nothing but enable VFs (pci-pf-stub.c: pci_pf_stub_whitelist)")
SRIOV_QUIRK_PF(pci_pf_stub, 0x1d0f, 0x0053)

/* Elastic Network Adapter */
SRIOV_QUIRK_FAMILY(ena, "ena", SRIOV_HAZARD_NONE,
		   "firmware serves VFs and PF alike; the driver only enables VFs (ena_netdev.c: pci_sriov_configure_simple)")
SRIOV_QUIRK_PF(ena, 0x1d0f, 0x0051)
SRIOV_QUIRK_PF(ena, 0x1d0f, 0x0ec2)
SRIOV_QUIRK_PF(ena, 0x1d0f, 0x1ec2)
