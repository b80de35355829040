// SPDX-License-Identifier: MIT OR Apache-2.0
// Holds a map value across a page fault and looks at it again. Preallocated elements are handed out again at once, so the value
// may belong to another key by then.
#include "types.h"
#include <bpf/bpf_helpers.h>

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
} sessions SEC(".maps");

__u64 owner_before, owner_after;
long ret = 1;

SEC("uprobe.s")
int handle(struct pt_regs *ctx)
{
	__u32 key = ctx->si;
	struct session *s = bpf_map_lookup_elem(&sessions, &key);
	char buf[16];

	if (!s)
		return 0;
	owner_before = s->owner;
	ret = bpf_copy_from_user(buf, sizeof(buf), (void *)ctx->di);
	owner_after = s->owner;
	return 0;
}
