#include "probes.h"
GPL;
/* Paths that meet: two states may only be taken for one when nothing that differs matters later. Each pair of programs
   differs in whether it matters. */
ARRAY(arr, struct bytes48, 1);
HASH(hash, __u32, struct bytes48, 4);
/* r9 = a number of the packet, r7 = a 48-byte value, r8 = 0. */
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile( \
	"r6 = r1; r9 = *(u32 *)(r1 + 8);" LOOKUP_IN("hash") "if r0 == 0 goto 8f; r7 = r0; r8 = 0;" body "8: r0 = 0; exit;" :: MAP(hash), MAP(arr)); }

/* Two constants meet and become an index: both are in range. */
P(constants_both_in_range, "if r9 == 1 goto 1f; r8 = 40; goto 2f; 1: r8 = 47; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* The second one is out of range. */
P(constants_second_out, "if r9 == 1 goto 1f; r8 = 40; goto 2f; 1: r8 = 48; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* The first one is out of range. */
P(constants_first_out, "if r9 == 1 goto 1f; r8 = 48; goto 2f; 1: r8 = 40; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* The index becomes one only through another register. */
P(constant_through_copy, "if r9 == 1 goto 1f; r8 = 40; goto 2f; 1: r8 = 48; 2: r3 = r8; r4 = 0; r4 += r3; r7 += r4; r0 = *(u8 *)(r7 + 0);")
/* Through the stack. */
P(constant_through_stack, "if r9 == 1 goto 1f; r8 = 40; goto 2f; 1: r8 = 48; 2: *(u64 *)(r10 - 16) = r8; r5 = 0; r8 = 0; r3 = *(u64 *)(r10 - 16); r7 += r3; r0 = *(u8 *)(r7 + 0);")
/* Through the stack, written before the paths meet. */
P(constant_spilled_before, "r8 = 40; *(u64 *)(r10 - 16) = r8; if r9 == 1 goto 1f; goto 2f; 1: r8 = 48; *(u64 *)(r10 - 16) = r8; 2: r8 = 0; r3 = *(u64 *)(r10 - 16); r7 += r3; r0 = *(u8 *)(r7 + 0);")
/* Through a comparison that leads to different places. */
P(constant_decides_branch, "if r9 == 1 goto 1f; r8 = 1; goto 2f; 1: r8 = 2; 2: if r8 == 2 goto 3f; goto 8f; 3: r0 = *(u8 *)(r7 + 48);")
/* Through a comparison after which nothing is wrong. */
P(constant_decides_harmless, "if r9 == 1 goto 1f; r8 = 1; goto 2f; 1: r8 = 2; 2: if r8 == 2 goto 3f; goto 8f; 3: r0 = *(u8 *)(r7 + 47);")
/* As a helper's size. */
P(constant_as_size, "if r9 == 1 goto 1f; r8 = 8; goto 2f; 1: r8 = 24; 2: r1 = r6; r2 = 0; r3 = r10; r3 += -16; r4 = r8; call 26;")
/* As a helper's number it does not matter. */
P(constant_as_number, "if r9 == 1 goto 1f; r8 = 8; goto 2f; 1: r8 = 24; 2: r1 = r6; r2 = r8; r3 = r10; r3 += -16; r4 = 8; call 26;")
/* The difference lies in a subprogram's argument. */
ASMPROG static __attribute__((used)) int add_index(void) { asm volatile("r1 += r2; r0 = *(u8 *)(r1 + 0); exit;"); }
P(constant_as_argument, "if r9 == 1 goto 1f; r8 = 40; goto 2f; 1: r8 = 48; 2: r1 = r7; r2 = r8; call add_index;")
/* In a subprogram's result. */
ASMPROG static __attribute__((used)) int choose(void) { asm volatile("if r1 == 1 goto 1f; r0 = 40; exit; 1: r0 = 48; exit;"); }
P(constant_as_result, "r1 = r9; call choose; r7 += r0; r0 = *(u8 *)(r7 + 0);")
ASMPROG static __attribute__((used)) int choose_good(void) { asm volatile("if r1 == 1 goto 1f; r0 = 40; exit; 1: r0 = 47; exit;"); }
P(constant_as_result_good, "r1 = r9; call choose_good; r7 += r0; r0 = *(u8 *)(r7 + 0);")
/* One path has a map value in r8, the other a number: read. */
P(pointer_or_number, "if r9 == 1 goto 1f; r8 = r7; goto 2f; 1: r8 = 5; 2: r0 = *(u8 *)(r8 + 0);")
/* The same, not read. */
P(pointer_or_number_unused, "if r9 == 1 goto 1f; r8 = r7; goto 2f; 1: r8 = 5; 2: r0 = 1;")
/* One path has initialised r5, the other has not. */
P(initialised_or_not, "if r9 == 1 goto 2f; r5 = 1; goto 2f; 2: r0 = r5;")
/* One path has written the stack, the other has not. */
P(written_or_not, "if r9 == 1 goto 2f; *(u64 *)(r10 - 16) = r8; 2: r0 = *(u64 *)(r10 - 16);")
/* One path holds a spilled pointer, the other a number. */
P(spilled_pointer_or_number, "*(u64 *)(r10 - 16) = r7; if r9 == 1 goto 2f; *(u64 *)(r10 - 16) = r8; 2: r3 = *(u64 *)(r10 - 16); r0 = *(u8 *)(r3 + 0);")
/* One path has checked the pointer, the other has not. */
P(checked_or_not, LOOKUP_IN("hash") "r8 = r0; if r9 == 1 goto 1f; goto 2f; 1: if r8 == 0 goto 8f; 2: r0 = *(u8 *)(r8 + 0);")
/* Both have, by different copies. */
P(checked_by_copies, LOOKUP_IN("hash") "r8 = r0; if r9 == 1 goto 1f; if r0 == 0 goto 8f; goto 2f; 1: if r8 == 0 goto 8f; 2: r0 = *(u8 *)(r8 + 0);")
/* Two registers are copies on one path, and only equal by chance on the other. */
P(copies_on_one_path, "r8 = *(u32 *)(r6 + 0); r3 = r8; if r9 == 1 goto 2f; r3 = *(u32 *)(r6 + 0); 2: if r3 > 47 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* Copies on both paths. */
P(copies_on_both_paths, "r8 = *(u32 *)(r6 + 0); r3 = r8; if r9 == 1 goto 2f; r3 = r8; 2: if r3 > 47 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* The other way round: the second path is the one that has the copies. */
P(copies_on_second_path, "r8 = *(u32 *)(r6 + 0); r3 = *(u32 *)(r6 + 0); if r9 == 1 goto 1f; goto 2f; 1: r3 = r8; 2: if r3 > 47 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* A copy in the stack. */
P(copies_in_stack, "r8 = *(u32 *)(r6 + 0); *(u64 *)(r10 - 16) = r8; if r9 == 1 goto 2f; r3 = *(u32 *)(r6 + 0); *(u64 *)(r10 - 16) = r3; 2: r4 = *(u64 *)(r10 - 16); if r4 > 47 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* A wide range first, a narrow one later: the narrow one is inside. */
P(narrow_inside_wide, "r8 = r9; r8 &= 31; if r9 == 1 goto 1f; goto 2f; 1: r8 &= 7; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* A narrow range first, a wide one later. */
P(wide_after_narrow, "r8 = r9; r8 &= 63; if r9 == 1 goto 2f; r8 &= 7; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* A record is open on one path. */
RINGBUF(ring);
SEC("tc") int record_on_one_path(struct __sk_buff *s) { void *r = 0; if (s->mark == 1) r = bpf_ringbuf_reserve(&ring, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
/* Which record is given back depends on the path. */
SEC("tc") int record_by_path(struct __sk_buff *s) { void *a = bpf_ringbuf_reserve(&ring, 8, 0), *b; if (!a) return 0; b = bpf_ringbuf_reserve(&ring, 8, 0); if (!b) { bpf_ringbuf_submit(a, 0); return 0; } if (s->mark == 1) { void *t = a; a = b; b = t; } OPAQUE(a); OPAQUE(b); bpf_ringbuf_submit(a, 0); bpf_ringbuf_submit(b, 0); return 0; }
/* The same record twice on one path. */
SEC("tc") int record_twice_by_path(struct __sk_buff *s) { void *a = bpf_ringbuf_reserve(&ring, 8, 0), *b; if (!a) return 0; b = bpf_ringbuf_reserve(&ring, 8, 0); if (!b) { bpf_ringbuf_submit(a, 0); return 0; } if (s->mark == 1) b = a; OPAQUE(b); bpf_ringbuf_submit(a, 0); bpf_ringbuf_submit(b, 0); return 0; }
/* A packet with a longer proof first. */
SEC("tc") ASMPROG int packet_long_proof_first(void) { asm volatile("r9 = *(u32 *)(r1 + 8); r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 8; if r4 > r3 goto 8f; if r9 == 1 goto 2f; r4 = r2; r4 += 16; if r4 > r3 goto 8f; 2: r0 = *(u8 *)(r2 + 15); 8: r0 = 0; exit;"); }
/* The shorter proof is enough. */
SEC("tc") ASMPROG int packet_short_proof_enough(void) { asm volatile("r9 = *(u32 *)(r1 + 8); r2 = *(u32 *)(r1 + 76); r3 = *(u32 *)(r1 + 80); r4 = r2; r4 += 8; if r4 > r3 goto 8f; if r9 == 1 goto 2f; r4 = r2; r4 += 16; if r4 > r3 goto 8f; 2: r0 = *(u8 *)(r2 + 7); 8: r0 = 0; exit;"); }
/* Fourteen branches that leave a sum: 2^14 paths unless they are merged. */
P(sum_of_branches, "r3 = r9; r4 = 0; 1: r5 = r3; r5 &= 1; if r5 == 0 goto 2f; r8 += 1; 2: r3 >>= 1; r4 += 1; if r4 < 14 goto 1b; r0 = r8;")
/* The sum is an index. */
P(sum_of_branches_index, "r3 = r9; r4 = 0; 1: r5 = r3; r5 &= 1; if r5 == 0 goto 2f; r8 += 1; 2: r3 >>= 1; r4 += 1; if r4 < 14 goto 1b; r7 += r8; r0 = *(u8 *)(r7 + 33);")
/* One past the largest sum. */
P(sum_of_branches_past, "r3 = r9; r4 = 0; 1: r5 = r3; r5 &= 1; if r5 == 0 goto 2f; r8 += 1; 2: r3 >>= 1; r4 += 1; if r4 < 14 goto 1b; r7 += r8; r0 = *(u8 *)(r7 + 34);")
/* A loop that only ends when an unknown number says so, with a lock-step copy. */
P(loop_unknown_exit, "r8 = 0; 1: r8 += 1; call 7; if r0 == 5 goto 2f; if r8 < 40 goto 1b; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* One round more. */
P(loop_unknown_exit_past, "r8 = 0; 1: r8 += 1; call 7; if r0 == 5 goto 2f; if r8 < 48 goto 1b; 2: r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* A number that only the exit needs: the result of the program must be 0 or 1. */
SEC("cgroup_skb/ingress") ASMPROG int result_of_paths(void) { asm volatile("r9 = *(u32 *)(r1 + 8); r0 = 1; if r9 == 1 goto 1f; goto 2f; 1: r0 = 2; 2: exit;"); }
SEC("cgroup_skb/ingress") ASMPROG int result_of_paths_good(void) { asm volatile("r9 = *(u32 *)(r1 + 8); r0 = 1; if r9 == 1 goto 1f; goto 2f; 1: r0 = 0; 2: exit;"); }
