/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unmanaged SR-IOV: random writes to the parameters sriov_unmanaged.*, and
 * what must come of them
 *
 * For the KUnit tests, which call the parameters' set(), and for the selftest
 * that writes to sysfs.  Either includes what it has of the C library,
 * supplies sriov_fuzz_random(), and for every write calls sriov_fuzz_next(),
 * writes, reads back and calls sriov_fuzz_check().
 *
 * The oracle is made from the ABI and has no line in common with the parser:
 * it goes through the text once, from left to right, by the grammar.
 */
#ifndef DRIVERS_PCI_SRIOV_OVERRIDE_FUZZ_H
#define DRIVERS_PCI_SRIOV_OVERRIDE_FUZZ_H

#define SRIOV_FUZZ_ANY	(~0U)

/* "*:*=allow," is the shortest entry */
#define SRIOV_FUZZ_ENTRIES(page)	((page) / 10 + 1)

struct sriov_fuzz_entry {
	unsigned int id[4];
	bool allow;
};

struct sriov_fuzz_list {
	unsigned int count;
	struct sriov_fuzz_entry *entry;	/* SRIOV_FUZZ_ENTRIES(page) */
	char *text;			/* canonical; @page bytes */
};

enum sriov_fuzz_param {
	SRIOV_FUZZ_OVERRIDE,
	SRIOV_FUZZ_UNLISTED,
	SRIOV_FUZZ_SCOPE,
	SRIOV_FUZZ_PARAMS
};

static const char * const sriov_fuzz_names[] = {
	"override", "unlisted", "scope",
};

static const char * const sriov_fuzz_words[SRIOV_FUZZ_PARAMS][2] = {
	[SRIOV_FUZZ_UNLISTED] = { "allow", "refuse" },
	[SRIOV_FUZZ_SCOPE] = { "stub", "any" },
};

/**
 * struct sriov_fuzz - a run of random writes
 * @page: PAGE_SIZE
 * @text: what to write next; @page + 1 bytes, terminated
 * @len: of it; at most @page, as sysfs has it
 * @size: the same, but of what stands behind a NUL as well
 * @param: where to write it
 * @list: what the override list must be now
 * @word: which word the other two parameters must have now
 * @new_list: what it becomes if the write is accepted
 * @new_word: likewise
 * @malformed: the write must fail, with -EINVAL
 * @too_long: the write must fail, with -E2BIG; if both, either will do
 * @writes: how many there were
 * @accepted: how many of them succeeded
 * @rejected: how many failed
 * @failures: how many went wrong
 */
struct sriov_fuzz {
	size_t page;
	char *text;
	size_t len;
	size_t size;
	enum sriov_fuzz_param param;
	struct sriov_fuzz_list list;
	unsigned int word[SRIOV_FUZZ_PARAMS];
	struct sriov_fuzz_list new_list;
	unsigned int new_word;
	bool malformed;
	bool too_long;
	unsigned int writes;
	unsigned int accepted;
	unsigned int rejected;
	unsigned int failures;
};

#ifdef __KERNEL__
/* All parameters that are built in, as the linker gathers them */
extern const struct kernel_param __start___param[], __stop___param[];
#endif

/* From the includer: 32 random bits */
static unsigned int sriov_fuzz_random(void);

static unsigned int sriov_fuzz_below(unsigned int n)
{
	return sriov_fuzz_random() % n;
}

/* --- The oracle */

/* As the kernel has it: with the no-break space of Latin-1 */
static bool sriov_oracle_space(char c)
{
	switch ((unsigned char)c) {
	case ' ':
	case '\t':
	case '\n':
	case '\v':
	case '\f':
	case '\r':
	case 0xa0:
		return true;
	default:
		return false;
	}
}

static int sriov_oracle_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Return: what follows the id at @p, or NULL if there is none */
static const char *sriov_oracle_id(const char *p, unsigned int *id)
{
	unsigned int digits;

	if (*p == '*') {
		*id = SRIOV_FUZZ_ANY;
		return p + 1;
	}
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		p += 2;
	*id = 0;
	for (digits = 0; sriov_oracle_digit(*p) >= 0; digits++, p++)
		if (*id <= 0xffff)
			*id = 16 * *id + sriov_oracle_digit(*p);

	return digits && *id <= 0xffff ? p : NULL;
}

/* Return: what follows the entry at @p, or NULL if there is none */
static const char *sriov_oracle_entry(const char *p,
				      struct sriov_fuzz_entry *entry)
{
	unsigned int n = 0;

	entry->id[2] = SRIOV_FUZZ_ANY;
	entry->id[3] = SRIOV_FUZZ_ANY;
	do {
		if (n == 4)
			return NULL;
		p = sriov_oracle_id(p, &entry->id[n++]);
		if (!p)
			return NULL;
	} while (*p++ == ':');

	if (n < 2 || p[-1] != '=')
		return NULL;
	entry->allow = !strncmp(p, "allow", 5);
	if (entry->allow)
		return p + 5;
	return strncmp(p, "refuse", 6) ? NULL : p + 6;
}

/* Return: the length of the text in @buf, of 32 bytes */
static int sriov_oracle_print(char *buf, const struct sriov_fuzz_entry *entry)
{
	unsigned int fields = 4, i;
	int len = 0;

	while (fields > 2 && entry->id[fields - 1] == SRIOV_FUZZ_ANY)
		fields--;
	for (i = 0; i < fields; i++) {
		if (i)
			buf[len++] = ':';
		if (entry->id[i] == SRIOV_FUZZ_ANY)
			buf[len++] = '*';
		else
			len += snprintf(buf + len, 8, "%04x", entry->id[i]);
	}

	return len + snprintf(buf + len, 8, "=%s",
			      entry->allow ? "allow" : "refuse");
}

static void sriov_oracle_list(struct sriov_fuzz *f, const char *p,
			      const char *end)
{
	struct sriov_fuzz_list *list = &f->new_list;
	char text[32];
	size_t len = 0;
	int n;

	list->count = 0;
	list->text[0] = '\0';
	if (p == end)
		return;
	if (end - p >= f->page)
		f->too_long = true;

	for (;; p++) {
		struct sriov_fuzz_entry entry;

		p = sriov_oracle_entry(p, &entry);
		if (!p || p > end || (p < end && *p != ',')) {
			f->malformed = true;
			return;
		}
		n = sriov_oracle_print(text, &entry);
		if (len + !!len + n >= f->page)
			f->too_long = true;
		if (!f->too_long) {
			if (len)
				list->text[len++] = ',';
			memcpy(list->text + len, text, n + 1);
			len += n;
			list->entry[list->count++] = entry;
		}
		if (p == end)
			return;
	}
}

/* What must come of the write that @f is about to do */
static void sriov_oracle_judge(struct sriov_fuzz *f)
{
	const char *start = f->text, *end;
	unsigned int i;

	f->malformed = false;
	f->too_long = false;

	/* A kernel parameter is a string */
	f->size = f->len;
	f->len = strlen(f->text);
	end = start + f->len;
	if (f->param == SRIOV_FUZZ_OVERRIDE && f->len == f->page &&
	    end[-1] != '\n')
		f->too_long = true;

	while (start < end && sriov_oracle_space(*start))
		start++;
	while (end > start && sriov_oracle_space(end[-1]))
		end--;

	if (f->param == SRIOV_FUZZ_OVERRIDE) {
		sriov_oracle_list(f, start, end);
		return;
	}

	for (i = 0; i < 2; i++) {
		const char *word = sriov_fuzz_words[f->param][i];

		if (end - start == strlen(word) &&
		    !strncmp(start, word, strlen(word))) {
			f->new_word = i;
			return;
		}
	}
	f->malformed = true;
}

/* Return: 1 if the list in force allows the device, 0 if it refuses, or -1 */
static inline int sriov_oracle_find(const struct sriov_fuzz *f,
				    const unsigned int id[4])
{
	int allow = -1;
	unsigned int i, j;

	for (i = 0; i < f->list.count; i++) {
		const struct sriov_fuzz_entry *entry = &f->list.entry[i];

		for (j = 0; j < 4; j++)
			if (entry->id[j] != SRIOV_FUZZ_ANY &&
			    entry->id[j] != id[j])
				break;
		if (j == 4)
			allow = entry->allow;
	}

	return allow;
}

/* What a parameter must read as now, without the newline */
static const char *sriov_fuzz_expected(const struct sriov_fuzz *f,
				       enum sriov_fuzz_param param)
{
	return param == SRIOV_FUZZ_OVERRIDE ? f->list.text :
	       sriov_fuzz_words[param][f->word[param]];
}

/* --- Random texts */

/* A few ids come again and again, so that entries meet */
static unsigned int sriov_fuzz_id(void)
{
	static const unsigned int common[] = {
		0, 1, 0x10, 0xfff, 0x8086, 0x10fb, 0x1b36, 0xffff,
	};
	unsigned int n = sriov_fuzz_below(16);

	return n < 8 ? common[n] : sriov_fuzz_below(0x10000);
}

static void sriov_fuzz_entry(struct sriov_fuzz_entry *entry)
{
	unsigned int i, any = sriov_fuzz_random();

	for (i = 0; i < 4; i++)
		entry->id[i] = any & 3 << 2 * i ? sriov_fuzz_id() :
						  SRIOV_FUZZ_ANY;
	/* Half of them name no subsystem */
	if (any & 0x100) {
		entry->id[2] = SRIOV_FUZZ_ANY;
		entry->id[3] = SRIOV_FUZZ_ANY;
	}
	entry->allow = any & 0x200;
}

/* An id in one of its spellings, or now and then one that is too large */
static int sriov_fuzz_spell_id(char *buf, unsigned int id)
{
	static const char * const forms[] = {
		"%04x", "%04x", "%04x", "%x", "%04X", "0x%x", "0X%04X", "%08x",
	};

	if (id == SRIOV_FUZZ_ANY)
		return snprintf(buf, 16, "*");
	if (!sriov_fuzz_below(256))
		id += 0x10000 << sriov_fuzz_below(15);
	return snprintf(buf, 16, forms[sriov_fuzz_below(8)], id);
}

/* Return: the length of the text in @buf, of 64 bytes */
static int sriov_fuzz_spell(char *buf, const struct sriov_fuzz_entry *entry)
{
	unsigned int fields = 4, i;
	int len = 0;

	while (fields > 2 && entry->id[fields - 1] == SRIOV_FUZZ_ANY &&
	       sriov_fuzz_below(8))
		fields--;
	for (i = 0; i < fields; i++) {
		if (i)
			buf[len++] = ':';
		len += sriov_fuzz_spell_id(buf + len, entry->id[i]);
	}

	return len + snprintf(buf + len, 8, "=%s",
			      entry->allow ? "allow" : "refuse");
}

/* A list, in the end most often valid, of up to @size bytes */
static void sriov_fuzz_valid(struct sriov_fuzz *f, size_t size)
{
	unsigned int entries = sriov_fuzz_below(6);
	bool longer = size > 256 && !sriov_fuzz_below(4);
	struct sriov_fuzz_entry entry;
	size_t len = 0, n = 0;
	char text[64];

	if (size > 256)
		entries = ~0U;
	if (!sriov_fuzz_below(8))
		f->text[len++] = " \t\n\r"[sriov_fuzz_below(4)];
	while (entries--) {
		/* Now and then the same again; of hundreds one would be bad */
		if (!n || sriov_fuzz_below(8)) {
			sriov_fuzz_entry(&entry);
			n = size > 256 ? sriov_oracle_print(text, &entry) :
					 sriov_fuzz_spell(text, &entry);
			/* Some lists get longer once they are canonical */
			if (longer && !sriov_fuzz_below(8))
				n = snprintf(text, sizeof(text), "1:2=allow");
		}
		if (len + n + 2 > size)
			break;
		memcpy(f->text + len, text, n);
		len += n;
		if (entries)
			f->text[len++] = ',';
	}
	if (len && f->text[len - 1] == ',' && sriov_fuzz_below(64))
		len--;
	/* Near the limit: up to it, and beyond */
	while (size > 256 && len < size - sriov_fuzz_below(3))
		f->text[len++] = ' ';
	if (sriov_fuzz_below(2) && len < f->page)
		f->text[len++] = '\n';
	f->len = len;
}

static char sriov_fuzz_letter(void)
{
	static const char letters[] = "0123456789abcdefABCDEFxX*:=,lowrus\n ";

	return letters[sriov_fuzz_below(sizeof(letters) - 1)];
}

/* A byte of the text flipped, replaced, inserted or deleted, or the rest cut */
static void sriov_fuzz_mutate(struct sriov_fuzz *f)
{
	size_t at = f->len ? sriov_fuzz_below(f->len) : 0;

	switch (f->len ? sriov_fuzz_below(6) : 3) {
	case 0:
		f->text[at] ^= 1 << sriov_fuzz_below(8);
		break;
	case 1:
		f->text[at] = sriov_fuzz_random();
		break;
	case 2:
		f->text[at] = sriov_fuzz_letter();
		break;
	case 3:
		if (f->len == f->page)
			break;
		memmove(f->text + at + 1, f->text + at, f->len - at);
		f->text[at] = sriov_fuzz_letter();
		f->len++;
		break;
	case 4:
		memmove(f->text + at, f->text + at + 1, f->len - at - 1);
		f->len--;
		break;
	case 5:
		f->len = at;
		break;
	}
}

static void sriov_fuzz_soup(struct sriov_fuzz *f, size_t size)
{
	static const char * const words[] = {
		"8086", "10fb", "ffff", "10000", "*", "0x", ":", ":", ":",
		"=allow", "=refuse", "=", ",", ",", " ", "\n",
	};

	for (f->len = 0; f->len + 8 < size; ) {
		const char *word = words[sriov_fuzz_below(16)];

		memcpy(f->text + f->len, word, strlen(word));
		f->len += strlen(word);
	}
}

/* Fill in @text, @len and @param, and what must come of it */
static void sriov_fuzz_next(struct sriov_fuzz *f)
{
	/* Long texts take long, and short ones find as much */
	size_t size = 1 + sriov_fuzz_below(64);
	unsigned int kind = sriov_fuzz_below(16);
	const char *word;

	if (!sriov_fuzz_below(256))
		size = f->page - sriov_fuzz_below(4);

	f->param = SRIOV_FUZZ_OVERRIDE;
	switch (kind) {
	case 0:
	case 1:		/* the alphabet */
		for (f->len = 0; f->len < size; f->len++)
			f->text[f->len] = sriov_fuzz_letter();
		break;
	case 2:
	case 3:		/* any bytes */
		for (f->len = 0; f->len < size; f->len++)
			f->text[f->len] = sriov_fuzz_random() >> 8;
		break;
	case 4:
	case 5:		/* the grammar's words */
		sriov_fuzz_soup(f, size + 8 > f->page ? f->page : size + 8);
		break;
	case 6:		/* the other parameters */
		f->param = 1 + sriov_fuzz_below(SRIOV_FUZZ_PARAMS - 1);
		word = sriov_fuzz_words[1 + sriov_fuzz_below(2)]
				       [sriov_fuzz_below(2)];
		f->len = strlen(word);
		memcpy(f->text, word, f->len);
		if (sriov_fuzz_below(2))
			sriov_fuzz_mutate(f);
		break;
	default:
		sriov_fuzz_valid(f, size > 64 ? size : 256);
		for (; kind >= 12; kind--)
			sriov_fuzz_mutate(f);
	}
	f->text[f->len] = '\0';

	sriov_oracle_judge(f);
}

/**
 * sriov_fuzz_check - has the write done what it must?
 * @f: the run
 * @err: what the write returned
 * @now: what the parameter reads as, with the final newline
 *
 * Return: what is wrong, or NULL.
 */
static const char *sriov_fuzz_check(struct sriov_fuzz *f, int err,
				    const char *now)
{
	struct sriov_fuzz_list list = f->list;
	const char *wrong = NULL, *expected;
	size_t len;

	f->writes++;
	if (err)
		f->rejected++;
	else
		f->accepted++;

	if (f->malformed || f->too_long) {
		if (!err)
			wrong = "accepted, and must not be";
		else if (!(err == -EINVAL && f->malformed) &&
			 !(err == -E2BIG && f->too_long))
			wrong = "rejected with the wrong error";
	} else if (err) {
		wrong = "rejected, and must not be";
	} else if (f->param == SRIOV_FUZZ_OVERRIDE) {
		f->list = f->new_list;
		f->new_list = list;
	} else {
		f->word[f->param] = f->new_word;
	}

	/* The longest list leaves no room for the newline */
	expected = sriov_fuzz_expected(f, f->param);
	len = strlen(expected);
	if (strncmp(now, expected, len) ||
	    strcmp(now + len, len == f->page - 1 ? "" : "\n"))
		wrong = wrong ?: err ? "rejected, but the value changed" :
				       "accepted, but reads differently";
	if (wrong)
		f->failures++;

	return wrong;
}

#endif /* DRIVERS_PCI_SRIOV_OVERRIDE_FUZZ_H */
