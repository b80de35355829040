#include "rules.h"

struct counter {
	struct bpf_spin_lock lock;
	__u64 packets;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

/* broken: no helper may be called while the lock is held. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);
	if (!counter)
		return 0;
	bpf_spin_lock(&counter->lock);
	counter->packets = bpf_ktime_get_ns();
	bpf_spin_unlock(&counter->lock);
	return 0;
}

/* sound: called before. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct counter *counter = bpf_map_lookup_elem(&counters, &key);
	if (!counter)
		return 0;
	__u64 now = bpf_ktime_get_ns();
	bpf_spin_lock(&counter->lock);
	counter->packets = now;
	bpf_spin_unlock(&counter->lock);
	return 0;
}
