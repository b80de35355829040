#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} numbers SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* broken: tail calls need a program array; before 7.2 the kernel blames itself. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &numbers, 0);
	return 0;
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &programs, 0);
	return 0;
}
