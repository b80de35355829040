// SPDX-License-Identifier: MIT OR Apache-2.0
// A sleepable program holds another task's storage while that task exits.
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

const volatile __u64 address = 0;
__u64 before, after;
long ret = 1;

SEC("fentry.s/__x64_sys_getpgid")
int BPF_PROG(read_own_note, struct pt_regs *regs)
{
	__u64 *note = bpf_task_storage_get(&notes, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	char buf[8];

	if (!note)
		return 0;
	if (!*note)
		*note = 7;
	before = *note;
	ret = bpf_copy_from_user(buf, sizeof(buf), (void *)address);
	after = *note;
	return 0;
}
