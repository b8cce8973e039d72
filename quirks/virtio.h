/* SPDX-License-Identifier: GPL-2.0 */
/* Virtio, any device; the form of an entry is explained in quirks.h */

/*
 * An implementation may not care, but the standard lets a driver enable VFs
 * only once it has negotiated that it will (Virtual I/O Device 1.3, Driver
 * Requirements: Reserved Feature Bits), and a stub negotiates nothing.
 */
SRIOV_QUIRK_FAMILY(virtio, "virtio-pci", SRIOV_HAZARD_RESOURCES,
		   "the PF driver must have negotiated VIRTIO_F_SR_IOV before (virtio_pci_common.c: virtio_pci_sriov_configure)")
SRIOV_QUIRK_MATCH(virtio, 0x1af4, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY,
		  SRIOV_QUIRK_ANY, 0x000000, 0x000000)
