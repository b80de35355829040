/* Mistakes that help has to understand: each program has one, named above it. */
#include "vmlinux_min.h"
GPL;

struct pair {
	__u64 hits;
	__u64 bytes;
};

struct holder {
	struct pair *v;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct pair);
} pairs SEC(".maps");

struct locked {
	struct bpf_spin_lock lock;
	__u32 n;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, struct locked);
} locks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

static __always_inline void sleep(void)
{
	char b[8];

	bpf_copy_from_user(b, sizeof(b), (void *)0x1000);
}

/* A sleeping helper, and targets at which nothing may sleep, or in some kernels only. */
SEC("fentry/vfs_read") int sleep_fentry(void *ctx) { sleep(); return 0; }
SEC("fexit/vfs_read") int sleep_fexit(void *ctx) { sleep(); return 0; }
SEC("fentry/__x64_sys_read") int sleep_syscall(void *ctx) { sleep(); return 0; }
SEC("lsm/task_free") int sleep_task_free(void *ctx) { sleep(); return 0; }
SEC("lsm/file_open") int sleep_file_open(void *ctx) { sleep(); return 0; }
SEC("tp_btf/sched_switch") int sleep_tp_btf(void *ctx) { sleep(); return 0; }
SEC("raw_tp/sched_switch") int sleep_raw_tp(void *ctx) { sleep(); return 0; }
SEC("tp/sched/sched_switch") int sleep_tp(void *ctx) { sleep(); return 0; }
SEC("kprobe/vfs_read") int sleep_kprobe(void *ctx) { sleep(); return 0; }

/* Names of sections that take nothing behind the slash, and one that is misspelt. */
SEC("xdp/foo") int tail_xdp(void *ctx) { return 0; }
SEC("classifier/foo") int tail_classifier(void *ctx) { return 0; }
SEC("cgroup_skb/ingres") int tail_cgroup(void *ctx) { return 1; }
SEC("kprobes/vfs_read") int tail_kprobe(void *ctx) { return 0; }

/* The variable that may be NULL: not the first that the line assigns to, or a member. */
SEC("tc") int null_second(void *ctx)
{
	__u32 key = 3; struct pair *v = bpf_map_lookup_elem(&pairs, &key);

	v->hits = 1;
	return 0;
}
SEC("tc") int null_declared(void *ctx)
{
	__u32 key = 3;
	__u64 zero = 0, *w = bpf_map_lookup_elem(&pairs, &key);

	w[1] = zero;
	return 0;
}
SEC("tc") int null_member(void *ctx)
{
	__u32 key = 3;
	struct holder h;

	h.v = bpf_map_lookup_elem(&pairs, &key);
	h.v->hits = 1;
	return 0;
}

/* Accesses to the context: direction, field, argument. */
SEC("tc") int context_write(struct __sk_buff *skb) { skb->len = 5; return 0; }
SEC("xdp") int context_write_xdp(struct xdp_md *x) { x->data = 0; return 2; }
SEC("kprobe/vfs_read") int context_write_regs(__u64 *r) { r[14] = 0; return 0; }
SEC("socket") int context_hidden(struct __sk_buff *skb) { return skb->data_end != 0; }
SEC("fexit/vfs_read") int context_many(__u64 *ctx) { return ctx[9] != 0; }
SEC("tp_btf/sched_switch") int context_past(__u64 *ctx) { return ctx[7] == 1; }

/* An iterator that is left open. */
SEC("tc") int iterator_open(void *ctx)
{
	struct bpf_iter_num it;

	bpf_iter_num_new(&it, 0, 10);
	return 0;
}

/* A map without keys; a size that may be 0; one that has to be constant; a record that was moved. */
SEC("tc") int no_keys(void *ctx)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&events, &key) != 0;
}
SEC("tc") int size_zero(struct __sk_buff *skb)
{
	char b[64];
	__u32 n = skb->len;

	if (n > sizeof(b) || n == 0)
		return 0;
	bpf_skb_load_bytes(skb, 0, b, n);
	return b[0];
}
SEC("tc") int size_computed(struct __sk_buff *skb)
{
	__u64 *p = bpf_ringbuf_reserve(&events, skb->len, 0);

	if (p)
		bpf_ringbuf_discard(p, 0);
	return 0;
}
SEC("tc") int record_moved(struct __sk_buff *skb)
{
	__u64 *p = bpf_ringbuf_reserve(&events, 32, 0);

	if (!p)
		return 0;
	bpf_ringbuf_submit(p + 1, 0);
	return 0;
}

/* Locks in values. */
SEC("kprobe/vfs_read") int lock_kprobe(void *ctx)
{
	__u32 key = 3;

	return bpf_map_lookup_elem(&locks, &key) != 0;
}
SEC("lsm.s/file_open") int lock_sleepable(void *ctx)
{
	__u32 key = 3;

	return bpf_map_lookup_elem(&locks, &key) ? -1 : 0;
}

/* Functions that call each other without an end. */
static int down(struct __sk_buff *skb, int n);
static __noinline int up(struct __sk_buff *skb, int n) { asm volatile(""); return down(skb, n - 1) + 1; }
static __noinline int down(struct __sk_buff *skb, int n)
{
	asm volatile("");
	return n < 0 ? skb->len : up(skb, n) + 2;
}
SEC("tc") int recursion(struct __sk_buff *skb) { return down(skb, 3); }
