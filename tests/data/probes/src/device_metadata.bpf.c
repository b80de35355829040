#include "probes.h"
GPL;
/* Kfuncs that ask a network device are for programs loaded for one; where it is called does not matter. */
int bpf_xdp_metadata_rx_timestamp(const struct xdp_md *ctx, __u64 *timestamp) __ksym __weak;
SEC("xdp") int asks(struct xdp_md *ctx) { __u64 at = 0; bpf_xdp_metadata_rx_timestamp(ctx, &at); return at ? 2 : 1; }
SEC("xdp") int asks_if_there(struct xdp_md *ctx)
{
	__u64 at = 0;
	if (bpf_xdp_metadata_rx_timestamp) bpf_xdp_metadata_rx_timestamp(ctx, &at);
	return at ? 2 : 1;
}
SEC("tc") int asks_elsewhere(struct __sk_buff *ctx) { __u64 at = 0; bpf_xdp_metadata_rx_timestamp((void *)ctx, &at); return at != 0; }
