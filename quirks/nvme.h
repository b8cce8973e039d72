/* SPDX-License-Identifier: GPL-2.0 */
/* NVM Express, any vendor; the form of an entry is explained in quirks.h */

/*
 * A VF may stay offline until whoever owns the PF assigns resources to it
 * (NVM Express 2.0, Virtualization Management command).  That is the owner's
 * to do, not the kernel's: the nvme driver never does it.
 */
SRIOV_QUIRK_FAMILY(nvme, "nvme", SRIOV_HAZARD_NONE,
		   "the driver only enables VFs (nvme/host/pci.c: pci_sriov_configure_simple)")
SRIOV_QUIRK_CLASS(nvme, 0x010802, 0xffffff)
