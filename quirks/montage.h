/* SPDX-License-Identifier: GPL-2.0 */
/* Montage Technology; the form of an entry is explained in quirks.h */

SRIOV_QUIRK_FAMILY(tsse, "tsse", SRIOV_HAZARD_RESOURCES,
		   "the PF driver takes queues and interrupts from the PF before it enables VFs (openeuler-mirror/kernel: drivers/crypto/montage/tsse/tsse_dev_drv.c: tsse_sriov_configure)")
SRIOV_QUIRK_NOTE(tsse, "not in Linux")
SRIOV_QUIRK_PF(tsse, 0x1b00, 0xc011)
SRIOV_QUIRK_PF(tsse, 0x1b00, 0xd011)
