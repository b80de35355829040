// Descriptors of all kinds, to be put into maps or used as keys.
#define _GNU_SOURCE
#include "guest.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BPF_PROG_LOAD = 5 };

void fd_setup(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/cg", 0755);
	mkdir("/tmp", 0755);
	mount("proc", "/proc", "proc", 0, "");
	mount("sysfs", "/sys", "sysfs", 0, "");
	mount("tmpfs", "/tmp", "tmpfs", 0, "");
	mount("cgroup2", "/cg", "cgroup2", 0, "");
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(s, SIOCSIFFLAGS, &lo);
	close(s);
}

static int program(uint32_t type, uint32_t attach)
{
	static const uint64_t insns[] = { 0xb7, 0x95 };	// r0 = 0; exit
	struct {
		uint32_t type, count; uint64_t insns, license; uint32_t log_level, log_size; uint64_t log;
		uint32_t version, flags; char name[16]; uint32_t ifindex, attach;
	} attr = { .type = type, .count = 2, .insns = (uintptr_t)insns, .license = (uintptr_t)"GPL", .attach = attach };

	return sys_bpf(BPF_PROG_LOAD, &attr, 72);
}

static int perf(uint32_t type, uint64_t config)
{
	struct perf_event_attr attr = { .type = type, .size = sizeof(attr), .config = config, .sample_type = PERF_SAMPLE_RAW };
	int fd = syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0);

	return fd < 0 ? -errno : fd;
}

static struct sockaddr_in local(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int bound(int type, int reuse)
{
	struct sockaddr_in a = local();
	int one = 1, s = socket(AF_INET, type, 0);

	if (reuse)
		setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (bind(s, (void *)&a, sizeof(a)))
		return -errno;
	return s;
}

static int listening(int reuse)
{
	int s = bound(SOCK_STREAM, reuse);

	return s < 0 ? s : listen(s, 4) ? -errno : s;
}

static int established(struct slot *slot)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int l = listening(0), s = socket(AF_INET, SOCK_STREAM, 0);

	getsockname(l, (void *)&a, &len);
	if (connect(s, (void *)&a, sizeof(a)))
		return -errno;
	slot->other = accept(l, NULL, NULL);
	close(l);
	return s;
}

static int connected_udp(void)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int s = bound(SOCK_DGRAM, 0);

	getsockname(s, (void *)&a, &len);
	return connect(s, (void *)&a, len) ? -errno : s;
}

static int pair(struct slot *slot, int type)
{
	int s[2];

	if (socketpair(AF_UNIX, type, 0, s))
		return -errno;
	slot->other = s[1];
	return s[0];
}

static int dead_child(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	int fd = syscall(SYS_pidfd_open, pid, 0);
	waitpid(pid, NULL, 0);
	return fd;
}

static int cgroup(struct slot *slot)
{
	snprintf(slot->path, sizeof(slot->path), "/cg/%s", slot->name);
	mkdir(slot->path, 0755);
	return open(slot->path, O_RDONLY | O_DIRECTORY);
}

static int open_kind(struct slot *slot, const char *kind)
{
	uint32_t ignored;

	if (!strncmp(kind, "prog:", 5)) {
		const char *attach = strchr(kind + 5, ':');

		return program(number(kind + 5), attach ? number(attach + 1) : 0);
	}
	if (!strncmp(kind, "btf:", 4)) return btf_load(kind + 4, &ignored, &ignored);
	if (!strcmp(kind, "file")) return open("/init", O_RDONLY);
	if (!strcmp(kind, "tmpfile")) return open("/tmp/file", O_RDWR | O_CREAT, 0600);
	if (!strcmp(kind, "cgroup")) return cgroup(slot);
	if (!strcmp(kind, "perf_output")) return perf(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_BPF_OUTPUT);
	if (!strcmp(kind, "perf_clock")) return perf(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_CLOCK);
	if (!strcmp(kind, "udp")) return bound(SOCK_DGRAM, 0);
	if (!strcmp(kind, "udp_unbound")) return socket(AF_INET, SOCK_DGRAM, 0);
	if (!strcmp(kind, "udp_connected")) return connected_udp();
	if (!strcmp(kind, "udp_reuse")) return bound(SOCK_DGRAM, 1);
	if (!strcmp(kind, "tcp_closed")) return socket(AF_INET, SOCK_STREAM, 0);
	if (!strcmp(kind, "tcp_listen")) return listening(0);
	if (!strcmp(kind, "tcp_listen_reuse")) return listening(1);
	if (!strcmp(kind, "tcp_bound_reuse")) return bound(SOCK_STREAM, 1);
	if (!strcmp(kind, "tcp")) return established(slot);
	if (!strcmp(kind, "unix_stream")) return pair(slot, SOCK_STREAM);
	if (!strcmp(kind, "unix_dgram")) return pair(slot, SOCK_DGRAM);
	if (!strcmp(kind, "unix_unconnected")) return socket(AF_UNIX, SOCK_STREAM, 0);
	if (!strcmp(kind, "netlink")) return socket(AF_NETLINK, SOCK_RAW, 0);
	if (!strcmp(kind, "packet")) return socket(AF_PACKET, SOCK_RAW, 0);
	if (!strcmp(kind, "xsk_unbound")) return socket(44, SOCK_RAW, 0);
	if (!strcmp(kind, "pidfd")) return syscall(SYS_pidfd_open, getpid(), 0);
	if (!strcmp(kind, "pidfd_dead")) return dead_child();
	return -2;
}

int fd_open(struct slot *slot, const char *kind)
{
	int fd = open_kind(slot, kind);

	return fd == -1 ? -errno : fd;
}
