/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why VFs of a PF must not be enabled without that PF's own driver, in the
 * order in which the hazards are printed.  A family without any hazard is
 * known safe and prints as "none".
 *
 * SRIOV_HAZARD(NAME, "name", "what the administrator is told")
 *
 * An X-macro list: the includer defines SRIOV_HAZARD(), this file undefines it.
 */
SRIOV_HAZARD(MAILBOX, "mailbox",
	     "its VFs talk to software in the PF driver")
SRIOV_HAZARD(RESOURCES, "resources",
	     "the PF driver prepares the device for its VFs")
SRIOV_HAZARD(DRVDATA, "drvdata",
	     "a VF driver dereferences the PF driver's data unchecked")
SRIOV_HAZARD(CLASS, "class",
	     "most devices of this class need their PF's driver, and nobody has looked at this one")
#undef SRIOV_HAZARD
