// SPDX-License-Identifier: MIT OR Apache-2.0
// Takes a value out of an inner map, waits for a page, and looks at the value again. User space replaces the inner map meanwhile.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct rules {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} old_rules SEC(".maps"), new_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct rules);
} current_rules SEC(".maps") = {
	.values = { [0] = &old_rules },
};

__u64 before, after, next_run;

SEC("uprobe.s")
int decide(struct pt_regs *ctx)
{
	__u32 key = 0;
	void *inner = bpf_map_lookup_elem(&current_rules, &key);
	__u64 *rule;
	char buf[8];

	if (!inner)
		return 0;
	key = 1;
	rule = bpf_map_lookup_elem(inner, &key);
	if (!rule)
		return 0;
	if (before) {
		next_run = *rule;
		return 0;
	}
	before = *rule;
	bpf_copy_from_user(buf, sizeof(buf), (void *)ctx->di);
	after = *rule;
	return 0;
}
