// SPDX-License-Identifier: MIT OR Apache-2.0
// Two atomic reads of the same page, and one that may sleep: what memory pressure does in between.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

long returns[8];
__u32 runs;

SEC("uprobe")
int peek(struct pt_regs *ctx)
{
	char byte;
	__u32 n = runs++ & 7;

	returns[n] = bpf_probe_read_user(&byte, 1, (void *)ctx->di);
	return 0;
}

SEC("uprobe.s")
int fetch(struct pt_regs *ctx)
{
	char byte;
	__u32 n = runs++ & 7;

	returns[n] = bpf_copy_from_user(&byte, 1, (void *)ctx->di);
	return 0;
}
