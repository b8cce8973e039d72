// SPDX-License-Identifier: GPL-2.0
/*
 * A real device that the table refuses: Intel's 82576, with its drivers igb and
 * igbvf, as modules.  What each holder of the PF makes of its VFs, what the PF's
 * owner has of it, and what becomes of them all when the device is unplugged.
 *
 * The network that it is on has 10.0.2.2, which answers pings, as QEMU's user
 * network has it.  It is unplugged through a monitor of QEMU that the VM has on a
 * serial line, PCI_SRIOV_MONITOR=.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../kselftest_harness.h"
#include "igb_user.h"
#include "sriov.h"

/* igbvf waits busily for a PF that does not answer, each time it is set up */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	300

#define IDS		"8086:10c9"
#define MAY		IDS "=allow"
#define DEVICES		"/sys/bus/pci/devices/"
#define TAINT_USER	64

static int run(const char *format, const char *arg)
{
	char command[256];
	int status;

	snprintf(command, sizeof(command), format, arg);
	status = system(command);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool appears(const struct sriov_dev *dev, const char *attr, bool wanted,
		    int seconds)
{
	double end = sriov_seconds() + seconds;

	while (sriov_dev_has(dev, attr) != wanted) {
		if (sriov_seconds() >= end)
			return false;
		usleep(50000);
	}
	return true;
}

/* --- The device's network interface */

static const char *interface(const struct sriov_dev *dev)
{
	static char name[32];
	struct dirent *entry;
	DIR *dir;

	*name = '\0';
	if (!appears(dev, "net", true, 20))
		return name;
	dir = opendir(sriov_attr(dev, "net"));
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			snprintf(name, sizeof(name), "%.31s", entry->d_name);
	if (dir)
		closedir(dir);
	return name;
}

/* Up, with an address, unless NULL; does it get a link, in ten seconds? */
static bool link_up(const struct sriov_dev *dev, const char *address)
{
	char command[128], attr[64], name[32];
	int tries;

	snprintf(name, sizeof(name), "%s", interface(dev));
	if (!*name)
		return false;
	if (address) {
		snprintf(command, sizeof(command), "ip addr add %s/24 dev %s",
			 address, name);
		run("%s", command);
	}
	run("ip link set %s up", name);
	snprintf(attr, sizeof(attr), "net/%s/carrier", name);
	for (tries = 0; tries < 100; tries++) {
		if (!strcmp(sriov_dev_read(dev, attr), "1"))
			return true;
		usleep(100000);
	}
	return false;
}

/* How many of three pings are answered through the interface of the device? */
static int pings(const struct sriov_dev *dev)
{
	char command[128], line[128];
	int answered = -1;
	FILE *ping;

	snprintf(command, sizeof(command), "ping -c 3 -i 0.2 -W 2 -I %s 10.0.2.2 2>&1",
		 interface(dev));
	ping = popen(command, "r");
	while (ping && fgets(line, sizeof(line), ping))
		sscanf(line, "%*d packets transmitted, %d", &answered);
	if (ping)
		pclose(ping);
	return answered;
}

/* For the table that the run prints of it all */
static void report(const char *holder, const char *vfs, const char *result)
{
	printf("# seen: igb (82576)|%s|%s|%s\n", holder, vfs, result);
}

/* --- From the same state each time: no driver, no VFs, no module */

static void reset(const struct sriov_dev *pf)
{
	sriov_param("override", MAY);
	sriov_param("scope", "any");
	run("modprobe -r %s 2> /dev/null", "igbvf");
	if (strcmp(sriov_dev_read(pf, "sriov_numvfs"), "0"))
		sriov_numvfs(pf, 0);
	run("modprobe -r %s 2> /dev/null", "igb");
	sriov_bind(pf, NULL);
	sriov_dev_write(pf, "sriov_drivers_autoprobe", "1");
	sriov_dev_write(pf, "sriov_unmanaged_autoprobe", "0");
	sriov_param("override", "\n");
	sriov_param("scope", "stub");
}

static bool begin(struct sriov_dev *pf)
{
	if (access(SRIOV_HELPER, F_OK) ||
	    !sriov_device("0x8086", "0x10c9", pf))
		return false;
	reset(pf);
	return true;
}

/* --- Refused */

FIXTURE(refused) {
	struct sriov_dev pf;
};

FIXTURE_VARIANT(refused) {
	const char *driver, *scope;
};

FIXTURE_VARIANT_ADD(refused, pci_stub) {
	.driver = "pci-stub", .scope = "stub",
};

FIXTURE_VARIANT_ADD(refused, uio_pci_generic) {
	.driver = "uio_pci_generic", .scope = "stub",
};

FIXTURE_VARIANT_ADD(refused, nobody_with_scope_any) {
	.scope = "any",
};

FIXTURE_SETUP(refused)
{
	if (!begin(&self->pf))
		SKIP(return, "no 82576, or pci_sriov_test not loaded");
	ASSERT_EQ(0, sriov_param("scope", variant->scope));
	ASSERT_EQ(0, sriov_bind(&self->pf, variant->driver));
}

FIXTURE_TEARDOWN(refused)
{
	reset(&self->pf);
}

TEST_F(refused, and_nothing_changes)
{
	struct sriov_state before = sriov_state(&self->pf);
	int log = sriov_log_open();

	EXPECT_STREQ("refuse", sriov_dev_read(&self->pf, "sriov_unmanaged_policy"));
	EXPECT_STREQ("mailbox,resources igb",
		     sriov_dev_read(&self->pf, "sriov_unmanaged_reason"));
	ASSERT_EQ(-EOPNOTSUPP, sriov_numvfs(&self->pf, 4));
	EXPECT_TRUE(sriov_log_has(log, "(mailbox,resources igb); bind igb, or add "
				  MAY, 1000));
	close(log);
	EXPECT_SAME(&before, &self->pf);
	report(variant->driver ?: "no driver, scope=any", "-", "refused");
}

/* --- Under its own driver, and without a driver */

FIXTURE(igb) {
	struct sriov_dev pf, vf;
	int log;
};

FIXTURE_SETUP(igb)
{
	if (!begin(&self->pf))
		SKIP(return, "no 82576, or pci_sriov_test not loaded");
	self->log = sriov_log_open();
}

FIXTURE_TEARDOWN(igb)
{
	close(self->log);
	reset(&self->pf);
}

TEST_F(igb, serves_its_vfs)
{
	struct sriov_state before;

	ASSERT_EQ(0, run("modprobe %s", "igb"));
	ASSERT_EQ(0, run("modprobe %s", "igbvf"));
	ASSERT_STREQ("igb", sriov_driver(&self->pf));
	ASSERT_TRUE(link_up(&self->pf, NULL));
	before = sriov_state(&self->pf);
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 2));
	self->vf = sriov_vf(&self->pf, 0);
	EXPECT_TRUE(link_up(&self->vf, "10.0.2.16"));
	ASSERT_EQ(3, pings(&self->vf));
	report("igb", "igbvf", "3 of 3 pings answered");
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
	EXPECT_SAME(&before, &self->pf);
}

/* Refused, and overridden: igbvf then finds no PF driver to talk to */
TEST_F(igb, without_it_igbvf_finds_nobody)
{
	ASSERT_EQ(0, sriov_bind(&self->pf, "pci-stub"));
	ASSERT_EQ(0, sriov_param("override", MAY));
	ASSERT_EQ(0, run("modprobe %s", "igbvf"));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 1));
	EXPECT_TRUE(sriov_log_has(self->log, "enables VFs of [" IDS "]", 1000));
	EXPECT_TRUE(sriov_state(&self->pf).tainted & TAINT_USER);
	self->vf = sriov_vf(&self->pf, 0);
	EXPECT_STREQ("", sriov_driver(&self->vf));
	ASSERT_EQ(0, sriov_bind(&self->vf, "igbvf"));
	EXPECT_TRUE(sriov_log_has(self->log, "PF still in reset state", 60000));
	ASSERT_FALSE(link_up(&self->vf, "10.0.2.16"));
	ASSERT_EQ(0, pings(&self->vf));
	report("pci-stub, override", "igbvf", "no link, 0 of 3 pings answered");
	/* It lets go of the VF all the same */
	EXPECT_EQ(0, sriov_numvfs(&self->pf, 0));
}

/* --- An owner of the PF in userspace */

#define PHASE	4.0	/* seconds */
#define EVERY	0.5
#define RATE	20	/* pings per second */

/*
 * Ping for some time; as many as are answered, in percent.  Each half of a second
 * is a line of the report, which the picture in the documents is made of.
 */
static int owner_pings(struct igb_user *owner, double start, double seconds,
		       const char *what)
{
	double end = sriov_seconds() + seconds;
	unsigned int sent = 0, answered = 0;

	while (sriov_seconds() < end) {
		double begin = sriov_seconds(), next = begin;
		unsigned int now = 0;

		while (next < begin + EVERY && sriov_seconds() < begin + EVERY) {
			sent++;
			if (igb_user_ping(owner, 200))
				now++;
			next += 1.0 / RATE;
			while (sriov_seconds() < next)
				usleep(1000);
		}
		printf("# owner: %.2f %.0f %s\n", begin - start,
		       now / EVERY, what);
		answered += now;
	}
	return answered * 100 / sent;
}

/* A write takes a while; the owner works on meanwhile */
static int numvfs_beside(struct igb_user *owner, const struct sriov_dev *pf,
			 unsigned int n, double start, const char *what)
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(-sriov_numvfs(pf, n));
	while (!waitpid(pid, &status, WNOHANG))
		owner_pings(owner, start, EVERY, what);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(igb, owner_loses_its_traffic)
{
	double start = sriov_seconds();
	struct igb_user owner;

	ASSERT_EQ(0, sriov_bind(&self->pf, "uio_pci_generic"));
	ASSERT_EQ(0, igb_user_open(&self->pf, &owner));
	EXPECT_LE(95, owner_pings(&owner, start, PHASE, "before"));

	/* While it is refused, the owner of the PF sees no change */
	EXPECT_EQ(EOPNOTSUPP,
		  numvfs_beside(&owner, &self->pf, 4, start, "try"));
	EXPECT_LE(95, owner_pings(&owner, start, PHASE, "refused"));

	ASSERT_EQ(0, sriov_param("override", MAY));
	EXPECT_EQ(0, numvfs_beside(&owner, &self->pf, 4, start, "on"));
	ASSERT_EQ(0, owner_pings(&owner, start, PHASE, "forced"));
	EXPECT_EQ(0, numvfs_beside(&owner, &self->pf, 0, start, "off"));
	ASSERT_EQ(0, owner_pings(&owner, start, PHASE, "disabled"));
	igb_user_close(&owner);

	/* It recovers by a reset, and starts again */
	ASSERT_EQ(0, igb_user_open(&self->pf, &owner));
	ASSERT_LE(95, owner_pings(&owner, start, PHASE, "anew"));
	igb_user_close(&owner);
	report("a process, by uio_pci_generic; override", "nobody",
	       "the PF's owner has 0 of its pings answered, until it resets the PF");
}

/* --- Its driver comes while VFs are on that it did not enable */

TEST_F(igb, does_not_get_a_pf_with_our_vfs)
{
	struct sriov_state before;

	ASSERT_EQ(0, sriov_param("override", MAY));
	ASSERT_EQ(0, sriov_param("scope", "any"));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 2));
	before = sriov_state(&self->pf);

	EXPECT_EQ(0, run("modprobe %s", "igb"));
	EXPECT_TRUE(sriov_log_has(self->log, "igb not bound: 2 VFs are on that it did not enable",
				  5000));
	ASSERT_STREQ("", sriov_driver(&self->pf));
	ASSERT_EQ(-EBUSY, sriov_write("/sys/bus/pci/drivers/igb/bind",
				      self->pf.name));
	EXPECT_SAME(&before, &self->pf);
	report("no driver, scope=any, override; then modprobe igb", "nobody",
	       "igb is not bound");

	/* As the log says */
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 0));
	ASSERT_EQ(0, sriov_write("/sys/bus/pci/drivers/igb/bind",
				 self->pf.name));
	EXPECT_TRUE(link_up(&self->pf, "10.0.2.15"));
	EXPECT_EQ(3, pings(&self->pf));
}

/* --- Unplugged */

/* A line, as typed at QEMU's monitor; what that answers is of no interest */
static int monitor(const char *line)
{
	const char *path = getenv("PCI_SRIOV_MONITOR");
	size_t length = strlen(line);
	struct termios raw;
	ssize_t n = -1;
	int fd;

	fd = open(path ?: "", O_RDWR | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (!tcgetattr(fd, &raw)) {
		cfmakeraw(&raw);
		tcsetattr(fd, TCSANOW, &raw);
		/* It may have been sent its own words, echoed: they end here */
		n = write(fd, "\n", 1);
		tcdrain(fd);
		usleep(300000);
		tcflush(fd, TCIFLUSH);
		n = write(fd, line, length);
		tcdrain(fd);
	}
	close(fd);
	return n == (ssize_t)length ? 0 : -EIO;
}

FIXTURE(unplug) {
	struct sriov_dev pf, vf;
	int log;
};

FIXTURE_VARIANT(unplug) {
	const char *driver, *override;
};

FIXTURE_VARIANT_ADD(unplug, igb) {
	.driver = "igb", .override = "\n",
};

FIXTURE_VARIANT_ADD(unplug, pci_stub) {
	.driver = "pci-stub", .override = MAY,
};

/*
 * Lockdep reports pciehp_unconfigure_device() of Linux 7.3, whatever is unplugged: it
 * takes its reset_lock again with the rescan lock held.  That is not what is tested.
 */
static void watch_locks(const char *on)
{
	sriov_write("/sys/module/lockdep/parameters/prove_locking", on);
}

FIXTURE_SETUP(unplug)
{
	if (!begin(&self->pf))
		SKIP(return, "no 82576, or pci_sriov_test not loaded");
	if (!getenv("PCI_SRIOV_MONITOR"))
		SKIP(return, "no PCI_SRIOV_MONITOR");
	watch_locks("0");
	ASSERT_EQ(0, run("modprobe %s", "igb"));
	ASSERT_EQ(0, run("modprobe %s", "igbvf"));
	ASSERT_EQ(0, sriov_param("override", variant->override));
	ASSERT_EQ(0, sriov_bind(&self->pf, variant->driver));
	self->log = sriov_log_open();
}

FIXTURE_TEARDOWN(unplug)
{
	close(self->log);
	reset(&self->pf);
	watch_locks("1");
}

/* With VFs that igbvf has, and with somebody who sends through one of them */
TEST_F(unplug, with_vfs_in_use)
{
	bool native = !strcmp(variant->driver, "igb");
	struct sriov_dev vf[2];
	unsigned int i, devices;
	bool gone;
	pid_t pid;

	devices = sriov_state(&self->pf).devices;
	if (native)
		ASSERT_TRUE(link_up(&self->pf, NULL));
	ASSERT_EQ(0, sriov_numvfs(&self->pf, 2));
	for (i = 0; i < 2; i++) {
		vf[i] = sriov_vf(&self->pf, i);
		if (!native)
			ASSERT_EQ(0, sriov_bind(&vf[i], "igbvf"));
		ASSERT_TRUE(appears(&vf[i], "net", true, 60));
	}
	EXPECT_EQ(native, link_up(&vf[0], "10.0.2.16"));
	fflush(stdout);
	pid = fork();
	if (!pid) {
		setpgid(0, 0);
		run("ping -i 0.01 -I %s 10.0.2.2 > /dev/null 2>&1",
		    interface(&vf[0]));
		_exit(0);
	}

	EXPECT_EQ(0, monitor("device_del igb0\n"));
	/* The slot waits for five seconds, in which its button could be pressed again */
	gone = appears(&self->pf, "vendor", false, 60);
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ASSERT_TRUE(gone);
	for (i = 0; i < 2; i++)
		ASSERT_FALSE(sriov_dev_has(&vf[i], "vendor"));
	EXPECT_EQ(devices - 1, sriov_state(&self->pf).devices);

	/* Another device in its slot later is not affected by this */
	for (i = 0; i < 10 && !appears(&self->pf, "driver", true, 8); i++)
		ASSERT_EQ(0, monitor("device_add igb,id=igb0,bus=rp3,netdev=net0\n"));
	ASSERT_TRUE(appears(&self->pf, "driver", true, 60));
	EXPECT_STREQ("igb", sriov_driver(&self->pf));
	EXPECT_STREQ("0", sriov_dev_read(&self->pf, "sriov_numvfs"));
	EXPECT_EQ(devices, sriov_state(&self->pf).devices);
	EXPECT_TRUE(link_up(&self->pf, "10.0.2.15"));
	ASSERT_EQ(3, pings(&self->pf));
	report(native ? "igb" : "pci-stub, override", "igbvf",
	       "unplugged with VFs in use: all go; plugged in again, igb works");
}

TEST_HARNESS_MAIN
