#include "rules.h"

/* broken: the result, r0, has no value when the packet is long. */
SEC("tc")
__attribute__((naked)) int broken(struct __sk_buff *skb)
{
	asm volatile("r1 = *(u32 *)(r1 + 0);\n"
		     "if r1 > 100 goto 1f;\n"
		     "r0 = 0;\n"
		     "1: exit");
}

/* sound: every path sets it. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	int verdict = 2;
	if (skb->len > 100)
		verdict = 0;
	return verdict;
}
