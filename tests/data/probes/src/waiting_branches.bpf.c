#include "probes.h"
GPL;
/* Branches that wait: states are kept on a side path only, so each that waits has all of the past; and stack that one path wrote and the
 * other did not, where a kept state decides. */
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "9: r0 = 0; exit;" ::); }
#define SIDE "if r0 == 0 goto 2f; r1 = 1; 2: if r6 == 3000000 goto 9f;"

/* A loop without an end that keeps nothing itself: what leaves it keeps a state, each time another. */
P(kept_beside_the_loop, "r6 = 0; 1: call 7; r6 += 1; if r0 == 7 goto 9f; if r0 > 1 goto 1b;" SIDE)
/* The same, ended after a thousand rounds. */
P(kept_beside_a_bounded_loop, "r6 = 0; 1: call 7; r6 += 1; if r6 == 1000 goto 9f; if r0 == 7 goto 9f; if r0 > 1 goto 1b;" SIDE)
#define PAD "r0 = 0; r5 = 0; r4 = 0; r3 = 0; r2 = 0; r5 = 1; r4 = 1; r3 = 1; if r7 == 8 goto 2f;"
#define SAME "r0 = 0; r2 = 0; r3 = 0; r4 = 0; r5 = 0; r7 = 0;"
/* A part of a pointer is read that one path spilled and the other did not write: the one that did not comes first and is kept. */
P(part_of_spill_covered, "r6 = r1; r7 = *(u32 *)(r1 + 8); if r7 == 7 goto 1f;" PAD "goto 2f; 1: *(u64 *)(r10 - 16) = r6; 2: " SAME "r1 = *(u32 *)(r10 - 16);")
/* The one that did comes first. */
P(part_of_spill_first, "r6 = r1; r7 = *(u32 *)(r1 + 8); if r7 == 7 goto 2f; *(u64 *)(r10 - 16) = r6;" PAD "2: " SAME "r1 = *(u32 *)(r10 - 16);")
/* Nothing is kept in between. */
P(part_of_spill_not_kept, "r6 = r1; r7 = *(u32 *)(r1 + 8); if r7 == 7 goto 1f; goto 2f; 1: *(u64 *)(r10 - 16) = r6; 2: " SAME "r1 = *(u32 *)(r10 - 16);")
/* A function reads its caller's slot on one of its ways only. */
ASMPROG static __attribute__((used)) int may_read_caller(void) { asm volatile("if r2 == 0 goto 1f; r0 = *(u64 *)(r1 + 0); 1: r0 = 0; exit;"); }
P(caller_unwritten_and_read, "r7 = *(u32 *)(r1 + 8); r1 = r10; r1 += -16; r2 = r7; call may_read_caller;")
P(caller_written_and_read, "r7 = *(u32 *)(r1 + 8); *(u64 *)(r10 - 16) = r7; r1 = r10; r1 += -16; r2 = r7; call may_read_caller;")
P(caller_unwritten_not_read, "r1 = r10; r1 += -16; r2 = 0; call may_read_caller;")
