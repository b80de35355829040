// SPDX-License-Identifier: MIT OR Apache-2.0
// A packet arms a timer in a map value. The callback counts, tries to cancel its own timer, and arms it again until it has run thrice.
#include "types.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

#define CLOCK_MONOTONIC 1
#define PERIOD_NS 1000000

struct slot {
	struct bpf_timer timer;
	__u64 fired;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

long cancelled = 1, started = 1;

static int tick(void *map, __u32 *key, struct slot *slot)
{
	slot->fired++;
	cancelled = bpf_timer_cancel(&slot->timer);
	if (slot->fired < 3)
		bpf_timer_start(&slot->timer, PERIOD_NS, 0);
	return 0;
}

SEC("xdp")
int arm(struct xdp_md *ctx)
{
	__u32 key = 0;
	struct slot *slot = bpf_map_lookup_elem(&slots, &key);

	if (!slot)
		return XDP_PASS;
	bpf_timer_init(&slot->timer, &slots, CLOCK_MONOTONIC);
	bpf_timer_set_callback(&slot->timer, tick);
	started = bpf_timer_start(&slot->timer, PERIOD_NS, 0);
	return XDP_PASS;
}
