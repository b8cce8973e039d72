#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# dracut reads this into its own shell: nothing here may end it.

/usr/share/sriovadm/early.sh || :
