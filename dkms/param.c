// SPDX-License-Identifier: GPL-2.0
/*
 * Unmanaged SR-IOV as a module for stock kernels: its parameters
 *
 * sriov-param.c is written for a kernel.  The name of a module is the prefix of
 * its parameters already, and what a kernel calls at boot sriov_module_init()
 * calls.
 */
#define pr_fmt(fmt) "sriov_unmanaged." fmt

#include <linux/module.h>
#include <linux/moduleparam.h>

#include "stock.h"

#undef core_param_cb
#define core_param_cb(name, ops, arg, perm)	\
	__module_param_call("", name, ops, arg, perm, -1, 0)

#undef core_initcall
#define core_initcall(fn)	\
	void __init sriov_params_loaded(void) { fn(); }

#include "sriov-param.c"
