#include "probes.h"
GPL;
/* An atomic operation that fetches nothing leaves its register as it was: what the register's value decides afterwards is still needed
   exactly before it, so the second way to the operation is not taken for the first. */
ARRAY(arr, __u64, 1);
#define LOOK LOOKUP_ARR "if r0 == 0 goto 9f;"
#define MOVES "r2 = 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; r2 += 1; goto +0; goto +0;"
#define WAY(name, op) \
SEC("tc") __attribute__((naked)) int name(struct __sk_buff *ctx) \
{ \
	asm volatile("r6 = 16; r1 = *(u32 *)(r1 + 0); if r1 < 5 goto 1f; r6 = 4; 1:" MOVES LOOK op MOVES \
		"if r6 > 14 goto 9f; r0 += r6; r0 = *(u64 *)(r0 + 0); 9: r0 = 0; exit;" \
		:: MAP(arr) : "r0", "r1", "r2", "r3", "r4", "r5", "r6"); \
}
WAY(plain_add, "lock *(u64 *)(r0 + 0) += r6;")
WAY(plain_or, "lock *(u64 *)(r0 + 0) |= r6;")
/* What was fetched is another number. */
WAY(fetching_add, "r7 = r6; r6 = 4; r6 = atomic_fetch_add((u64 *)(r0 + 0), r6);")
/* From the stack the number comes back, when it was known there. */
SEC("tc") __attribute__((naked)) int fetched_from_stack(struct __sk_buff *ctx)
{
	asm volatile("r6 = 16; r1 = *(u32 *)(r1 + 0); if r1 < 5 goto 1f; r6 = 4; 1:" MOVES "*(u64 *)(r10 - 16) = r6;" LOOK
		"r6 = 1; r6 = atomic_fetch_add((u64 *)(r10 - 16), r6);" MOVES
		"if r6 > 14 goto 9f; r0 += r6; r0 = *(u64 *)(r0 + 0); 9: r0 = 0; exit;"
		:: MAP(arr) : "r0", "r1", "r2", "r3", "r4", "r5", "r6");
}
