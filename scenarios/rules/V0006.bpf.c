#include "rules.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/* broken: a long packet's record is neither submitted nor discarded. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	__u32 length = skb->len;
	__u32 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	if (length > 1500)
		return 2;
	*event = length;
	bpf_ringbuf_submit(event, 0);
	return 0;
}

/* sound: every path gives it back. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	__u32 length = skb->len;
	__u32 *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	if (length > 1500) {
		bpf_ringbuf_discard(event, 0);
		return 2;
	}
	*event = length;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
