#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

/* broken: the map may have no such key. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = skb->ifindex;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);
	*count += 1;
	return 0;
}

/* sound: compared with NULL first. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = skb->ifindex;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);
	if (!count)
		return 0;
	*count += 1;
	return 0;
}
