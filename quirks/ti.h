/* SPDX-License-Identifier: GPL-2.0 */
/* Texas Instruments; the form of an entry is explained in quirks.h */

/*
 * Endpoint mode of J721E, J7200, AM64 and J721S2.  Whatever their VFs need is
 * up to the software on the endpoint; on the host nothing serves them.
 */
SRIOV_QUIRK_FAMILY(pci_endpoint_test, "pci-endpoint-test", SRIOV_HAZARD_NONE,
		   "the driver only enables VFs, and tests each function alike (pci_endpoint_test.c: pci_sriov_configure_simple)")
SRIOV_QUIRK_PF(pci_endpoint_test, 0x104c, 0xb00d)
SRIOV_QUIRK_PF(pci_endpoint_test, 0x104c, 0xb00f)
SRIOV_QUIRK_PF(pci_endpoint_test, 0x104c, 0xb010)
SRIOV_QUIRK_PF(pci_endpoint_test, 0x104c, 0xb013)
