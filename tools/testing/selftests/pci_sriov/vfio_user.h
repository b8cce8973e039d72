/* SPDX-License-Identifier: GPL-2.0 */
/* A device that userspace drives through vfio-pci */
#ifndef SELFTESTS_VFIO_USER_H
#define SELFTESTS_VFIO_USER_H

#include "sriov.h"

struct vfio_user {
	int container, group, device;
};

/* dev is bound to vfio-pci.  Return: 0, or minus the number of a failed step */
int vfio_user_open(const struct sriov_dev *dev, struct vfio_user *user);
void vfio_user_close(struct vfio_user *user);

#endif /* SELFTESTS_VFIO_USER_H */
