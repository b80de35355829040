#include "rules.h"

static long step(__u32 index, void *ctx)
{
	return 0;
}

/* broken: the interpreter cannot call a function back. With the JIT compiler switched on this loads. */
SEC("tc")
int broken(struct __sk_buff *skb)
{
	bpf_loop(100, step, 0, 0);
	return 0;
}

/* sound: without a callback. */
SEC("tc")
int sound(struct __sk_buff *skb)
{
	int i;

	for (i = 0; i < 100; i++)
		asm volatile("");
	return 0;
}
