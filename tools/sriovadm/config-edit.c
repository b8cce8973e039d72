// SPDX-License-Identifier: GPL-2.0
/*
 * Change one key of a configuration file.  All else, comments too, stays: the
 * file is the administrator's.
 */
#include <string.h>

#include "sriovadm.h"

/* One line without its newline; @text moves on */
static const char *next_line(const char **text)
{
	size_t len = strcspn(*text, "\n");
	const char *line = mem_text(*text, len);

	*text += len + ((*text)[len] == '\n');
	return line;
}

static const char *trim(const char *line)
{
	size_t len;

	line += strspn(line, " \t");
	for (len = strlen(line); len && strchr(" \t\r", line[len - 1]); len--)
		;
	return mem_text(line, len);
}

static bool is_section(const char *line, const char *name)
{
	return same(trim(line), mem_printf("[%s]", name));
}

static bool is_key(const char *line, const char *key)
{
	const char *text = trim(line);
	size_t len = strcspn(text, "=");

	return text[len] && same(trim(mem_text(text, len)), key);
}

static bool is_blank(const char *line)
{
	return !*trim(line);
}

static const char *join(const strings *lines)
{
	size_t size = 1;
	char *text, *p;

	for (size_t i = 0; i < lines->count; i++)
		size += strlen(lines->item[i]) + 1;
	text = mem_alloc(size);
	p = text;
	for (size_t i = 0; i < lines->count; i++) {
		size_t len = strlen(lines->item[i]);

		memcpy(p, lines->item[i], len);
		p[len] = '\n';
		p += len + 1;
	}
	return text;
}

/**
 * config_edit - set or delete a key
 * @text: the file as it is
 * @section: the section, made at the end where there is none
 * @key: the key
 * @value: its value; NULL deletes it wherever it stands in that section
 *
 * Return: the file as it shall be.
 */
const char *config_edit(const char *text, const char *section,
			const char *key, const char *value)
{
	const char *set = value ? mem_printf("%s=%s", key, value) : NULL;
	strings lines = { NULL, 0, 0 };
	bool inside = false, done = !value;

	while (*text) {
		const char *line = next_line(&text);

		if (*trim(line) == '[') {
			/* The section ends: before the lines that part it from the next */
			if (inside && !done) {
				size_t blank = lines.count;
				strings tail = { NULL, 0, 0 };

				while (blank && is_blank(lines.item[blank - 1]))
					blank--;
				for (size_t i = blank; i < lines.count; i++)
					VEC_ADD(&tail, lines.item[i]);
				lines.count = blank;
				VEC_ADD(&lines, set);
				for (size_t i = 0; i < tail.count; i++)
					VEC_ADD(&lines, tail.item[i]);
				done = true;
			}
			inside = is_section(line, section);
		} else if (inside && is_key(line, key)) {
			if (!done)
				VEC_ADD(&lines, set);
			done = true;
			continue;
		}
		VEC_ADD(&lines, line);
	}

	if (!done) {
		if (!inside) {
			if (lines.count &&
			    !is_blank(lines.item[lines.count - 1]))
				VEC_ADD(&lines, "");
			VEC_ADD(&lines, mem_printf("[%s]", section));
		}
		VEC_ADD(&lines, set);
	}
	return join(&lines);
}

/* A file that is about a PF and wants nothing of it yet */
const char *config_new(const struct pf *pf)
{
	const char *text;

	text = mem_printf("# Written by sriovadm, see sriovadm.conf(5); what you change here is kept.\n[Match]\nAddress=%s\nId=%04x:%04x\n",
			  pf->address, pf->id.vendor % ID_ANY,
			  pf->id.device % ID_ANY);
	if (pf->serial)
		text = mem_printf("%sSerial=%s\n", text, pf->serial);
	return text;
}
