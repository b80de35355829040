// SPDX-License-Identifier: MIT OR Apache-2.0
// One program per way of reading user memory. A_* run in atomic context (uprobe), S_* may sleep (uprobe.s). The test writes where
// and how much to read into `io`, alone in .bss, and reads the outcome from it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define MAX_LEN 8191

struct {
	__u64 address;
	__u32 len;
	__u32 pad;
	long ret;
	__u8 dst[MAX_LEN + 1];
} io;

extern int bpf_copy_from_user_str(void *dst, __u32 dst__sz, const void *unsafe_ptr__ign, __u64 flags) __weak __ksym;

#define WAY(section, name, call)                          \
	SEC(section) int name(void *ctx)                  \
	{                                                 \
		__u32 len = io.len & MAX_LEN;             \
		void *from = (void *)io.address;          \
							  \
		io.ret = call;                            \
		return 0;                                 \
	}

WAY("uprobe", A_READ, bpf_probe_read_user(io.dst, len, from))
WAY("uprobe", A_STR, bpf_probe_read_user_str(io.dst, len, from))
WAY("uprobe.s", S_COPY, bpf_copy_from_user(io.dst, len, from))
WAY("uprobe.s", S_READ, bpf_probe_read_user(io.dst, len, from))
WAY("uprobe.s", S_TASK, bpf_copy_from_user_task(io.dst, len, from, bpf_get_current_task_btf(), 0))
WAY("uprobe.s", S_STR, len ? bpf_copy_from_user_str(io.dst, len, from, 0) : io.ret)
