#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} settings SEC(".maps");

/* broken: programs can only read this map. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0, *setting = bpf_map_lookup_elem(&settings, &key);
	if (setting)
		*setting = 1;
	return 0;
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0, *setting = bpf_map_lookup_elem(&settings, &key);
	return setting ? *setting : 0;
}
