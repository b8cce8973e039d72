/* SPDX-License-Identifier: GPL-2.0 */
/* Ramaxel; the form of an entry is explained in quirks.h */

SRIOV_QUIRK_FAMILY(spnic, "spnic", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver through a mailbox (openeuler-mirror/kernel: ramaxel/spnic/spnic_nic_event.c: spnic_pf_mbox_handler), which sets up their queue pages before it enables them (spnic_sriov.c: spnic_init_vf_hw)")
SRIOV_QUIRK_NOTE(spnic, "not in Linux")
SRIOV_QUIRK_PF(spnic, 0x1e81, 0x9020)
