/* SPDX-License-Identifier: GPL-2.0 */
/* ZTE; the form of an entry is explained in quirks.h */

/*
 * DingHai (openeuler-mirror/kernel: dinghai/en_pf.c: dh_pf_pci_table).  dinghai10e
 * of Linux cannot enable VFs.
 */
SRIOV_QUIRK_FAMILY(dinghai10e, "dinghai10e", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver divides queue pairs before it enables VFs (openeuler-mirror/kernel: dinghai/en_pf.c: zxdh_pf_vf_qpairs_init), which wait for it (zxdh_vf_wait_pf_ok) and send it messages (dh_pf_msg_recv_func_register)")
SRIOV_QUIRK_NOTE(dinghai10e, "the vendor's own, Linux 7.3 has no SR-IOV in it")
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8040)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8045)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8047)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8049)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x804a)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x804b)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x804c)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x804d)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x804e)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8061)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8063)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8066)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x806b)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x806d)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x806f)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8075)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8076)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8078)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8079)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x807b)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x807d)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x807e)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8080)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8082)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8084)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8086)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x8089)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x808a)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x80a0)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x80a2)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x80a4)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x80b0)
SRIOV_QUIRK_PF(dinghai10e, 0x1cf2, 0x80b6)
