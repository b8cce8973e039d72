/* SPDX-License-Identifier: GPL-2.0 */
/* AMD; the form of an entry is explained in quirks.h */

/* Neural processing units with VFs: NPU3 */
SRIOV_QUIRK_FAMILY(amdxdna, "amdxdna", SRIOV_HAZARD_RESOURCES,
		   "the PF driver has firmware create the VFs before it enables them (accel/amdxdna/aie4_sriov.c: aie4_create_vfs)")
SRIOV_QUIRK_NOTE(amdxdna, "newer than Linux 6.12")
SRIOV_QUIRK_PF(amdxdna, 0x1022, 0x17f2)
SRIOV_QUIRK_PF(amdxdna, 0x1022, 0x1b0b)
