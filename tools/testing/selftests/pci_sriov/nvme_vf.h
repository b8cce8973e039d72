/* SPDX-License-Identifier: GPL-2.0 */
/* VFs of NVMe controllers, which are offline until somebody provisions them */
#ifndef SELFTESTS_PCI_SRIOV_NVME_VF_H
#define SELFTESTS_PCI_SRIOV_NVME_VF_H

#include "sriov.h"

/* The device is nvme's.  Return: its character device, or a negative errno */
int nvme_vf_open(const struct sriov_dev *dev);

/*
 * The PF is nvme's, and its VFs are on: what one of them needs before a driver, or a
 * guest, gets anywhere with it.  0, or a negative errno
 */
int nvme_vf_online(const struct sriov_dev *pf, unsigned int vf);

#endif /* SELFTESTS_PCI_SRIOV_NVME_VF_H */
