/* SPDX-License-Identifier: GPL-2.0 */
/* AMD, ATI; the form of an entry is explained in quirks.h */

/*
 * Graphics and Instinct accelerators.  Linux has the driver of the VFs, amdgpu,
 * but not that of PFs with VFs.
 */
SRIOV_QUIRK_FAMILY(gim, "gim", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs ask the PF driver for their turn at the GPU (mxgpu_nv.c: xgpu_nv_send_access_requests; amd/MxGPU-Virtualization: libgv/core/amdgv_mailbox.c: amdgv_mailbox_receive_msg), which sets each up (libgv/core/amdgv_gpuiov.c; for the S7150 GPUOpen-LibrariesAndSDKs/MxGPU-Virtualization: drv/gim_interface.c: enable_sriov)")
SRIOV_QUIRK_NOTE(gim, "not in Linux")
SRIOV_QUIRK_VENDOR_CLASS(gim, 0x1002, 0x030000, 0xff0000)
SRIOV_QUIRK_VENDOR_CLASS(gim, 0x1002, 0x120000, 0xff0000)

/* Neural processing units with VFs: NPU3 */
SRIOV_QUIRK_FAMILY(amdxdna, "amdxdna", SRIOV_HAZARD_RESOURCES,
		   "the PF driver has firmware create the VFs before it enables them (accel/amdxdna/aie4_sriov.c: aie4_create_vfs)")
SRIOV_QUIRK_NOTE(amdxdna, "newer than Linux 6.12")
SRIOV_QUIRK_PF(amdxdna, 0x1022, 0x17f2)
SRIOV_QUIRK_PF(amdxdna, 0x1022, 0x1b0b)
