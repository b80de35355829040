#include "probes.h"
GPL;
/* What 5.10 and 6.1 compare when two paths meet: numbers without their ties, the bytes of the stack that may be anything. */
ARRAY(arr, struct bytes48, 1);
HASH(hash, __u32, struct bytes48, 4);
/* r9 = a number of the packet, r7 = a 48-byte value, r6 and r8 = two random numbers. */
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile( \
	"r6 = r1; r9 = *(u32 *)(r1 + 8);" LOOKUP_IN("hash") "if r0 == 0 goto 8f; r7 = r0; call 7; r6 = r0; call 7; r8 = r0;" body "8: r0 = 0; exit;" :: MAP(hash), MAP(arr)); }

/* The first path knows that the index is the number that is checked, the second one does not. */
P(tie_of_first_path, "if r9 == 1 goto 1f; r6 = r8; 1: if r6 > 40 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* The second path knows. */
P(tie_of_second_path, "if r9 == 1 goto 1f; goto 2f; 1: r6 = r8; 2: if r6 > 40 goto 8f; r7 += r6; r0 = *(u8 *)(r7 + 0);")
/* Tied to different numbers. */
P(tie_to_another, "r5 = r9; if r9 == 1 goto 1f; r6 = r8; r9 = r5; goto 2f; 1: r6 = r5; r9 = r5; 2: if r6 > 40 goto 8f; r7 += r8; r0 = *(u8 *)(r7 + 0);")
/* Bytes that may be anything, and a pointer in their place. */
P(bytes_then_pointer, "if r9 == 1 goto 1f; *(u32 *)(r10 - 16) = r9; *(u32 *)(r10 - 12) = r9; goto 2f; 1: *(u64 *)(r10 - 16) = r7; 2: r3 = *(u64 *)(r10 - 16); r3 *= 2;")
/* The other way around. */
P(pointer_then_bytes, "if r9 == 1 goto 1f; *(u64 *)(r10 - 16) = r7; goto 2f; 1: *(u32 *)(r10 - 16) = r9; *(u32 *)(r10 - 12) = r9; 2: r3 = *(u64 *)(r10 - 16); r3 += 1;")
/* Bytes, and nothing at all where they were. */
P(bytes_then_nothing, "if r9 == 1 goto 2f; *(u32 *)(r10 - 16) = r9; *(u32 *)(r10 - 12) = r9; 2: r3 = *(u64 *)(r10 - 16); r3 *= 2;")
/* A pointer into the stack is the same or it is not. */
P(stack_pointers, "if r9 == 1 goto 1f; r6 = r10; r6 += -16; goto 2f; 1: r6 = r10; r6 += -600; 2: r3 = 0; *(u64 *)(r6 + 0) = r3;")

/* Two packet pointers that were as far apart as two others, which are not. */
#define PKT(name, first, second) SEC("tc") ASMPROG int name(void) { asm volatile( \
	"r6 = *(u32 *)(r1 + 76); r7 = *(u32 *)(r1 + 80); r9 = *(u32 *)(r1 + 8); r8 = *(u32 *)(r1 + 0); r8 &= 15; r5 = *(u32 *)(r1 + 4); r5 &= 15;" \
	"r3 = r6; r4 = r6; if r9 == 1 goto 1f; " first " goto 2f; 1: " second \
	"2: r0 = 0; r2 = r3; r2 += 8; if r2 > r7 goto 8f; r0 = *(u8 *)(r4 + 0); 8: r0 = 0; exit;"); }
PKT(packet_both_tied, "r3 += r8; r4 = r3;", "r3 += r5; r4 = r3;")
PKT(packet_second_apart, "r3 += r8; r4 = r3;", "r3 += r8; r4 += r5;")
PKT(packet_second_not_moved, "r3 += r8; r4 = r3;", "r3 += r8;")

/* Half a register in the stack is tied to the register, or not any more. */
SEC("tc") ASMPROG int half_spill_tied(void) { asm volatile("call 7; r0 &= 0xffff; r1 = r0; *(u32 *)(r10 - 8) = r0; if r0 < 1 goto 1f; r1 = *(u32 *)(r10 - 8); if r1 >= 1 goto 1f; r0 = *(u64 *)(r9 + 0); 1: r0 = 0; exit;"); }
SEC("tc") ASMPROG int whole_spill_tied(void) { asm volatile("call 7; r0 &= 0xffff; r1 = r0; *(u64 *)(r10 - 8) = r0; if r0 < 1 goto 1f; r1 = *(u64 *)(r10 - 8); if r1 >= 1 goto 1f; r0 = *(u64 *)(r9 + 0); 1: r0 = 0; exit;"); }
SEC("tc") ASMPROG int half_spill_bounded(void) { asm volatile("call 7; r0 &= 7; r0 += 1; *(u32 *)(r10 - 8) = r0; r1 = *(u32 *)(r10 - 8); if r1 >= 1 goto 1f; r0 = *(u64 *)(r9 + 0); 1: r0 = 0; exit;"); }

/* How many bytes a helper writes is not known, and the value is in a map that programs only read. 5.10 takes that for a read. */
const volatile char kept[8] = "sleepy";
SEC("lsm.s/bprm_committed_creds") int writes_some_of_kept(void *ctx) { return bpf_copy_from_user((void *)kept, bpf_get_prandom_u32() & 3, 0) & 0; }
SEC("lsm.s/bprm_committed_creds") int writes_three_of_kept(void *ctx) { return bpf_copy_from_user((void *)kept, 3, 0) & 0; }
SEC("lsm.s/bprm_committed_creds") int writes_too_many_of_kept(void *ctx) { return bpf_copy_from_user((void *)kept, bpf_get_prandom_u32() & 15, 0) & 0; }
/* A jump with a long distance, at the end of the program and within it; old kernels take it for one without a distance. */
SEC("tc") ASMPROG int long_jump_last(void) { asm volatile("goto 1f; 2: r0 = 0; exit; 1: .byte 0x06; .byte 0; .short 0; .long -4;"); }
SEC("tc") ASMPROG int long_jump_within(void) { asm volatile(".byte 0x06; .byte 0; .short 0; .long 1; r0 = 1; r0 = 0; exit;"); }
