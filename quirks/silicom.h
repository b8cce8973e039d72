/* SPDX-License-Identifier: GPL-2.0 */
/* Silicom Denmark; the form of an entry is explained in quirks.h */

/* FPGA PAC N5010 and N5011; the family stands in intel.h */
SRIOV_QUIRK_PF(dfl_pci, 0x1c2c, 0x1000)
SRIOV_QUIRK_PF(dfl_pci, 0x1c2c, 0x1001)
