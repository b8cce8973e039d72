// SPDX-License-Identifier: GPL-2.0
/*
 * nvme virt-mgmt <device> --cntlid=N --act=N [--rt=N] [--nr=N]
 *
 * As much of nvme-cli as the examples of the documents need, in a VM that does not
 * have it: the command Virtualization Management (NVMe 1.4, sec 5.22), which brings
 * the VFs of an NVMe controller online.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#define VIRTUALIZATION_MANAGEMENT	0x1c

int main(int argc, char *argv[])
{
	struct nvme_admin_cmd cmd = { .opcode = VIRTUALIZATION_MANAGEMENT };
	int cntlid = 0, act = 0, rt = 0, nr = 0, fd, i, status;

	if (argc < 3 || strcmp(argv[1], "virt-mgmt"))
		errx(1, "only virt-mgmt of one device is known here");
	for (i = 3; i < argc; i++) {
		if (sscanf(argv[i], "--cntlid=%i", &cntlid) != 1 &&
		    sscanf(argv[i], "--act=%i", &act) != 1 &&
		    sscanf(argv[i], "--rt=%i", &rt) != 1 &&
		    sscanf(argv[i], "--nr=%i", &nr) != 1)
			errx(1, "what is %s?", argv[i]);
	}

	fd = open(argv[2], O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[2]);
	cmd.cdw10 = cntlid << 16 | rt << 8 | act;
	cmd.cdw11 = nr;
	status = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &cmd);
	if (status < 0)
		err(1, "Virtualization Management");
	if (status)
		errx(1, "NVMe status: %#x", status);
	printf("success, Number of Controller Resources Modified (NRM):%#x\n",
	       cmd.result);
	return 0;
}
