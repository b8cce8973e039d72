/* SPDX-License-Identifier: GPL-2.0 */
/* Mellanox; the form of an entry is explained in quirks.h */

/*
 * ConnectX up to ConnectX-3 Pro.  The driver enables VFs when it probes
 * (num_vfs=), there is no sriov_configure().
 */
SRIOV_QUIRK_FAMILY(mlx4, "mlx4_core", SRIOV_HAZARD_MAILBOX | SRIOV_HAZARD_RESOURCES,
		   "VFs pass their commands to the PF driver, which shares out the quotas (cmd.c: mlx4_master_comm_channel; resource_tracker.c: mlx4_init_resource_tracker)")
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1003)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1005)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1006)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1007)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1008)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1009)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100a)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100b)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100c)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100d)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100e)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x100f)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x1010)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6340)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x634a)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6354)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6368)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6372)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6732)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x673c)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6746)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6750)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x675a)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x6764)
SRIOV_QUIRK_PF(mlx4, 0x15b3, 0x676e)

/* Connect-IB, ConnectX-4 and later, BlueField */
SRIOV_QUIRK_FAMILY(mlx5, "mlx5_core", SRIOV_HAZARD_RESOURCES | SRIOV_HAZARD_DRVDATA,
		   "the PF driver enables each VF's HCA and feeds it pages (sriov.c: mlx5_device_enable_sriov; pagealloc.c: req_pages_handler); vDPA on a VF uses the PF's data unchecked (mlx5_vnet.c: mlx5_vdpa_dev_add)")
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1011)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1013)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1015)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1017)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1019)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x101b)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x101d)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x101f)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1021)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1023)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1025)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x1027)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0x2101)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0xa2d2)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0xa2d6)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0xa2dc)
SRIOV_QUIRK_PF(mlx5, 0x15b3, 0xa2df)
