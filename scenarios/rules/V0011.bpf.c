#include "rules.h"

struct bpf_dynptr_kern;
extern int bpf_dynptr_from_xdp(struct xdp_md *x, __u64 flags, struct bpf_dynptr *ptr) __ksym;

/* broken: this kfunc is for XDP programs. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	struct bpf_dynptr packet;
	bpf_dynptr_from_xdp((void *)skb, 0, &packet);
	return 0;
}

/* sound */
SEC("xdp")
int sound(struct xdp_md *ctx)
{
	struct bpf_dynptr packet;
	bpf_dynptr_from_xdp(ctx, 0, &packet);
	return XDP_PASS;
}
