// Asks a real kernel what maps do. It is the only process of a booted machine: it reads /script, carries out one operation per line and
// prints one answer per line, "@@" first, which tells them from the kernel's own messages. The language is described in ../README.md.
#define _GNU_SOURCE
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

enum {
	MAP_CREATE = 0, LOOKUP = 1, UPDATE = 2, DELETE = 3, NEXT_KEY = 4, GET_FD_BY_ID = 14, INFO_BY_FD = 15, LOOKUP_AND_DELETE = 21,
	FREEZE = 22, LOOKUP_BATCH = 24, LOOKUP_AND_DELETE_BATCH = 25, UPDATE_BATCH = 26, DELETE_BATCH = 27,
};
enum { BUFFER = 16 << 20 };
#define PERCPU(t) ((t) == 5 || (t) == 6 || (t) == 10 || (t) == 21)

static struct slot slots[SLOTS];
static char *word[64];
static int words, cpus, cannot_run;
static uint8_t *keys, *values, *scratch;
static char answer[1 << 16];
static int written;

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	written += vsnprintf(answer + written, sizeof(answer) - written, format, args);
	va_end(args);
}

int sys_bpf(int cmd, void *attr, unsigned size)
{
	int ret = syscall(SYS_bpf, cmd, attr, size);

	return ret < 0 ? -errno : ret;
}

uint64_t number(const char *text)
{
	return strtoull(text, NULL, 0);
}

const char *arg(const char *name)
{
	size_t length = strlen(name);

	for (int i = 1; i < words; i++)
		if (!strncmp(word[i], name, length) && word[i][length] == '=')
			return word[i] + length + 1;
	return NULL;
}

uint64_t arg_number(const char *name, uint64_t missing)
{
	const char *text = arg(name);

	return text ? number(text) : missing;
}

struct slot *slot_find(const char *name)
{
	for (int i = 0; i < SLOTS; i++)
		if (!strcmp(slots[i].name, name))
			return &slots[i];
	return NULL;
}

static struct slot *slot_new(const char *name)
{
	struct slot *slot = slot_find("");

	strcpy(slot->name, name);
	slot->fd = slot->other = -1;
	return slot;
}

static void slot_free(struct slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	if (slot->other >= 0)
		close(slot->other);
	if (slot->path[0])
		rmdir(slot->path);
	memset(slot, 0, sizeof(*slot));
	slot->fd = slot->other = -1;
}

// A descriptor by the name of a slot, or a plain number.
static int descriptor(const char *text)
{
	struct slot *slot = slot_find(text);

	return slot && text[0] ? slot->fd : (int)number(text);
}

static uint32_t stride(struct slot *m)
{
	return PERCPU(m->type) ? (m->value + 7) / 8 * 8 * cpus : m->value;
}

static int batch_stride(struct slot *m)
{
	return stride(m);
}

// `xHEX`: the bytes; `fd:SLOT`: the descriptor in 4 bytes; `id:SLOT` likewise; a number in little endian. The rest is zero.
static void fill(uint8_t *out, uint32_t size, const char *text)
{
	memset(out, 0, size);
	if (text[0] == 'x') {
		for (uint32_t i = 0; i < size && text[1 + 2 * i]; i++)
			sscanf(text + 1 + 2 * i, "%2hhx", out + i);
		return;
	}
	uint64_t n = !strncmp(text, "fd:", 3) ? (uint32_t)descriptor(text + 3) : number(text);
	memcpy(out, &n, size < 8 ? size : 8);
}

// The values of all CPUs: CPU c has v + c.
static void fill_value(struct slot *m, uint8_t *out, const char *text)
{
	uint32_t each = (m->value + 7) / 8 * 8;

	memset(out, 0, each);
	fill(out, m->value, text);
	if (!PERCPU(m->type))
		return;
	for (int c = 1; c < cpus; c++) {
		fill(out + c * each, each, text);
		out[c * each] += c;
	}
}

// Bytes in hexadecimal; long ones as their number and a hash (FNV-1a, 32 bits).
static void show(const uint8_t *bytes, uint32_t size)
{
	uint32_t hash = 2166136261u;

	if (size <= 32) {
		for (uint32_t i = 0; i < size; i++)
			say("%02x", bytes[i]);
		return;
	}
	for (uint32_t i = 0; i < size; i++)
		hash = (hash ^ bytes[i]) * 16777619u;
	say("%u#%08x", size, hash);
}

static uint32_t id_of(int fd)
{
	uint32_t info[64] = { 0 };
	struct { uint32_t fd, len; uint64_t info; } attr = { fd, sizeof(info), (uintptr_t)info };

	return sys_bpf(INFO_BY_FD, &attr, 16) ? 0 : info[1];
}

static void show_value(struct slot *m, const uint8_t *bytes)
{
	const char *as = arg("as");
	uint32_t id;

	if (!as) {
		show(bytes, stride(m));
		return;
	}
	memcpy(&id, bytes, 4);
	for (int i = 0; i < SLOTS; i++)
		if (slots[i].name[0] && slots[i].fd >= 0 && id_of(slots[i].fd) == id && id) {
			say("id:%s", slots[i].name);
			return;
		}
	say(id ? "id" : "0");
}

// Capabilities in effect from now on, as two words; all of them for `all`.
static void capabilities(const char *which)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	static struct __user_cap_data_struct all[2];
	struct __user_cap_data_struct some[2];
	static const struct { const char *name; int bit; } names[] = { { "bpf", 39 }, { "net_admin", 12 }, { "sys_admin", 21 }, { "perfmon", 38 } };

	if (!all[0].permitted)
		syscall(SYS_capget, &header, all);
	memcpy(some, all, sizeof(all));
	if (which) {
		some[0].effective = some[1].effective = 0;
		for (unsigned i = 0; i < 4; i++)
			if (strstr(which, names[i].name))
				some[names[i].bit / 32].effective |= 1u << names[i].bit % 32;
	}
	syscall(SYS_capset, &header, some);
}

struct create {
	uint32_t type, key, value, entries, flags, inner, numa;
	char name[16];
	uint32_t ifindex, btf, btf_key, btf_value, vmlinux_value;
	uint64_t extra;
	uint8_t more[40];
};

static int map_create(struct slot *m)
{
	struct create a = {
		.type = number(word[2]), .key = arg_number("key", 0), .value = arg_number("value", 0),
		.entries = arg_number("entries", 0), .flags = arg_number("flags", 0), .numa = arg_number("numa", 0),
		.extra = arg_number("extra", 0), .ifindex = arg_number("ifindex", 0),
	};
	const char *btf = arg("btf"), *name = arg("name");
	int fd = -1;

	m->type = a.type, m->key = a.key, m->value = a.value, m->entries = a.entries;
	if (arg("inner"))
		a.inner = descriptor(arg("inner"));
	if (name)
		strncpy(a.name, name, 16);
	if (btf) {
		fd = btf_load(btf, &a.btf_key, &a.btf_value);
		if (fd < 0) {
			say("btf%d", fd);
			return -1000;
		}
		a.btf = fd;
		a.btf_key = arg_number("bk", a.btf_key);
		a.btf_value = arg_number("bv", a.btf_value);
	} else {
		a.btf = arg_number("bf", 0), a.btf_key = arg_number("bk", 0), a.btf_value = arg_number("bv", 0);
	}
	a.vmlinux_value = arg_number("vv", 0);
	capabilities(arg("caps"));
	m->fd = sys_bpf(MAP_CREATE, &a, arg_number("size", 72));
	capabilities(NULL);
	if (fd >= 0)
		close(fd);
	return m->fd < 0 ? m->fd : 0;
}

static void op_create(void)
{
	struct slot *m = slot_new(word[1]);
	int ret = map_create(m);

	if (ret != -1000)
		say("%d", ret);
	if (!strcmp(word[0], "try")) {
		slot_free(m);
		// The map is freed after a grace period.
		if (arg_number("value", 0) > 100000 || arg_number("entries", 0) > 100000)
			usleep(100000);
	}
}

static void op_fd(void)
{
	struct slot *s = slot_new(word[1]);

	if (strcmp(word[2], "null"))
		s->fd = fd_open(s, word[2]);
	say("%d", s->fd < -1 ? s->fd : 0);
}

static void op_dup(void)
{
	struct slot *from = slot_find(word[2]), *s = slot_new(word[1]);
	struct { uint32_t id, next, flags; } attr = { id_of(from->fd), 0, arg_number("flags", 0) };
	char name[16];
	int other = s->other;

	memcpy(name, s->name, 16);
	memcpy(s, from, sizeof(*s));
	memcpy(s->name, name, 16);
	s->other = other;
	s->path[0] = 0;
	s->fd = sys_bpf(GET_FD_BY_ID, &attr, 12);
	say("%d", s->fd < 0 ? s->fd : 0);
}

static void op_close(void)
{
	slot_free(slot_find(word[1]));
	say("0");
}

static void op_reset(void)
{
	for (int i = SLOTS - 1; i >= 0; i--)
		if (slots[i].name[0])
			slot_free(&slots[i]);
	sleeper_unload();
	cannot_run = 0;
	usleep(1000);
	say("0");
}

static int element(int cmd, struct slot *m, void *key, void *value, uint64_t flags)
{
	struct { uint32_t fd, pad; uint64_t key, value, flags; } attr = { m->fd, 0, (uintptr_t)key, (uintptr_t)value, flags };

	return sys_bpf(cmd, &attr, 32);
}

static void *key_of(struct slot *m, const char *text)
{
	if (!strcmp(text, "null") || !strcmp(text, "-"))
		return NULL;
	if (!strcmp(text, "bad"))
		return (void *)1;
	fill(keys, m->key, text);
	return keys;
}

static uint64_t flags_at(int i)
{
	return words > i && !strchr(word[i], '=') ? number(word[i]) : 0;
}

static void op_update(void)
{
	struct slot *m = slot_find(word[1]);
	void *value = values;

	if (!strcmp(word[3], "null"))
		value = NULL;
	else
		fill_value(m, values, word[3]);
	say("%d", element(UPDATE, m, key_of(m, word[2]), value, flags_at(4)));
}

static void read_element(int cmd)
{
	struct slot *m = slot_find(word[1]);

	memset(values, 0, stride(m));
	if (!strcmp(word[2], "in")) {	// The value is an input: BLOOM_FILTER
		fill(values, m->value, word[3]);
		say("%d", element(cmd, m, NULL, values, flags_at(4)));
		return;
	}
	int ret = element(cmd, m, key_of(m, word[2]), values, flags_at(3));
	say("%d", ret);
	if (!ret) {
		say(" ");
		show_value(m, values);
	}
}

static void op_lookup(void) { read_element(LOOKUP); }
static void op_lookdel(void) { read_element(LOOKUP_AND_DELETE); }

static void op_delete(void)
{
	struct slot *m = slot_find(word[1]);

	say("%d", element(DELETE, m, key_of(m, word[2]), NULL, flags_at(3)));
}

static void op_next(void)
{
	struct slot *m = slot_find(word[1]);
	int ret = element(NEXT_KEY, m, key_of(m, word[2]), scratch, 0);

	say("%d", ret);
	if (!ret) {
		say(" ");
		show(scratch, m->key);
	}
}

static void op_freeze(void)
{
	struct { uint32_t fd; } attr = { slot_find(word[1])->fd };

	say("%d", sys_bpf(FREEZE, &attr, 4));
}

// Keys in the order of BPF_MAP_GET_NEXT_KEY, at most 2000.
static void op_walk(void)
{
	struct slot *m = slot_find(word[1]);
	void *from = NULL;
	int n = 0, ret;

	while ((ret = element(NEXT_KEY, m, from, scratch, 0)) == 0 && n++ < 2000) {
		memcpy(keys, scratch, m->key);
		from = keys;
		show(keys, m->key);
		say(" ");
	}
	say("%d", ret);
}

static void op_count(void)
{
	struct slot *m = slot_find(word[1]);
	void *from = NULL;
	int n = 0;

	while (element(NEXT_KEY, m, from, scratch, 0) == 0 && n < 100000) {
		memcpy(keys, scratch, m->key);
		from = keys;
		n++;
	}
	say("%d", n);
}

// fill MAP FIRST COUNT FLAGS: keys FIRST..., the value is the key; how many succeeded and the last error.
static void op_fill(void)
{
	struct slot *m = slot_find(word[1]);
	uint64_t first = number(word[2]), count = number(word[3]);
	int ok = 0, error = 0;

	for (uint64_t k = first; k < first + count; k++) {
		char text[32];

		sprintf(text, "%lu", k);
		fill(keys, m->key, text);
		fill_value(m, values, text);
		int ret = element(UPDATE, m, keys, values, flags_at(4));
		if (ret)
			error = ret;
		else
			ok++;
	}
	say("%d %d", ok, error);
}

struct batch {
	uint64_t in, out, keys, values;
	uint32_t count, fd;
	uint64_t elem_flags, flags;
};

// blookup|blookdel MAP -|last|null COUNT [ef=] [f=]
static void batch_read(int cmd)
{
	struct slot *m = slot_find(word[1]);
	uint32_t each = batch_stride(m);
	struct batch a = {
		.in = !strcmp(word[2], "last") ? (uintptr_t)m->batch : 0, .out = (uintptr_t)scratch, .keys = (uintptr_t)keys,
		.values = (uintptr_t)values, .count = number(word[3]), .fd = m->fd, .elem_flags = arg_number("ef", 0),
		.flags = arg_number("f", 0),
	};
	int ret;

	memset(scratch, 0, 512);
	memset(keys, 0, 1 << 16);
	memset(values, 0, 1 << 16);
	ret = sys_bpf(cmd, &a, 56);
	say("%d %u", ret, a.count);
	memcpy(m->batch, scratch, sizeof(m->batch));
	if (ret && ret != -ENOENT)
		return;
	for (uint32_t i = 0; i < a.count && i < 300; i++) {
		say(" ");
		show(keys + i * m->key, m->key);
		say(":");
		show(values + (size_t)i * each, each);
	}
}

static void op_blookup(void) { batch_read(LOOKUP_BATCH); }
static void op_blookdel(void) { batch_read(LOOKUP_AND_DELETE_BATCH); }

// bupdate|bdelete MAP FIRST COUNT [v=] [ef=] [f=]
static void batch_write(int cmd)
{
	struct slot *m = slot_find(word[1]);
	uint64_t first = number(word[2]), count = number(word[3]);
	uint32_t each = batch_stride(m);

	for (uint64_t i = 0; i < count; i++) {
		char text[32];

		sprintf(text, "%lu", first + i);
		fill(keys + i * m->key, m->key, text);
		if (arg("v") && !strncmp(arg("v"), "fd:", 3))
			strcpy(text, arg("v"));
		else
			sprintf(text, "%lu", arg_number("v", 0) + i);
		fill_value(m, values + i * each, text);
	}
	struct batch a = {
		.keys = (uintptr_t)keys, .values = (uintptr_t)values, .count = arg_number("count", count), .fd = m->fd,
		.elem_flags = arg_number("ef", 0), .flags = arg_number("f", 0),
	};
	int ret = sys_bpf(cmd, &a, 56);

	say("%d %u", ret, a.count);
}

static void op_bupdate(void) { batch_write(UPDATE_BATCH); }
static void op_bdelete(void) { batch_write(DELETE_BATCH); }

// mmap MAP PAGES r|w|rw [off=PAGES] [private=1]; it is unmapped by munmap or at reset.
static void op_mmap(void)
{
	struct slot *m = slot_find(word[1]);
	size_t length = number(word[2]) * 4096;
	int prot = (strchr(word[3], 'r') ? PROT_READ : 0) | (strchr(word[3], 'w') ? PROT_WRITE : 0) | (strchr(word[3], 'x') ? PROT_EXEC : 0);
	void *at = mmap(arg("addr") ? (void *)number(arg("addr")) : NULL, length, prot,
			(arg("private") ? MAP_PRIVATE : MAP_SHARED) | (arg("addr") ? MAP_FIXED : 0), m->fd, arg_number("off", 0) * 4096);

	if (at == MAP_FAILED) {
		say("%d", -errno);
		return;
	}
	say("0");
	if (arg("keep"))
		m->map = at;
	else
		munmap(at, length);
}

// munmap MAP PAGES: what `mmap ... keep=1` made.
static void op_munmap(void)
{
	struct slot *m = slot_find(word[1]);

	say("%d", munmap(m->map, number(word[2]) * 4096) ? -errno : 0);
}

// What BPF_OBJ_GET_INFO_BY_FD says of a map: type, key, value, entries, flags.
static void op_info(void)
{
	uint32_t info[64] = { 0 };
	struct { uint32_t fd, len; uint64_t info; } attr = { slot_find(word[1])->fd, sizeof(info), (uintptr_t)info };
	int ret = sys_bpf(INFO_BY_FD, &attr, 16);

	say("%d", ret);
	if (!ret)
		say(" %u %u %u %u %u", info[0], info[2], info[3], info[4], info[5]);
}

static void op_cpus(void)
{
	say("%d", cpus);
}

static void op_sleep(void)
{
	usleep(1000 * number(word[1]));
	say("0");
}

// load KIND: a sleepable program and its map, called `m`. What the verifier says when it refuses.
static void op_load(void)
{
	char message[512];
	int ret = sleeper_load(word[1], message, sizeof(message));
	struct slot *m = slot_new("m");
	uint32_t info[64] = { 0 };

	say("%d", ret);
	if (message[0])
		say(" %s", message);
	cannot_run = !sleeper_runs();
	if (ret)
		return;
	m->fd = sleeper_map("m");
	struct { uint32_t fd, len; uint64_t info; } attr = { m->fd, sizeof(info), (uintptr_t)info };
	sys_bpf(INFO_BY_FD, &attr, 16);
	m->type = info[0], m->key = info[2], m->value = info[3], m->entries = info[4];
}

// hold KEY: the program holds the element of KEY and waits (1), or ended at once (0).
static void op_hold(void)
{
	say("%d", sleeper_hold(number(word[1])));
}

static void op_resume(void)
{
	char out[512];

	sleeper_resume(out, sizeof(out));
	say("%s", out);
}

static void op_ring(void)
{
	char out[256];

	sleeper_ring(slot_find(word[1])->fd, out, sizeof(out));
	say("%s", out);
}

static void op_comment(void)
{
}

static const struct { const char *name; void (*run)(void); } ops[] = {
	{ "create", op_create }, { "try", op_create }, { "fd", op_fd }, { "dup", op_dup }, { "close", op_close },
	{ "reset", op_reset }, { "update", op_update }, { "lookup", op_lookup }, { "lookdel", op_lookdel },
	{ "delete", op_delete }, { "next", op_next }, { "freeze", op_freeze }, { "walk", op_walk }, { "count", op_count },
	{ "fill", op_fill }, { "blookup", op_blookup }, { "blookdel", op_blookdel }, { "bupdate", op_bupdate },
	{ "bdelete", op_bdelete }, { "mmap", op_mmap }, { "munmap", op_munmap }, { "info", op_info }, { "cpus", op_cpus },
	{ "sleep", op_sleep }, { "#", op_comment }, { "load", op_load }, { "hold", op_hold },
	{ "resume", op_resume }, { "ring", op_ring },
};

static void run_line(char *line)
{
	words = 0;
	for (char *w = strtok(line, " \n"); w && words < 64; w = strtok(NULL, " \n"))
		word[words++] = w;
	written = 0;
	answer[0] = 0;
	if (cannot_run && strcmp(word[0], "reset") && strcmp(word[0], "#")) {
		say("-");
		return;
	}
	for (unsigned i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		if (!strcmp(ops[i].name, word[0])) {
			ops[i].run();
			return;
		}
	say("no such operation");
}

static uint8_t *buffer(void)
{
	uint8_t *at = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at;
}

static void *run_script(void *unused)
{
	static char line[1 << 16];
	FILE *script = fopen("/script", "r");

	printf("\n");	// Ends whatever the firmware wrote.
	while (script && fgets(line, sizeof(line), script)) {
		run_line(line);
		printf("@@%s\n", answer);
		fflush(stdout);
	}
	printf("@@end\n");
	fflush(stdout);
	sleep(1);
	reboot(RB_POWER_OFF);
	return unused;
}

int main(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };
	cpu_set_t first;
	pthread_t thread;

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	sched_setaffinity(0, sizeof(first), &first);
	keys = buffer();
	values = buffer();
	scratch = buffer();
	for (int i = 0; i < SLOTS; i++)
		slots[i].fd = slots[i].other = -1;
	fd_setup();
	cpus = get_nprocs_conf();
	pthread_create(&thread, NULL, run_script, NULL);
	sleeper_serve();
}
