/* SPDX-License-Identifier: GPL-2.0 */
/* Mucse; the form of an entry is explained in quirks.h */

/* N10, N400: 10 and 40 Gbit/s */
SRIOV_QUIRK_FAMILY(rnp, "rnp", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox; VF mode re-partitions queues into pools (deepin-community/kernel: mucse/rnp/rnp_sriov.c: rnp_rcv_msg_from_vf, rnp_pci_sriov_enable)")
SRIOV_QUIRK_NOTE(rnp, "not in Linux")
SRIOV_QUIRK_PF(rnp, 0x8848, 0x1000)
SRIOV_QUIRK_PF(rnp, 0x8848, 0x1001)
SRIOV_QUIRK_PF(rnp, 0x8848, 0x1c00)

/* N500, N210: 1 Gbit/s.  rnpgbe of Linux cannot enable VFs. */
SRIOV_QUIRK_FAMILY(rnpgbe, "rnpgbe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox; VF mode re-partitions queues into pools (deepin-community/kernel: mucse/rnpgbe/rnpgbe_sriov.c: rnpgbe_rcv_msg_from_vf)")
SRIOV_QUIRK_NOTE(rnpgbe, "the vendor's own, Linux 7.3 has no SR-IOV in it")
SRIOV_QUIRK_PF(rnpgbe, 0x8848, 0x8208)
SRIOV_QUIRK_PF(rnpgbe, 0x8848, 0x820a)
SRIOV_QUIRK_PF(rnpgbe, 0x8848, 0x8308)
SRIOV_QUIRK_PF(rnpgbe, 0x8848, 0x8318)
