/* SPDX-License-Identifier: GPL-2.0 */
/* SolidRun; the form of an entry is explained in quirks.h */

/* SNET DPU: its driver enables VFs in its probe, and drives them, too */
SRIOV_QUIRK_FAMILY(snet_vdpa, "snet-vdpa-driver", SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "VF probe dereferences the PF's data unchecked (snet_main.c: snet_vdpa_probe_vf): the VF's configuration and maybe its vectors, read and allocated by snet_vdpa_probe_pf")
SRIOV_QUIRK_PF_SUBSYS(snet_vdpa, 0xd063, 0x1000, 0xd063, 0x1000)
