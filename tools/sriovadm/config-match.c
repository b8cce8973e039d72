// SPDX-License-Identifier: GPL-2.0
/* Which PF is a file about, and what does it want of it? */
#include <string.h>
#include <strings.h>

#include "sriovadm.h"

static bool id_matches(const struct identity *want, const struct identity *is)
{
	const uint32_t pair[][2] = {
		{ want->vendor, is->vendor },
		{ want->device, is->device },
		{ want->subvendor, is->subvendor },
		{ want->subdevice, is->subdevice },
	};

	for (size_t i = 0; i < ARRAY_SIZE(pair); i++) {
		if (pair[i][0] != ID_ANY && pair[i][0] != pair[i][1])
			return false;
	}
	return true;
}

/**
 * config_mismatch - what keeps a file from being about a PF?
 * @config: the file
 * @pf: the PF
 *
 * A serial number that cannot be read, as by somebody who is not root, decides
 * nothing if the address is there.
 *
 * Return: the reason; NULL if all that [Match] gives matches.
 */
const char *config_mismatch(const struct pf_config *config,
			    const struct pf *pf)
{
	if (config->address && !same(config->address, pf->address))
		return mem_printf("it is at %s, not at %s", pf->address,
				  config->address);
	if (!id_matches(&config->id, &pf->id))
		return mem_printf("the device at %s is %s, not %s",
				  pf->address, identity_print(&pf->id),
				  identity_print(&config->id));
	if (!config->serial)
		return NULL;
	if (!pf->serial) {
		if (config->address && !pf->serial_known)
			return NULL;
		return mem_printf("the device at %s has no serial number, not %s",
				  pf->address, config->serial);
	}
	if (strcasecmp(config->serial, pf->serial))
		return mem_printf("the device at %s has the serial number %s, not %s",
				  pf->address, pf->serial, config->serial);
	return NULL;
}

/**
 * config_assign - tell each PF what file is about it
 * @config: all files
 * @snapshot: all PFs
 * @errors: two files about one PF are added here
 */
void config_assign(const struct config *config, struct snapshot *snapshot,
		   problems *errors)
{
	for (size_t i = 0; i < snapshot->pf.count; i++) {
		struct pf *pf = &snapshot->pf.item[i];

		for (size_t j = 0; j < config->pf.count; j++) {
			const struct pf_config *file = &config->pf.item[j];
			struct problem error = {
				"config", EXIT_USAGE, pf->address, NULL,
			};

			if (config_mismatch(file, pf))
				continue;
			if (!pf->config) {
				pf->config = file;
				continue;
			}
			error.message = mem_printf("%s:%d: %s is about %s already; delete one of the two",
						   file->file, file->line,
						   pf->config->file,
						   pf->address);
			VEC_ADD(errors, error);
		}
	}
}

/* What a file wants of its PF */
void config_want(const struct pf_config *config, struct want *want)
{
	*want = (struct want) {
		.driver = same(config->driver, "none") ? "" : config->driver,
		.vfs = config->vfs,
		.autoprobe = config->autoprobe,
	};
	if (same(config->driver, "none"))
		want->driver_override = "none";

	for (size_t i = 0; i < config->vf.count; i++) {
		if (config->vf.item[i].index < 0)
			want->vf_driver = config->vf.item[i].driver;
		else
			VEC_ADD(&want->vf, config->vf.item[i]);
	}
}
