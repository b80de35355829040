#include "probes.h"
GPL;
/* Loops: bounds the verifier can follow, bounds it cannot, the limits on jumps and instructions, dead and odd code. */
ARRAY(arr, struct bytes48, 1);
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }

/* Counts up to a constant. */
P(count_up, "r1 = 0; 1: r1 += 1; if r1 < 100 goto 1b;")
/* Counts down to zero. */
P(count_down, "r1 = 100; 1: r1 += -1; if r1 != 0 goto 1b;")
/* Jumps to itself. */
SEC("tc") ASMPROG int jump_to_itself(void) { asm volatile("r0 = 0; 1: goto 1b;"); }
/* A conditional jump to itself that is never taken. */
P(conditional_jump_to_itself, "r1 = 0; 1: if r1 == 1 goto 1b;")
/* A conditional jump to itself that may be taken. */
P(unknown_jump_to_itself, "r1 = *(u32 *)(r1 + 8); 1: if r1 == 1 goto 1b;")
/* The counter is not changed inside. */
P(counter_unchanged, "r6 = *(u32 *)(r1 + 8); r1 = 0; 1: r2 = r1; if r6 > r2 goto 1b;")
/* An unknown start that is bounded: every start is followed. */
P(unknown_bounded_start, "r6 = *(u32 *)(r1 + 8); r6 &= 15; 1: r6 += 1; if r6 < 40 goto 1b;")
/* The end is an unknown number below 16. */
P(unknown_bounded_end, "r6 = *(u32 *)(r1 + 8); r6 &= 15; r1 = 0; 1: r1 += 1; if r1 < r6 goto 1b;")
/* Ends when memory changes, which the verifier cannot know. */
P(wait_for_memory, "1: r2 = *(u32 *)(r1 + 8); if r2 == 0 goto 1b;")
/* Waits for a helper's answer. */
P(wait_for_helper, "1: call 7; if r0 == 0 goto 1b;")
/* Two nested loops of 30 by 30. */
P(nested, "r1 = 0; 1: r2 = 0; 2: r2 += 1; if r2 < 30 goto 2b; r1 += 1; if r1 < 30 goto 1b;")
/* Two paths of the loop differ in a number nobody uses: they are merged. */
P(merged_paths, "r6 = *(u32 *)(r1 + 8); r7 = 0; 1: r5 = 1; if r6 & 1 goto 2f; r5 = 2; 2: r6 >>= 1; r7 += 1; if r7 < 25 goto 1b;")
/* Two paths of the loop differ in a number that is an index at the end: they stay apart. */
SEC("tc") ASMPROG int kept_apart(void) { asm volatile("r9 = *(u32 *)(r1 + 8);" LOOKUP_ARR "if r0 == 0 goto 8f; r8 = 0; r7 = 0; 1: if r9 & 1 goto 2f; r8 += 1; 2: r9 >>= 1; r7 += 1; if r7 < 18 goto 1b; r0 += r8; r0 = *(u8 *)(r0 + 29); 8: r0 = 0; exit;" :: MAP(arr)); }
/* The sum of the steps is one past the end of the value. */
SEC("tc") ASMPROG int kept_apart_past_end(void) { asm volatile("r9 = *(u32 *)(r1 + 8);" LOOKUP_ARR "if r0 == 0 goto 8f; r8 = 0; r7 = 0; 1: if r9 & 1 goto 2f; r8 += 1; 2: r9 >>= 1; r7 += 1; if r7 < 18 goto 1b; r0 += r8; r0 = *(u8 *)(r0 + 30); 8: r0 = 0; exit;" :: MAP(arr)); }
/* The loop variable is the index. */
SEC("tc") int index_in_loop(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; int sum = 0; for (int i = 0; i < 48; i++) { OPAQUE(i); if (i < 0 || i >= 48) break; sum += v->b[i]; } return sum & 1; }
/* The loop variable reaches the size of the value. */
SEC("tc") ASMPROG int index_in_loop_one_past(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r1 = 0; 1: r2 = r0; r2 += r1; r3 = *(u8 *)(r2 + 0); r1 += 1; if r1 != 49 goto 1b; 8: r0 = 0; exit;" :: MAP(arr)); }
/* The pointer itself moves through the value. */
SEC("tc") ASMPROG int pointer_moves_in_loop(void) { asm volatile(LOOKUP_ARR "if r0 == 0 goto 8f; r1 = 0; 1: r3 = *(u8 *)(r0 + 0); r0 += 1; r1 += 1; if r1 != 48 goto 1b; 8: r0 = 0; exit;" :: MAP(arr)); }
/* The pointer moves with an unknown number of rounds. */
SEC("tc") ASMPROG int pointer_moves_unknown(void) { asm volatile("r6 = *(u32 *)(r1 + 8);" LOOKUP_ARR "if r0 == 0 goto 8f; r1 = 0; 1: r3 = *(u8 *)(r0 + 0); r0 += 1; r1 += 1; if r1 < r6 goto 1b; 8: r0 = 0; exit;" :: MAP(arr)); }
/* A loop inside a subprogram, called twice. */
static __noinline int rounds(int n) { int i, sum = 0; for (i = 0; i < 64; i++) { sum += n; OPAQUE(sum); } return sum; }
SEC("tc") int loop_in_subprogram(struct __sk_buff *s) { return (rounds(s->mark) + rounds(s->len)) & 1; }
/* A subprogram that calls itself. */
ASMPROG static __attribute__((used)) int recursive(void) { asm volatile("r1 += -1; if r1 == 0 goto 1f; call recursive; 1: r0 = 0; exit;"); }
SEC("tc") ASMPROG int recursion(void) { asm volatile("r1 = 3; call recursive; r0 = 0; exit;"); }
/* A and B call each other. */
ASMPROG static __attribute__((used)) int ping(void) { asm volatile("if r1 == 0 goto 1f; r1 += -1; call pong; 1: r0 = 0; exit;"); }
ASMPROG static __attribute__((used)) int pong(void) { asm volatile("if r1 == 0 goto 1f; r1 += -1; call ping; 1: r0 = 0; exit;"); }
SEC("tc") ASMPROG int mutual_recursion(void) { asm volatile("r1 = 3; call ping; r0 = 0; exit;"); }
/* Code nobody reaches. */
P(unreachable_code, "r1 = 0; goto 8f; r1 = 1; r2 = 2;")
/* Code behind a comparison that always holds is reachable in the graph. */
P(never_reached_but_connected, "r1 = 1; if r1 == 1 goto 8f; r0 = r9;")
/* A jump out of the program. */
SEC("tc") ASMPROG int jump_before_start(void) { asm volatile("r0 = 0; .8byte 0x00000000fffa0005; exit;"); }
/* A jump into the second half of a 16-byte instruction. */
SEC("tc") ASMPROG int jump_into_wide_instruction(void) { asm volatile("r0 = 0; .8byte 0x0000000000010015; r1 = 0x1122334455667788 ll; exit;"); }
/* A jump past the last instruction. */
SEC("tc") ASMPROG int jump_past_end(void) { asm volatile("r0 = 0; .8byte 0x0000000000010005; exit;"); }
/* The program ends with a backward jump, which is allowed. */
SEC("tc") ASMPROG int ends_with_jump_back(void) { asm volatile("r0 = 0; goto 2f; 1: exit; 2: goto 1b;"); }
/* A subprogram falls through into the next one. */
ASMPROG static __attribute__((used)) int falls_through(void) { asm volatile("r0 = 0;"); }
SEC("tc") ASMPROG int call_falling_through(void) { asm volatile("call falls_through; r0 = 0; exit;"); }
