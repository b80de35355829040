// SPDX-License-Identifier: MIT OR Apache-2.0
// The same with resilient locks (since 6.15): taking one can fail, and then the program can let go of what it holds.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct guarded {
	struct bpf_res_spin_lock lock;
	__u32 count;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct guarded);
} left SEC(".maps"), right SEC(".maps");

extern int bpf_res_spin_lock(struct bpf_res_spin_lock *lock) __ksym;
extern void bpf_res_spin_unlock(struct bpf_res_spin_lock *lock) __ksym;

#define WORK()                                                                                                                    \
	for (int i = 0; i < 2000; i++)                                                                                            \
		asm volatile("" ::: "memory")

static __always_inline int both(void *first, void *second)
{
	__u32 key = 0;
	struct guarded *a = bpf_map_lookup_elem(first, &key);
	struct guarded *b = bpf_map_lookup_elem(second, &key);
	int err;

	if (!a || !b)
		return 0;
	err = bpf_res_spin_lock(&a->lock);
	if (err)
		return err;
	WORK();
	err = bpf_res_spin_lock(&b->lock);
	if (!err) {
		a->count++;
		b->count++;
		bpf_res_spin_unlock(&b->lock);
	}
	bpf_res_spin_unlock(&a->lock);
	return err;
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
