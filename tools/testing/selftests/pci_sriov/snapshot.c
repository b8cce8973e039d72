// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "../kselftest.h"
#include "snapshot.h"

struct snapshot snapshot(const struct sriov_dev *pf)
{
	struct snapshot now = { .pf = sriov_state(pf) };

	snprintf(now.text[0], sizeof(now.text[0]), "%s",
		 sriov_param_read("override"));
	snprintf(now.text[1], sizeof(now.text[1]), "%s",
		 sriov_param_read("unlisted"));
	snprintf(now.text[2], sizeof(now.text[2]), "%s",
		 sriov_param_read("scope"));
	snprintf(now.text[3], sizeof(now.text[3]), "%s",
		 sriov_dev_read(pf, "sriov_unmanaged_autoprobe"));
	snprintf(now.text[4], sizeof(now.text[4]), "%s", sriov_driver(pf));
	return now;
}

const char *differs(const struct snapshot *a, const struct snapshot *b)
{
	const char *what = sriov_differs(&a->pf, &b->pf);
	unsigned int i;

	for (i = 0; !*what && i < ARRAY_SIZE(a->text); i++)
		if (strcmp(a->text[i], b->text[i]))
			what = *b->text[i] ? b->text[i] : "nothing";
	return what;
}
