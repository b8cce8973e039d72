/* SPDX-License-Identifier: GPL-2.0 */
/* All makers, by class; the form of an entry is explained in quirks.h */

/*
 * No list of devices is ever whole.  Where VFs need their PF's driver as a rule, a
 * device that nobody has looked at is refused.  What stands in place of a driver's
 * name is the class's.  A new device that is safe, or not, gets an entry of its own.
 */
SRIOV_QUIRK_FAMILY(class_network, "network", SRIOV_HAZARD_CLASS,
		   "most network drivers of Linux 7.3 that enable VFs serve them, or divide the device among them")
SRIOV_QUIRK_CLASS(class_network, 0x020000, 0xff0000)

SRIOV_QUIRK_FAMILY(class_display, "display", SRIOV_HAZARD_CLASS,
		   "memory and engines of a GPU are shared out by the PF driver, as xe, gim and nvidia do")
SRIOV_QUIRK_CLASS(class_display, 0x030000, 0xff0000)

/* Co-processors and encryption controllers */
SRIOV_QUIRK_FAMILY(class_crypto, "crypto", SRIOV_HAZARD_CLASS,
		   "the crypto drivers of Linux 7.3 that enable VFs all serve them, or divide the device among them")
SRIOV_QUIRK_CLASS(class_crypto, 0x0b4000, 0xffff00)
SRIOV_QUIRK_CLASS(class_crypto, 0x100000, 0xff0000)

SRIOV_QUIRK_FAMILY(class_accelerator, "accelerator", SRIOV_HAZARD_CLASS,
		   "genwqe, amdxdna, hisi_zip and dfl-pci serve VFs, or divide the device among them")
SRIOV_QUIRK_CLASS(class_accelerator, 0x120000, 0xff0000)
