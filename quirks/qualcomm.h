/* SPDX-License-Identifier: GPL-2.0 */
/* Qualcomm; the form of an entry is explained in quirks.h */

/* QDU100, the one device of its driver that has a configuration for VFs */
SRIOV_QUIRK_FAMILY(mhi_pci_generic, "mhi-pci-generic", SRIOV_HAZARD_RESOURCES,
		   "depends on the firmware, which the PF driver loads, and it resets the device when it goes (bus/mhi/host/pci_generic.c: mhi_qcom_qdu100_info, mhi_pci_remove)")
SRIOV_QUIRK_NOTE(mhi_pci_generic, "newer than Linux 6.12")
SRIOV_QUIRK_PF(mhi_pci_generic, 0x17cb, 0x0601)
