// SPDX-License-Identifier: MIT OR Apache-2.0
// Drops UDP to one port, counts per CPU. Runs in softirq context, also while a sleepable program is blocked on the same CPU.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

char LICENSE[] SEC("license") = "GPL";

#define ETH_P_IP 0x0800
#define IPPROTO_UDP 17

struct ethhdr {
	__u8 dst[6], src[6];
	__be16 proto;
} __attribute__((packed));

struct iphdr {
	__u8 version_ihl, tos;
	__be16 tot_len, id, frag_off;
	__u8 ttl, protocol;
	__u16 check;
	__be32 saddr, daddr;
};

struct udphdr {
	__be16 source, dest, len;
	__u16 check;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} verdicts SEC(".maps");

const volatile __u16 blocked_port = 53;

static int judge(void *data, void *end)
{
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);

	if ((void *)(udp + 1) > end || eth->proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	if (ip->version_ihl != 0x45 || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	return udp->dest == bpf_htons(blocked_port) ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int filter(struct xdp_md *ctx)
{
	__u32 action = judge((void *)(long)ctx->data, (void *)(long)ctx->data_end);
	__u64 *count = bpf_map_lookup_elem(&verdicts, &action);

	if (count)
		(*count)++;
	return action;
}
