/* SPDX-License-Identifier: GPL-2.0 */
/* PCI simulator: what the directories of configfs share */
#ifndef DRIVERS_PCI_SIM_CONFIGFS_H
#define DRIVERS_PCI_SIM_CONFIGFS_H

#include <linux/configfs.h>
#include <linux/list.h>
#include <linux/mutex.h>

#include "sim.h"

/**
 * struct sim_bridge - a directory below pci_sim
 * @group: the directory
 * @lock: guards the configuration of the bridge and of its functions, the list
 *	of them, and @host.  Taken before any lock of the PCI core
 * @cfg: configuration
 * @functions: the directories in this one
 * @nr_functions: number of @functions
 * @host: the bridge while it is live, or NULL
 */
struct sim_bridge {
	struct config_group group;
	/* Guards all that follows, and the configurations in functions */
	struct mutex lock;
	struct sim_host_config cfg;
	struct list_head functions;
	unsigned int nr_functions;
	struct sim_host *host;
};

/**
 * struct sim_function - a directory below a bridge's
 * @group: the directory
 * @sriov: the directory of that name in it
 * @bars: likewise
 * @faults: likewise
 * @siblings: entry in the bridge's list
 * @bridge: the bridge
 * @cfg: configuration
 * @fn: the function while the bridge is live
 */
struct sim_function {
	struct config_group group;
	struct config_group sriov;
	struct config_group bars;
	struct config_group faults;
	struct list_head siblings;
	struct sim_bridge *bridge;
	struct sim_fn_config cfg;
	struct sim_fn *fn;
};

/* configfs.c */
int pci_sim_lock_dead(struct sim_bridge *bridge);
int pci_sim_parse(const char *page, unsigned int base, unsigned int max,
		  const char *word, int *val);

/* configfs-function.c */
struct sim_function *pci_sim_alloc_function(struct sim_bridge *bridge,
					    const char *name);

#endif /* DRIVERS_PCI_SIM_CONFIGFS_H */
