/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The few kernel types that the library's programs walk. Members are found by name at load time (CO-RE), so only the names
 * and types matter here, not the layout. */
#pragma once
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;

enum { BPF_ANY = 0, BPF_NOEXIST = 1, BPF_EXIST = 2 };
enum { BPF_F_NO_PREALLOC = 1 };
enum { BPF_LOCAL_STORAGE_GET_F_CREATE = 1 };
enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_LPM_TRIE = 11,
	BPF_MAP_TYPE_ARRAY_OF_MAPS = 12,
	BPF_MAP_TYPE_QUEUE = 22,
	BPF_MAP_TYPE_STACK = 23,
	BPF_MAP_TYPE_RINGBUF = 27,
	BPF_MAP_TYPE_TASK_STORAGE = 29,
};
enum xdp_action { XDP_ABORTED, XDP_DROP, XDP_PASS, XDP_TX, XDP_REDIRECT };

/* Special fields of map values; the kernel knows them by these names. */
struct bpf_spin_lock {
	__u32 val;
};
struct bpf_res_spin_lock {
	__u32 val;
};
struct bpf_timer {
	__u64 __opaque[2];
} __attribute__((aligned(8)));

struct xdp_md {
	__u32 data;
	__u32 data_end;
	__u32 data_meta;
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
	__u32 egress_ifindex;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
};
struct qstr {
	const unsigned char *name;
};
struct dentry {
	struct qstr d_name;
};
struct path {
	struct dentry *dentry;
};
struct file {
	struct path f_path;
	unsigned int f_flags;
};
struct task_struct {
	int pid;
	int tgid;
	struct mm_struct *mm;
};
struct linux_binprm {
	struct file *file;
	const char *filename;
};
/* User-space registers on x86-64: what a uprobe gets as its context. */
struct pt_regs {
	unsigned long si;
	unsigned long di;
	unsigned long ax;
};
struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
};
#pragma clang attribute pop

struct bpf_pidns_info;
struct bpf_redir_neigh;
struct __sk_buff;
struct bpf_sock;
