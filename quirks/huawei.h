/* SPDX-License-Identifier: GPL-2.0 */
/* Huawei and HiSilicon; the form of an entry is explained in quirks.h */

/* Hi1822 */
SRIOV_QUIRK_FAMILY(hinic, "hinic", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver through a mailbox (hinic_sriov.c: nic_pf_mbox_handler), which sets up their queue pages before it enables them (hinic_init_vf_hw)")
SRIOV_QUIRK_PF(hinic, 0x19e5, 0x0200)
SRIOV_QUIRK_PF(hinic, 0x19e5, 0x0205)
SRIOV_QUIRK_PF(hinic, 0x19e5, 0x0210)
SRIOV_QUIRK_PF(hinic, 0x19e5, 0x1822)

/*
 * Hi1823.  hinic3 of Linux does less than Huawei's own driver, but guests may have
 * that one on their VFs.
 */
SRIOV_QUIRK_FAMILY(hinic3, "hinic3", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "depends on the driver of the VFs: Huawei's own asks the PF driver through a mailbox (openeuler-mirror/kernel: huawei/hinic3/hinic3_nic_event.c: hinic3_pf_mbox_handler), which sets up their queue pages (hinic3/hw/hinic3_sriov.c: hinic3_init_vf_hw); that of Linux asks firmware only (hinic3_mbox.c: hinic3_send_mbox_to_mgmt)")
SRIOV_QUIRK_NOTE(hinic3, "newer than Linux 6.12; Huawei's own is hisdk3")
SRIOV_QUIRK_PF(hinic3, 0x19e5, 0x0222)

/* SDI 5.0 and 5.1 (hinic3_pci_id_tbl.h there), SP230 and SP920 (DPDK: hinic3_csr.h) */
SRIOV_QUIRK_FAMILY(hisdk3, "hisdk3", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver through a mailbox (openeuler-mirror/kernel: huawei/hinic3/hinic3_nic_event.c: hinic3_pf_mbox_handler), which sets up their queue pages before it enables them (hinic3/hw/hinic3_sriov.c: hinic3_init_vf_hw)")
SRIOV_QUIRK_NOTE(hisdk3, "not in Linux")
SRIOV_QUIRK_PF(hisdk3, 0x19e5, 0x0224)
SRIOV_QUIRK_PF(hisdk3, 0x19e5, 0x0225)
SRIOV_QUIRK_PF(hisdk3, 0x19e5, 0x0226)
SRIOV_QUIRK_PF(hisdk3, 0x19e5, 0x0229)

/* Kunpeng network controller */
SRIOV_QUIRK_FAMILY(hns3, "hns3", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver through a mailbox (hclge_mbx.c: hclge_mbx_handler), which divides queues among them in its probe (hclge_main.c: hclge_map_tqp)")
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa220)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa221)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa222)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa223)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa224)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa225)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa226)
SRIOV_QUIRK_PF(hns3, 0x19e5, 0xa228)

/*
 * Kunpeng public key accelerator.  The driver of this and of the next two is
 * the driver of their VFs, too.
 */
SRIOV_QUIRK_FAMILY(hisi_hpre, "hisi_hpre",
		   SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "the PF driver divides queues and answers VFs (qm.c: qm_vf_q_assign, qm_handle_cmd_msg); VFs dereference its data unchecked (hisi_qm_reset_prepare; 6.12: qm_set_and_get_xqc)")
SRIOV_QUIRK_PF(hisi_hpre, 0x19e5, 0xa258)

/* Kunpeng security accelerator */
SRIOV_QUIRK_FAMILY(hisi_sec2, "hisi_sec2",
		   SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "the PF driver divides queues and answers VFs (qm.c: qm_vf_q_assign, qm_handle_cmd_msg); VFs dereference its data unchecked (hisi_qm_reset_prepare; 6.12: qm_set_and_get_xqc)")
SRIOV_QUIRK_PF(hisi_sec2, 0x19e5, 0xa255)

/* Kunpeng compression accelerator */
SRIOV_QUIRK_FAMILY(hisi_zip, "hisi_zip",
		   SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "the PF driver divides queues and answers VFs (qm.c: qm_vf_q_assign, qm_handle_cmd_msg); VFs dereference its data unchecked (hisi_qm_reset_prepare; 6.12: qm_set_and_get_xqc)")
SRIOV_QUIRK_PF(hisi_zip, 0x19e5, 0xa250)
