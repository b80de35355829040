#include "rules.h"

struct counter {
	struct bpf_spin_lock lock;
	__u32 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

/* broken: writes into the lock. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);
	if (counter)
		*(volatile __u32 *)&counter->lock = 0;
	return 0;
}

/* sound: writes beside it. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);
	if (counter)
		counter->packets = 0;
	return 0;
}
