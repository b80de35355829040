// Asks a real kernel what maps do, and prints one line per answer (format: mod.rs). It is the only process: link it statically, put
// it into an initramfs as /init and boot, e.g.
//   gcc -O1 -static -o init guest.c && echo init | cpio -o -H newc | gzip > initrd
//   qemu-system-x86_64 -smp 1 -m 1000 -nographic -no-reboot -kernel VMLINUZ -initrd initrd -append "console=ttyS0 quiet"
// Lines begin with "@@", which tells them from the kernel's own.
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int cmd, union bpf_attr *attr, unsigned size)
{
	int ret = syscall(SYS_bpf, cmd, attr, size);
	return ret < 0 ? -errno : ret;
}

static int create(uint32_t type, uint32_t key, uint32_t value, uint32_t entries, uint32_t flags)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = key, .value_size = value, .max_entries = entries, .map_flags = flags,
	};
	return bpf(BPF_MAP_CREATE, &attr, 72);
}

// Largest attribute prefix that all kernels accept, per command.
static unsigned size_of(int cmd)
{
	switch (cmd) {
	case BPF_MAP_FREEZE: return 4;
	case BPF_MAP_DELETE_ELEM: return 16;
	case BPF_MAP_GET_NEXT_KEY: return 24;
	default: return 32;
	}
}

static int element(int cmd, int fd, void *key, void *value, uint64_t flags)
{
	union bpf_attr attr = { .map_fd = fd, .key = (uintptr_t)key, .value = (uintptr_t)value, .flags = flags };
	return bpf(cmd, &attr, size_of(cmd));
}

static void record(const char *map, const char *op, uint32_t key, uint64_t flags, uint64_t value, int result)
{
	printf("@@op,%s,%s,%u,%lu,%lu,%d\n", map, op, key, flags, value, result);
}

static uint64_t buf[8];

static void update(const char *map, int fd, uint32_t key, uint64_t value, uint64_t flags)
{
	buf[0] = value;
	record(map, "update", key, flags, value, element(BPF_MAP_UPDATE_ELEM, fd, &key, buf, flags));
}

static void lookup(const char *map, int fd, uint32_t key, uint64_t flags)
{
	buf[0] = 0;
	int ret = element(BPF_MAP_LOOKUP_ELEM, fd, &key, buf, flags);
	record(map, "lookup", key, flags, buf[0], ret);
}

static void delete(const char *map, int fd, uint32_t key)
{
	record(map, "delete", key, 0, 0, element(BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0));
}

static void next(const char *map, int fd, uint32_t key)
{
	uint32_t after = 0;
	int ret = element(BPF_MAP_GET_NEXT_KEY, fd, &key, &after, 0);
	record(map, "next", key, 0, after, ret);
}

static void freeze(const char *map, int fd)
{
	record(map, "freeze", 0, 0, 0, element(BPF_MAP_FREEZE, fd, NULL, NULL, 0));
}

// Keys are `words` words long; the first one is printed.
static void walk(const char *map, int fd, int words)
{
	uint32_t key[4], after[4], *from = NULL;

	printf("@@walk,%s", map);
	while (element(BPF_MAP_GET_NEXT_KEY, fd, from, after, 0) == 0) {
		printf(",%u", after[0]);
		memcpy(key, after, 4 * words);
		from = key;
	}
	printf("\n");
}

static const uint32_t creations[][5] = {
	{ 2, 4, 8, 1, 0 },
	{ 2, 8, 8, 1, 0 },
	{ 2, 4, 0, 1, 0 },
	{ 2, 4, 8, 0, 0 },
	{ 2, 4, 8, 1, 1 },
	{ 2, 4, 8, 1, 5124 },
	{ 2, 4, 8, 1, 2048 },
	{ 2, 4, 8, 1, 384 },
	{ 2, 4, 8, 1, 24 },
	{ 2, 4, 4194305, 1, 0 },
	{ 2, 4, 2147483648, 1, 0 },
	{ 2, 4, 1048576, 1048576, 0 },
	{ 6, 4, 32768, 1, 0 },
	{ 6, 4, 32769, 1, 0 },
	{ 6, 4, 8, 1, 1024 },
	{ 6, 4, 8, 1, 4 },
	{ 1, 4, 8, 3, 0 },
	{ 1, 0, 8, 3, 0 },
	{ 1, 4, 8, 0, 0 },
	{ 1, 512, 8, 3, 0 },
	{ 1, 513, 8, 3, 0 },
	{ 1, 4, 4193744, 3, 0 },
	{ 1, 4, 4194252, 1, 0 },
	{ 1, 4, 8, 4294967295, 1 },
	{ 1, 4, 8, 3, 2 },
	{ 1, 4, 8, 3, 1024 },
	{ 1, 4, 8, 3, 192 },
	{ 5, 4, 8, 3, 4 },
	{ 5, 4, 32769, 3, 0 },
	{ 9, 4, 8, 3, 1 },
	{ 9, 4, 8, 3, 2 },
	{ 27, 0, 0, 4096, 0 },
	{ 27, 0, 0, 2048, 0 },
	{ 27, 0, 0, 12288, 0 },
	{ 27, 0, 0, 0, 0 },
	{ 27, 4, 0, 4096, 0 },
	{ 27, 0, 0, 4096, 128 },
	{ 27, 0, 0, 4096, 524288 },
	{ 0, 4, 8, 1, 0 },
	{ 33, 0, 0, 1, 0 },
	{ 35, 4, 8, 1, 0 },
	{ 99, 4, 8, 1, 0 },
};

static void ask_create(void)
{
	for (unsigned i = 0; i < sizeof(creations) / sizeof(*creations); i++) {
		const uint32_t *c = creations[i];
		int fd = create(c[0], c[1], c[2], c[3], c[4]);

		printf("@@create,%u,%u,%u,%u,%u,%d\n", c[0], c[1], c[2], c[3], c[4], fd < 0 ? fd : 0);
		if (fd >= 0)
			close(fd);
	}
}

static const struct { const char *name; uint32_t type, entries, flags; } maps[] = {
	{ "array", BPF_MAP_TYPE_ARRAY, 3, 0 },
	{ "hash", BPF_MAP_TYPE_HASH, 3, 0 },
	{ "hash_np", BPF_MAP_TYPE_HASH, 3, BPF_F_NO_PREALLOC },
	{ "lru", BPF_MAP_TYPE_LRU_HASH, 16, 0 },
	{ "percpu_array", BPF_MAP_TYPE_PERCPU_ARRAY, 3, 0 },
	{ "percpu_hash", BPF_MAP_TYPE_PERCPU_HASH, 3, 0 },
};

static void ask_operations(void)
{
	static const uint64_t flags[] = { 2, 1, 1, 0, 3, 4, 5, 8, 16, 8 | 1ull << 32, 24, 1ull << 32, 32, 0 };

	for (unsigned i = 0; i < sizeof(maps) / sizeof(*maps); i++) {
		const char *map = maps[i].name;
		int fd = create(maps[i].type, 4, 8, maps[i].entries, maps[i].flags);

		for (unsigned f = 0; f < sizeof(flags) / sizeof(*flags); f++) {
			update(map, fd, 1, 10 + f, flags[f]);
			lookup(map, fd, 1, 0);
		}
		for (uint32_t key = 2; key <= 4; key++)
			update(map, fd, key, 10 * key, BPF_ANY);
		for (unsigned f = 0; f < sizeof(flags) / sizeof(*flags); f++)
			lookup(map, fd, 1, flags[f]);
		update(map, fd, 4, 40, BPF_NOEXIST);
		lookup(map, fd, 7, 0);
		delete(map, fd, 2);
		delete(map, fd, 2);
		update(map, fd, 4, 40, BPF_ANY);
		update(map, fd, 5, 50, BPF_ANY);
		next(map, fd, 77);
		freeze(map, fd);
		freeze(map, fd);
		update(map, fd, 1, 17, BPF_ANY);
		delete(map, fd, 1);
		lookup(map, fd, 1, 0);
		close(fd);
	}
}

// With BPF_F_ZERO_SEED the order of iteration is the hash's: 4-byte keys, and 12- and 7-byte ones for the other paths of the hash.
static void ask_order(void)
{
	static const uint32_t sizes[] = { 4, 7, 12, 16 };

	for (unsigned i = 0; i < 4; i++) {
		char name[32];
		int fd = create(BPF_MAP_TYPE_HASH, sizes[i], 8, 64, BPF_F_ZERO_SEED);

		for (uint32_t k = 0; k < 50; k++) {
			uint32_t key[4] = { k, 3 * k, 7, k + 1 };

			element(BPF_MAP_UPDATE_ELEM, fd, key, buf, 0);
		}
		sprintf(name, "order_%u", sizes[i]);
		walk(name, fd, 4);
		close(fd);
	}
}

// Which keys an LRU map keeps when half as many more are inserted, some deleted and some updated on the way.
static void ask_lru(void)
{
	static const uint32_t entries[] = { 1, 2, 7, 64, 100, 400 };

	for (unsigned i = 0; i < 6; i++) {
		char name[32];
		int fd = create(BPF_MAP_TYPE_LRU_HASH, 4, 8, entries[i], BPF_F_ZERO_SEED);

		for (uint32_t k = 0; k <= entries[i] + entries[i] / 2; k++) {
			uint32_t gone = k - 3, used = k - 1;

			element(BPF_MAP_UPDATE_ELEM, fd, &k, buf, 0);
			if (k % 5 == 4)
				element(BPF_MAP_DELETE_ELEM, fd, &gone, NULL, 0);
			if (k % 3 == 2)
				element(BPF_MAP_UPDATE_ELEM, fd, &used, buf, 0);
		}
		sprintf(name, "lru_%u", entries[i]);
		walk(name, fd, 1);
		close(fd);
	}
}

// The same after many updates and a few deletes of pseudo-random keys (numbers of Numerical Recipes' generator).
static void ask_lru_random(void)
{
	static const uint32_t entries[] = { 5, 50, 300 };

	for (unsigned i = 0; i < 3; i++) {
		char name[32];
		int fd = create(BPF_MAP_TYPE_LRU_HASH, 4, 8, entries[i], BPF_F_ZERO_SEED);
		uint32_t x = 1;

		for (int n = 0; n < 5000; n++) {
			x = x * 1664525 + 1013904223;
			uint32_t key = (x >> 8) % (entries[i] * 3 / 2);

			if ((x >> 28) == 0)
				element(BPF_MAP_DELETE_ELEM, fd, &key, NULL, 0);
			else
				element(BPF_MAP_UPDATE_ELEM, fd, &key, buf, 0);
		}
		sprintf(name, "lru_random_%u", entries[i]);
		walk(name, fd, 1);
		close(fd);
	}
}

int main(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	ask_create();
	ask_operations();
	ask_order();
	ask_lru();
	ask_lru_random();
	fflush(stdout);
	sleep(1);
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
