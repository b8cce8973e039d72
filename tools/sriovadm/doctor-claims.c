// SPDX-License-Identifier: GPL-2.0
/* Other tools that want something else of the same PF */
#include <string.h>

#include "doctor.h"

enum by { BY_ADDRESS, BY_NAME };

/* A place where a tool is told what to do with devices */
static const struct place {
	const char *dir, *suffix;
	const char *mark;	/* a file without it is about something else */
	enum by by;		/* what a file calls the device */
	const char *tool, *help;
} places[] = {
	{ "etc/systemd/network", ".link", "SR-IOVVirtualFunctions=", BY_NAME,
	  "systemd-udevd (.link)", "delete SR-IOVVirtualFunctions= there" },
	{ "run/systemd/network", ".link", "SR-IOVVirtualFunctions=", BY_NAME,
	  "systemd-udevd (.link)", "delete SR-IOVVirtualFunctions= there" },
	{ "etc/NetworkManager/system-connections", ".nmconnection",
	  "total-vfs=", BY_NAME, "NetworkManager",
	  "delete total-vfs= of [sriov] there" },
	{ "etc/tmpfiles.d", ".conf", "sriov_numvfs", BY_ADDRESS,
	  "systemd-tmpfiles", "delete the line with sriov_numvfs there" },
	{ "etc/udev/rules.d", ".rules", "sriov_numvfs", BY_ADDRESS,
	  "a udev rule", "delete the rule with sriov_numvfs there" },
	{ "etc/tmpfiles.d", ".conf", "driver_override", BY_ADDRESS,
	  "systemd-tmpfiles", "delete the line with driver_override there" },
	{ "etc/udev/rules.d", ".rules", "driver_override", BY_ADDRESS,
	  "a udev rule", "delete the rule with driver_override there" },
};

static bool has_suffix(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && same(name + len - end, suffix);
}

/*
 * An interface has no name once its PF is reserved, so a file that is about
 * interfaces is suspected if the PF is a network device.
 */
static bool is_about(const struct place *place, const char *text,
		     const struct pf *pf)
{
	if (!strstr(text, place->mark))
		return false;
	if (strstr(text, pf->address))
		return true;
	if (place->by == BY_ADDRESS || pf->id.class >> 16 != 0x02)
		return false;
	return !pf->name || strstr(text, pf->name) || strchr(text, '*');
}

static void look_at(struct report *report, const struct place *place,
		    const struct pf *pf)
{
	strings names = { NULL, 0, 0 };

	dir_list(root_fd(), place->dir, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = mem_printf("%s/%s", place->dir,
					      names.item[i]);
		const char *text;

		if (!has_suffix(path, place->suffix))
			continue;
		text = file_read(path);
		if (!text || !is_about(place, text, pf))
			continue;
		doctor_find(report, "claimed", pf->address,
			    mem_printf("%s may want something else of it: /%s",
				       place->tool, path), place->help);
	}
}

/**
 * doctor_claims - who else wants to decide on a PF?
 * @report: where to say it
 * @pf: the PF; one that is not configured is for others to decide on
 */
void doctor_claims(struct report *report, const struct pf *pf)
{
	const char *path = mem_printf("etc/driverctl.d/%s", pf->address);
	const char *driver = file_read(path);

	if (!pf->config)
		return;
	if (driver)
		doctor_find(report, "claimed", pf->address,
			    mem_printf("driverctl wants the driver %s: /%s",
				       driver, path),
			    mem_printf("driverctl unset-override %s",
				       pf->address));
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		look_at(report, &places[i], pf);
}
