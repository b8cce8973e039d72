/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands share */
#ifndef SRIOVADM_COMMAND_H
#define SRIOVADM_COMMAND_H

#include "sriovadm.h"

bool command_begin(struct report *report, struct config *config,
		   struct snapshot *snapshot, char *const *only, int count,
		   bool all);
struct pf *command_find(struct report *report, const struct snapshot *snapshot,
			const char *name);
struct pf *command_read_again(struct report *report, const char *address);
bool command_may_change(struct report *report, const char *address);
bool command_lock(struct report *report);

#endif
