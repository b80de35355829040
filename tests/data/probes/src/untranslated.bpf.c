#include "probes.h"
GPL;
/* An access that 5.10 allows and cannot translate is refused last: what is wrong behind it is said first. */
SEC("tc") int alone(struct __sk_buff *ctx) { return *(volatile __u8 *)((char *)ctx + 180); }
SEC("tc") int before_bad_load(struct __sk_buff *ctx)
{
	asm volatile("r0 = *(u8 *)(%[ctx] + 180); r1 = 0; r1 = *(u64 *)(r1 + 0);" :: [ctx] "r"(ctx) : "r0", "r1");
	return 0;
}
