/* SPDX-License-Identifier: GPL-2.0 */
/* All that an attempt that fails must leave as before */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "sriov.h"

/* What must be as before: the PF, and the texts that can be written */
struct snapshot {
	struct sriov_state pf;
	char text[5][128];
};

struct snapshot snapshot(const struct sriov_dev *pf);
/* What is different, or an empty string */
const char *differs(const struct snapshot *a, const struct snapshot *b);

/* The first thing that is wrong ends the test: what follows would be noise */
#define ASSERT_AS(expected, pf, form, ...) do { \
	struct snapshot now_ = snapshot(pf); \
	const char *what_ = differs(expected, &now_); \
	ASSERT_STREQ("", what_) { \
		TH_LOG(form, ##__VA_ARGS__); \
	} \
} while (0)

#endif
