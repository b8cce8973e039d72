// SPDX-License-Identifier: GPL-2.0
/* Parsers by table: addresses, ids, override lists, configuration and its editor */
#include <string.h>

#include "sriovadm.h"

static unsigned int cases, failed;

static void check(const char *what, const char *got, const char *wanted)
{
	cases++;
	if (same(got, wanted))
		return;
	failed++;
	printf("FAIL %s\n  wanted: %s\n  got:    %s\n", what,
	       wanted ? wanted : "(null)", got ? got : "(null)");
}

static void test_address(void)
{
	static const char * const table[][2] = {
		{ "0000:01:00.0", "0000:01:00.0" },
		{ "01:00.0", "0000:01:00.0" },
		{ "1:1f.7", "0000:01:1f.7" },
		{ "ABCD:EF:1F.7", "abcd:ef:1f.7" },
		{ "10001:01:00.0", "10001:01:00.0" },
		{ "0:0.0", "0000:00:00.0" },
		{ "01:20.0", NULL }, { "01:00.8", NULL }, { "01:00", NULL },
		{ "100:00.0", NULL }, { "01:00.0 ", NULL }, { "", NULL },
		{ ":01:00.0", NULL }, { "0000:01:00.0:1", NULL },
		{ "0x1:00.0", NULL }, { "-1:00.0", NULL },
		{ "100000000:01:00.0", NULL }, { "01:00.", NULL },
		{ "enp1s0f0", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(table[i][0], address_parse(table[i][0]), table[i][1]);
}

/* As Documentation says of sriov_unmanaged.override */
static void test_override(void)
{
	static const char * const table[][2] = {
		{ "", "" },
		{ " \n", "" },
		{ "8086:10fb=allow", "8086:10fb=allow" },
		{ "0x8086:0X10FB=refuse\n", "8086:10fb=refuse" },
		{ "1:2=allow,3:4:5:6=refuse",
		  "0001:0002=allow,0003:0004:0005:0006=refuse" },
		{ "1:2:*:*=allow", "0001:0002=allow" },
		{ "*:*=refuse", "*:*=refuse" },
		{ "ffff:ffff=allow", "ffff:ffff=allow" },
		{ "1:2:*:3=allow", "0001:0002:*:0003=allow" },
		{ "00001:2=allow", "0001:0002=allow" },
		{ "1:2=allow,", "\"\": an entry is empty" },
		{ ",1:2=allow", "\"\": an entry is empty" },
		{ "1=allow",
		  "\"1=allow\": vendor and device are both needed" },
		{ "1:2", "\"1:2\": =allow or =refuse is missing" },
		{ "1:2=Allow", "\"1:2=Allow\": an entry ends in =allow or =refuse" },
		{ "1:2=allow x", "\"1:2=allow x\": an entry ends in =allow or =refuse" },
		{ "1:10000=allow", "\"1:10000=allow\": an id has at most 16 bits" },
		{ "1:=allow", "\"1:=allow\": a field is empty" },
		{ "1:0x=allow", "\"1:0x=allow\": an id is hexadecimal, or * for any" },
		{ "1:g=allow", "\"1:g=allow\": an id is hexadecimal, or * for any" },
		{ "1:2:3:4:5=allow",
		  "\"1:2:3:4:5=allow\": there are more than four ids" },
		{ "1: 2=allow", "\"1: 2=allow\": an id is hexadecimal, or * for any" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		overrides list = { NULL, 0, 0 };
		const char *wrong = NULL;

		check(table[i][0],
		      override_parse(table[i][0], "config", &list, &wrong) ?
		      override_print(&list) : wrong, table[i][1]);
		if (wrong)
			check("a bad list leaves nothing",
			      override_print(&list), "");
	}
}

static void test_override_find(void)
{
	static const struct identity id = { 1, 2, 3, 4, 0 };
	static const char * const table[][2] = {
		{ "1:2=allow,1:*=refuse", "0001:*=refuse" },
		{ "1:*=refuse,1:2=allow", "0001:0002=allow" },
		{ "1:2:3:4=allow,1:2:3:5=refuse", "0001:0002:0003:0004=allow" },
		{ "1:3=allow", NULL },
		{ "*:*:*:4=allow", "*:*:*:0004=allow" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		overrides list = { NULL, 0, 0 };
		const struct override *found;
		const char *wrong;

		override_parse(table[i][0], "config", &list, &wrong);
		found = override_find(&list, &id);
		check(table[i][0], found ? override_print_one(found) : NULL,
		      table[i][1]);
	}
}

/* What a file says, in one line */
static const char *print_config(const struct pf_config *pf)
{
	const char *text;

	text = mem_printf("%s %s %s driver=%s vfs=%d autoprobe=%d wait=%d",
			  pf->address ? pf->address : "-",
			  pf->id.vendor == ID_ANY ? "-" :
			  identity_print(&pf->id),
			  pf->serial ? pf->serial : "-",
			  pf->driver ? pf->driver : "-", pf->vfs,
			  pf->autoprobe, pf->wait_sec);
	for (size_t i = 0; i < pf->vf.count; i++)
		text = mem_printf("%s vf%d=%s", text, pf->vf.item[i].index,
				  pf->vf.item[i].driver);
	return text;
}

static void test_config(void)
{
	static const char * const table[][2] = {
		{ "[Match]\nAddress=1:0.0\n",
		  "0000:01:00.0 - - driver=- vfs=-1 autoprobe=-1 wait=10" },
		{ "# all of it\n\n[Match]\nAddress=0000:01:00.0\nId=144d:a824\n"
		  "Serial=00-25-38-b1-71-b0-1a-2c\n[PF]\nDriver=pci-stub\n"
		  "VFs=4\nAutoprobe=no\nWaitSec=3\n[VF]\nDriver=vfio-pci\n"
		  "[VF 0]\nDriver=none\n",
		  "0000:01:00.0 144d:a824 00-25-38-b1-71-b0-1a-2c driver=pci-stub vfs=4 autoprobe=0 wait=3 vf-1=vfio-pci vf0=none" },
		{ " [Match] \n\tSerial = 00-25-38-b1-71-b0-1a-2c \r\n; x\n[PF]\nAutoprobe=TRUE",
		  "- - 00-25-38-b1-71-b0-1a-2c driver=- vfs=-1 autoprobe=1 wait=10" },
		{ "[Match]\nId=1:2\n[PF]\nVFs=1\nVFs=2\n[VF 1]\nDriver=a\n[VF 1]\nDriver=b\n",
		  "- 0001:0002 - driver=- vfs=2 autoprobe=-1 wait=10 vf1=b" },
		{ "[Match]\nAddress=x\n",
		  "f:2: Address=x: an address is needed, such as 0000:01:00.0" },
		{ "[Match]\nId=1\n",
		  "f:2: Id=1: vendor and device are both needed" },
		{ "[Match]\nSerial=1-2\n",
		  "f:2: Serial=1-2: eight bytes are needed, such as 00-25-38-b1-71-b0-1a-2c" },
		{ "[Match]\nId=1:2\n[PF]\nDriver=a/b\n",
		  "f:4: Driver=a/b: the name of a driver is needed, or none" },
		{ "[Match]\nId=1:2\n[PF]\nDriver=\n",
		  "f:4: Driver=: the name of a driver is needed, or none" },
		{ "[Match]\nId=1:2\n[PF]\nVFs=65536\n",
		  "f:4: VFs=65536: a number from 0 to 65535 is needed" },
		{ "[Match]\nId=1:2\n[PF]\nAutoprobe=2\n",
		  "f:4: Autoprobe=2: yes or no is needed" },
		{ "[Match]\nId=1:2\n[PF]\ndriver=x\n",
		  "f:4: driver= is no key of [PF]: Driver=, VFs=, Autoprobe= and WaitSec= are" },
		{ "[Match]\nId=1:2\n[VF -1]\n",
		  "f:3: [VF -1] is no section of this file: [Match], [PF], [VF] and [VF n] are" },
		{ "\n[PF]\nVFs=1\n",
		  "f:1: which PF?  [Match] needs Address=, Id= or Serial=" },
		{ "", "f:1: which PF?  [Match] needs Address=, Id= or Serial=" },
		{ "x=1\n", "f:1: x= stands before any section" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		problems errors = { NULL, 0, 0 };
		struct pf_config pf;

		check(table[i][0],
		      config_parse_pf("f", table[i][0], &pf, &errors) ?
		      print_config(&pf) : errors.item[0].message,
		      table[i][1]);
	}
}

static void test_policy(void)
{
	static const char * const table[][2] = {
		{ "[Policy]\nOverride=1:2=allow\nOverride=3:4=refuse\nUnlisted=refuse\nScope=any\n",
		  "0001:0002=allow,0003:0004=refuse refuse any" },
		{ "", " - -" },
		{ "[PF]\n", "f:1: [PF] is no section of this file: [Policy] is" },
		{ "[Policy]\nScope=all\n", "f:2: Scope=all: stub or any is needed" },
		{ "[Policy]\nOverride=1:2\n",
		  "f:2: Override=: entry \"1:2\": =allow or =refuse is missing" },
		{ "[Policy]\nX=1\n",
		  "f:2: X= is no key of [Policy]: Override=, Unlisted= and Scope= are" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct config config = { .scope = NULL };
		problems errors = { NULL, 0, 0 };
		bool right = config_parse_policy("f", table[i][0], &config,
						 &errors);

		check(table[i][0], right ?
		      mem_printf("%s %s %s", override_print(&config.override),
				 config.unlisted ? config.unlisted : "-",
				 config.scope ? config.scope : "-") :
		      errors.item[0].message, table[i][1]);
	}
}

static void test_edit(void)
{
	static const char * const table[][4] = {
		{ "", "PF", "1", "[PF]\nVFs=1\n" },
		{ "[PF]\nVFs=2\n", "PF", "1", "[PF]\nVFs=1\n" },
		{ "[PF]\n VFs = 2\nVFs=3\n", "PF", "1", "[PF]\nVFs=1\n" },
		{ "[PF]\n# VFs=2\n\n[VF]\nVFs=9\n", "PF", "1",
		  "[PF]\n# VFs=2\nVFs=1\n\n[VF]\nVFs=9\n" },
		{ "[VF]\nDriver=x", "PF", "1",
		  "[VF]\nDriver=x\n\n[PF]\nVFs=1\n" },
		{ "[PF]\nVFs=2\n[PF]\nVFs=3\nA=b\n", "PF", "1",
		  "[PF]\nVFs=1\n[PF]\nA=b\n" },
		{ "[PF]\nVFs=2\nA=b\n", "PF", NULL, "[PF]\nA=b\n" },
		{ "[PF]\nA=b\n", "PF", NULL, "[PF]\nA=b\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		check(table[i][0], config_edit(table[i][0], table[i][1],
					       "VFs", table[i][2]),
		      table[i][3]);
}

int main(void)
{
	test_address();
	test_override();
	test_override_find();
	test_config();
	test_policy();
	test_edit();
	printf("parsers: %u cases, %u failed\n", cases, failed);
	mem_done();
	return failed ? 1 : 0;
}
