/* SPDX-License-Identifier: GPL-2.0 */
/* What the executor and its way back share */
#ifndef SRIOVADM_EXECUTE_H
#define SRIOVADM_EXECUTE_H

#include "sriovadm.h"

typedef int (*take_step_fn)(const struct report *report, struct step *step,
			    bool undoing);

void undo(const struct plan *plan, struct report *report, take_step_fn take);
bool plan_is_stuck(const struct plan *plan);
void report_stuck(const struct plan *plan, struct report *report);

int file_replace(const char *path, const char *text);
int file_delete(const char *path);

#endif
