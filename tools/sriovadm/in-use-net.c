// SPDX-License-Identifier: GPL-2.0
/*
 * Networks: does a default route, or the session of whoever asks, go over an
 * interface?  Over it also goes what goes over a bond, bridge or VLAN on it.
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sriovadm.h"

#define DEPTH	16

/* An interface over which traffic of a PF or VF goes */
struct interface {
	int index;
	const char *via;	/* its name, and those of what is below it */
	struct pf *pf;
	int vf;
};

struct net {
	VEC(struct interface) interface;
	const char *ssh;	/* the address of this end, or NULL */
};

static void add_interface(struct net *net, const char *name, const char *via,
			  struct pf *pf, int vf, int depth)
{
	const char *dir = mem_printf("sys/class/net/%s", name);
	struct interface interface = {
		.via = via, .pf = pf, .vf = vf,
		.index = file_number_at(root_fd(),
					mem_printf("%s/ifindex", dir)),
	};
	strings names = { NULL, 0, 0 };

	VEC_ADD(&net->interface, interface);
	dir_list(root_fd(), dir, &names);
	for (size_t i = 0; i < names.count && depth < DEPTH; i++) {
		const char *upper = names.item[i] + strlen("upper_");

		if (starts(names.item[i], "upper_"))
			add_interface(net, upper,
				      mem_printf("%s < %s", via, upper), pf,
				      vf, depth + 1);
	}
}

static void find_interfaces(struct snapshot *snapshot, struct net *net)
{
	strings names = { NULL, 0, 0 };

	dir_list(root_fd(), "sys/class/net", &names);
	for (size_t i = 0; i < names.count; i++) {
		char target[1024];
		struct pf *pf;
		ssize_t len;
		int vf;

		len = readlinkat(root_fd(), mem_printf("sys/class/net/%s",
						       names.item[i]),
				 target, sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = '\0';
		if (in_use_owner(snapshot, target, &pf, &vf))
			add_interface(net, names.item[i], names.item[i], pf,
				      vf, 0);
	}
}

/* The value of a variable in an environment as /proc shows it */
static const char *variable(const char *path, const char *name)
{
	static char buf[256 * 1024];
	size_t len, at = 0;
	FILE *file;

	file = fopen(path, "re");
	if (!file)
		return NULL;
	len = fread(buf, 1, sizeof(buf) - 1, file);
	fclose(file);
	buf[len] = '\0';
	while (at < len) {
		if (starts(buf + at, name))
			return mem_dup(buf + at + strlen(name));
		at += strlen(buf + at) + 1;
	}
	return NULL;
}

/* sudo takes the variable away, so whoever called us is asked as well */
static const char *find_ssh(void)
{
	const char *value = getenv("SSH_CONNECTION");
	unsigned long pid = getppid();

	while (!value && pid > 1) {
		const char *stat, *end;

		value = variable(mem_printf("/proc/%lu/environ", pid),
				 "SSH_CONNECTION=");
		stat = file_read(mem_printf("proc/%lu/stat", pid));
		end = stat ? strrchr(stat, ')') : NULL;
		if (!end || strlen(end) < 5 ||
		    !parse_number(mem_text(end + 4, strcspn(end + 4, " ")), 10,
				  0x7fffffff, &pid))
			break;
	}
	return value;
}

/* CLIENT PORT SERVER PORT: the third, without the scope that link-local ones have */
static const char *server_address(const char *connection)
{
	for (int i = 0; connection && i < 2; i++) {
		connection = strchr(connection, ' ');
		if (connection)
			connection++;
	}
	return connection ? mem_text(connection, strcspn(connection, " %")) :
			    NULL;
}

static void mark(struct net *net, int index, enum check check,
		 const char *what)
{
	for (size_t i = 0; i < net->interface.count; i++) {
		const struct interface *interface = &net->interface.item[i];

		if (interface->index == index)
			in_use_add(interface->pf, interface->vf, check,
				   mem_printf("%s: %s", interface->via, what));
	}
}

static void mark_route(struct net *net, const struct nlattr **attribute,
		       const struct rtmsg *route)
{
	const char *what;
	uint32_t table = route->rtm_table;

	if (attribute[RTA_TABLE])
		table = mnl_attr_get_u32(attribute[RTA_TABLE]);
	what = mem_printf("the default route of table %u (%s)", table,
			  route->rtm_family == AF_INET6 ? "IPv6" : "IPv4");

	if (attribute[RTA_OIF])
		mark(net, mnl_attr_get_u32(attribute[RTA_OIF]),
		     CHECK_DEFAULT_ROUTE, what);
	if (attribute[RTA_MULTIPATH]) {
		const struct rtnexthop *hop =
			mnl_attr_get_payload(attribute[RTA_MULTIPATH]);
		int left = mnl_attr_get_payload_len(attribute[RTA_MULTIPATH]);

		while (left > 0 && RTNH_OK(hop, left)) {
			mark(net, hop->rtnh_ifindex, CHECK_DEFAULT_ROUTE,
			     what);
			left -= RTNH_ALIGN(hop->rtnh_len);
			hop = RTNH_NEXT(hop);
		}
	}
}

static int each_route(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attribute[RTA_MAX + 1] = { NULL };
	const struct rtmsg *route = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	struct net *net = data;

	/* 0 is every destination; a refusal of all others is no route */
	if (message->nlmsg_type != RTM_NEWROUTE || route->rtm_dst_len ||
	    route->rtm_type != RTN_UNICAST)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*route)) {
		if (mnl_attr_get_type(attr) <= RTA_MAX)
			attribute[mnl_attr_get_type(attr)] = attr;
	}
	mark_route(net, attribute, route);
	return MNL_CB_OK;
}

static int each_address(const struct nlmsghdr *message, void *data)
{
	const struct ifaddrmsg *address = mnl_nlmsg_get_payload(message);
	char text[INET6_ADDRSTRLEN];
	const struct nlattr *attr;
	struct net *net = data;

	if (message->nlmsg_type != RTM_NEWADDR)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, message, sizeof(*address)) {
		unsigned int type = mnl_attr_get_type(attr);
		size_t size = address->ifa_family == AF_INET ? 4 : 16;

		if ((type != IFA_ADDRESS && type != IFA_LOCAL) ||
		    mnl_attr_get_payload_len(attr) < size ||
		    !inet_ntop(address->ifa_family, mnl_attr_get_payload(attr),
			       text, sizeof(text)))
			continue;
		if (same(text, net->ssh))
			mark(net, address->ifa_index, CHECK_SSH,
			     mem_printf("your session comes in over %s", text));
	}
	return MNL_CB_OK;
}

/* Ask rtnetlink for all of a kind.  Return: whether it has answered. */
static bool dump(struct mnl_socket *socket, int type, int family,
		 mnl_cb_t each, struct net *net)
{
	static char buf[64 * 1024];
	unsigned int sequence = time(NULL) + type + family;
	struct nlmsghdr *request = mnl_nlmsg_put_header(buf);
	struct rtmsg *route;
	int len, next = MNL_CB_OK;

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	request->nlmsg_seq = sequence;
	/* Longer than an ifaddrmsg, whose family stands first, too */
	route = mnl_nlmsg_put_extra_header(request, sizeof(*route));
	route->rtm_family = family;
	if (mnl_socket_sendto(socket, request, request->nlmsg_len) < 0)
		return false;

	while (next > MNL_CB_STOP) {
		len = mnl_socket_recvfrom(socket, buf, sizeof(buf));
		if (len <= 0)
			return false;
		next = mnl_cb_run(buf, len, sequence,
				  mnl_socket_get_portid(socket), each, net);
	}
	return next == MNL_CB_STOP;
}

static bool ask_kernel(struct net *net)
{
	static const int family[] = { AF_INET, AF_INET6 };
	struct mnl_socket *socket = mnl_socket_open(NETLINK_ROUTE);
	bool done = socket && !mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID);

	for (size_t i = 0; done && i < ARRAY_SIZE(family); i++) {
		done = dump(socket, RTM_GETROUTE, family[i], each_route, net);
		if (done && net->ssh)
			done = dump(socket, RTM_GETADDR, family[i],
				    each_address, net);
	}
	if (socket)
		mnl_socket_close(socket);
	return done;
}

/**
 * in_use_net - which interfaces of PFs and VFs does this machine depend on?
 * @snapshot: where it is kept
 */
void in_use_net(struct snapshot *snapshot)
{
	struct net net = { .ssh = server_address(find_ssh()) };

	find_interfaces(snapshot, &net);
	if (!net.interface.count || ask_kernel(&net))
		return;
	for (size_t i = 0; i < net.interface.count; i++)
		mark(&net, net.interface.item[i].index, CHECK_DEFAULT_ROUTE,
		     "the routes of this machine cannot be read");
}
