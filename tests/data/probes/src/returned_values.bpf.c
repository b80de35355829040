#include "probes.h"
GPL;
/* A state is kept right where a function has returned, and the value it returned decides the next branch: what it rests on in the function
   is needed exactly, so the second way through the function is not taken for the first. */
#define FILL "r2 = 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; goto +0; goto +0;"
static __attribute__((naked, noinline)) int large(struct __sk_buff *ctx)
{
	asm volatile("w7 = 0; r1 = *(u32 *)(r1 + 0);" FILL "if r1 < 5 goto 1f; w7 = 1; 1:" FILL "w0 = w7; exit;" ::: "r0", "r1", "r2", "r7");
}
SEC("tc") __attribute__((naked)) int small_goes_wrong(struct __sk_buff *ctx)
{
	asm volatile("call %[large]; if w0 == 0 goto 1f; r0 = 0; exit; 1: r1 = 0; r0 = *(u32 *)(r1 + 0); exit;" :: [large] "i"(large) : "r0", "r1", "r2", "r7");
}
SEC("tc") __attribute__((naked)) int large_goes_wrong(struct __sk_buff *ctx)
{
	asm volatile("call %[large]; if w0 != 0 goto 1f; r0 = 0; exit; 1: r1 = 0; r0 = *(u32 *)(r1 + 0); exit;" :: [large] "i"(large) : "r0", "r1", "r2", "r7");
}
