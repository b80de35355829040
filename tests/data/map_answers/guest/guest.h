// Shared by the parts of the guest program; see ../README.md.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { SLOTS = 64 };

// A named descriptor of the script: a map with its sizes, or anything else.
struct slot {
	char name[16];
	int fd;
	uint32_t type, key, value, entries;
	uint64_t batch[64];	// out_batch of the last batch lookup
	void *map;		// mmap
	char path[64];		// of a directory or file to remove
	int other;		// a second descriptor to close with it
};

struct slot *slot_find(const char *name);

// bpf(2): 0 or more, or a negative error number.
int sys_bpf(int cmd, void *attr, unsigned size);

// Words of the current line: `name=value` arguments.
const char *arg(const char *name);
uint64_t number(const char *text);
uint64_t arg_number(const char *name, uint64_t missing);

// btf.c: loads the BTF called `name`; fills in the type ids of key and value.
int btf_load(const char *name, uint32_t *key, uint32_t *value);

// fds.c
int fd_open(struct slot *slot, const char *kind);
void fd_setup(void);

// sleeper.c
int sleeper_load(const char *kind, char *message, size_t size);
int sleeper_map(const char *name);
int sleeper_runs(void);
int sleeper_hold(uint32_t key);
void sleeper_resume(char *out, size_t size);
void sleeper_ring(int fd, char *out, size_t size);
void sleeper_unload(void);
void sleeper_serve(void);
