/* SPDX-License-Identifier: GPL-2.0 */
/* Fungible; the form of an entry is explained in quirks.h */

/* Ethernet function of a DPU: the driver does not tell which of its ids is a VF */
SRIOV_QUIRK_FAMILY(funeth, "funeth", SRIOV_HAZARD_NONE,
		   "VFs have an admin queue to the DPU as the PF has; the driver enables them and remembers their settings (funeth_main.c: funeth_sriov_configure)")
SRIOV_QUIRK_PF(funeth, 0x1dad, 0x0101)
SRIOV_QUIRK_PF(funeth, 0x1dad, 0x0181)
