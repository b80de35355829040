#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

/* broken: the first argument is no map. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0;
	bpf_map_delete_elem(skb, &key);
	return 0;
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0;
	bpf_map_delete_elem(&counts, &key);
	return 0;
}
