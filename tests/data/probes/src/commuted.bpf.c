#include "probes.h"
GPL;
/* A pointer that is added to a number, where the number's register becomes the pointer; and one call that goes over several maps. */
RINGBUF(ring);
ARRAY(arr, __u64, 4);
ARRAY(other, __u64, 4);
HASH(hash, __u32, __u64, 4);
#define RECORD "r1 = %[ring] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 9f;"
#define GIVE_BACK "r2 = 0; call 132;"
#define OUT "9: r0 = 0; exit;"
#define A(text) asm volatile(text :: MAP(ring), MAP(arr), MAP(hash) : "memory")

/* What was given back, through the register that began as a number. */
SEC("tc") __attribute__((naked)) int number_first_after_submit(void) { A(RECORD "r6 = 0; r6 += r0; r1 = r0;" GIVE_BACK "r0 = *(u32 *)(r6 + 0);" OUT); }
SEC("tc") __attribute__((naked)) int pointer_first_after_submit(void) { A(RECORD "r6 = r0; r7 = 0; r6 += r7; r1 = r0;" GIVE_BACK "r0 = *(u32 *)(r6 + 0);" OUT); }
SEC("tc") __attribute__((naked)) int number_first_given_back(void) { A(RECORD "r6 = 0; r6 += r0; r1 = r6;" GIVE_BACK OUT); }
SEC("tc") __attribute__((naked)) int number_first_before_submit(void) { A(RECORD "r6 = 8; r6 += r0; r7 = *(u64 *)(r6 + 0); r1 = r0;" GIVE_BACK OUT); }
SEC("tc") __attribute__((naked)) int number_first_spilled(void) { A(RECORD "r6 = 0; r6 += r0; *(u64 *)(r10 - 8) = r6; r1 = r0;" GIVE_BACK "r6 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r6 + 0);" OUT); }
SEC("tc") __attribute__((naked)) int number_first_lost(void) { A(RECORD "r6 = 0; r6 += r0; r0 = r6;" OUT); }
SEC("tc") __attribute__((naked)) int unknown_number_first(void) { A(RECORD "r8 = r0; call 7; r0 &= 7; r6 = r0; r6 += r8; r1 = r8;" GIVE_BACK "r0 = *(u32 *)(r6 + 0);" OUT); }
SEC("tc") __attribute__((naked)) int number_first_map_value(void) { A("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[arr] ll; call 1; if r0 == 0 goto 9f; r6 = 0; r6 += r0; r0 = *(u64 *)(r6 + 0);" OUT); }
SEC("tc") __attribute__((naked)) int number_first_packet(void) { A("r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r6 = 0; r6 += r2; r4 = r2; r4 += 8; if r4 > r3 goto 9f; r0 = *(u8 *)(r6 + 0);" OUT); }

/* The stack pointer of a function below, added to a number: whose stack? */
static __noinline __attribute__((naked)) int own_stack(void) { asm volatile("r1 = 1; *(u64 *)(r10 - 8) = r1; r2 = -8; r2 += r10; r0 = *(u64 *)(r2 + 0); exit;"); }
static __noinline __attribute__((naked)) int own_stack_written(void) { asm volatile("r1 = 1; r2 = -8; r2 += r10; *(u64 *)(r2 + 0) = r1; r0 = *(u64 *)(r10 - 8); exit;"); }
static __noinline __attribute__((naked)) int own_stack_straight(void) { asm volatile("r1 = 1; r2 = r10; r2 += -8; *(u64 *)(r2 + 0) = r1; r0 = *(u64 *)(r10 - 8); exit;"); }
static __noinline __attribute__((naked)) int own_stack_deep(void) { asm volatile("r1 = 1; r2 = -64; r2 += r10; *(u64 *)(r2 + 0) = r1; r0 = 0; exit;"); }
static __noinline __attribute__((naked)) int own_stack_spill(void) { asm volatile("r2 = -8; r2 += r10; *(u64 *)(r2 + 0) = r10; r0 = 0; exit;"); }
SEC("tc") __attribute__((naked)) int number_first_stack_read(void) { asm volatile("r1 = 7; *(u64 *)(r10 - 8) = r1; call %[f]; r0 &= 1; exit;" :: [f] "i"(own_stack)); }
SEC("tc") __attribute__((naked)) int number_first_stack_read_bare(void) { asm volatile("call %[f]; r0 &= 1; exit;" :: [f] "i"(own_stack)); }
SEC("tc") __attribute__((naked)) int number_first_stack_written(void) { asm volatile("call %[f]; r0 &= 1; exit;" :: [f] "i"(own_stack_written)); }
SEC("tc") __attribute__((naked)) int number_first_stack_of_caller(void) { asm volatile("r6 = 0; call %[f]; r0 = *(u64 *)(r10 - 8); r0 &= 1; exit;" :: [f] "i"(own_stack_written)); }
SEC("tc") __attribute__((naked)) int number_first_stack_kept(void) { asm volatile("*(u64 *)(r10 - 8) = r1; call %[f]; r1 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r1 + 0); r0 &= 1; exit;" :: [f] "i"(own_stack_written)); }
SEC("tc") __attribute__((naked)) int pointer_first_stack_kept(void) { asm volatile("*(u64 *)(r10 - 8) = r1; call %[f]; r1 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r1 + 0); r0 &= 1; exit;" :: [f] "i"(own_stack_straight)); }
SEC("tc") __attribute__((naked)) int number_first_stack_deep(void) { asm volatile("call %[f]; r0 &= 1; exit;" :: [f] "i"(own_stack_deep)); }
SEC("tc") __attribute__((naked)) int number_first_stack_spill(void) { asm volatile("call %[f]; r0 &= 1; exit;" :: [f] "i"(own_stack_spill)); }
SEC("tc") __attribute__((naked)) int number_first_own_stack(void) { asm volatile("r1 = 1; r2 = -8; r2 += r10; *(u64 *)(r2 + 0) = r1; r0 = *(u64 *)(r10 - 8); r0 &= 1; exit;"); }

static long sums(void *map, __u32 *key, __u64 *value, __u64 *sum) { *sum += *value; return 0; }
SEC("tc") int each_of_two_arrays(struct __sk_buff *s) { __u64 sum = 0; void *m = s->mark ? (void *)&arr : (void *)&other; bpf_for_each_map_elem(m, sums, &sum, 0); return sum & 1; }
SEC("tc") int each_of_array_and_hash(struct __sk_buff *s) { __u64 sum = 0; void *m = s->mark ? (void *)&arr : (void *)&hash; bpf_for_each_map_elem(m, sums, &sum, 0); return sum & 1; }
SEC("tc") int each_of_one_twice(struct __sk_buff *s) { __u64 sum = 0; bpf_for_each_map_elem(&arr, sums, &sum, 0); bpf_for_each_map_elem(&other, sums, &sum, 0); return sum & 1; }
SEC("tc") int lookup_in_two(struct __sk_buff *s) { __u32 k = 0; void *m = s->mark ? (void *)&arr : (void *)&hash; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
SEC("tc") int each_of_ring_or_array(struct __sk_buff *s) { __u64 sum = 0; void *m = s->mark ? (void *)&arr : (void *)&ring; bpf_for_each_map_elem(m, sums, &sum, 0); return sum & 1; }
