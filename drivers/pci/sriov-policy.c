// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV: the verdict
 *
 * The first that knows the device decides: the administrator's override list,
 * the quirk table, the default for devices in neither.
 */
#include <linux/kernel.h>
#include <linux/pci.h>

#include "sriov-policy.h"

/**
 * sriov_policy - may VFs of such a device be enabled without its own driver?
 * @id: what to judge; no field is SRIOV_ID_ANY
 *
 * Context: any.
 * Return: the verdict.  It stays valid; its family is never freed.
 */
struct sriov_verdict sriov_policy(const struct sriov_identity *id)
{
	struct sriov_verdict verdict = {
		.source = SRIOV_BY_DEFAULT,
		.family = sriov_quirk_lookup(id),
	};

	if (sriov_param_override(id, &verdict.allow)) {
		verdict.source = SRIOV_BY_OVERRIDE;
	} else if (verdict.family) {
		verdict.source = SRIOV_BY_QUIRK;
		verdict.allow = verdict.family->hazards == SRIOV_HAZARD_NONE;
	} else {
		verdict.allow = !sriov_param_unlisted_refuse();
	}

	return verdict;
}

/**
 * pci_sriov_unmanaged_policy - the verdict for a PF, whoever drives it
 * @pdev: the PF
 *
 * Context: any.  The identity is fixed once the PF is enumerated.
 * Return: the verdict.
 */
struct sriov_verdict pci_sriov_unmanaged_policy(const struct pci_dev *pdev)
{
	struct sriov_identity id = {
		.vendor = pdev->vendor,
		.device = pdev->device,
		.subvendor = pdev->subsystem_vendor,
		.subdevice = pdev->subsystem_device,
		.class = pdev->class,
	};

	return sriov_policy(&id);
}

/**
 * sriov_reason_print - say in one line why a verdict is what it is
 * @buf: where to; always terminated
 * @size: of @buf
 * @verdict: what to explain
 *
 * Return: length of the text: "override", "unlisted" or "<hazards> <driver>".
 */
int sriov_reason_print(char *buf, size_t size,
		       const struct sriov_verdict *verdict)
{
	int len;

	switch (verdict->source) {
	case SRIOV_BY_OVERRIDE:
		return scnprintf(buf, size, "override");
	case SRIOV_BY_QUIRK:
		len = sriov_hazards_print(buf, size, verdict->family->hazards);
		return len + scnprintf(buf + len, size - len, " %s",
				       verdict->family->driver);
	default:
		return scnprintf(buf, size, "unlisted");
	}
}
