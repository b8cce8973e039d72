// SPDX-License-Identifier: GPL-2.0
/* A device that userspace drives through vfio-pci; see vfio_user.h */
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "vfio_user.h"

int vfio_user_open(const struct sriov_dev *dev, struct vfio_user *user)
{
	struct vfio_group_status status = { .argsz = sizeof(status) };
	char link[256], path[64];
	const char *number;
	ssize_t n;
	int iommu;

	n = readlink(sriov_attr(dev, "iommu_group"), link, sizeof(link) - 1);
	if (n < 0)
		return -1;
	link[n] = '\0';
	number = strrchr(link, '/') + 1;

	user->container = open("/dev/vfio/vfio", O_RDWR);
	if (user->container < 0)
		return -2;
	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	iommu = VFIO_TYPE1_IOMMU;
	if (access(path, F_OK)) {
		/* A machine without IOMMU, whose admin said that this is fine */
		snprintf(path, sizeof(path), "/dev/vfio/noiommu-%s", number);
		iommu = VFIO_NOIOMMU_IOMMU;
	}
	user->group = open(path, O_RDWR);
	if (user->group < 0)
		return -3;
	if (ioctl(user->group, VFIO_GROUP_GET_STATUS, &status) ||
	    !(status.flags & VFIO_GROUP_FLAGS_VIABLE))
		return -4;
	if (ioctl(user->group, VFIO_GROUP_SET_CONTAINER, &user->container))
		return -5;
	if (ioctl(user->container, VFIO_SET_IOMMU, iommu))
		return -6;
	user->device = ioctl(user->group, VFIO_GROUP_GET_DEVICE_FD, dev->name);
	return user->device < 0 ? -7 : 0;
}

void vfio_user_close(struct vfio_user *user)
{
	close(user->device);
	close(user->group);
	close(user->container);
}
