/* SPDX-License-Identifier: GPL-2.0 */
/* A PCI device by its address, as sysfs and its config space show it */
#ifndef SELFTESTS_PCI_SIM_DEVICE_H
#define SELFTESTS_PCI_SIM_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

/* Those that return an int return 0 or a negative errno */
int write_file(const char *path, const char *text);
int set(const char *dev, const char *attr, const char *text);
/* Without the newline; empty if there is no such file */
const char *get(const char *dev, const char *attr);
bool exists(const char *dev);
/* Of the bridge's domain */
unsigned int count_devices(const char *pf);
/* The address of a VF, or an empty string */
const char *vf_of(const char *pf, unsigned int n);
int rescan(void);

uint32_t peek(const char *dev, unsigned int where, unsigned int size);
bool poke(const char *dev, unsigned int where, unsigned int size, uint32_t val);
/* Where it is, or 0 */
unsigned int find_cap(const char *dev, unsigned int id);
unsigned int find_ext_cap(const char *dev, unsigned int id);

#endif
