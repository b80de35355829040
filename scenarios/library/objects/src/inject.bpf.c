// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes a system call fail, in the two ways that BPF has, and watches the value that comes out.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define EPERM 1
#define EACCES 13

const volatile __u32 victim = 0;
__u64 denied, seen;
long fexit_ret = 1;

SEC("fmod_ret/__x64_sys_getpgid")
int BPF_PROG(deny_getpgid, struct pt_regs *regs, int ret)
{
	if ((__u32)bpf_get_current_pid_tgid() != victim)
		return 0;
	denied++;
	return -EPERM;
}

SEC("fexit/__x64_sys_getpgid")
int BPF_PROG(watch_getpgid, struct pt_regs *regs, long ret)
{
	seen++;
	fexit_ret = ret;
	return 0;
}

SEC("kprobe/__x64_sys_setdomainname")
int override_setdomainname(struct pt_regs *ctx)
{
	denied++;
	bpf_override_return(ctx, -EACCES);
	return 0;
}
