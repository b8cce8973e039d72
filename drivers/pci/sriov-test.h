/* SPDX-License-Identifier: GPL-2.0 */
/* What the KUnit tests of unmanaged SR-IOV share */
#ifndef DRIVERS_PCI_SRIOV_TEST_H
#define DRIVERS_PCI_SRIOV_TEST_H

struct kernel_param;
struct kunit;

#define SRIOV_ETHERNET		0x020000
#define SRIOV_TEST_PARAMS	3	/* override, unlisted, scope */

struct sriov_test_params {
	const struct kernel_param *kp[SRIOV_TEST_PARAMS];
	char *saved[SRIOV_TEST_PARAMS];
};

void sriov_test_save(struct kunit *test, struct sriov_test_params *params);
void sriov_test_restore(struct kunit *test,
			const struct sriov_test_params *params);

#endif
