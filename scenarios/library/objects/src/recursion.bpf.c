// SPDX-License-Identifier: MIT OR Apache-2.0
// A sleepable program is counted per CPU: while one task sleeps in it, another task on that CPU that enters it is skipped.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

const volatile __u64 address = 0;
__u64 runs;
long last_ret = 1;

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(read_in_getpgid, struct pt_regs *regs)
{
	char buf[8];

	__sync_fetch_and_add(&runs, 1);
	last_ret = bpf_copy_from_user(buf, sizeof(buf), (void *)address);
	return 0;
}
