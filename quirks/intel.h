/* SPDX-License-Identifier: GPL-2.0 */
/* Intel; the form of an entry is explained in quirks.h */

/* 82576 and I350 only: no other igb device has SR-IOV */
SRIOV_QUIRK_FAMILY(igb, "igb", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox (igb_main.c: igb_rcv_msg_from_vf); VF mode takes queues from the PF (igb_get_max_rss_queues)")
SRIOV_QUIRK_PF(igb, 0x8086, 0x10c9)
SRIOV_QUIRK_PF(igb, 0x8086, 0x10e6)
SRIOV_QUIRK_PF(igb, 0x8086, 0x10e7)
SRIOV_QUIRK_PF(igb, 0x8086, 0x10e8)
SRIOV_QUIRK_PF(igb, 0x8086, 0x150a)
SRIOV_QUIRK_PF(igb, 0x8086, 0x150d)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1518)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1521)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1522)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1523)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1524)
SRIOV_QUIRK_PF(igb, 0x8086, 0x1526)

/* 82599, X540, X550, E610: the 82598 has no SR-IOV */
SRIOV_QUIRK_FAMILY(ixgbe, "ixgbe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs reset through a mailbox (ixgbe_sriov.c: ixgbe_rcv_msg_from_vf); VF mode re-partitions queues into pools (ixgbe_main.c: ixgbe_configure_virtualization)")
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10f7)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10f8)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10f9)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10fb)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x10fc)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1507)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1514)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1517)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x151c)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1528)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1529)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x152a)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x154a)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x154d)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x154f)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1557)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1558)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1560)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x1563)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15aa)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15ab)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15ac)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15ad)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15ae)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15b0)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c2)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c3)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c4)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c6)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c7)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15c8)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15ce)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15d1)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15e4)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x15e5)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x57ae)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x57af)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x57b0)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x57b1)
SRIOV_QUIRK_PF(ixgbe, 0x8086, 0x57b2)

/* XL710, X710, XXV710, X722 */
SRIOV_QUIRK_FAMILY(i40e, "i40e", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs speak virtchnl to the PF driver, which maps their queues (i40e_virtchnl_pf.c: i40e_vc_process_vf_msg, i40e_enable_vf_mappings)")
SRIOV_QUIRK_PF(i40e, 0x8086, 0x0cf8)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x0d58)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x0dd2)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x0dda)
/* i40e_common.c knows it, i40e_pci_tbl does not */
SRIOV_QUIRK_PF(i40e, 0x8086, 0x101f)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x104e)
/* The same id with class 0280 is a wireless card (ipw2200) */
SRIOV_QUIRK_PF_CLASS(i40e, 0x8086, 0x104f, 0x020000, 0xffff00)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1572)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1574)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1580)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1581)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1583)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1584)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1585)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1586)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1587)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1588)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x1589)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x158a)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x158b)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x15ff)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37ce)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37cf)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37d0)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37d1)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37d2)
SRIOV_QUIRK_PF(i40e, 0x8086, 0x37d3)

/* E810, E82x, E830, E835 */
SRIOV_QUIRK_FAMILY(ice, "ice", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs speak virtchnl to the PF driver, which assigns queues and vectors (ice/virt/virtchnl.c, before 7.3 ice_virtchnl.c: ice_vc_process_vf_msg; ice_sriov.c: ice_set_per_vf_res)")
SRIOV_QUIRK_PF(ice, 0x8086, 0x1248)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1249)
SRIOV_QUIRK_PF(ice, 0x8086, 0x124a)
SRIOV_QUIRK_PF(ice, 0x8086, 0x124c)
SRIOV_QUIRK_PF(ice, 0x8086, 0x124d)
SRIOV_QUIRK_PF(ice, 0x8086, 0x124e)
SRIOV_QUIRK_PF(ice, 0x8086, 0x124f)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1261)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1262)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1263)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1265)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1266)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1267)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d1)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d2)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d3)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d4)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d5)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12d8)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12da)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12dc)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12dd)
SRIOV_QUIRK_PF(ice, 0x8086, 0x12de)
SRIOV_QUIRK_PF(ice, 0x8086, 0x151d)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1591)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1592)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1593)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1599)
SRIOV_QUIRK_PF(ice, 0x8086, 0x159a)
SRIOV_QUIRK_PF(ice, 0x8086, 0x159b)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1888)
SRIOV_QUIRK_PF(ice, 0x8086, 0x188a)
SRIOV_QUIRK_PF(ice, 0x8086, 0x188b)
SRIOV_QUIRK_PF(ice, 0x8086, 0x188c)
SRIOV_QUIRK_PF(ice, 0x8086, 0x188d)
SRIOV_QUIRK_PF(ice, 0x8086, 0x188e)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1890)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1891)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1892)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1893)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1894)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1897)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1898)
SRIOV_QUIRK_PF(ice, 0x8086, 0x1899)
SRIOV_QUIRK_PF(ice, 0x8086, 0x189a)
SRIOV_QUIRK_PF(ice, 0x8086, 0x579c)
SRIOV_QUIRK_PF(ice, 0x8086, 0x579d)
SRIOV_QUIRK_PF(ice, 0x8086, 0x579e)
SRIOV_QUIRK_PF(ice, 0x8086, 0x579f)

/* FM10000 */
SRIOV_QUIRK_FAMILY(fm10k, "fm10k", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs talk through a mailbox and get queues from the PF driver (fm10k_iov.c: fm10k_iov_mbx; fm10k_pf.c: fm10k_iov_assign_resources_pf)")
SRIOV_QUIRK_PF(fm10k, 0x8086, 0x15a4)
SRIOV_QUIRK_PF(fm10k, 0x8086, 0x15d0)
SRIOV_QUIRK_PF(fm10k, 0x8086, 0x15d5)

/* Infrastructure Processing Unit, and what else has its programming interface */
SRIOV_QUIRK_FAMILY(idpf, "idpf", SRIOV_HAZARD_RESOURCES,
		   "the PF driver tells the control plane how many VFs to set up (idpf_lib.c: idpf_sriov_ena; idpf_virtchnl.c: idpf_send_set_sriov_vfs_msg)")
SRIOV_QUIRK_PF(idpf, 0x8086, 0x1452)
SRIOV_QUIRK_CLASS(idpf, 0x020001, 0xffffff)

/* QuickAssist DH895xCC */
SRIOV_QUIRK_FAMILY(qat_dh895xcc, "dh895xcc", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which maps engines to VFs and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_PF(qat_dh895xcc, 0x8086, 0x0435)

/* QuickAssist C3xxx */
SRIOV_QUIRK_FAMILY(qat_c3xxx, "c3xxx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which maps engines to VFs and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_PF(qat_c3xxx, 0x8086, 0x19e2)

/* QuickAssist C62x */
SRIOV_QUIRK_FAMILY(qat_c62x, "c6xx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which maps engines to VFs and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_PF(qat_c62x, 0x8086, 0x37c8)

/* QuickAssist 4xxx, 401xx, 402xx */
SRIOV_QUIRK_FAMILY(qat_4xxx, "4xxx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which gives each its rings and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_PF(qat_4xxx, 0x8086, 0x4940)
SRIOV_QUIRK_PF(qat_4xxx, 0x8086, 0x4942)
SRIOV_QUIRK_PF(qat_4xxx, 0x8086, 0x4944)

/* QuickAssist 420xx */
SRIOV_QUIRK_FAMILY(qat_420xx, "420xx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which gives each its rings and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_PF(qat_420xx, 0x8086, 0x4946)

/* QuickAssist 6xxx */
SRIOV_QUIRK_FAMILY(qat_6xxx, "6xxx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver (adf_pfvf_pf_proto.c: adf_recv_and_handle_vf2pf_msg), which gives each its rings and must enable every VF (adf_sriov.c: adf_enable_sriov)")
SRIOV_QUIRK_NOTE(qat_6xxx, "newer than Linux 6.12")
SRIOV_QUIRK_PF(qat_6xxx, 0x8086, 0x4948)

/* QuickAssist D15xx, 200xx and C4xxx, which only Intel's own drivers know (adf_common_drv.h) */
SRIOV_QUIRK_FAMILY(qat_d15xx, "d15xx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver, which maps engines to VFs and must enable every VF (Intel's package QAT.L.4.28.0-00004, also drew442/QAT.L.4.28.0-00004: qat_common/adf_sriov.c: adf_vf2pf_handler, adf_enable_sriov)")
SRIOV_QUIRK_NOTE(qat_d15xx, "not in Linux")
SRIOV_QUIRK_PF(qat_d15xx, 0x8086, 0x6f54)

SRIOV_QUIRK_FAMILY(qat_200xx, "200xx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver, which maps engines to VFs and must enable every VF (Intel's package QAT.L.4.28.0-00004, also drew442/QAT.L.4.28.0-00004: qat_common/adf_sriov.c: adf_vf2pf_handler, adf_enable_sriov)")
SRIOV_QUIRK_NOTE(qat_200xx, "not in Linux")
SRIOV_QUIRK_PF(qat_200xx, 0x8086, 0x18ee)

SRIOV_QUIRK_FAMILY(qat_c4xxx, "c4xxx", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver, which maps engines to VFs and must enable every VF (Intel's package QAT.L.4.28.0-00004, also drew442/QAT.L.4.28.0-00004: qat_common/adf_sriov.c: adf_vf2pf_handler, adf_enable_sriov)")
SRIOV_QUIRK_NOTE(qat_c4xxx, "not in Linux")
SRIOV_QUIRK_PF(qat_c4xxx, 0x8086, 0x18a0)

/* Dynamic Load Balancer 2.0 and 2.5 (DPDK: dlb2_hw_types.h) */
SRIOV_QUIRK_FAMILY(dlb2, "dlb2", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver for everything (weiny2/linux-kernel: drivers/misc/dlb2/dlb2_vf_ops.c: dlb2_vf_reset_domain), which gives them what the administrator says (dlb2_sriov.c: dlb2_pci_sriov_enable)")
SRIOV_QUIRK_NOTE(dlb2, "not in Linux")
SRIOV_QUIRK_PF(dlb2, 0x8086, 0x2710)
SRIOV_QUIRK_PF(dlb2, 0x8086, 0x2714)

/*
 * Forward error correction for base stations: ACC100, VRB1, VRB2, and FPGA cards,
 * one of them under the vendor id of Altera (bb_acc.h).  A program configures the VFs through
 * the PF's BAR; until it has, they do nothing.
 */
SRIOV_QUIRK_FAMILY(pf_bb_config, "pf_bb_config", SRIOV_HAZARD_NONE,
		   "a program on the PF's BAR configures VFs that igb_uio, pci-pf-stub or vfio-pci enabled (intel/pf-bb-config: README.md, Using igb_uio driver on PF; acc100/acc100_cfg_app.c)")
SRIOV_QUIRK_PF(pf_bb_config, 0x1172, 0x5052)
SRIOV_QUIRK_PF(pf_bb_config, 0x8086, 0x0d5c)
SRIOV_QUIRK_PF(pf_bb_config, 0x8086, 0x0d8f)
SRIOV_QUIRK_PF(pf_bb_config, 0x8086, 0x5799)
SRIOV_QUIRK_PF(pf_bb_config, 0x8086, 0x57c0)
SRIOV_QUIRK_PF(pf_bb_config, 0x8086, 0x57c2)

/* FPGA cards with Device Feature Lists; those of Silicom stand in silicom.h */
SRIOV_QUIRK_FAMILY(dfl_pci, "dfl-pci", SRIOV_HAZARD_RESOURCES,
		   "the PF driver hands ports over to VFs before it enables them (dfl-pci.c: cci_pci_sriov_configure; dfl.c: dfl_fpga_cdev_config_ports_vf)")
SRIOV_QUIRK_PF(dfl_pci, 0x8086, 0x09c4)
SRIOV_QUIRK_PF(dfl_pci, 0x8086, 0x0b2b)
SRIOV_QUIRK_PF(dfl_pci, 0x8086, 0x0b30)
SRIOV_QUIRK_PF(dfl_pci, 0x8086, 0xbcbd)
SRIOV_QUIRK_PF(dfl_pci, 0x8086, 0xbcc0)
SRIOV_QUIRK_PF_SUBSYS(dfl_pci, 0x8086, 0xbcce, 0x8086, 0x138d)
SRIOV_QUIRK_PF_SUBSYS(dfl_pci, 0x8086, 0xbcce, 0x8086, 0x1770)
SRIOV_QUIRK_PF_SUBSYS(dfl_pci, 0x8086, 0xbcce, 0x8086, 0x1771)
SRIOV_QUIRK_PF_SUBSYS(dfl_pci, 0x8086, 0xbcce, 0x8086, 0x17d4)

/*
 * Graphics: all that have SR-IOV share it out alike.  i915 of Linux cannot enable
 * VFs; a port of xe and i915 that can, for more devices, is not in Linux
 * (strongtz/i915-sriov-dkms).
 */
SRIOV_QUIRK_FAMILY(xe, "xe", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "the PF driver shares out memory, contexts and doorbells (xe_gt_sriov_pf_config.c: xe_gt_sriov_pf_config_set_fair) and answers VFs (xe_gt_sriov_pf_service.c: xe_gt_sriov_pf_service_process_request); which devices: xe_pci.c: has_sriov")
SRIOV_QUIRK_NOTE(xe, "Linux 7.3 enables VFs of Battlemage, Panther Lake and Nova Lake S, and with xe.force_probe of ATS-M, Crescent Island, Nova Lake P, and Tiger, Alder and Raptor Lake; Linux 6.12 and 6.1 of none")
SRIOV_QUIRK_VENDOR_CLASS(xe, 0x8086, 0x030000, 0xff0000)
/* Crescent Island, which xe takes whatever its class */
SRIOV_QUIRK_PF(xe, 0x8086, 0x674c)
SRIOV_QUIRK_PF(xe, 0x8086, 0x674d)
SRIOV_QUIRK_PF(xe, 0x8086, 0x674e)
SRIOV_QUIRK_PF(xe, 0x8086, 0x674f)
SRIOV_QUIRK_PF(xe, 0x8086, 0x6750)
