#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Does the audit notice what a new kernel brings?  Links to all files of a
# kernel tree, with invented drivers that enable VFs in every way that the audit
# knows; each must be reported by name.  Takes some minutes.
#
# test-kernel.sh <kernel tree> [options of audit.py, such as --quirks-tsv]

set -u

if [ $# = 0 ]; then
	echo "usage: $0 <kernel tree> [options of audit.py]" >&2
	exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$1" && pwd) || exit 2
shift
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
acme=$tmp/linux/drivers/misc/acme
failed=0

# own <file>: a copy in place of the link
own()
{
	cp --remove-destination "$tree/$1" "$tmp/linux/$1"
}

# write_c <file>: a source of the invented drivers, from standard input
write_c()
{
	{
		echo '#include <linux/module.h>'
		echo '#include <linux/pci.h>'
		cat
		echo 'MODULE_LICENSE("GPL");'
	} > "$acme/$1"
}

# check <what> <pattern>
check()
{
	if grep -qE -e "$2" "$tmp/output"; then
		echo "PASS: $1"
	else
		echo "FAIL: $1: no such finding: $2"
		failed=1
	fi
}

# check_not <what> <pattern>
check_not()
{
	if grep -E -e "$2" "$tmp/output"; then
		echo "FAIL: $1"
		failed=1
	else
		echo "PASS: $1"
	fi
}

echo "linking $tree"
cp -as "$tree" "$tmp/linux" || exit 2

known=drivers/net/ethernet/intel/ixgbe/ixgbe_main.c
own $known
sed -i 's/.*_82599_SFP).*/&\n\t{PCI_VDEVICE(INTEL, 0xabc1), board_82599 },/' \
	"$tmp/linux/$known"

own drivers/misc/Makefile
echo 'obj-$(CONFIG_ACME) += acme/' >> "$tmp/linux/drivers/misc/Makefile"
mkdir "$acme"
cat > "$acme/Makefile" <<'EOF'
acme-core-objs := core.o
obj-$(CONFIG_ACME_ANY) += acme-core.o acme_drv.o acme_arm.o acme_late.o \
	acme_macro.o acme_broken.o acme_test.o acme_lonely.o
acme_drv-$(CONFIG_ACME_ANY) += \
	drv.o
acme_drv-objs += ids.o names.o vf.o
EOF

# A common part, and a driver in several files that nothing but it enables VFs
write_c core.c <<'EOF'
static int up(struct pci_dev *pdev, int n)
{
	return pci_enable_sriov(pdev, n);
}

int acme_core_bring_up(struct pci_dev *pdev)
{
	return up(pdev, 2);
}
EXPORT_SYMBOL_GPL(acme_core_bring_up);
EOF
write_c drv.c <<'EOF'
extern const struct pci_device_id acme_ids[];
extern const char acme_name[];
int acme_core_bring_up(struct pci_dev *pdev);

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return acme_core_bring_up(pdev);
}

static struct pci_driver acme_driver = {
	.name = acme_name, .id_table = acme_ids, .probe = probe,
};
module_pci_driver(acme_driver);
EOF
write_c ids.c <<'EOF'
#define ACME_SECOND 0xace2 /* the VF of an ACME */
extern const struct pci_device_id acme_ids[];
const struct pci_device_id acme_ids[] = {
	{ PCI_DEVICE(0x1aaa, 0xace1) },
#ifdef CONFIG_NO_SUCH
	{ PCI_DEVICE(0x1aaa, 0xacef) },
#endif
	{ PCI_DEVICE(0x1aaa, ACME_SECOND) },
	{ PCI_DEVICE_SUB(0x1aaa, 0xace3, 0x1bbb, PCI_ANY_ID),
	  .class = PCI_CLASS_NETWORK_ETHERNET << 8, .class_mask = ~0 },
	{ }
};
MODULE_DEVICE_TABLE(pci, acme_ids);
EOF
write_c names.c <<'EOF'
extern const char acme_name[];
const char acme_name[] = "acme-driver";
EOF
# A driver in the same module that enables none
write_c vf.c <<'EOF'
static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1aaa, 0xace9) }, { }
};
struct pci_driver acme_other = { .name = "acme-other", .id_table = ids };
EOF
# What only another architecture can compile
write_c acme_arm.c <<'EOF'
#include <asm/sysreg.h>
#include <asm/cputype.h>
static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1aaa, 0xacea) }, { }
};

static struct pci_driver acme_arm = {
	.name = KBUILD_MODNAME, .id_table = ids,
	.sriov_configure
		= pci_sriov_configure_simple,
};

static int __init acme_arm_init(void)
{
	return read_sysreg(midr_el1) ? pci_register_driver(&acme_arm) : -ENODEV;
}
module_init(acme_arm_init);
EOF
write_c acme_late.c <<'EOF'
static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1aaa, 0xaceb) }, { }
};
static struct pci_driver acme_late = { .name = "acme-late", .id_table = ids };
int acme_late_configure(struct pci_dev *pdev, int num_vfs);

static int __init acme_late_init(void)
{
	acme_late.sriov_configure = acme_late_configure;
	return pci_register_driver(&acme_late);
}
module_init(acme_late_init);
EOF
echo '#define ACME_CALLBACK .sriov_configure = pci_sriov_configure_simple' \
	> "$acme/acme_macro.h"
write_c acme_macro.c <<'EOF'
#include "acme_macro.h"
static struct pci_driver acme_macro = { .name = "acme", ACME_CALLBACK };
module_pci_driver(acme_macro);
EOF
write_c acme_broken.c <<'EOF'
#include <no/such.h>
static struct pci_driver b = { .sriov_configure = pci_sriov_configure_simple };
EOF
write_c acme_orphan.c <<'EOF'
static struct pci_driver b = { .sriov_configure = pci_sriov_configure_simple };
EOF
write_c acme_test.c <<'EOF'
#include <kunit/test.h>
int acme_test(struct pci_dev *pdev);
int acme_test(struct pci_dev *pdev) { return pci_enable_sriov(pdev, 1); }
EOF
write_c acme_lonely.c <<'EOF'
int acme_lonely(struct pci_dev *pdev);
int acme_lonely(struct pci_dev *pdev) { return pci_enable_sriov(pdev, 1); }
EOF

"$here/audit.py" "$@" --work "$tmp/work" --kernel-tree "$tmp/linux" \
	> "$tmp/output"
if [ $? != 1 ]; then
	echo "FAIL: the audit has found nothing"
	exit 1
fi
tail -n 1 "$tmp/output"

check "a new id of a known driver" '^missing: .*ixgbe 8086:abc1 '
check "a driver in several files, by a common part" \
	'^missing: .*/ids.c:[0-9]+: acme-driver 1aaa:ace1 '
check "an id with subvendor and class" \
	'^missing: .*acme-driver 1aaa:ace3:1bbb:\*@020000/ffffff '
check_not "a macro whose comment says VF" ' 1aaa:ace2'
check_not "an entry that is not compiled" ' 1aaa:acef'
check_not "a driver beside it that enables none" ' 1aaa:ace9'
check "a driver for another architecture" \
	'acme_arm 1aaa:acea|acme_arm.c: cannot be compiled'
check "a callback set at run time" '^missing: .*acme-late 1aaa:aceb '
check "a callback set by a macro in a header" '^unresolved: .*/acme_macro.h: '
check "a source that does not compile" '^unresolved: .*/acme_broken.c: cannot'
check "a source that no Makefile builds" '^unresolved: .*/acme_orphan.c: no'
check "a library that no driver uses" '^unresolved: .*/acme_lonely.c: '
check_not "a KUnit test" 'acme_test'

exit $failed
