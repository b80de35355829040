// SPDX-License-Identifier: MIT OR Apache-2.0
// Two programs take the locks in the values of two maps, in opposite orders.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct plain {
	struct bpf_spin_lock lock;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct plain);
} left SEC(".maps"), right SEC(".maps");

/* Long enough for the other CPU to take its first lock. */
#define WORK()                                                                                                                    \
	for (int i = 0; i < 2000; i++)                                                                                            \
		asm volatile("" ::: "memory")

static __always_inline int both(void *first, void *second)
{
	__u32 key = 0;
	struct plain *a = bpf_map_lookup_elem(first, &key);
	struct plain *b = bpf_map_lookup_elem(second, &key);

	if (!a || !b)
		return 0;
	bpf_spin_lock(&a->lock);
	WORK();
	bpf_spin_lock(&b->lock);
	a->count++;
	b->count++;
	bpf_spin_unlock(&b->lock);
	bpf_spin_unlock(&a->lock);
	return 1;
}

SEC("syscall")
int left_then_right(void *ctx)
{
	return both(&left, &right);
}

SEC("syscall")
int right_then_left(void *ctx)
{
	return both(&right, &left);
}
