// SPDX-License-Identifier: GPL-2.0
/*
 * A process that drives the PF of an 82576 by itself; see igb_user.h
 *
 * Registers and descriptors are those of Intel's 82576 datasheet, sec 7 and 8.  Its
 * memory is the BAR of another device, QEMU's ivshmem: that has an address which the card
 * reaches, and of which nobody needs to be asked.  The machine must have no IOMMU.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "igb_user.h"

#define CTRL		0x0000
#define CTRL_SLU	0x00000040	/* set link up */
#define CTRL_RST	0x04000000
#define STATUS		0x0008
#define STATUS_LU	0x00000002	/* link is up */
#define MDIC		0x0020		/* the PHY's registers */
#define MDIC_WRITE	0x04000000
#define MDIC_PHY_1	0x00200000
#define PHY_NEGOTIATE	0x1200		/* register 0: find out what the link can do */
#define IMC		0x150c		/* interrupts off */
#define RCTL		0x0100
#define RCTL_EN		0x00000002
#define RCTL_UPE	0x00000008	/* whomever it is sent to */
#define RCTL_BAM	0x00008000	/* broadcasts, too */
#define TCTL		0x0400
#define TCTL_EN		0x00000002
#define TCTL_PSP	0x00000008	/* pad short frames */
#define RAL0		0x5400		/* MAC address */
#define RAH0		0x5404
#define SRRCTL0		0xc00c
#define SRRCTL_2K	2u		/* KiB for a frame */
#define SRRCTL_ADVANCED	0x02000000	/* descriptors with one buffer */
#define DCTL_ENABLE	0x02000000

/* Of queue 0: addresses of what both rings have */
#define RX_RING		0xc000
#define TX_RING		0xe000
#define RING_LOW	0x00
#define RING_HIGH	0x04
#define RING_LENGTH	0x08
#define RING_TAIL	0x18
#define RING_CONTROL	0x28

#define TX_DATA		0x00300000	/* advanced data descriptor */
#define TX_EOP		0x01000000
#define TX_FCS		0x02000000
#define TX_RS		0x08000000	/* say when it is done */
#define TX_DEXT		0x20000000
#define DONE		1u

#define IGB_REGISTERS	0x20000
#define IGB_MEMORY	0x100000

/* Advanced descriptors, as they are written by us, then by the device */
struct descriptor {
	uint64_t address;
	uint32_t command;
	uint32_t status;
};

struct written_back {
	uint64_t ignored;
	uint32_t status;
	uint16_t length;
	uint16_t vlan;
};

/* What is where in the memory */
#define RX_DESCRIPTORS	0x0000
#define TX_DESCRIPTORS	0x1000
#define SEND		0x2000
#define RECEIVE		0x3000
#define FRAME		0x0800

static void out(struct igb_user *user, unsigned int reg, uint32_t value)
{
	*(volatile uint32_t *)(user->regs + reg) = value;
}

static uint32_t in(struct igb_user *user, unsigned int reg)
{
	return *(volatile uint32_t *)(user->regs + reg);
}

/* --- Memory that the device reaches */

/* Userspace has to do it: enable memory decoding and bus mastering */
static int enable(const struct sriov_dev *dev)
{
	int fd = open(sriov_attr(dev, "config"), O_RDWR);
	uint16_t command;
	int err = -1;

	if (fd < 0)
		return -1;
	if (pread(fd, &command, 2, 4) == 2) {
		command |= 6;
		if (pwrite(fd, &command, 2, 4) == 2)
			err = 0;
	}
	close(fd);
	return err;
}

static volatile uint8_t *map_bar(const struct sriov_dev *dev, const char *bar,
				 size_t size)
{
	int fd = open(sriov_attr(dev, bar), O_RDWR);
	void *at;

	if (fd < 0)
		return MAP_FAILED;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return at;
}

/* Its BAR 2 is memory, at the address in the third line of "resource" */
static int get_memory(struct igb_user *user)
{
	unsigned long long dma;
	struct sriov_dev dev;

	if (!sriov_device("0x1af4", "0x1110", &dev) || enable(&dev) ||
	    sscanf(sriov_dev_read(&dev, "resource"),
		   "%*s %*s %*s %*s %*s %*s %llx", &dma) != 1)
		return -1;
	user->dma = dma;
	user->memory = map_bar(&dev, "resource2", IGB_MEMORY);
	return user->memory == MAP_FAILED ? -1 : 0;
}

static size_t receive_offset(unsigned int descriptor)
{
	return RECEIVE + descriptor * FRAME;
}

/* --- Frames */

static void give_receive(struct igb_user *user, unsigned int i)
{
	volatile struct descriptor *ring = (void *)(user->memory + RX_DESCRIPTORS);

	ring[i].command = 0;
	ring[i].status = 0;
	ring[i].address = user->dma + receive_offset(i);
}

static void start_ring(struct igb_user *user, unsigned int ring, uint64_t dma)
{
	out(user, ring + RING_LOW, dma);
	out(user, ring + RING_HIGH, dma >> 32);
	out(user, ring + RING_LENGTH,
	    IGB_DESCRIPTORS * sizeof(struct descriptor));
	out(user, ring + RING_CONTROL, DCTL_ENABLE);
}

static void start(struct igb_user *user)
{
	unsigned int i;

	out(user, IMC, ~0u);
	out(user, CTRL, in(user, CTRL) | CTRL_RST);
	usleep(20000);
	out(user, IMC, ~0u);
	out(user, CTRL, in(user, CTRL) | CTRL_SLU);
	out(user, MDIC, MDIC_WRITE | MDIC_PHY_1 | PHY_NEGOTIATE);
	for (i = 0; i < 4; i++)
		user->mac[i] = in(user, RAL0) >> 8 * i;
	for (i = 0; i < 2; i++)
		user->mac[4 + i] = in(user, RAH0) >> 8 * i;

	for (i = 0; i < IGB_DESCRIPTORS; i++)
		give_receive(user, i);
	user->rx = 0;
	user->tx = 0;
	out(user, SRRCTL0, SRRCTL_2K | SRRCTL_ADVANCED);
	start_ring(user, RX_RING, user->dma + RX_DESCRIPTORS);
	out(user, RCTL, RCTL_EN | RCTL_UPE | RCTL_BAM);
	out(user, RX_RING + RING_TAIL, IGB_DESCRIPTORS - 1);
	start_ring(user, TX_RING, user->dma + TX_DESCRIPTORS);
	out(user, TCTL, TCTL_EN | TCTL_PSP);
}

static void transmit(struct igb_user *user, const uint8_t *frame, size_t size)
{
	volatile struct descriptor *ring = (void *)(user->memory + TX_DESCRIPTORS);
	unsigned int i = user->tx;

	/* One frame at a time: of the one before nobody waits for more */
	memcpy((void *)(user->memory + SEND), frame, size);
	ring[i].address = user->dma + SEND;
	ring[i].command = TX_DATA | TX_EOP | TX_FCS | TX_RS | TX_DEXT | size;
	ring[i].status = size << 14;
	__sync_synchronize();
	user->tx = (i + 1) % IGB_DESCRIPTORS;
	out(user, TX_RING + RING_TAIL, user->tx);
}

typedef bool (*wanted_fn)(struct igb_user *user, const uint8_t *frame,
			  size_t size);

/* Is there a frame that is wanted, in this time? */
static bool receive(struct igb_user *user, wanted_fn wanted, int timeout_ms)
{
	volatile struct written_back *ring = (void *)(user->memory + RX_DESCRIPTORS);
	double end = sriov_seconds() + timeout_ms / 1000.0;
	uint8_t frame[FRAME];
	unsigned int i;
	bool found;

	for (;;) {
		i = user->rx;
		if (!(ring[i].status & DONE)) {
			if (sriov_seconds() >= end)
				return false;
			usleep(200);
			continue;
		}
		__sync_synchronize();
		memcpy(frame, (void *)(user->memory + receive_offset(i)), FRAME);
		found = wanted(user, frame, ring[i].length);
		give_receive(user, i);
		__sync_synchronize();
		out(user, RX_RING + RING_TAIL, i);
		user->rx = (i + 1) % IGB_DESCRIPTORS;
		if (found)
			return true;
	}
}

/* --- ARP (RFC 826) and ICMP echo (RFC 792) */

static const uint8_t own_ip[4] = { 10, 0, 2, 15 };
static const uint8_t peer_ip[4] = { 10, 0, 2, 2 };

#define ETHERNET	14
#define IP		20
#define ECHO		64

static void ethernet(struct igb_user *user, uint8_t *frame, const uint8_t *to,
		     uint16_t type)
{
	memcpy(frame, to, 6);
	memcpy(frame + 6, user->mac, 6);
	frame[12] = type >> 8;
	frame[13] = type;
}

/* An answer to the question for the peer's MAC address */
static bool is_arp(struct igb_user *user, const uint8_t *frame, size_t size)
{
	static const uint8_t reply[] = { 8, 6, 0, 1, 8, 0, 6, 4, 0, 2 };

	if (size < ETHERNET + 28 || memcmp(frame + 12, reply, sizeof(reply)) ||
	    memcmp(frame + ETHERNET + 14, peer_ip, 4))
		return false;
	memcpy(user->peer, frame + ETHERNET + 8, 6);
	return true;
}

static bool find_peer(struct igb_user *user)
{
	static const uint8_t broadcast[6] = { 255, 255, 255, 255, 255, 255 };
	static const uint8_t request[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
	uint8_t frame[60] = { 0 }, *arp = frame + ETHERNET;

	ethernet(user, frame, broadcast, 0x0806);
	memcpy(arp, request, sizeof(request));
	memcpy(arp + 8, user->mac, 6);
	memcpy(arp + 14, own_ip, 4);
	memcpy(arp + 24, peer_ip, 4);
	transmit(user, frame, sizeof(frame));
	return receive(user, is_arp, 1000);
}

static void checksum(uint8_t *at, const uint8_t *data, size_t size)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < size; i += 2)
		sum += data[i] << 8 | data[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = ~sum >> 8;
	at[1] = ~sum;
}

/* The answer to the ping that was sent last */
static bool is_answer(struct igb_user *user, const uint8_t *frame, size_t size)
{
	const uint8_t *icmp = frame + ETHERNET + IP;

	return size >= ETHERNET + IP + 8 && frame[12] == 8 && !frame[13] &&
	       frame[ETHERNET + 9] == 1 && !icmp[0] &&
	       (icmp[6] << 8 | icmp[7]) == user->sequence;
}

bool igb_user_ping(struct igb_user *user, int timeout_ms)
{
	uint8_t frame[ETHERNET + IP + ECHO] = { 0 };
	uint8_t *ip = frame + ETHERNET, *icmp = ip + IP;

	user->sequence++;
	ethernet(user, frame, user->peer, 0x0800);
	ip[0] = 0x45;			/* version, length of the header */
	ip[3] = IP + ECHO;
	ip[8] = 64;			/* time to live */
	ip[9] = 1;			/* ICMP */
	memcpy(ip + 12, own_ip, 4);
	memcpy(ip + 16, peer_ip, 4);
	checksum(ip + 10, ip, IP);
	icmp[0] = 8;			/* echo request */
	icmp[6] = user->sequence >> 8;
	icmp[7] = user->sequence;
	checksum(icmp + 2, icmp, ECHO);
	transmit(user, frame, sizeof(frame));
	return receive(user, is_answer, timeout_ms);
}

/* --- The device */

int igb_user_open(const struct sriov_dev *pf, struct igb_user *user)
{
	int tries;

	memset(user, 0, sizeof(*user));
	if (get_memory(user))
		return -1;
	if (enable(pf))
		return -2;
	user->regs = map_bar(pf, "resource0", IGB_REGISTERS);
	if (user->regs == MAP_FAILED)
		return -3;
	start(user);
	for (tries = 0; !(in(user, STATUS) & STATUS_LU); tries++) {
		if (tries == 100)
			return -4;
		usleep(50000);
	}
	for (tries = 0; !find_peer(user); tries++)
		if (tries == 5)
			return -5;
	return 0;
}

void igb_user_close(struct igb_user *user)
{
	/* No more of this memory */
	out(user, CTRL, in(user, CTRL) | CTRL_RST);
	usleep(20000);
	munmap((void *)user->regs, IGB_REGISTERS);
	munmap((void *)user->memory, IGB_MEMORY);
}
