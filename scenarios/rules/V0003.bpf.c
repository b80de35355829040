#include "rules.h"

struct row {
	__u32 cells[8];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, struct row);
} rows SEC(".maps");

/* broken: 8 cells, and the index may be 8. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 key = 0, index = skb->ifindex;
	struct row *row = bpf_map_lookup_elem(&rows, &key);
	if (!row || index > 8)
		return 0;
	return row->cells[index];
}

/* sound: 0 to 7. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 key = 0, index = skb->ifindex;
	struct row *row = bpf_map_lookup_elem(&rows, &key);
	if (!row || index > 7)
		return 0;
	return row->cells[index];
}
