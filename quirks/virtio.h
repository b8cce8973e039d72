/* SPDX-License-Identifier: GPL-2.0 */
/* Virtio, any device; the form of an entry is explained in quirks.h */

/*
 * QEMU.  Its subsystem vendor alone does not tell: BlueField's emulated virtio PFs
 * have it too, with the device's number in place of 1100 (mlxconfig:
 * VIRTIO_NET_EMU_SUBSYSTEM_VENDOR_ID=6900, VIRTIO_NET_EMULATION_SUBSYSTEM_ID=4161).
 */
SRIOV_QUIRK_FAMILY(virtio_qemu, "virtio-pci", SRIOV_HAZARD_NONE,
		   "QEMU makes VFs without asking what was negotiated with their PF; with QEMU 11.1 and the PF under pci-stub, a VF carries traffic, in the host and in a guest (qemu/qemu: docs/system/sriov.rst, hw/pci/pcie_sriov.c)")
SRIOV_QUIRK_PF_SUBSYS(virtio_qemu, 0x1af4, SRIOV_QUIRK_ANY, 0x1af4, 0x1100)

/*
 * Hardware, vDPA and other machines.  They may not care, but the standard lets a
 * driver enable VFs only once it has negotiated that it will (Virtual I/O Device
 * 1.3, Driver Requirements: Reserved Feature Bits), and a stub negotiates nothing.
 */
SRIOV_QUIRK_FAMILY(virtio, "virtio-pci", SRIOV_HAZARD_RESOURCES,
		   "the specification allows VFs only after a driver has negotiated VIRTIO_F_SR_IOV (virtio_pci_common.c: virtio_pci_sriov_configure)")
SRIOV_QUIRK_NOTE(virtio, "the specification allows VFs only after a driver has negotiated VIRTIO_F_SR_IOV")
SRIOV_QUIRK_MATCH(virtio, 0x1af4, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY,
		  SRIOV_QUIRK_ANY, 0x000000, 0x000000)
