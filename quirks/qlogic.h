/* SPDX-License-Identifier: GPL-2.0 */
/* QLogic; the form of an entry is explained in quirks.h */

/* FastLinQ 45000 and 41000: only the Ethernet driver of these enables VFs */
SRIOV_QUIRK_FAMILY(qede, "qede", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs get queues and everything else through a channel to the PF driver (qed_sriov.c: qed_iov_process_mbx_req, qed_iov_init_hw_for_vf)")
SRIOV_QUIRK_PF(qede, 0x1077, 0x1634)
SRIOV_QUIRK_PF(qede, 0x1077, 0x1636)
SRIOV_QUIRK_PF(qede, 0x1077, 0x1644)
SRIOV_QUIRK_PF(qede, 0x1077, 0x1654)
SRIOV_QUIRK_PF(qede, 0x1077, 0x1656)
SRIOV_QUIRK_PF(qede, 0x1077, 0x1666)
SRIOV_QUIRK_PF(qede, 0x1077, 0x8070)

/* 8300 and 8400 series: the driver has no SR-IOV for the 8200 */
SRIOV_QUIRK_FAMILY(qlcnic, "qlcnic", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs send commands over a back channel to the PF driver, which sets their limits (qlcnic_sriov_pf.c: qlcnic_sriov_pf_process_bc_cmd, qlcnic_sriov_pf_cal_res_limit)")
SRIOV_QUIRK_PF_CLASS(qlcnic, 0x1077, 0x8030, 0x020000, 0xffffff)
SRIOV_QUIRK_PF_CLASS(qlcnic, 0x1077, 0x8040, 0x020000, 0xffffff)
SRIOV_QUIRK_PF_CLASS(qlcnic, 0x1077, 0x8830, 0x020000, 0xffffff)
