#include "rules.h"

/* broken: the length is 4 bytes long. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	return *(volatile __u64 *)&skb->len > 100;
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	return skb->len > 100;
}
