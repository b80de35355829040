#include "rules.h"

struct secret;

/* The kernel verifies this function alone and does not know what `secret` is. */
__noinline int weigh(struct secret *secret)
{
	return secret ? 1 : 0;
}

/* broken: a pointer to an unknown type. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	return weigh((void *)skb);
}

/* A number can be anything. */
__noinline int measure(int length)
{
	return length > 100;
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	return measure(skb->len);
}
