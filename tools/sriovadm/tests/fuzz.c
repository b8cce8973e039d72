// SPDX-License-Identifier: GPL-2.0
/*
 * For libFuzzer: whatever is in a file or an argument, the parsers neither crash nor
 * contradict themselves.  The first byte chooses one of them.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sriovadm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool holds)
{
	if (!holds)
		abort();
}

/* What is printed reads back as the same */
static void fuzz_override(const char *text)
{
	overrides list = { NULL, 0, 0 }, again = { NULL, 0, 0 };
	const char *wrong = NULL, *printed;

	if (!override_parse(text, "config", &list, &wrong)) {
		claim(wrong && !list.count);
		return;
	}
	printed = override_print(&list);
	claim(override_parse(printed, "config", &again, &wrong));
	claim(same(override_print(&again), printed));
}

static void fuzz_address(const char *text)
{
	const char *address = address_parse(text);

	claim(!address || same(address_parse(address), address));
}

/* An edit of a file that is right leaves it right, and does what it is to do */
static void fuzz_pf(const char *text)
{
	problems errors = { NULL, 0, 0 };
	struct pf_config pf, edited;

	if (!config_parse_pf("file", text, &pf, &errors)) {
		claim(errors.count && starts(errors.item[0].message, "file:"));
		return;
	}
	claim(!errors.count);
	text = config_edit(text, "PF", "VFs", "7");
	claim(config_parse_pf("file", text, &edited, &errors));
	claim(edited.vfs == 7 && same(edited.driver, pf.driver) &&
	      same(edited.address, pf.address) && edited.vf.count == pf.vf.count);
	claim(same(config_edit(text, "PF", "VFs", "7"), text));
	text = config_edit(text, "PF", "VFs", NULL);
	claim(config_parse_pf("file", text, &edited, &errors));
	claim(edited.vfs == -1);
}

static void fuzz_policy(const char *text)
{
	struct config config = { .scope = NULL };
	problems errors = { NULL, 0, 0 };

	claim(config_parse_policy("file", text, &config, &errors) ==
	      !errors.count);
}

/* Names of processes may hold anything; what comes out is text for a parser */
static void fuzz_json(const char *text)
{
	static const struct options options = { .json = true };
	struct report report = { .options = &options };
	struct problem problem = { text, EXIT_FAILED, NULL, text };
	char *out = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&out, &size);

	claim(file);
	VEC_ADD(&report.problem, problem);
	report_json(&report, file);
	fclose(file);
	claim(strlen(out) == size && strchr(out, '\n') == out + size - 1);
	for (size_t i = 0; i + 1 < size; i++)
		claim((unsigned char)out[i] >= 0x20);
	free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (* const fuzz[])(const char *text) = {
		fuzz_override, fuzz_address, fuzz_pf, fuzz_policy, fuzz_json,
	};
	const char *text;

	if (!size)
		return 0;
	text = mem_text((const char *)data + 1, size - 1);
	fuzz[data[0] % ARRAY_SIZE(fuzz)](text);
	mem_done();
	return 0;
}
