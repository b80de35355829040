#include "rules.h"

/* broken: only network programs redirect packets. */
SEC("kprobe")
int broken(struct pt_regs *ctx)
{
	return bpf_redirect(1, 0);
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	return bpf_redirect(1, 0);
}
