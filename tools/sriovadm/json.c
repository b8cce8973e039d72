// SPDX-License-Identifier: GPL-2.0
/*
 * One JSON object for every command.  The writer knows where a comma is due, so
 * nothing else does.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sriovadm.h"

struct json {
	FILE *out;
	bool comma;
};

/* Return: length of the UTF-8 sequence at @text; 0 if it is none */
static size_t utf8_length(const unsigned char *text)
{
	uint32_t code;
	size_t len;

	if (*text >= 0xc2 && *text <= 0xdf)
		len = 2;
	else if (*text >= 0xe0 && *text <= 0xef)
		len = 3;
	else if (*text >= 0xf0 && *text <= 0xf4)
		len = 4;
	else
		return 0;

	code = *text & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (text[i] & 0x3f);
	}
	/* Overlong, surrogates, beyond the last */
	if ((len == 3 && code < 0x800) || (len == 4 && code < 0x10000) ||
	    (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
		return 0;
	return len;
}

/* Names of processes may be any bytes; what is no UTF-8 becomes U+FFFD */
static void write_text(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	fputc('"', out);
	while (*p) {
		size_t len = utf8_length(p);

		if (*p == '"' || *p == '\\') {
			fprintf(out, "\\%c", *p++);
		} else if (*p == '\n') {
			fputs("\\n", out);
			p++;
		} else if (*p < 0x20 || *p == 0x7f) {
			fprintf(out, "\\u%04x", *p++);
		} else if (*p < 0x80) {
			fputc(*p++, out);
		} else if (len) {
			fwrite(p, 1, len, out);
			p += len;
		} else {
			fputs("\\ufffd", out);
			p++;
		}
	}
	fputc('"', out);
}

static void key(struct json *json, const char *name)
{
	if (json->comma)
		fputc(',', json->out);
	json->comma = false;
	if (name)
		fprintf(json->out, "\"%s\":", name);
}

static void open_any(struct json *json, const char *name, char bracket)
{
	key(json, name);
	fputc(bracket, json->out);
}

static void close_any(struct json *json, char bracket)
{
	fputc(bracket, json->out);
	json->comma = true;
}

static void put_text(struct json *json, const char *name, const char *text)
{
	key(json, name);
	if (text)
		write_text(json->out, text);
	else
		fputs("null", json->out);
	json->comma = true;
}

static void put_null(struct json *json, const char *name)
{
	put_text(json, name, NULL);
}

static void put_number(struct json *json, const char *name, long number)
{
	key(json, name);
	fprintf(json->out, "%ld", number);
	json->comma = true;
}

/* A negative one is unknown */
static void put_known(struct json *json, const char *name, long number)
{
	if (number < 0)
		put_null(json, name);
	else
		put_number(json, name, number);
}

static void put_bool(struct json *json, const char *name, bool flag)
{
	key(json, name);
	fputs(flag ? "true" : "false", json->out);
	json->comma = true;
}

static void put_kernel(struct json *json, const struct kernel *kernel)
{
	open_any(json, "kernel", '{');
	put_text(json, "release", kernel->release);
	put_text(json, "feature", feature_name(kernel->feature));
	put_text(json, "scope", kernel->scope);
	put_text(json, "unlisted", kernel->unlisted);
	open_any(json, "override", '[');
	for (size_t i = 0; i < kernel->override.count; i++) {
		open_any(json, NULL, '{');
		put_text(json, "entry",
			 override_print_one(&kernel->override.item[i]));
		put_text(json, "origin", kernel->override.item[i].origin);
		close_any(json, '}');
	}
	close_any(json, ']');
	close_any(json, '}');
}

static void put_policy(struct json *json, const struct policy *policy)
{
	static const char * const verdict[] = {
		[VERDICT_UNKNOWN] = NULL,
		[VERDICT_ALLOW] = "allow",
		[VERDICT_REFUSE] = "refuse",
	};

	open_any(json, "policy", '{');
	put_text(json, "verdict", verdict[policy->verdict]);
	put_text(json, "source", policy->source);
	put_text(json, "reason", policy->reason);
	put_text(json, "decided_by", policy->by_kernel ? "kernel" : "hwdb");
	close_any(json, '}');
}

static void put_vf(struct json *json, const struct vf *vf, bool openers_known)
{
	open_any(json, NULL, '{');
	put_number(json, "index", vf->index);
	put_text(json, "address", vf->address);
	put_text(json, "driver", vf->driver);
	put_known(json, "iommu_group", vf->iommu_group);
	if (!openers_known && !vf->open_by.count) {
		put_null(json, "open_by");
	} else {
		open_any(json, "open_by", '[');
		for (size_t i = 0; i < vf->open_by.count; i++) {
			open_any(json, NULL, '{');
			put_number(json, "pid", vf->open_by.item[i].pid);
			put_text(json, "comm", vf->open_by.item[i].comm);
			close_any(json, '}');
		}
		close_any(json, ']');
	}
	close_any(json, '}');
}

static void put_in_use(struct json *json, const struct pf *pf)
{
	if (!pf->in_use_known && !pf->in_use.count) {
		put_null(json, "in_use");
		return;
	}
	open_any(json, "in_use", '[');
	for (size_t i = 0; i < pf->in_use.count; i++) {
		open_any(json, NULL, '{');
		put_text(json, "check", check_name[pf->in_use.item[i].check]);
		put_text(json, "what", pf->in_use.item[i].what);
		close_any(json, '}');
	}
	close_any(json, ']');
}

static void put_config(struct json *json, const struct pf_config *config)
{
	if (!config) {
		put_null(json, "config");
		return;
	}
	open_any(json, "config", '{');
	put_text(json, "file", config->file);
	put_text(json, "driver", config->driver);
	put_known(json, "vfs", config->vfs);
	close_any(json, '}');
}

/* Ids alone have neither place nor state */
static void put_pf(struct json *json, const struct pf *pf, bool openers_known)
{
	const struct identity subsystem = {
		pf->id.subvendor, pf->id.subdevice, ID_ANY, ID_ANY, 0,
	};

	open_any(json, NULL, '{');
	put_text(json, "address", pf->address);
	put_text(json, "id", mem_printf("%04x:%04x", pf->id.vendor % ID_ANY,
					pf->id.device % ID_ANY));
	put_text(json, "subsystem", pf->id.subvendor == ID_ANY ?
		 NULL : identity_print(&subsystem));
	put_text(json, "class", pf->class_known ?
		 mem_printf("%06x", pf->id.class) : NULL);
	put_text(json, "serial", pf->serial);
	put_text(json, "name", pf->name);
	put_text(json, "driver", pf->driver);
	put_text(json, "driver_override", pf->driver_override);
	put_known(json, "numvfs", pf->numvfs);
	put_known(json, "totalvfs", pf->totalvfs);
	put_known(json, "iommu_group", pf->iommu_group);
	put_policy(json, &pf->policy);
	if (pf->autoprobe < 0)
		put_null(json, "autoprobe");
	else
		put_bool(json, "autoprobe", pf->autoprobe);
	put_in_use(json, pf);
	put_config(json, pf->config);
	open_any(json, "vfs", '[');
	for (size_t i = 0; i < pf->vf.count; i++)
		put_vf(json, &pf->vf.item[i], openers_known);
	close_any(json, ']');
	close_any(json, '}');
}

static void put_steps(struct json *json, const steps *list)
{
	open_any(json, "steps", '[');
	for (size_t i = 0; i < list->count; i++) {
		open_any(json, NULL, '{');
		put_text(json, "path", list->item[i].path);
		put_text(json, "value", list->item[i].value);
		put_known(json, "errno", list->item[i].error ?
			  list->item[i].error : -1);
		close_any(json, '}');
	}
	close_any(json, ']');
}

static void put_errors(struct json *json, const problems *list)
{
	open_any(json, "errors", '[');
	for (size_t i = 0; i < list->count; i++) {
		open_any(json, NULL, '{');
		put_text(json, "code", list->item[i].code);
		put_number(json, "exit", list->item[i].exit);
		put_text(json, "address", list->item[i].address);
		put_text(json, "message", list->item[i].message);
		close_any(json, '}');
	}
	close_any(json, ']');
}

/**
 * report_json - write what a command has to say as one object
 * @report: what it has to say
 * @out: where to
 */
void report_json(const struct report *report, FILE *out)
{
	static const struct snapshot nothing;
	const struct snapshot *snapshot = report->snapshot ? report->snapshot :
							     &nothing;
	struct json json = { .out = out };

	open_any(&json, NULL, '{');
	put_number(&json, "schema", 1);
	put_bool(&json, "ok", report->exit == EXIT_OK);
	put_bool(&json, "changed", report->changed);
	put_kernel(&json, &snapshot->kernel);
	open_any(&json, "pfs", '[');
	for (size_t i = 0; i < report->pf.count; i++)
		put_pf(&json, report->pf.item[i], snapshot->may_see_all);
	close_any(&json, ']');
	put_steps(&json, &report->step);
	put_errors(&json, &report->problem);
	close_any(&json, '}');
	fputc('\n', out);
}
