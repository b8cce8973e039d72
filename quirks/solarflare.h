/* SPDX-License-Identifier: GPL-2.0 */
/* Solarflare, Xilinx; the form of an entry is explained in quirks.h */

/* SFC9020, SFL9021: the driver enables VFs when it probes (max_vfs=) */
SRIOV_QUIRK_FAMILY(sfc_siena, "sfc_siena", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver for queues and filters (siena_sriov.c: efx_siena_sriov_vfdi), which carves the VF space out of the device (efx_siena_sriov_cmd)")
SRIOV_QUIRK_PF(sfc_siena, 0x1924, 0x0803)
SRIOV_QUIRK_PF(sfc_siena, 0x1924, 0x0813)

/* SFC9120, SFC9140, SFC9220, SFC9250: the driver cannot enable VFs of an X4 */
SRIOV_QUIRK_FAMILY(sfc, "sfc", SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "the PF driver makes a switch port for each VF (ef10_sriov.c: efx_ef10_sriov_assign_vf_vport); VF probe dereferences the PF's data unchecked (ef10.c: efx_ef10_probe_vf)")
SRIOV_QUIRK_PF(sfc, 0x1924, 0x0903)
SRIOV_QUIRK_PF(sfc, 0x1924, 0x0923)
SRIOV_QUIRK_PF(sfc, 0x1924, 0x0a03)
SRIOV_QUIRK_PF(sfc, 0x1924, 0x0b03)

/* EF100 */
SRIOV_QUIRK_FAMILY(sfc_ef100, "sfc_ef100", SRIOV_HAZARD_RESOURCES,
		   "depends on the firmware: where the PF rules the switch, VF traffic goes where the PF driver's rules and representors send it (tc.c: efx_tc_configure_default_rule_rep; ef100_rep.c: efx_ef100_vfrep_create)")
SRIOV_QUIRK_PF(sfc_ef100, 0x10ee, 0x0100)
