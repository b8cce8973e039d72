// SPDX-License-Identifier: GPL-2.0
/*
 * Configuration: files in the form of systemd's, one reader for both kinds.  What
 * is not understood is an error with its place, never skipped.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sriovadm.h"

#define WAIT_SEC	10
#define MAX_VFS		65535

/* Of one file that is being read */
struct reader {
	const char *file;
	int line;
	problems *errors;
	const char *section;	/* NULL: none yet, or one with an error */
	struct pf_config *pf;	/* one of the two */
	struct config *policy;
	int vf;			/* index of [VF n], -1 for [VF] */
};

static void PRINTF(2, 3) wrong_line(struct reader *reader, const char *format,
				    ...)
{
	struct problem error = { "config", EXIT_USAGE, NULL, NULL };
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	error.message = mem_printf("%s:%d: %s", reader->file, reader->line,
				   text);
	VEC_ADD(reader->errors, error);
}

static bool take_number(struct reader *reader, const char *key,
			const char *value, unsigned long max, int *number)
{
	unsigned long n;

	if (!parse_number(value, 10, max, &n)) {
		wrong_line(reader, "%s=%.64s: a number from 0 to %lu is needed",
			   key, value, max);
		return false;
	}
	*number = n;
	return true;
}

static void take_bool(struct reader *reader, const char *key,
		      const char *value, int *flag)
{
	static const char * const word[] = {
		"no", "yes", "false", "true", "off", "on", "0", "1",
		"n", "y", "f", "t",
	};

	for (size_t i = 0; i < ARRAY_SIZE(word); i++) {
		if (!strcasecmp(value, word[i])) {
			*flag = i & 1;
			return;
		}
	}
	wrong_line(reader, "%s=%.64s: yes or no is needed", key, value);
}

static void take_driver(struct reader *reader, const char *key,
			const char *value, const char **driver)
{
	if (!is_driver_name(value)) {
		wrong_line(reader, "%s=%.64s: the name of a driver is needed, or none",
			   key, value);
		return;
	}
	*driver = value;
}

static void match_key(struct reader *reader, const char *key,
		      const char *value)
{
	struct pf_config *pf = reader->pf;
	const char *wrong;

	if (same(key, "Address")) {
		pf->address = address_parse(value);
		if (!pf->address)
			wrong_line(reader, "Address=%.64s: an address is needed, such as 0000:01:00.0",
				   value);
	} else if (same(key, "Id")) {
		if (!identity_parse(value, &pf->id, &wrong))
			wrong_line(reader, "Id=%.64s: %s", value, wrong);
	} else if (same(key, "Serial")) {
		if (strlen(value) != 23 ||
		    strspn(value, "0123456789abcdefABCDEF-") != 23)
			wrong_line(reader, "Serial=%.64s: eight bytes are needed, such as 00-25-38-b1-71-b0-1a-2c",
				   value);
		pf->serial = value;
	} else {
		wrong_line(reader, "%.64s= is no key of [Match]: Address=, Id= and Serial= are",
			   key);
	}
}

static void pf_key(struct reader *reader, const char *key, const char *value)
{
	struct pf_config *pf = reader->pf;

	if (same(key, "Driver"))
		take_driver(reader, key, value, &pf->driver);
	else if (same(key, "VFs"))
		take_number(reader, key, value, MAX_VFS, &pf->vfs);
	else if (same(key, "Autoprobe"))
		take_bool(reader, key, value, &pf->autoprobe);
	else if (same(key, "WaitSec"))
		take_number(reader, key, value, 3600, &pf->wait_sec);
	else
		wrong_line(reader, "%.64s= is no key of [PF]: Driver=, VFs=, Autoprobe= and WaitSec= are",
			   key);
}

static void vf_key(struct reader *reader, const char *key, const char *value)
{
	struct vf_config vf = { .index = reader->vf };

	if (!same(key, "Driver")) {
		wrong_line(reader, "%.64s= is no key of [VF]: Driver= is", key);
		return;
	}
	take_driver(reader, key, value, &vf.driver);
	if (!vf.driver)
		return;
	for (size_t i = 0; i < reader->pf->vf.count; i++) {
		if (reader->pf->vf.item[i].index == vf.index) {
			reader->pf->vf.item[i] = vf;
			return;
		}
	}
	VEC_ADD(&reader->pf->vf, vf);
}

static void take_word(struct reader *reader, const char *key,
		      const char *value, const char *a, const char *b,
		      const char **word)
{
	if (same(value, a) || same(value, b))
		*word = value;
	else
		wrong_line(reader, "%s=%.64s: %s or %s is needed", key, value,
			   a, b);
}

static void policy_key(struct reader *reader, const char *key,
		       const char *value)
{
	const char *wrong;

	if (same(key, "Override")) {
		if (!override_parse(value, "config", &reader->policy->override,
				    &wrong))
			wrong_line(reader, "Override=: entry %s", wrong);
	} else if (same(key, "Unlisted")) {
		take_word(reader, key, value, "allow", "refuse",
			  &reader->policy->unlisted);
	} else if (same(key, "Scope")) {
		take_word(reader, key, value, "stub", "any",
			  &reader->policy->scope);
	} else {
		wrong_line(reader, "%.64s= is no key of [Policy]: Override=, Unlisted= and Scope= are",
			   key);
	}
}

static void take_section(struct reader *reader, const char *name)
{
	unsigned long index;

	reader->section = NULL;
	if (reader->policy) {
		if (same(name, "Policy"))
			reader->section = name;
		else
			wrong_line(reader, "[%.64s] is no section of this file: [Policy] is",
				   name);
		return;
	}

	if (same(name, "Match")) {
		reader->pf->line = reader->line;
		reader->section = name;
	} else if (same(name, "PF")) {
		reader->section = name;
	} else if (same(name, "VF")) {
		reader->section = name;
		reader->vf = -1;
	} else if (starts(name, "VF ") &&
		   parse_number(name + 3, 10, MAX_VFS, &index)) {
		reader->section = "VF";
		reader->vf = index;
	} else {
		wrong_line(reader, "[%.64s] is no section of this file: [Match], [PF], [VF] and [VF n] are",
			   name);
	}
}

static void take_line(struct reader *reader, char *line)
{
	char *equals, *value;
	size_t len;

	line += strspn(line, " \t");
	for (len = strlen(line); len && strchr(" \t\r", line[len - 1]); len--)
		;
	line[len] = '\0';
	if (!len || *line == '#' || *line == ';')
		return;

	if (*line == '[') {
		if (line[len - 1] != ']') {
			reader->section = NULL;
			wrong_line(reader, "the ] of a section is missing");
			return;
		}
		take_section(reader, mem_text(line + 1, len - 2));
		return;
	}

	equals = strchr(line, '=');
	if (!equals) {
		wrong_line(reader, "neither [Section] nor Key=value: %.64s",
			   line);
		return;
	}
	value = equals + 1 + strspn(equals + 1, " \t");
	while (equals > line && strchr(" \t", equals[-1]))
		equals--;
	*equals = '\0';

	if (!reader->section) {
		/* An unknown section has been complained of already */
		if (!reader->errors->count)
			wrong_line(reader, "%.64s= stands before any section",
				   line);
		return;
	}
	if (same(reader->section, "Match"))
		match_key(reader, line, value);
	else if (same(reader->section, "PF"))
		pf_key(reader, line, value);
	else if (same(reader->section, "VF"))
		vf_key(reader, line, value);
	else
		policy_key(reader, line, value);
}

static bool read_text(struct reader *reader, const char *text)
{
	size_t before = reader->errors->count;

	while (*text) {
		size_t len = strcspn(text, "\n");

		reader->line++;
		take_line(reader, mem_text(text, len));
		text += len + (text[len] == '\n');
	}
	return reader->errors->count == before;
}

/**
 * config_parse_pf - read one file of pf.d
 * @file: its name, for errors
 * @text: what it holds
 * @pf: what it says
 * @errors: what is wrong is added here
 *
 * Return: whether it is right.
 */
bool config_parse_pf(const char *file, const char *text, struct pf_config *pf,
		     problems *errors)
{
	struct reader reader = { .file = file, .errors = errors, .pf = pf };

	*pf = (struct pf_config) {
		.file = mem_dup(file), .vfs = -1, .autoprobe = -1,
		.wait_sec = WAIT_SEC,
		.id = { ID_ANY, ID_ANY, ID_ANY, ID_ANY, 0 },
	};
	if (!read_text(&reader, text))
		return false;

	if (!pf->address && !pf->serial && pf->id.vendor == ID_ANY) {
		reader.line = pf->line ? pf->line : 1;
		wrong_line(&reader, "which PF?  [Match] needs Address=, Id= or Serial=");
		return false;
	}
	return true;
}

/* The same for policy.conf */
bool config_parse_policy(const char *file, const char *text,
			 struct config *config, problems *errors)
{
	struct reader reader = {
		.file = file, .errors = errors, .policy = config,
	};

	return read_text(&reader, text);
}

/**
 * config_read - read all of the configuration
 * @config: what it says
 * @errors: what is wrong with it is added here
 *
 * Return: whether nothing is.
 */
bool config_read(struct config *config, problems *errors)
{
	size_t before = errors->count;
	strings names = { NULL, 0, 0 };
	const char *text;

	*config = (struct config) { .unlisted = NULL };
	text = file_read(POLICY_CONFIG);
	if (text)
		config_parse_policy("/" POLICY_CONFIG, text, config, errors);

	dir_list(root_fd(), PF_CONFIG, &names);
	for (size_t i = 0; i < names.count; i++) {
		const char *path = mem_printf(PF_CONFIG "/%s", names.item[i]);
		size_t len = strlen(path);
		problems here = { NULL, 0, 0 };
		struct pf_config pf;

		if (len < 5 || strcmp(path + len - 5, ".conf"))
			continue;
		text = file_read(path);
		if (!text) {
			struct reader reader = {
				.file = mem_printf("/%s", path),
				.line = 1, .errors = errors,
			};

			wrong_line(&reader, "cannot be read: %s",
				   strerror(errno));
			continue;
		}
		if (config_parse_pf(mem_printf("/%s", path), text, &pf, &here))
			VEC_ADD(&config->pf, pf);
		for (size_t j = 0; j < here.count; j++)
			VEC_ADD(errors, here.item[j]);
	}
	return errors->count == before;
}
