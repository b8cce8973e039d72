/* SPDX-License-Identifier: GPL-2.0 */
/* Virtio, any device; the form of an entry is explained in quirks.h */

/*
 * QEMU, by the subsystem vendor.  The subsystem is 1100; of a device that drivers
 * from before virtio 1.0 can have, too, it is the number of its kind, 1 for net
 * (hw/virtio/virtio-pci.c: virtio_pci_device_plugged).
 */
SRIOV_QUIRK_FAMILY(virtio_qemu, "virtio-pci", SRIOV_HAZARD_NONE,
		   "QEMU makes VFs without asking what was negotiated with their PF; with QEMU 11.1 and the PF under pci-stub, a VF carries traffic, in the host and in a guest (qemu/qemu: docs/system/sriov.rst, hw/pci/pcie_sriov.c)")
SRIOV_QUIRK_PF_SUBSYS(virtio_qemu, 0x1af4, SRIOV_QUIRK_ANY, 0x1af4,
		      SRIOV_QUIRK_ANY)

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

/*
 * BlueField's net, block and file system devices have QEMU's subsystem vendor, too,
 * and the number of the device once more as the subsystem (mlxconfig, by default:
 * VIRTIO_NET_EMU_SUBSYSTEM_VENDOR_ID=6900, VIRTIO_NET_EMULATION_SUBSYSTEM_ID=4161;
 * 4162 and 4186 for VIRTIO_BLK and VIRTIO_FS).
 */
SRIOV_QUIRK_PF_SUBSYS(virtio, 0x1af4, 0x1041, 0x1af4, 0x1041)
SRIOV_QUIRK_PF_SUBSYS(virtio, 0x1af4, 0x1042, 0x1af4, 0x1042)
SRIOV_QUIRK_PF_SUBSYS(virtio, 0x1af4, 0x105a, 0x1af4, 0x105a)
