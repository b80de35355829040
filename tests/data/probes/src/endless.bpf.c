#include "probes.h"
GPL;
/* Loops without an end, with what the verifier knows how to end inside of them: calls that run a function again and again, and iterators. */
ARRAY(arr, struct bytes48, 1);
#define ITER [new] "i"(bpf_iter_num_new), [next] "i"(bpf_iter_num_next), [end] "i"(bpf_iter_num_destroy)
#define ONE_ITER "r1 = r10; r1 += -8; r2 = 0; r3 = 10; call %[new]; 4: r1 = r10; r1 += -8; call %[next]; if r0 != 0 goto 4b; r1 = r10; r1 += -8; call %[end];"
static int c_calm(__u64 i, void *ctx) { return 0; }
static long c_elem(void *map, const void *key, void *val, void *ctx) { return 0; }
#define LOOP "r1 = 3; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181;"
#define EACH "r1 = %[arr] ll; r2 = %[each] ll; r3 = 0; r4 = 0; call 164;"
#define P(name, text) SEC("tc") ASMPROG int name(void) { asm volatile(text "r0 = 0; exit;" :: MAP(arr), [cb] "i"(c_calm), [each] "i"(c_elem)); }
#define I(name, text) SEC("tc") ASMPROG int name(void) { asm volatile(text "r0 = 0; exit;" :: ITER); }

P(nothing_inside, "r7 = 0; 1: if r7 s< 6 goto 1b;")
P(loop_inside, "r7 = 0; 1:" LOOP "if r7 s< 6 goto 1b;")
P(each_inside, "r7 = 0; 1:" EACH "if r7 s< 6 goto 1b;")
P(number_set_anew, "1: r7 = 0;" LOOP "r7 += 1; if r7 s< 6 goto 1b;")
P(each_number_set_anew, "1: r7 = 0;" EACH "r7 += 1; if r7 s< 6 goto 1b;")
P(counts_down, "r7 = 100; 1:" LOOP "r7 += -1; if r7 s< 600 goto 1b;")
P(counts_and_ends, "r7 = 0; 1:" LOOP "r7 += 1; if r7 s< 6 goto 1b;")
P(two_inside, "r7 = 0; 1:" LOOP EACH "if r7 s< 6 goto 1b;")
P(two_loops_in_one, "r8 = 0; 1: r7 = 0; 2:" LOOP "r7 += 1; if r7 s< 4 goto 2b; if r8 s< 6 goto 1b;")
P(two_loops_changing, "r8 = 0; 1: r7 = 0; 2:" LOOP "r7 += 1; if r7 s< 4 goto 2b; r8 = 1; if r8 s< 6 goto 1b;")
P(behind_a_branch, "call 7; r7 = 0; 1: r8 = r7; if r8 == 0 goto 2f; call 7; 2:" LOOP "if r7 s< 6 goto 1b;")
P(by_chance, "1:" LOOP "call 7; if r0 != 9 goto 1b;")
P(before_the_loop, LOOP "r7 = 0; 1: if r7 s< 6 goto 1b;")
P(skipped_each_time, "r7 = 0; 1: if r7 == 0 goto 2f;" LOOP "2: if r7 s< 6 goto 1b;")
I(iterator_inside, "r7 = 0; 1:" ONE_ITER "if r7 s< 6 goto 1b;")
I(iterator_set_anew, "1: r7 = 0;" ONE_ITER "r7 += 1; if r7 s< 6 goto 1b;")
I(iterator_by_chance, "1:" ONE_ITER "call 7; if r0 != 9 goto 1b;")
I(iterator_counts, "r7 = 0; 1:" ONE_ITER "r7 += 1; if r7 s< 6 goto 1b;")
I(around_iterator, "r1 = r10; r1 += -8; r2 = 0; r3 = 10; call %[new]; r7 = 0; 4: r1 = r10; r1 += -8; call %[next]; if r0 == 0 goto 5f; 1: if r7 s< 6 goto 1b; goto 4b; 5: r1 = r10; r1 += -8; call %[end];")
P(may_goto_inside, "r7 = 0; 1: .8byte 0x00000000000100e5; goto 2f; goto 3f; 2: if r7 s< 6 goto 1b; 3:")
P(may_goto_and_loop, "r7 = 0; 1: .8byte 0x00000000000100e5; goto 2f; goto 3f; 2:" LOOP "if r7 s< 6 goto 1b; 3:")

/* The function that is run never ends. */
static __attribute__((naked)) int c_endless(void) { asm volatile("r7 = 0; 1: if r7 s< 6 goto 1b; r0 = 0; exit;"); }
static __attribute__((naked)) int c_endless_loop(void) { asm volatile("r7 = 0; 1:" LOOP "if r7 s< 6 goto 1b; r0 = 0; exit;" :: [cb] "i"(c_calm)); }
SEC("tc") int callback_endless(struct __sk_buff *s) { bpf_loop(3, c_endless, NULL, 0); return 0; }
SEC("tc") int callback_endless_loop(struct __sk_buff *s) { bpf_loop(3, c_endless_loop, NULL, 0); return 0; }
/* The call is in a function. */
static __attribute__((noinline)) int runs(struct __sk_buff *s) { bpf_loop(3, c_calm, NULL, 0); return s->len; }
SEC("tc") int function_by_chance(struct __sk_buff *s) { while (runs(s) != 9) asm volatile(""); return 0; }
/* A user's way to wait. */
SEC("syscall") int waits(void *ctx) { while (bpf_get_prandom_u32() != 9) bpf_loop(3, c_calm, NULL, 0); return 0; }
SEC("syscall") int waits_for_nothing(void *ctx) { while (bpf_get_prandom_u32() != 9) asm volatile(""); return 0; }
/* Uses the iterator in C, so that the object has its types. */
SEC("tc") int plain_rounds(struct __sk_buff *s) { struct bpf_iter_num it; int *v, sum = 0; bpf_iter_num_new(&it, 0, 10); while ((v = bpf_iter_num_next(&it))) sum += *v; bpf_iter_num_destroy(&it); return sum & 1; }
