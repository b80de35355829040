#include "rules.h"

/* broken: the socket is the packet's; the program has no reference to it. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;
	if (sk)
		bpf_sk_release(sk);
	return 0;
}

/* sound: release what was looked up. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	struct bpf_sock_tuple tuple = {};
	struct bpf_sock *sk = bpf_sk_lookup_tcp(skb, &tuple, sizeof(tuple.ipv4), BPF_F_CURRENT_NETNS, 0);
	if (sk)
		bpf_sk_release(sk);
	return 0;
}
