#include "probes.h"
GPL;
/* Behind a comparison that cannot hold, ranges contradict each other: what is computed with such a number is forgotten. */
#define NUMBER "call 7; r6 = r0; r6 <<= 32; r6 >>= 32; r1 = 0; *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; *(u64 *)(r10 - 24) = r1; *(u64 *)(r10 - 32) = r1; *(u64 *)(r10 - 40) = r1;"
/* r6 is at least 31, and on the way to 1 less than 31. */
#define NEVER NUMBER "if r6 < 31 goto 9f; r5 = 31; if r5 s> r6 goto 1f; goto 9f; 1:"
#define READ "r1 = r10; r1 += -40; r1 += r6; r0 = *(u8 *)(r1 + 0);"
#define P(name, text) SEC("tc") ASMPROG int name(void) { asm volatile(text "9: r0 = 0; exit;"); }

P(moves_a_pointer, NEVER READ)
P(moves_commuted, NEVER "r1 = r10; r1 += -40; r6 += r1; r0 = *(u8 *)(r6 + 0);")
P(taken_from_a_pointer, NEVER "r1 = r10; r1 += -1; r1 -= r6; r0 = *(u8 *)(r1 + 0);")
P(added_to_a_number, NEVER "r2 = 0; r2 += r6; r2 &= 7; r6 = r2;" READ)
P(added_in_half, NEVER "w2 = 0; w2 += w6; r6 = r2;" READ)
P(subtracted, NEVER "r2 = 40; r2 -= r6; if r2 > 8 goto 9f; r6 = r2;" READ)
P(shifted_by, NEVER "r2 = 1; r2 <<= r6; r6 = r2;" READ)
P(changed_itself, NEVER "r6 += 1;" READ)
P(only_copied, NEVER "r7 = r6; r6 = 3;" READ)
P(in_bounds, NUMBER "if r6 > 30 goto 9f; r5 = 31; if r5 s> r6 goto 1f; goto 9f; 1:" READ)
P(by_a_constant, NUMBER "if r6 < 31 goto 9f; if r6 s< 31 goto 1f; goto 9f; 1:" READ)
P(halves, NUMBER "if w6 < 31 goto 9f; w5 = 31; if w5 s> w6 goto 1f; goto 9f; 1:" READ)
