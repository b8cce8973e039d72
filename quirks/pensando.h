/* SPDX-License-Identifier: GPL-2.0 */
/* Pensando; the form of an entry is explained in quirks.h */

/* Distributed Services Card, Ethernet */
SRIOV_QUIRK_FAMILY(ionic, "ionic", SRIOV_HAZARD_RESOURCES,
		   "depends on the firmware, which serves VFs and PF alike: after a restart it may hold VFs until the PF driver replays their settings and starts them (ionic_lif.c: ionic_vf_attr_replay; ionic_dev.c: ionic_vf_start)")
SRIOV_QUIRK_PF(ionic, 0x1dd8, 0x1002)

/* PDS Core, the management function of a DSC (not in 6.1) */
SRIOV_QUIRK_FAMILY(pds_core, "pds_core", SRIOV_HAZARD_MAILBOX,
		   "depends on the VFs: vDPA VFs and VF migration work through the PF driver's admin queue, Ethernet VFs do without (pds_core/auxbus.c: pds_client_adminq_cmd; main.c: pdsc_init_vf)")
SRIOV_QUIRK_PF(pds_core, 0x1dd8, 0x100c)
