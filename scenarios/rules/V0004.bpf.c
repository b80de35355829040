#include "rules.h"

/* broken: the packet may be shorter than an Ethernet header. */
SEC("xdp")
int broken(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;
	return eth->proto ? XDP_PASS : XDP_DROP;
}

/* sound: compared with the end first. */
SEC("xdp")
int sound(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	if (data + sizeof(*eth) > end)
		return XDP_DROP;
	return eth->proto ? XDP_PASS : XDP_DROP;
}
