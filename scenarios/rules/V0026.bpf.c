#include "rules.h"

/* broken: nothing has made the dynptr. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	struct bpf_dynptr memory = {};
	char byte;
	bpf_dynptr_read(&byte, 1, &memory, 0, 0);
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

/* sound: made, used, given back (6.1 and later). */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	struct bpf_dynptr memory;
	char byte;
	bpf_ringbuf_reserve_dynptr(&events, 8, 0, &memory);
	bpf_dynptr_read(&byte, 1, &memory, 0, 0);
	bpf_ringbuf_discard_dynptr(&memory, 0);
	return 0;
}
