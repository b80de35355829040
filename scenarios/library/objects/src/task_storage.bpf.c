// SPDX-License-Identifier: MIT OR Apache-2.0
// Sleepable programs hold the storage of another task while that task exits: one keeps its reference to the task, one does not.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} notes SEC(".maps");

extern struct task_struct *bpf_task_from_pid(int pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

const volatile __u64 address = 0;
const volatile __u32 victim = 0;
__u64 before, after;

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(keeps_the_task, struct pt_regs *regs)
{
	struct task_struct *task = bpf_task_from_pid(victim);
	__u64 *note;
	char buf[8];

	if (!task)
		return 0;
	note = bpf_task_storage_get(&notes, task, 0, 0);
	if (note) {
		before = *note;
		bpf_copy_from_user(buf, sizeof(buf), (void *)address);
		after = *note;
	}
	bpf_task_release(task);
	return 0;
}

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(keeps_the_value_only, struct pt_regs *regs)
{
	struct task_struct *task = bpf_task_from_pid(victim);
	__u64 *note;
	char buf[8];

	if (!task)
		return 0;
	note = bpf_task_storage_get(&notes, task, 0, 0);
	bpf_task_release(task);
	if (!note)
		return 0;
	before = *note;
	bpf_copy_from_user(buf, sizeof(buf), (void *)address);
	after = *note;
	return 0;
}
