// SPDX-License-Identifier: MIT OR Apache-2.0
// Sleeps as long as the page takes to come; an atomic program beside it does not.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

SEC("uprobe.s")
int sleeper(struct pt_regs *ctx)
{
	char buf[8];

	return bpf_copy_from_user(buf, sizeof(buf), (void *)ctx->di) ? 1 : 0;
}
