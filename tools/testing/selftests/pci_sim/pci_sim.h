/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Simulated PCI devices for a test; see Documentation/PCI/pci-sim.rst.
 *
 * A bridge and a function are named by their directories below pci_sim/, such as
 * "kselftest" and "kselftest/pf0".  All functions return 0 or a negative errno
 * unless they say otherwise.
 */
#ifndef SELFTESTS_PCI_SIM_H
#define SELFTESTS_PCI_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_SIM_DIR	"/sys/kernel/config/pci_sim"
#define PCI_SIM_ADDRESS	16	/* size of dddd:bb:dd.f */

struct pci_sim_ids {
	uint32_t vendor, device, subvendor, subdevice, class;
};

bool pci_sim_available(void);

/* The attribute of a bridge or of a function */
int pci_sim_set(const char *dir, const char *attr, const char *form, ...)
	__attribute__((format(printf, 3, 4)));
int pci_sim_get(const char *dir, const char *attr, char *text, size_t size);
/* A number of the function's stats, or a negative errno */
long long pci_sim_stat(const char *function, const char *name);

int pci_sim_mkdir(const char *dir);
int pci_sim_rmdir(const char *dir);

/*
 * A function that no driver takes; with no VFs, one without SR-IOV.  Without @ids
 * it has those that the simulator gives it.
 */
int pci_sim_add(const char *function, const struct pci_sim_ids *ids,
		unsigned int vfs);

/*
 * A bridge with one such function, pf0.  What was there of that name goes away.
 * Between new and live the rest can be set.
 */
int pci_sim_new(const char *bridge, const struct pci_sim_ids *ids,
		unsigned int vfs);
int pci_sim_live(const char *bridge, bool live);
int pci_sim_address(const char *function, char address[PCI_SIM_ADDRESS]);
void pci_sim_destroy(const char *bridge);

/* New, and live; the address is that of pf0 */
int pci_sim_create(const char *bridge, const struct pci_sim_ids *ids,
		   unsigned int vfs, char address[PCI_SIM_ADDRESS]);

#endif /* SELFTESTS_PCI_SIM_H */
