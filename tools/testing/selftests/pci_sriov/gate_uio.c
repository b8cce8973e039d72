// SPDX-License-Identifier: GPL-2.0
/* The gate under uio_pci_generic */
#define GATE_DRIVER "uio_pci_generic"
#include "gate.h"
