// SPDX-License-Identifier: MIT OR Apache-2.0
// Holds a map value across a page fault and looks at it again: the same program for three kinds of map, which hand the memory of a
// deleted element out again in different ways.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct session {
	__u64 owner;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct session);
} preallocated SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct session);
} on_demand SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct session);
} lru SEC(".maps");

const volatile __u64 address = 0;
__u64 owner_before, owner_after;
long ret = 1;

static __always_inline int hold(void *map)
{
	__u32 key = 1;
	struct session *s = bpf_map_lookup_elem(map, &key);
	char buf[16];

	if (!s)
		return 0;
	owner_before = s->owner;
	ret = bpf_copy_from_user(buf, sizeof(buf), (void *)address);
	owner_after = s->owner;
	return 0;
}

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(hold_preallocated, struct pt_regs *regs)
{
	return hold(&preallocated);
}

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(hold_on_demand, struct pt_regs *regs)
{
	return hold(&on_demand);
}

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(hold_lru, struct pt_regs *regs)
{
	return hold(&lru);
}
