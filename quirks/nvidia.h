/* SPDX-License-Identifier: GPL-2.0 */
/* NVIDIA; the form of an entry is explained in quirks.h */

/*
 * Graphics.  NVIDIA's script may enable the VFs with pci-pf-stub on the PF, and
 * brings its own driver back at once.  nova of Linux 7.3 cannot enable VFs.
 */
SRIOV_QUIRK_FAMILY(nvidia, "nvidia", SRIOV_HAZARD_RESOURCES,
		   "the PF driver makes each VF a vGPU (NVIDIA/open-gpu-kernel-modules: kernel-open/nvidia/nv-pci.c: nvidia_vgpu_vfio_probe), and VFs are to be enabled by sriov-manage and by no other means (NVIDIA, Virtual GPU Software User Guide)")
SRIOV_QUIRK_NOTE(nvidia, "not in Linux; it comes with sriov-manage, which enables VFs")
SRIOV_QUIRK_VENDOR_CLASS(nvidia, 0x10de, 0x030000, 0xff0000)
