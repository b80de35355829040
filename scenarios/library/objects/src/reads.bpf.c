// SPDX-License-Identifier: MIT OR Apache-2.0
// Counts and keeps what each read of user memory returned, in both contexts. The uprobed function takes a pointer and a length.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define MAX_READS 16

long atomic_returns[MAX_READS], sleepable_returns[MAX_READS];
__u32 atomic_reads, sleepable_reads;

SEC("uprobe")
int peek(struct pt_regs *ctx)
{
	__u32 n = atomic_reads++ & (MAX_READS - 1), len = ctx->si & 31;
	char buf[32] = {};

	atomic_returns[n] = bpf_probe_read_user(buf, len, (void *)ctx->di);
	return 0;
}

SEC("uprobe.s")
int fetch(struct pt_regs *ctx)
{
	__u32 n = sleepable_reads++ & (MAX_READS - 1), len = ctx->si & 31;
	char buf[32] = {};

	sleepable_returns[n] = bpf_copy_from_user(buf, len, (void *)ctx->di);
	return 0;
}
