/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of doctor share */
#ifndef SRIOVADM_DOCTOR_H
#define SRIOVADM_DOCTOR_H

#include "sriovadm.h"

void doctor_find(struct report *report, const char *code, const char *address,
		 const char *what, const char *help);
void doctor_claims(struct report *report, const struct pf *pf);

#endif
