/* SPDX-License-Identifier: GPL-2.0 */
/* Cisco; the form of an entry is explained in quirks.h */

/* Virtual Interface Card: its driver enables VFs in its probe */
SRIOV_QUIRK_FAMILY(enic, "enic", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_DRVDATA,
		   "depends on the card: VFs of the second kind (V2) do not probe unless the PF driver answers (enic_main.c: enic_mbox_vf_capability_check; 7.3 on); usnic takes the data of the PF driver for the netdev of enic (infiniband/hw/usnic/usnic_ib_main.c: usnic_ib_device_add; usnic_fwd.c: usnic_fwd_dev_alloc)")
SRIOV_QUIRK_PF(enic, 0x1137, 0x0043)
SRIOV_QUIRK_PF(enic, 0x1137, 0x0044)
