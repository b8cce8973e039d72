// SPDX-License-Identifier: GPL-2.0
/* The gate under pci-stub */
#define GATE_DRIVER "pci-stub"
#include "gate.h"
