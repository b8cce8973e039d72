/* SPDX-License-Identifier: GPL-2.0 */
/* Netronome, Corigine; the form of an entry is explained in quirks.h */

/* NFP-3800, NFP-4000, NFP-5000, NFP-6000, on the makers' own boards only */
SRIOV_QUIRK_FAMILY(nfp, "nfp", SRIOV_HAZARD_RESOURCES,
		   "depends on the firmware: the PF driver loads what implements the VFs and may unload it again (nfp_main.c: nfp_fw_load, nfp_fw_unload); flower VFs switch through its representors (flower/main.c: nfp_flower_sriov_enable)")
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x19ee, 0x3800, 0x19ee, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x19ee, 0x4000, 0x19ee, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x19ee, 0x5000, 0x19ee, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x19ee, 0x6000, 0x19ee, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x1da8, 0x3800, 0x1da8, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x1da8, 0x4000, 0x1da8, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x1da8, 0x5000, 0x1da8, SRIOV_QUIRK_ANY)
SRIOV_QUIRK_PF_SUBSYS(nfp, 0x1da8, 0x6000, 0x1da8, SRIOV_QUIRK_ANY)
