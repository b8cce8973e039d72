/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that drives the PF of an 82576 by itself, with the PF under
 * uio_pci_generic: as much of a driver as it takes to ping.
 */
#ifndef SELFTESTS_PCI_SRIOV_IGB_USER_H
#define SELFTESTS_PCI_SRIOV_IGB_USER_H

#include <stddef.h>
#include <stdint.h>

#include "sriov.h"

#define IGB_DESCRIPTORS	16

struct igb_user {
	volatile uint8_t *regs;		/* BAR 0 */
	volatile uint8_t *memory;	/* rings and frames */
	uint64_t dma;			/* where the device finds them */
	unsigned int rx, tx;		/* the next descriptor */
	uint8_t mac[6], peer[6];
	uint16_t sequence;
};

/*
 * Reset the device, start queue 0, and learn the MAC address of the peer, which is
 * 10.0.2.2, as QEMU's user network has it.  0, or a negative number that says how
 * far it came.
 */
int igb_user_open(const struct sriov_dev *pf, struct igb_user *user);
/* Is a ping answered within this time? */
bool igb_user_ping(struct igb_user *user, int timeout_ms);
void igb_user_close(struct igb_user *user);

#endif /* SELFTESTS_PCI_SRIOV_IGB_USER_H */
