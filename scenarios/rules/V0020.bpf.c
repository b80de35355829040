#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} values SEC(".maps");

/* broken: a pointer cannot be masked. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0;
	char *value = bpf_map_lookup_elem(&values, &key);
	if (!value)
		return 0;
	asm volatile("%0 &= 0xff" : "+r"(value));
	return *(volatile char *)value;
}

/* sound: mask the offset. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0, offset = skb->len & 7;
	char *value = bpf_map_lookup_elem(&values, &key);
	if (!value)
		return 0;
	return value[offset];
}
