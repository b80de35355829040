/* Programs whose reports have to tell the way exactly: tests/check/reports.tsv says what of. */
#include "vmlinux_min.h"

GPL;

struct val {
	struct bpf_spin_lock lock;
	__u32 size;
	__u64 hits;
	char name[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct val);
} vals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/* More branches than are told of: 40 behind the lookup. */
#define PAD(n) OPAQUE(x); if (x == n * 7) asm volatile("r0 = " #n ::: "r0");
SEC("tc")
int many_branches(struct __sk_buff *skb)
{
	__u32 key = 0, x = skb->len;
	struct val *v = bpf_map_lookup_elem(&vals, &key);

	PAD(1) PAD(2) PAD(3) PAD(4) PAD(5) PAD(6) PAD(7) PAD(8) PAD(9) PAD(10)
	PAD(11) PAD(12) PAD(13) PAD(14) PAD(15) PAD(16) PAD(17) PAD(18) PAD(19) PAD(20)
	PAD(21) PAD(22) PAD(23) PAD(24) PAD(25) PAD(26) PAD(27) PAD(28) PAD(29) PAD(30)
	PAD(31) PAD(32) PAD(33) PAD(34) PAD(35) PAD(36) PAD(37) PAD(38) PAD(39) PAD(40)
	v->hits++;
	return 0;
}

/* Two branches more than a text has room for. */
SEC("tc")
int some_branches(struct __sk_buff *skb)
{
	__u32 key = 0, x = skb->len;
	struct val *v = bpf_map_lookup_elem(&vals, &key);

	PAD(1) PAD(2) PAD(3) PAD(4) PAD(5) PAD(6) PAD(7) PAD(8) PAD(9)
	v->hits++;
	return 0;
}

/* The pointer is changed in r0, and refused in r1. */
SEC("tc")
int changed_then_copied(struct __sk_buff *skb)
{
	asm volatile goto("r1 = %[map] ll;"
			  "r2 = r10;"
			  "r2 += -4;"
			  "w3 = 0;"
			  "*(u32 *)(r2 + 0) = r3;"
			  "call 1;"
			  "if r0 == 0 goto %l[out];"
			  "r0 += 40;"
			  "r6 = r0;"
			  "r0 = *(u64 *)(r6 + 0);"
			  :: [map] "i"(&vals) : "r0", "r1", "r2", "r3", "r4", "r5", "r6" : out);
out:
	return 0;
}

/* What stands behind the size is no size. */
SEC("tc")
int flags_behind_size(struct __sk_buff *skb)
{
	void *p = bpf_ringbuf_reserve(&events, skb->len, 0);

	if (p)
		bpf_ringbuf_discard(p, 0);
	return 0;
}

/* The refused access is behind column 256. */
SEC("tc")
int long_line(struct __sk_buff *skb)
{
	__u32 key = 0; struct val *value = bpf_map_lookup_elem(&vals, &key); /* .................................................................................................................................................................................. */ value->hits = 1;
	return 0;
}

/* The loop's first instructions have no line of their own, and stand behind those of the return. */
SEC("tc")
int lock_in_loop(struct __sk_buff *skb)
{
	struct val *v;
	__u32 key;

	for (key = 0; key < 4; key++) {
		v = bpf_map_lookup_elem(&vals, &key);
		if (!v)
			continue;
		bpf_spin_lock(&v->lock);
		if (v->hits == 7)
			continue;
		v->hits++;
		bpf_spin_unlock(&v->lock);
	}
	return 0;
}

static __attribute__((noinline)) int put(struct val *v, __u32 n)
{
	v->name[n & 31] = 1;
	return n;
}

/* A function of its own, refused inside. */
SEC("tc")
int refused_in_function(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct val *v = bpf_map_lookup_elem(&vals, &key);

	return v ? put(v, skb->len) : 0;
}

static __attribute__((noinline)) __u32 half(__u32 n)
{
	asm volatile("%0 >>= 1" : "+r"(n));
	return n;
}

__attribute__((noinline)) int checked_alone(__u32 n)
{
	return half(n) + 1;
}

/* Calls of both kinds that return. */
SEC("tc")
int calls_and_returns(struct __sk_buff *skb)
{
	return half(skb->len) + checked_alone(skb->len);
}
