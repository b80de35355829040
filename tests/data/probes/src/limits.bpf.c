#include "probes.h"
GPL;
/* The limits of the walk itself: a million instructions, 8,192 jumps that wait. Slow for a real kernel, too. */
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }

/* An unknown start without a bound. */
P(unknown_start, "r6 = *(u32 *)(r1 + 8); 1: r6 += 1; if r6 < 0x7fffffff goto 1b;")
/* 200,000 rounds of three instructions are under the million. */
P(rounds_under_a_million, "r1 = 0; r2 = 0; 1: r2 += 3; r1 += 1; if r1 < 200000 goto 1b;")
/* 400,000 rounds are over. */
P(rounds_over_a_million, "r1 = 0; r2 = 0; 1: r2 += 3; r1 += 1; if r1 < 400000 goto 1b;")
/* 8,000 branches wait on the stack of unexplored paths: one per round, all to the same place with another number. */
P(branches_under_the_limit, "r6 = *(u32 *)(r1 + 8); r7 = 0; 1: r7 += 1; if r6 == r7 goto 8f; if r7 < 8000 goto 1b;")
/* More than 8,192. */
P(branches_over_the_limit, "r6 = *(u32 *)(r1 + 8); r7 = 0; 1: r7 += 1; if r6 == r7 goto 8f; if r7 < 9000 goto 1b;")
