// SPDX-License-Identifier: GPL-2.0
/* sriovadm: reserve PFs and have their VFs, now and at boot */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sriovadm.h"

/* Which commands take an option, by bit */
enum {
	FOR_LIST = 1 << 0, FOR_EXPLAIN = 1 << 1, FOR_RESERVE = 1 << 2,
	FOR_VFS = 1 << 3, FOR_RESTORE = 1 << 4, FOR_REST = 1 << 5,
	FOR_ALL = 0xff,
};

static const struct command {
	const char *name;
	void (*run)(struct report *report);
	int least, most;	/* arguments */
	unsigned int bit;
	const char *usage, *help;
} commands[] = {
	{ "list", command_list, 0, 65536, FOR_LIST,
	  "[list] [--vfs] [PF...]", "show PFs, and their VFs" },
	{ "explain", command_explain, 1, 1, FOR_EXPLAIN,
	  "explain PF | VENDOR:DEVICE[:SUBVENDOR[:SUBDEVICE]] [--class CCCCCC]",
	  "may VFs of it be enabled without its driver, and why" },
	{ "reserve", command_reserve, 1, 1, FOR_RESERVE,
	  "reserve PF [--driver D] [--vfs N] [--vf-driver D] [--autoprobe]",
	  "take a PF from its driver, and enable VFs" },
	{ "release", command_release, 1, 1, FOR_REST,
	  "release PF", "give it back" },
	{ "vfs", command_vfs, 2, 2, FOR_VFS,
	  "vfs PF N [--vf-driver D] [--recreate]",
	  "enable N VFs, or disable them: 0" },
	{ "autoprobe", command_autoprobe, 2, 2, FOR_REST,
	  "autoprobe PF on|off", "may host drivers take its VFs" },
	{ "override", command_override, 0, 2, FOR_REST,
	  "override [allow ID | refuse ID | clear [ID]]",
	  "the administrator's word on a device" },
	{ "unlisted", command_unlisted, 1, 1, FOR_REST,
	  "unlisted allow|refuse", "the verdict on devices nobody knows" },
	{ "scope", command_scope, 1, 1, FOR_REST,
	  "scope stub|any", "which PFs the kernel's gate answers for" },
	{ "restore", command_restore, 0, 65536, FOR_RESTORE,
	  "restore [--wait] [PF...]", "bring about what is configured" },
	{ "diff", command_diff, 0, 0, FOR_REST,
	  "diff", "what is not as configured" },
	{ "doctor", command_doctor, 0, 65536, FOR_REST,
	  "doctor [PF...]", "what would go wrong, and what helps" },
};

enum option_id {
	OPT_DRY_RUN, OPT_JSON, OPT_RUNTIME, OPT_BOOT, OPT_FORCE, OPT_TIMEOUT,
	OPT_QUIET, OPT_VERSION, OPT_HELP, OPT_DRIVER, OPT_VFS, OPT_VF_DRIVER,
	OPT_AUTOPROBE, OPT_CLASS, OPT_RECREATE, OPT_WAIT, OPT_LIST_VFS,
};

static const struct option {
	const char *name;
	char letter;
	bool value;
	enum option_id id;
	unsigned int commands;
} options_known[] = {
	{ "dry-run", 'n', false, OPT_DRY_RUN, FOR_ALL },
	{ "json", 0, false, OPT_JSON, FOR_ALL },
	{ "runtime", 0, false, OPT_RUNTIME, FOR_ALL },
	{ "boot", 0, false, OPT_BOOT, FOR_ALL },
	{ "force", 0, true, OPT_FORCE, FOR_ALL },
	{ "timeout", 0, true, OPT_TIMEOUT, FOR_ALL },
	{ "quiet", 'q', false, OPT_QUIET, FOR_ALL },
	{ "version", 0, false, OPT_VERSION, FOR_ALL },
	{ "help", 'h', false, OPT_HELP, FOR_ALL },
	{ "vfs", 0, false, OPT_LIST_VFS, FOR_LIST },
	{ "vfs", 0, true, OPT_VFS, FOR_RESERVE },
	{ "driver", 0, true, OPT_DRIVER, FOR_RESERVE },
	{ "vf-driver", 0, true, OPT_VF_DRIVER, FOR_RESERVE | FOR_VFS },
	{ "autoprobe", 0, false, OPT_AUTOPROBE, FOR_RESERVE },
	{ "class", 0, true, OPT_CLASS, FOR_EXPLAIN },
	{ "recreate", 0, false, OPT_RECREATE, FOR_VFS },
	{ "wait", 0, false, OPT_WAIT, FOR_RESTORE },
};

static void print_help(void)
{
	printf("usage:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  sriovadm %s\n        %s\n", commands[i].usage,
		       commands[i].help);
	printf("PF: an address, a network interface or an NVMe controller\n"
	       "options of all:\n"
	       "  -n, --dry-run      say what would be done, and do nothing\n"
	       "  --json             one object on standard output\n"
	       "  --runtime          now, not at boot\n"
	       "  --boot             at boot, not now\n"
	       "  --force=CHECK,...  although this check says that it is in use:\n"
	       "                     root-fs, mounted, swap, holder, default-route, ssh, vf-open\n"
	       "  --timeout SECONDS  how long to wait for the kernel (30)\n"
	       "  -q, --quiet        errors only\n"
	       "  --version, --help\n"
	       "exit status: 0 done or nothing to do, 1 failed, 2 usage or configuration,\n"
	       "  3 no such PF, 4 refused by policy, 5 in use, 6 needs root, 7 this kernel\n"
	       "  cannot, 8 time is up, 9 something differs; more in sriovadm(8)\n");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (same(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

/* @text starts behind the dashes; @len is that of the name */
static const struct option *find_option(const char *text, size_t len,
					bool is_letter, unsigned int bit,
					bool *elsewhere)
{
	const struct option *option;

	for (size_t i = 0; i < ARRAY_SIZE(options_known); i++) {
		option = &options_known[i];
		if (is_letter ? option->letter != *text :
		    strlen(option->name) != len ||
		    strncmp(option->name, text, len))
			continue;
		if (option->commands & bit)
			return option;
		*elsewhere = true;
	}
	return NULL;
}

static bool take_checks(struct report *report, struct options *options,
			const char *list)
{
	for (;;) {
		size_t len = strcspn(list, ",");
		const char *name = mem_text(list, len);
		unsigned int i;

		for (i = 0; i < CHECKS; i++) {
			if (same(check_name[i], name))
				break;
		}
		if (i == CHECKS) {
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "--force=%s: no such check; there are root-fs, mounted, swap, holder, default-route, ssh and vf-open",
				       name);
			return false;
		}
		options->force |= 1U << i;
		if (!list[len])
			return true;
		list += len + 1;
	}
}

static bool take_number(struct report *report, const char *name,
			const char *value, unsigned long max,
			unsigned long *number)
{
	if (parse_number(value, 10, max, number))
		return true;
	report_problem(report, "usage", EXIT_USAGE, NULL,
		       "--%s %s: a number from 0 to %lu is needed", name,
		       value, max);
	return false;
}

static bool take_driver(struct report *report, const char *name,
			const char *value, const char **driver)
{
	*driver = value;
	if (is_driver_name(value))
		return true;
	report_problem(report, "usage", EXIT_USAGE, NULL,
		       "--%s %s: the name of a driver is needed", name, value);
	return false;
}

static bool take_option(struct report *report, struct options *options,
			const struct option *option, const char *value)
{
	unsigned long n = 0;

	switch (option->id) {
	case OPT_DRY_RUN:
		options->dry_run = true;
		break;
	case OPT_JSON:
		options->json = true;
		break;
	case OPT_RUNTIME:
		options->boot = false;
		break;
	case OPT_BOOT:
		options->now = false;
		break;
	case OPT_FORCE:
		return take_checks(report, options, value);
	case OPT_TIMEOUT:
		if (!take_number(report, option->name, value, 86400, &n))
			return false;
		options->timeout = n;
		break;
	case OPT_QUIET:
		options->quiet = true;
		break;
	case OPT_VERSION:
		options->version = true;
		break;
	case OPT_HELP:
		options->help = true;
		break;
	case OPT_DRIVER:
		return take_driver(report, option->name, value,
				   &options->driver);
	case OPT_VF_DRIVER:
		return take_driver(report, option->name, value,
				   &options->vf_driver);
	case OPT_VFS:
		if (!take_number(report, option->name, value, 65535, &n))
			return false;
		options->numvfs = n;
		break;
	case OPT_LIST_VFS:
		options->vfs = true;
		break;
	case OPT_AUTOPROBE:
		options->autoprobe = true;
		break;
	case OPT_CLASS:
		if (strlen(value) != 6 ||
		    !parse_number(value, 16, 0xffffff, &n)) {
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "--class %s: six hexadecimal digits are needed, such as 020000",
				       value);
			return false;
		}
		options->class = value;
		break;
	case OPT_RECREATE:
		options->recreate = true;
		break;
	case OPT_WAIT:
		options->wait = true;
		break;
	}
	return true;
}

/*
 * Which command is it?  Needed before the options are read, for --vfs takes a
 * number in one of them and none in another.
 */
static const struct command *look_for_command(int argc, char **argv)
{
	bool elsewhere;

	for (int i = 1; i < argc; i++) {
		const struct option *option;
		const char *name = argv[i] + 2;

		if (argv[i][0] != '-' || !argv[i][1])
			return find_command(argv[i]);
		if (!starts(argv[i], "--") || strchr(argv[i], '='))
			continue;
		if (!*name)
			return NULL;
		option = find_option(name, strlen(name), false,
				     FOR_ALL & ~FOR_RESERVE, &elsewhere);
		if (!option)
			option = find_option(name, strlen(name), false,
					     FOR_ALL, &elsewhere);
		if (option && option->value)
			i++;
	}
	return NULL;
}

static bool take_long(struct report *report, struct options *options,
		      unsigned int bit, int argc, char **argv, int *i)
{
	const char *text = argv[*i] + 2;
	size_t len = strcspn(text, "=");
	const struct option *option;
	bool elsewhere = false;
	const char *value = NULL;

	option = find_option(text, len, false, bit, &elsewhere);
	if (!option) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       elsewhere ?
			       "%s is no option of this command; see sriovadm --help" :
			       "%s is no option; see sriovadm --help", argv[*i]);
		return false;
	}
	if (text[len] == '=')
		value = text + len + 1;
	else if (option->value && *i + 1 < argc)
		value = argv[++*i];

	if (option->value != !!value) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       option->value ? "--%s needs a value" :
			       "--%s takes no value", option->name);
		return false;
	}
	return take_option(report, options, option, value ? value : "");
}

static bool take_letters(struct report *report, struct options *options,
			 unsigned int bit, const char *letters)
{
	bool elsewhere = false;

	for (; *letters; letters++) {
		const struct option *option;

		option = find_option(letters, 1, true, bit, &elsewhere);
		if (!option) {
			report_problem(report, "usage", EXIT_USAGE, NULL,
				       "-%c is no option; see sriovadm --help",
				       *letters);
			return false;
		}
		if (!take_option(report, options, option, ""))
			return false;
	}
	return true;
}

static bool take_arguments(struct report *report, struct options *options,
			   const struct command *command, int argc,
			   char **argv)
{
	bool only = false, named = !command;
	char **arg = argv + 1;

	for (int i = 1; i < argc; i++) {
		if (!only && same(argv[i], "--")) {
			only = true;
		} else if (!only && starts(argv[i], "--")) {
			if (!take_long(report, options,
				       command ? command->bit : FOR_LIST,
				       argc, argv, &i))
				return false;
		} else if (!only && argv[i][0] == '-' && argv[i][1]) {
			if (!take_letters(report, options,
					  command ? command->bit : FOR_LIST,
					  argv[i] + 1))
				return false;
		} else if (!named) {
			named = true;
		} else {
			/* In place: what was read is more than what is left */
			arg[options->args++] = argv[i];
		}
	}
	options->arg = arg;
	return true;
}

static bool check_usage(struct report *report, const struct options *options,
			const struct command *command)
{
	if (options->args < command->least || options->args > command->most) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "usage: sriovadm %s", command->usage);
		return false;
	}
	if (!options->now && !options->boot) {
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "--runtime and --boot leave nothing to do: give one of the two");
		return false;
	}
	return true;
}

/* A word that is no command may be a PF to list; one that is neither is a mistake */
static bool check_words(struct report *report, const struct options *options)
{
	for (int i = 0; i < options->args; i++) {
		const char *word = options->arg[i];

		if (address_parse(word) ||
		    file_exists(mem_printf("sys/class/net/%s", word)) ||
		    file_exists(mem_printf("sys/class/nvme/%s", word)))
			continue;
		report_problem(report, "usage", EXIT_USAGE, NULL,
			       "%s is neither a command nor a device here; see sriovadm --help",
			       word);
		return false;
	}
	return true;
}

static void run(struct report *report, struct options *options, int argc,
		char **argv)
{
	const struct command *command = look_for_command(argc, argv);
	bool listing = !command;

	if (!take_arguments(report, options, command, argc, argv))
		return;
	if (options->help) {
		print_help();
		return;
	}
	if (options->version) {
		printf("sriovadm " SRIOVADM_VERSION "\n");
		return;
	}
	if (listing)
		command = find_command("list");
	options->command = command->name;
	if (!check_usage(report, options, command))
		return;
	if (listing && !check_words(report, options))
		return;

	command->run(report);
}

int main(int argc, char **argv)
{
	static struct options options = {
		.now = true, .boot = true, .timeout = 30, .numvfs = -1,
	};
	static const struct config no_config;
	struct snapshot kernel = { .vfio_sriov = false };
	struct report report = { .options = &options, .snapshot = &kernel };
	int err;

	/* However the command line is wrong, who wants JSON gets it */
	for (int i = 1; i < argc; i++) {
		if (same(argv[i], "--json"))
			options.json = true;
	}

	err = root_open();
	if (err) {
		fprintf(stderr, "sriovadm: the root directory cannot be opened: %s\n",
			strerror(-err));
		return EXIT_FAILED;
	}
	run(&report, &options, argc, argv);
	if (options.json && !options.help && !options.version) {
		if (report.snapshot == &kernel)
			kernel_read(&kernel.kernel, &no_config);
		report_json(&report, stdout);
	}

	err = report.exit;
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "sriovadm: standard output cannot be written\n");
		err = err ? err : EXIT_FAILED;
	}
	mem_done();
	return err;
}
