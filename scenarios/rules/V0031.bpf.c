#include "rules.h"

static __noinline int large(int seed)
{
	volatile char buffer[300] = {};
	buffer[seed & 255] = 1;
	return buffer[0];
}

/* broken: 300 bytes here and 300 bytes in the function it calls. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	volatile char buffer[300] = {};
	buffer[skb->len & 255] = 1;
	return large(skb->len) + buffer[0];
}

/* sound */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	return large(skb->len);
}
