#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""As much of nvme-cli as the examples of the documents need, in a VM that does not
have it: the command Virtualization Management (NVMe 1.4, sec 5.22), which brings the
VFs of an NVMe controller online.
"""
import argparse
import fcntl
import sys

NVME_IOCTL_ADMIN_CMD = 0xc0484e41

parser = argparse.ArgumentParser()
parser.add_argument('command', choices=['virt-mgmt'])
parser.add_argument('device')
for name in 'cntlid', 'act', 'rt', 'nr':
    parser.add_argument(f'--{name}', type=lambda number: int(number, 0), default=0)
args = parser.parse_args()

command = bytearray(72)     # struct nvme_admin_cmd: opcode, cdw10, cdw11, result
command[0] = 0x1c
command[40:44] = (args.cntlid << 16 | args.rt << 8 | args.act).to_bytes(4, 'little')
command[44:48] = args.nr.to_bytes(4, 'little')
with open(args.device, 'rb') as device:
    status = fcntl.ioctl(device, NVME_IOCTL_ADMIN_CMD, command)
if status:
    sys.exit(f'NVMe status: {status:#x}')
print('success, Number of Controller Resources Modified (NRM):'
      f'{int.from_bytes(command[68:72], "little"):#x}')
