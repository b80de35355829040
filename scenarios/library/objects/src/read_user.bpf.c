// SPDX-License-Identifier: MIT OR Apache-2.0
// The same read of user memory in both contexts. The uprobed function takes a pointer and a length.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

long atomic_ret = 1, sleepable_ret = 1;
__u64 atomic_runs, sleepable_runs;
char atomic_buf[64], sleepable_buf[64];

SEC("uprobe")
int atomic_read(struct pt_regs *ctx)
{
	__u32 len = ctx->si & 63;

	atomic_runs++;
	atomic_ret = bpf_probe_read_user(atomic_buf, len, (void *)ctx->di);
	bpf_printk("atomic read: %ld", atomic_ret);
	return 0;
}

SEC("uprobe.s")
int sleepable_read(struct pt_regs *ctx)
{
	__u32 len = ctx->si & 63;

	sleepable_runs++;
	sleepable_ret = bpf_copy_from_user(sleepable_buf, len, (void *)ctx->di);
	bpf_printk("sleepable read: %ld", sleepable_ret);
	return 0;
}
