// SPDX-License-Identifier: MIT OR Apache-2.0
// Audits every open with the path that user space gave: a tracepoint keeps the pointer, the sleepable LSM hook reads it and
// waits for the page if it must. The path in the kernel's own file object is read beside it.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

#define EPERM 1
#define O_CREAT 0100

struct record {
	__u32 pid;
	__s32 ret;
	char path[64];
	char name[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, __u64);
} paths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16384);
} audit SEC(".maps");

const volatile bool deny_create = 0;

SEC("tp/syscalls/sys_enter_openat")
int remember_path(struct trace_event_raw_sys_enter *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid();
	__u64 path = ctx->args[1];

	bpf_map_update_elem(&paths, &pid, &path, BPF_ANY);
	return 0;
}

SEC("lsm.s/file_open")
int BPF_PROG(audit_open, struct file *file)
{
	__u32 pid = bpf_get_current_pid_tgid();
	__u64 *path = bpf_map_lookup_elem(&paths, &pid);
	struct record *rec;
	const unsigned char *name;
	int create = file->f_flags & O_CREAT;

	if (!path)
		return 0;
	rec = bpf_ringbuf_reserve(&audit, sizeof(*rec), 0);
	if (!rec)
		return 0;
	rec->pid = pid;
	rec->ret = bpf_copy_from_user(rec->path, sizeof(rec->path), (void *)*path);
	name = file->f_path.dentry->d_name.name;
	bpf_probe_read_kernel_str(rec->name, sizeof(rec->name), name);
	bpf_ringbuf_submit(rec, 0);
	if (deny_create && create) {
		bpf_printk("open for writing denied to %d", pid);
		return -EPERM;
	}
	return 0;
}
