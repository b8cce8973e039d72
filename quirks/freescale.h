/* SPDX-License-Identifier: GPL-2.0 */
/* Freescale, NXP; the form of an entry is explained in quirks.h */

/* ENETC of the LS1028A */
SRIOV_QUIRK_FAMILY(enetc, "fsl_enetc", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs send messages to the PF driver (enetc_msg.c: enetc_msg_task), which divides rings in its probe (enetc_pf.c: enetc_port_si_configure)")
SRIOV_QUIRK_PF(enetc, 0x1957, 0xe100)
