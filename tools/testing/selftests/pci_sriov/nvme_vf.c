// SPDX-License-Identifier: GPL-2.0
/* VFs of NVMe controllers; see nvme_vf.h */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "nvme_vf.h"

int nvme_vf_open(const struct sriov_dev *dev)
{
	double end = sriov_seconds() + 20;
	struct dirent *entry;
	char path[64] = "";
	DIR *dir;
	int fd;

	dir = opendir(sriov_attr(dev, "nvme"));
	if (!dir)
		return -errno;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(path, sizeof(path), "/dev/%.32s",
				 entry->d_name);
	closedir(dir);

	/* Not while it comes up */
	do {
		fd = open(path, O_RDWR);
	} while (fd < 0 && sriov_seconds() < end && !usleep(100000));

	return fd < 0 ? -errno : fd;
}

/* Virtualization Management, NVM Express base specification 2.0, sec 5.26 */
#define VIRT_MGMT		0x1c
#define VIRT_ONLINE		9
#define VIRT_ASSIGN		8
#define VIRT_QUEUES		0x000
#define VIRT_INTERRUPTS		0x100

static int virt_mgmt(int fd, uint16_t controller, uint32_t action, uint32_t n)
{
	struct nvme_admin_cmd cmd = {
		.opcode = VIRT_MGMT,
		.cdw10 = (uint32_t)controller << 16 | action,
		.cdw11 = n,
	};

	return ioctl(fd, NVME_IOCTL_ADMIN_CMD, &cmd);
}

/* Which controller a VF is: Identify, Secondary Controller List */
static int vf_controller(int fd, unsigned int vf)
{
	uint8_t list[4096] = { 0 };
	struct nvme_admin_cmd cmd = {
		.opcode = 0x06,
		.addr = (uintptr_t)list,
		.data_len = sizeof(list),
		.cdw10 = 0x15,
	};
	unsigned int i;

	if (ioctl(fd, NVME_IOCTL_ADMIN_CMD, &cmd))
		return -EIO;
	for (i = 0; i < list[0]; i++) {
		const uint8_t *entry = list + 32 * (i + 1);

		/* Virtual Function Number, from 1 */
		if (entry[8] + 256 * entry[9] == vf + 1)
			return entry[0] + 256 * entry[1];
	}

	return -ENOENT;
}

int nvme_vf_online(const struct sriov_dev *pf, unsigned int vf)
{
	int fd = nvme_vf_open(pf);
	int controller, err = -EIO;

	if (fd < 0)
		return fd;
	controller = vf_controller(fd, vf);
	if (controller >= 0 &&
	    !virt_mgmt(fd, controller, VIRT_ASSIGN | VIRT_QUEUES, 2) &&
	    !virt_mgmt(fd, controller, VIRT_ASSIGN | VIRT_INTERRUPTS, 2) &&
	    !virt_mgmt(fd, controller, VIRT_ONLINE, 0))
		err = 0;
	close(fd);

	return err;
}
