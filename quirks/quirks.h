/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SR-IOV quirk table: one X-macro file per vendor.
 *
 * The includer defines what it wants to see and gets every family and every
 * entry of it; what it leaves undefined is dropped:
 *
 * SRIOV_QUIRK_FAMILY(family, "driver", hazards, "reason")
 *	devices that one PF driver handles alike.  @hazards: SRIOV_HAZARD_*
 *	or-ed together, or SRIOV_HAZARD_NONE.  @reason: one line with its
 *	evidence, a file and function of the kernel tree, a public repository
 *	with its file and function, or a published document.
 *
 * SRIOV_QUIRK_NOTE(family, "text")
 *	what whoever is told to bind that driver must know, if anything: from
 *	which kernel on, or that it is not in Linux at all.
 *
 * SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, class, mask)
 *	a PF of that family.  Ids are 0x and four lower-case hex digits, or
 *	SRIOV_QUIRK_ANY; @class and @mask are 24 bits, the mask 0 (any class),
 *	0xff0000, 0xffff00 or 0xffffff, and a class is 0 outside of its mask.
 *
 * The vendor files use the shorter forms below where they suffice.  The order
 * of entries and of files means nothing: the most specific entry wins.
 */
#ifndef SRIOV_QUIRK_FAMILY
#define SRIOV_QUIRK_FAMILY(family, driver, hazards, reason)
#endif

#ifndef SRIOV_QUIRK_NOTE
#define SRIOV_QUIRK_NOTE(family, text)
#endif

#ifndef SRIOV_QUIRK_MATCH
#define SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  class, mask)
#endif

/* Every device with this id */
#define SRIOV_QUIRK_PF(family, vendor, device) \
	SRIOV_QUIRK_MATCH(family, vendor, device, SRIOV_QUIRK_ANY, \
			  SRIOV_QUIRK_ANY, 0x000000, 0x000000)

/* An id that only this vendor's boards, or this board, use for a PF */
#define SRIOV_QUIRK_PF_SUBSYS(family, vendor, device, subvendor, subdevice) \
	SRIOV_QUIRK_MATCH(family, vendor, device, subvendor, subdevice, \
			  0x000000, 0x000000)

/* An id that is a PF only with this class */
#define SRIOV_QUIRK_PF_CLASS(family, vendor, device, class, mask) \
	SRIOV_QUIRK_MATCH(family, vendor, device, SRIOV_QUIRK_ANY, \
			  SRIOV_QUIRK_ANY, class, mask)

/* Every device of a class that this vendor makes */
#define SRIOV_QUIRK_VENDOR_CLASS(family, vendor, class, mask) \
	SRIOV_QUIRK_MATCH(family, vendor, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, \
			  SRIOV_QUIRK_ANY, class, mask)

/* Every device of a class, whoever makes it */
#define SRIOV_QUIRK_CLASS(family, class, mask) \
	SRIOV_QUIRK_MATCH(family, SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, \
			  SRIOV_QUIRK_ANY, SRIOV_QUIRK_ANY, class, mask)

#include "3snic.h"
#include "alibaba.h"
#include "amazon.h"
#include "amd.h"
#include "broadcom.h"
#include "cavium.h"
#include "chelsio.h"
#include "cisco.h"
#include "class.h"
#include "emulex.h"
#include "freescale.h"
#include "fungible.h"
#include "huawei.h"
#include "ibm.h"
#include "intel.h"
#include "linkdata.h"
#include "mellanox.h"
#include "microsoft.h"
#include "montage.h"
#include "mucse.h"
#include "nebula-matrix.h"
#include "netronome.h"
#include "nvidia.h"
#include "nvme.h"
#include "pensando.h"
#include "qlogic.h"
#include "qualcomm.h"
#include "ramaxel.h"
#include "silicom.h"
#include "solarflare.h"
#include "solidrun.h"
#include "ti.h"
#include "virtio.h"
#include "wangxun.h"
#include "xilinx.h"
#include "yunsilicon.h"
#include "zte.h"

#undef SRIOV_QUIRK_CLASS
#undef SRIOV_QUIRK_VENDOR_CLASS
#undef SRIOV_QUIRK_PF_CLASS
#undef SRIOV_QUIRK_PF_SUBSYS
#undef SRIOV_QUIRK_PF
#undef SRIOV_QUIRK_MATCH
#undef SRIOV_QUIRK_NOTE
#undef SRIOV_QUIRK_FAMILY
