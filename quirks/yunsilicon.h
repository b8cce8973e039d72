/* SPDX-License-Identifier: GPL-2.0 */
/* Yunsilicon; the form of an entry is explained in quirks.h */

SRIOV_QUIRK_FAMILY(xsc, "xsc-pci", SRIOV_HAZARD_RESOURCES,
		   "the PF driver enables each VF's HCA, gives it vectors and sets up the switch first (openeuler-mirror/kernel: yunsilicon/xsc/pci/sriov.c: xsc_device_enable_sriov)")
SRIOV_QUIRK_NOTE(xsc, "not in Linux")
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1011)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1021)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1023)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1051)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1053)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1111)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1151)
SRIOV_QUIRK_PF(xsc, 0x1f67, 0x1153)
