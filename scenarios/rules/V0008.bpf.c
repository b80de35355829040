#include "rules.h"

/* broken: the loop waits for something that it does not change. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	asm volatile("r0 = 0; 1: if r0 != 7 goto 1b" ::: "r0");
	return 0;
}

/* sound: at most 100 rounds. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	volatile int sum = 0;
	for (int i = 0; i < 100; i++)
		sum += i;
	return 0;
}
