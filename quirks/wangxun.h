/* SPDX-License-Identifier: GPL-2.0 */
/* Beijing WangXun; the form of an entry is explained in quirks.h */

/* WX1860 */
SRIOV_QUIRK_FAMILY(ngbe, "ngbe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox (wx_sriov.c: wx_rcv_msg_from_vf); VF mode re-partitions queues into pools (wx_sriov.c: wx_pci_sriov_enable)")
SRIOV_QUIRK_NOTE(ngbe, "newer than Linux 6.12")
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0100)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0101)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0102)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0103)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0104)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0105)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0106)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0107)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0108)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x0109)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x010a)
SRIOV_QUIRK_PF(ngbe, 0x8088, 0x010b)

/* SP1000, WX1820, AML50xx, AML51xx */
SRIOV_QUIRK_FAMILY(txgbe, "txgbe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox (wx_sriov.c: wx_rcv_msg_from_vf); VF mode re-partitions queues into pools (wx_sriov.c: wx_pci_sriov_enable)")
SRIOV_QUIRK_NOTE(txgbe, "newer than Linux 6.12")
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x1001)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x2001)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5010)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5025)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5040)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5110)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5125)
SRIOV_QUIRK_PF(txgbe, 0x8088, 0x5140)
