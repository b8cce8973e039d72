# SPDX-License-Identifier: GPL-2.0
#
# Where the files around the program go.  `make -f tools/sriovadm/install.mk install
# DESTDIR=... [UNITDIR=... UDEVDIR=...] [SRIOVADM=<the program, to install it too>]`

SRIOVADM_DIR := $(dir $(lastword $(MAKEFILE_LIST)))

DESTDIR	?=
# Debian 12 has these below /lib, and its debhelper looks for units there only
UNITDIR	?= /usr/lib/systemd/system
UDEVDIR	?= /usr/lib/udev
SHARE	:= $(DESTDIR)/usr/share
BOOT	:= $(SRIOVADM_DIR)boot

.PHONY: install install-sriovadm install-boot install-man install-completion

install: install-sriovadm install-boot install-man install-completion

install-sriovadm:
	install -d $(DESTDIR)/etc/sriovadm/pf.d $(SHARE)/sriovadm
	install -m 644 $(SRIOVADM_DIR)schema/sriovadm.schema.json $(SHARE)/sriovadm/
	$(if $(SRIOVADM),install -D -m 755 $(SRIOVADM) $(DESTDIR)/usr/sbin/sriovadm)

install-boot:
	install -D -m 755 $(BOOT)/early.sh $(SHARE)/sriovadm/early.sh
	install -d $(DESTDIR)$(UNITDIR)
	install -m 644 $(BOOT)/sriovadm.service \
		$(BOOT)/sriovadm-hotplug@.service $(DESTDIR)$(UNITDIR)/
	install -D -m 644 $(BOOT)/05-sriovadm.rules \
		$(DESTDIR)$(UDEVDIR)/rules.d/05-sriovadm.rules
	install -D -m 755 $(BOOT)/initramfs-tools/hook \
		$(SHARE)/initramfs-tools/hooks/sriovadm
	install -D -m 755 $(BOOT)/initramfs-tools/init-top \
		$(SHARE)/initramfs-tools/scripts/init-top/sriovadm
	install -d $(DESTDIR)/usr/lib/dracut/modules.d/90sriovadm
	install -m 755 $(BOOT)/dracut/module-setup.sh $(BOOT)/dracut/sriovadm.sh \
		$(DESTDIR)/usr/lib/dracut/modules.d/90sriovadm/

install-man:
	install -d $(SHARE)/man/man8 $(SHARE)/man/man5
	install -m 644 $(SRIOVADM_DIR)man/sriovadm.8 $(SHARE)/man/man8/
	install -m 644 $(SRIOVADM_DIR)man/sriovadm.conf.5 $(SHARE)/man/man5/

install-completion:
	install -D -m 644 $(SRIOVADM_DIR)completion/sriovadm.bash \
		$(SHARE)/bash-completion/completions/sriovadm
	install -D -m 644 $(SRIOVADM_DIR)completion/_sriovadm \
		$(SHARE)/zsh/vendor-completions/_sriovadm
