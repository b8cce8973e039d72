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
#include <getopt.h>
#include <linux/nvme_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define VIRTUALIZATION_MANAGEMENT	0x1c

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "cntlid", required_argument, NULL, 'c' },
		{ "act", required_argument, NULL, 'a' },
		{ "rt", required_argument, NULL, 'r' },
		{ "nr", required_argument, NULL, 'n' },
		{ }
	};
	unsigned long value, cntlid = 0, act = 0, rt = 0, nr = 0;
	struct nvme_admin_cmd cmd = { .opcode = VIRTUALIZATION_MANAGEMENT };
	int option, fd, status;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == '?')
			return 1;
		value = strtoul(optarg, NULL, 0);
		switch (option) {
		case 'c':
			cntlid = value;
			break;
		case 'a':
			act = value;
			break;
		case 'r':
			rt = value;
			break;
		case 'n':
			nr = value;
			break;
		}
	}
	if (argc - optind != 2 || strcmp(argv[optind], "virt-mgmt"))
		errx(1, "only virt-mgmt of one device is known here");

	fd = open(argv[optind + 1], O_RDONLY);
	if (fd < 0)
		err(1, "%s", argv[optind + 1]);

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
