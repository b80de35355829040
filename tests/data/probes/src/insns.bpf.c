#include "probes.h"
GPL;
/* Single instructions: reserved fields, operands of pointers, division, registers, atomics, wide constants, exit. */
HASH(hash, __u32, struct bytes48, 1);
#define LOOKUP LOOKUP_IN("hash")
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }
#define P_ALL(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body ::); }
#define V_ALL(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(LOOKUP "if r0 == 0 goto 8f; r7 = r0;" body "8: exit;" :: MAP(hash)); }
#define V(name, body) SEC("tc") ASMPROG int name(void) { asm volatile("r6 = r1;" LOOKUP "if r0 == 0 goto 8f; r7 = r0;" body "8: r0 = 0; exit;" :: MAP(hash)); }

/* r0 is never set. */
SEC("tc") ASMPROG int exit_without_value(void) { asm volatile("exit;"); }
/* r0 holds the context. */
SEC("tc") ASMPROG int exit_with_context(void) { asm volatile("r0 = r1; exit;"); }
/* r0 holds a map value: root may leak it from tc. */
V_ALL(exit_with_map_value, "r0 = r7; exit;")
/* r0 is set on one of two paths. */
SEC("tc") ASMPROG int exit_value_on_one_path(void) { asm volatile("r2 = *(u32 *)(r1 + 8); if r2 == 0 goto 1f; r0 = 1; 1: exit;"); }
/* r2 is no argument of the program. */
P(second_argument, "r0 = r2;")
/* A helper destroys r1 to r5. */
P(argument_after_call, "r6 = r1; call 7; r0 = *(u32 *)(r1 + 0);")
/* Callee-saved registers keep pointers. */
P(saved_after_call, "r6 = r1; call 7; r0 = *(u32 *)(r6 + 0);")
/* A static subprogram sees nothing of the caller's r6. */
ASMPROG static __attribute__((used)) int reads_r6(void) { asm volatile("r0 = r6; exit;"); }
P(callee_reads_saved, "r6 = 1; call reads_r6;")
/* A subprogram changes r6: the caller's is kept. */
ASMPROG static __attribute__((used)) int writes_r6(void) { asm volatile("r6 = 1; r0 = 0; exit;"); }
P(callee_writes_saved, "r6 = r1; call writes_r6; r0 = *(u32 *)(r6 + 0);")
/* r2 to r5 are gone after a call to a subprogram. */
P(argument_after_subprogram, "r2 = 1; call writes_r6; r0 = r2;")
/* Two pointers added. */
V(pointer_plus_pointer, "r7 += r10;")
/* Two pointers subtracted: a number for root. */
V_ALL(pointer_minus_pointer, "r2 = r10; r2 += -8; r2 -= r10; r0 = r2; exit;")
/* Pointers of different kinds subtracted. */
V(pointer_minus_other_pointer, "r7 -= r10;")
/* Number minus pointer. */
V(number_minus_pointer, "r2 = 5; r2 -= r7;")
/* Stack pointer subtracted from a number. */
P(number_minus_stack, "r2 = 5; r2 -= r10;")
/* Arithmetic on the context by a constant. */
P(context_plus_constant, "r1 += 8; r0 = *(u32 *)(r1 + 0);")
/* Arithmetic on the context by an unknown number. */
P(context_plus_unknown, "r2 = *(u32 *)(r1 + 8); r2 &= 4; r1 += r2; r0 = *(u32 *)(r1 + 0);")
/* A pointer that may be null moved before the check. */
SEC("tc") ASMPROG int or_null_moved(void) { asm volatile(LOOKUP "r0 += 4; if r0 == 0 goto 8f; r0 = *(u8 *)(r0 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* Arithmetic on a map. */
SEC("tc") ASMPROG int map_plus_constant(void) { asm volatile("r1 = %[hash] ll; r1 += 8; r0 = 0; exit;" :: MAP(hash)); }
/* Multiplying a pointer. */
V(pointer_times_two, "r7 *= 2;")
/* Shifting a pointer. */
V(pointer_shifted, "r7 <<= 8;")
/* Negating a pointer. */
V(pointer_negated, "r7 = -r7;")
/* Byte-swapping a pointer. */
V(pointer_swapped, "r7 = be64 r7;")
/* The lower half of a pointer: root may move it. */
V_ALL(pointer_lower_half, "w2 = w7; r0 = r2; exit;")
/* 32-bit addition to a pointer. */
V(pointer_plus_32, "w7 += 4;")
/* A pointer compared with a number other than zero: root may. */
V(pointer_compared_with_number, "if r7 > 5 goto 8f; r0 = *(u8 *)(r7 + 0);")
/* A null check of the lower half. */
SEC("tc") ASMPROG int null_check_32(void) { asm volatile(LOOKUP "if w0 == 0 goto 8f; r0 = *(u8 *)(r0 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* A null check by comparison with a register that is zero. */
SEC("tc") ASMPROG int null_check_register(void) { asm volatile(LOOKUP "r1 = 0; if r0 == r1 goto 8f; r0 = *(u8 *)(r0 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* r0 > 0 as null check. */
SEC("tc") ASMPROG int null_check_greater(void) { asm volatile(LOOKUP "if r0 > 0 goto 1f; goto 8f; 1: r0 = *(u8 *)(r0 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* The null branch has a number: zero. */
SEC("tc") ASMPROG int null_branch_is_zero(void) { asm volatile(LOOKUP "if r0 == 0 goto 1f; r0 = 0; exit; 1: r2 = r10; r2 += -8; r2 += r0; *(u64 *)(r2 + 0) = r0; r0 = 0; exit;" :: MAP(hash)); }
/* One check counts for every copy of the pointer. */
SEC("tc") ASMPROG int null_check_of_copy(void) { asm volatile(LOOKUP "r6 = r0; if r0 == 0 goto 8f; r0 = *(u8 *)(r6 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* Two lookups need two checks. */
SEC("tc") ASMPROG int null_check_of_other_lookup(void) { asm volatile(LOOKUP "r6 = r0;" LOOKUP "if r0 == 0 goto 8f; r0 = *(u8 *)(r6 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* Equal to a pointer that is not null: newer kernels take that as proof. */
SEC("tc") ASMPROG int null_check_equal_to_other(void) { asm volatile(LOOKUP "r6 = r0;" LOOKUP "if r0 == 0 goto 8f; if r6 != r0 goto 8f; r0 = *(u8 *)(r6 + 0); 8: r0 = 0; exit;" :: MAP(hash)); }
/* 64-bit division by the constant zero. */
P(divide_by_zero_constant, "r0 = 1; r0 /= 0;")
/* 32-bit remainder by the constant zero. */
P(modulo32_by_zero_constant, "w0 = 1; w0 %%= 0;")
/* Division by an unknown number is defined. */
P(divide_by_unknown, "r2 = *(u32 *)(r1 + 8); r0 = 7; r0 /= r2;")
/* Division of a pointer. */
P(divide_pointer, "r1 /= 2;")
/* A pointer as divisor. */
P(divide_by_pointer, "r2 = 100; r2 /= r1;")
/* A shift by 63 is the largest. */
P(shift_63, "r0 = 1; r0 <<= 63;")
/* A shift by a negative constant. */
P(shift_negative, "r0 = 1; .8byte 0xffffffff00000067;")
/* A 32-bit shift by 31. */
P(shift32_31, "w0 = 1; w0 <<= 31;")
/* MOV with an offset is a sign extension on new kernels only. */
P(move_sign_extended, "r2 = 1; .8byte 0x00000000000820bf;")
/* MOV with an offset that means nothing. */
P(move_bad_offset, "r2 = 1; .8byte 0x00000000000720bf;")
/* MOV of a constant with a source register set. */
P(move_constant_with_source, ".8byte 0x00000001000020b7;")
/* ADD with reserved bits set. */
P(add_reserved, "r0 = 0; r2 = 0; .8byte 0x000000010000200f;")
/* NEG with a constant. */
P(negate_reserved, "r0 = 1; .8byte 0x0000000100000087;")
/* A byte swap by 24 bits. */
P(swap_bad_size, "r0 = 1; .8byte 0x00000018000000dc;")
/* bswap without direction: an instruction of 6.6. */
P(swap_unconditional, "r0 = 1; .8byte 0x00000020000000d7;")
/* Signed division: offset 1, an instruction of 6.6. */
P(signed_division, "r0 = 8; .8byte 0x0000000200010037;")
/* An ALU operation that does not exist. */
P(alu_unknown_operation, "r0 = 1; .8byte 0x00000000000000e7;")
/* A jump operation that does not exist. */
P(jump_unknown_operation, "r0 = 1; .8byte 0x00000000000000f5;")
/* JA with a constant where none belongs. */
P(jump_always_reserved, ".8byte 0x0000000500000005;")
/* A long jump: 32-bit offset, an instruction of 6.6. */
P(jump_always_long, ".8byte 0x0000000000000006;")
/* A conditional jump in the 32-bit class with a bad source. */
P(jump_reserved_source, "r0 = 0; .8byte 0x0000000000001015;")
/* A register that does not exist: r11. */
P(register_11, ".8byte 0x00000001000000b7 + 0xb00;")
/* Source register r12. */
P(register_12_source, ".8byte 0x000000000000c0bf;")
/* Load class with mode MEMSX: an instruction of 6.6. */
P(load_sign_extended, "r2 = 0; *(u64 *)(r10 - 8) = r2; .8byte 0x00000000fff8a281;")
/* Load with an unknown mode. */
P(load_unknown_mode, ".8byte 0x00000000000001a1 + 0x40;")
/* LDX with a constant. */
P(load_reserved, "r2 = 0; *(u64 *)(r10 - 8) = r2; .8byte 0x00000001fff8a279;")
/* ST with a source register. */
P(store_constant_reserved, ".8byte 0x00000001fff8127a + 0x0;")
/* Legacy packet load with r6 as context. */
P_ALL(legacy_load, "r6 = r1; r0 = *(u8 *)skb[0]; exit;")
/* Legacy packet load without the context in r6. */
P_ALL(legacy_load_no_context, "r6 = 0; r0 = *(u8 *)skb[0]; exit;")
/* Legacy packet load in a type that has no packets. */
SEC("kprobe") ASMPROG int legacy_load_in_kprobe(void) { asm volatile("r6 = r1; r0 = *(u8 *)skb[0]; exit;"); }
/* Legacy load destroys r1 to r5. */
P_ALL(legacy_load_clobbers, "r6 = r1; r2 = 1; r0 = *(u8 *)skb[0]; r0 = r2; exit;")
/* Atomic add to the stack. */
P(atomic_add_stack, "r2 = 1; *(u64 *)(r10 - 8) = r2; lock *(u64 *)(r10 - 8) += r2;")
/* Atomic add to unwritten stack. */
P(atomic_add_unwritten, "r2 = 1; lock *(u64 *)(r10 - 8) += r2;")
/* Atomic add to the context. */
P(atomic_add_context, "r2 = 1; lock *(u32 *)(r1 + 8) += r2;")
/* Atomic fetch-and-add: an instruction of 5.12. */
V(atomic_fetch_add, "r2 = 1; .8byte 0x00000001000027db;")
/* Compare and exchange: an instruction of 5.12. */
V(atomic_compare_exchange, "r2 = 1; r0 = 0; .8byte 0x000000f1000027db;")
/* An atomic operation that does not exist. */
V(atomic_unknown, "r2 = 1; .8byte 0x00000033000027db;")
/* An atomic operation on one byte. */
V(atomic_byte, "r2 = 1; .8byte 0x00000000000027d3;")
/* Exchange of a pointer into a map value. */
V(atomic_exchange_pointer, "r2 = r10; .8byte 0x000000e1000027db;")
/* Atomic operation through a number. */
P(atomic_through_number, "r2 = 1; r3 = 4096; lock *(u64 *)(r3 + 0) += r2;")
/* Atomic at an address that is no multiple of its size. */
V(atomic_unaligned, "r2 = 1; r7 += 1; lock *(u64 *)(r7 + 0) += r2;")
/* A wide constant whose second half is wrong. */
P(wide_constant_broken, ".8byte 0x0000000000000018; .8byte 0x0000000000000100;")
/* A wide constant with an unknown pseudo source. */
P(wide_constant_bad_source, ".8byte 0x0000000000009118; .8byte 0;")
/* A wide constant that names a file descriptor that is no map. */
P(wide_constant_bad_map, ".8byte 0x000003e700001118; .8byte 0;")
/* The second half of a wide constant is missing. */
SEC("tc") ASMPROG int wide_constant_cut(void) { asm volatile("r0 = 0; exit; .8byte 0x0000000000000018;"); }
/* exit with a constant. */
P_ALL(exit_reserved, "r0 = 0; .8byte 0x0000000100000095;")
/* A call with a destination register. */
P(call_reserved, ".8byte 0x0000000700000185;")
/* A helper number that no kernel has. */
P(call_unknown_helper, "call 99999;")
/* Helper number zero. */
P(call_zero_helper, "call 0;")
/* A jump's 64-bit class with a wrong opcode: JCOND (may_goto), an instruction of 6.9. */
P(may_goto_forward, ".8byte 0x00000000000000e5;")
/* Instruction 0x00. */
P(opcode_zero, "r0 = 0; .8byte 0x0000000000000000;")
/* Load through a number. */
P(load_through_number, "r2 = 4096; r0 = *(u64 *)(r2 + 0);")
/* Load through null. */
P(load_through_null, "r2 = 0; r0 = *(u64 *)(r2 + 0);")
/* Store through an unknown number. */
P(store_through_unknown, "r2 = *(u32 *)(r1 + 8); r3 = 1; *(u64 *)(r2 + 0) = r3;")
