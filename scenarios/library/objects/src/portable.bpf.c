// SPDX-License-Identifier: MIT OR Apache-2.0
// One object for four kernels: which of these programs loads depends on the version.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} hits SEC(".maps");

static void hit(void)
{
	__u32 zero = 0;
	__u64 *n = bpf_map_lookup_elem(&hits, &zero);

	if (n)
		__sync_fetch_and_add(n, 1);
}

// Sleepable LSM: one hook on 5.10, many since.
SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(exec, struct linux_binprm *bprm)
{
	hit();
	return 0;
}

SEC("lsm.s/file_open")
int BPF_PROG(open, struct file *file)
{
	hit();
	return 0;
}

// Sleepable uprobes came with 6.0.
SEC("uprobe.s")
int call(struct pt_regs *ctx)
{
	char byte;

	if (!bpf_copy_from_user(&byte, 1, (void *)ctx->di))
		hit();
	return 0;
}

// A helper that may sleep, in a program that may not.
SEC("uprobe")
int call_atomic(struct pt_regs *ctx)
{
	char byte;

	if (!bpf_copy_from_user(&byte, 1, (void *)ctx->di))
		hit();
	return 0;
}

// Sleepable syscall entry: 7.2 knows it by its name, the others need the error injection list.
SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(syscall_entry, struct pt_regs *regs)
{
	hit();
	return 0;
}
