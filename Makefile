# SPDX-License-Identifier: GPL-2.0
#
# Unmanaged SR-IOV; `make help` lists the targets.

# Those of patches/kernels, the base first
KERNELS	:= $(shell tools/kernels/list.sh)
VM	:= $(MAKE) --no-print-directory -f tools/vm/Makefile

# What was said on the command line; a given tree is the only kernel then, with the
# series of KERNEL=, or of the version that it is
TESTED	:= $(or $(KERNEL),$(if $(KSRC),ksrc,$(KERNELS)))
NEWEST	:= $(firstword $(TESTED))
# for_each <goal and variables>: of tools/vm/Makefile, for each of them; all are tried
for_each = for kernel in $(TESTED); do $(VM) KERNEL=$$kernel $1 || failed=1; done; \
	[ -z "$$failed" ]

# No run of the preprocessor to find that an object is not in the cache
export CCACHE_DEPEND := 1

# No target is a file
.PHONY: $(shell sed -n 's/^\([a-z][a-z0-9 -]*\):.*/\1/p' $(firstword $(MAKEFILE_LIST)))
.DEFAULT_GOAL := help

help:
	@echo 'make demo        reserve a PF and use its VFs, in a VM, narrated; on a stock'
	@echo '                 kernel with our module, or on a patched one with KERNEL='
	@echo 'make demo-guest  a guest that boots from a VF of a reserved PF, narrated'
	@echo 'make test        all tests, on all kernels; ends with a summary'
	@echo 'make test-debug  the same on kernels that look for bad memory and for races'
	@echo 'make test-arm64  the simulator and the gate on an emulated arm64 machine'
	@echo 'make test-guests VFs of real device models in guests, on one kernel'
	@echo 'make same        does anybody notice who does not use it?  One kernel with the'
	@echo '                 option, one without, each step compared'
	@echo 'make mutants     plant bugs: which test catches each?'
	@echo 'make bench       enable and disable up to 16384 VFs, stock and patched'
	@echo '                 side by side; BENCH=quick takes 3 minutes once the kernels are built,'
	@echo '                 BENCH=parallel is 16 PFs at a time alone'
	@echo 'make bench-readme  write the figures of build/bench into tools/bench/README.md'
	@echo 'make kernel      patch and build the test kernel'
	@echo 'make refresh     write edits of build/linux-<version> back to patches/'
	@echo 'make port        a patch that does not apply, by git am -3: patches/README.md'
	@echo 'make -s image    the same, and print the path of its bzImage'
	@echo 'make -s quirks-tsv  the table of devices, tab-separated'
	@echo 'make -s quirks-hwdb the same as a udev hwdb file'
	@echo 'make audit       is the table complete and in step with the sources?'
	@echo 'make lint        the kernel'\''s static checks on all that is ours'
	@echo 'make test-lint   plant an error for each of these checks: is it found?'
	@echo 'make configs     compile it in many configurations, for 4 architectures'
	@echo 'make quirks-rst  bring the table in Documentation/ in step'
	@echo 'make series      what goes to the mailing list: four series with cover letters'
	@echo 'make series-build  the same, built patch by patch; FIRST=<n>: so many only'
	@echo 'make sriovadm    the administrator'\''s tool, build/sriovadm/sriovadm'
	@echo 'make test-sriovadm  its tests on simulated devices; no VM'
	@echo 'make test-sriovadm-boot  what it configures, at boot: Debian 12 and 13 in VMs'
	@echo 'make deb         Debian packages, in build/deb/'
	@echo 'make test-deb    the packages as users have them, in such VMs'
	@echo 'make test-clients  udev, libvirt, DPDK, nvme-cli, driverctl beside VFs, in such VMs'
	@echo 'make test-rootfs  Debian 12 and 13 with their stock kernels boot in VMs'
	@echo 'make pci-sim-module  the PCI simulator for stock kernels, shown in a VM'
	@echo 'make module      the feature as a module, for the kernel that runs or KDIR=<headers>'
	@echo 'make module-test the same for stock kernels of Debian, tested in VMs'
	@echo 'make htmldocs    render the documents, and check them'
	@echo 'make size        what the feature adds to a kernel, on and off'
	@echo 'make clean       delete build/'
	@echo
	@echo 'KERNEL=<version> one kernel only: $(KERNELS)'
	@echo 'KSRC=<tree>      another kernel tree or tarball; it is not written to'

# Without KERNEL=, Debian's own kernel and our module: no kernel is built
demo:
ifeq ($(KERNEL)$(KSRC),)
	@tools/vm/setup.sh
	@tools/demo/stock.sh build/stock || { [ $$? = 3 ] && \
		echo 'demo: so a patched kernel is built for it, which takes minutes' >&2 && \
		$(VM) KERNEL=$(NEWEST) demo; }
else
	@$(VM) KERNEL=$(NEWEST) demo
endif

test:
	@tools/vm/test.sh $(TESTED)

demo-guest test-guests kernel image htmldocs port refresh:
	@$(VM) KERNEL=$(NEWEST) $(@:test-%=%)

# Slow, and they need memory; VARIANTS=kasan or kcsan is one of them
test-debug: export VM_MEMORY := 1024
test-debug: export VM_JOBS ?= 3
test-debug: export VM_SECONDS ?= 1500
test-debug: export FUZZ_WRITES ?= 40000
test-debug: export FAULT_STEP ?= 24
test-debug:
	@for variant in $(or $(VARIANTS),kasan kcsan); do \
		$(call for_each,VARIANT=$$variant run); done

test-arm64:
	@$(call for_each,MACHINE=arm64 run)

# trees: patched; sources: there, whether our patches fit or not; series: below build/,
# one folder for each kernel, and in it one for each series
same trees sources series series-build:
	@$(call for_each,$(patsubst sources,source,$(@:trees=tree)))

mutants:
	@tools/mutants/mutants.sh $(NEWEST)

bench:
	@tools/bench/bench.sh $(TESTED)

bench-readme:
	@tools/bench/report.py --readme build/bench $(TESTED)

TREES = $(foreach kernel,$(TESTED),$(shell $(VM) -s KERNEL=$(kernel) \
	KSRC=$(KSRC) tree-path))

# Debian's packages for a target
setup-%:
	@tools/vm/setup.sh $*

# Of the sources: nothing that is patched matters to it
audit: sources setup-audit
	@tools/sriov-audit/audit.py --work build/audit \
		$(if $(or $(KSRC),$(filter-out $(TESTED),$(KERNELS))),,--all) \
		$(addprefix --kernel-tree ,$(TREES))

lint: trees setup-lint
	@tools/lint/lint.sh build/lint $(TREES)

# Does it find what is planted?
test-lint: trees setup-lint
	@tools/lint/test-lint.sh $(firstword $(TREES)) build/test-lint $(CHECK)

configs: trees setup-configs
	@tools/configs/configs.sh build/configs $(TREES)

quirks-tsv quirks-hwdb quirks-rst:
	@$(MAKE) --no-print-directory -C tools/sriov-quirks $@

sriovadm: setup-sriovadm
	@$(MAKE) --no-print-directory -C tools/sriovadm

test-sriovadm: setup-sriovadm
	@$(MAKE) --no-print-directory -C tools/sriovadm test
	@tools/sriovadm/boot/test.sh build/sriovadm/sriovadm

test-sriovadm-boot: deb setup-rootfs
	@tools/sriovadm/tests/vm/run.sh build/sriovadm-boot build/deb bookworm trixie

deb: setup-deb
	@tools/deb/build.sh build/deb

# Any patched tree has the selftests
test-deb: deb setup-rootfs
	@$(VM) KERNEL=$(firstword $(KERNELS)) tree
	@tools/rootfs/test.sh packages build/deb build/linux-$(firstword $(KERNELS))

test-clients: deb setup-rootfs
	@tools/rootfs/test.sh clients build/deb

test-rootfs: setup-rootfs
	@tools/rootfs/test.sh rootfs

module:
	@$(MAKE) --no-print-directory -C dkms OUTPUT=$(CURDIR)/build/module

# The simulator alone, on stock kernels
pci-sim-module: export STOCK_ONLY := pci-sim
# Any patched tree has the selftests
pci-sim-module module-test:
	@$(VM) KERNEL=$(firstword $(KERNELS)) tree
	@dkms/stock-test.sh build/module-test build/linux-$(firstword $(KERNELS)) \
		$(filter-out ksrc,$(TESTED))

size:
	@tools/configs/size.sh $(TESTED)

clean:
	rm -rf build
