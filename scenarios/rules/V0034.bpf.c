#include "rules.h"

/* broken: gives an address of the kernel away. Only users without capabilities are refused. */
SEC("socket")
__attribute__((naked)) int broken(struct __sk_buff *skb)
{
	asm volatile("r0 = r10; exit");
}

/* sound: a number. */
SEC("socket")
int sound(struct __sk_buff *skb)
{
	return skb->len;
}
