#include "probes.h"
GPL;
/* Numbers used as an offset into a map value: 64-bit, 32-bit, signed and unsigned ranges, known bits, copies of a
   register, spilled numbers. Every program has r7 = a 48-byte map value, r6 = any 64-bit number, r8 = any 32-bit one. */
ARRAY(arr, struct bytes48, 1);
#define INDEX(name, body) \
	SEC("tc") ASMPROG int name(void) { asm volatile( \
		LOOKUP_ARR "if r0 == 0 goto 8f; r7 = r0; r6 = *(u64 *)(r7 + 0); r8 = *(u32 *)(r7 + 8);" \
		body "8: r0 = 0; exit;" :: MAP(arr)); }
#define LOAD1 "r7 += r6; r0 = *(u8 *)(r7 + 0);"
#define LOAD8 "r7 += r6; r0 = *(u64 *)(r7 + 0);"

/* The largest masked index is the last byte. */
INDEX(mask_last_byte, "r6 &= 47;" LOAD1)
/* The mask lets one index past the end through. */
INDEX(mask_one_past, "r6 &= 48;" LOAD1)
/* Known bits and not only the maximum: the last eight bytes are still inside. */
INDEX(mask_last_dword, "r6 &= 40;" LOAD8)
/* An eight-byte load one byte past the last place. */
INDEX(mask_dword_one_past, "r6 &= 41;" LOAD8)
/* Only an upper signed bound: the index may be negative. */
INDEX(signed_upper_only, "if r6 s> 47 goto 8f;" LOAD1)
/* Only a lower signed bound. */
INDEX(signed_lower_only, "if r6 s< 0 goto 8f;" LOAD1)
/* Both signed bounds. */
INDEX(signed_both, "if r6 s< 0 goto 8f; if r6 s> 47 goto 8f;" LOAD1)
/* One unsigned bound is enough. */
INDEX(unsigned_upper, "if r6 > 47 goto 8f;" LOAD1)
/* The unsigned bound is off by one. */
INDEX(unsigned_off_by_one, "if r6 > 48 goto 8f;" LOAD1)
/* The same bound with the test the other way round. */
INDEX(unsigned_less_taken, "if r6 < 48 goto 1f; goto 8f; 1:" LOAD1)
/* The wrong branch is used: the number is known to be large. */
INDEX(unsigned_wrong_branch, "if r6 < 48 goto 8f;" LOAD1)
/* A 32-bit comparison says nothing about the upper half. */
INDEX(compare32_use64, "if w6 > 47 goto 8f;" LOAD1)
/* A 32-bit move clears the upper half afterwards. */
INDEX(compare32_then_zero_extend, "if w6 > 47 goto 8f; w6 = w6;" LOAD1)
/* A zero-extended number and a signed 32-bit range. */
INDEX(compare32_signed_zero_extended, "r6 = r8; if w6 s< 0 goto 8f; if w6 s> 47 goto 8f;" LOAD1)
/* Signed 32-bit upper bound only. */
INDEX(compare32_signed_upper_only, "r6 = r8; if w6 s> 47 goto 8f;" LOAD1)
/* JSET: none of the bits outside the mask is set when the jump is not taken. */
INDEX(jset_not_taken, "if r6 & -48 goto 8f;" LOAD1)
/* JSET taken: the number is not bounded above. */
INDEX(jset_taken, "if r6 & 15 goto 1f; goto 8f; 1:" LOAD1)
/* JSET in 32 bits leaves the upper half unknown. */
INDEX(jset32_use64, "if w6 & -48 goto 8f;" LOAD1)
/* Equal to a constant that is inside. */
INDEX(equal_constant, "if r6 == 40 goto 1f; goto 8f; 1:" LOAD8)
/* Equal to a constant that is outside. */
INDEX(equal_constant_outside, "if r6 == 41 goto 1f; goto 8f; 1:" LOAD8)
/* Not equal to the largest value shortens the range: only newer kernels do this. */
INDEX(not_equal_to_maximum, "if r6 > 48 goto 8f; if r6 == 48 goto 8f;" LOAD1)
/* Not equal to the smallest value shortens the range from below. */
INDEX(not_equal_to_minimum, "if r6 > 48 goto 8f; if r6 == 0 goto 8f; r6 += -1;" LOAD1)
/* Compared with another register that has a range. */
INDEX(less_than_bounded_register, "r8 &= 31; if r6 > r8 goto 8f;" LOAD1)
/* Compared with another register whose range is too wide. */
INDEX(less_than_wide_register, "r8 &= 63; if r6 > r8 goto 8f;" LOAD1)
/* Equal to another register: both get what the other knew. */
INDEX(equal_to_bounded_register, "r8 &= 31; if r6 != r8 goto 8f;" LOAD1)
/* Signed comparison with a bounded register, and zero below. */
INDEX(signed_less_than_register, "r8 &= 31; if r6 s< 0 goto 8f; if r6 s> r8 goto 8f;" LOAD1)
/* Constant minus a small number stays positive. */
INDEX(subtract_stays_positive, "r6 &= 7; r8 = 10; r8 -= r6; r6 = r8;" LOAD1)
/* Constant minus a number that may be larger. */
INDEX(subtract_may_go_negative, "r6 &= 15; r8 = 10; r8 -= r6; r6 = r8;" LOAD1)
/* A product at the limit. */
INDEX(multiply_at_limit, "r6 &= 7; r6 *= 6; r7 += r6; r0 = *(u8 *)(r7 + 5);")
/* A product past the limit. */
INDEX(multiply_past_limit, "r6 &= 7; r6 *= 7;" LOAD1)
/* A 32-bit number divided by a large constant: only the newest kernel keeps a range. */
INDEX(divide_by_constant, "r6 = r8; r6 /= 0x10000000;" LOAD1)
/* A remainder by a constant: only the newest kernel keeps a range. */
INDEX(modulo_constant, "r6 %%= 48;" LOAD1)
/* The remainder may be one past the end. */
INDEX(modulo_constant_too_large, "r6 %%= 49;" LOAD1)
/* A division in 32 bits. */
INDEX(divide32_by_constant, "w6 /= 0x10000000;" LOAD1)
/* Shifted right until five bits are left. */
INDEX(shift_right, "r6 >>= 59;" LOAD1)
/* Shifted right until six bits are left. */
INDEX(shift_right_too_little, "r6 >>= 58;" LOAD1)
/* Arithmetic shift gives -2 to 1. */
INDEX(shift_arithmetic_negative, "r6 s>>= 62;" LOAD1)
/* The same with an offset that makes it positive. */
INDEX(shift_arithmetic_plus_two, "r6 s>>= 62; r6 += 2;" LOAD1)
/* Shifted left at the limit. */
INDEX(shift_left_at_limit, "r6 &= 5; r6 <<= 3;" LOAD8)
/* Shifted left past the limit. */
INDEX(shift_left_past_limit, "r6 &= 7; r6 <<= 3;" LOAD8)
/* Shift by a register with a range: the maximum counts. */
INDEX(shift_left_by_register, "r8 &= 3; r6 &= 5; r6 <<= r8;" LOAD8)
/* Shift by a register that may be 64 or more: the result is unknown. */
INDEX(shift_by_unbounded_register, "r6 &= 1; r6 >>= r8;" LOAD8)
/* OR with a constant above the mask. */
INDEX(or_with_constant, "r6 &= 15; r6 |= 32;" LOAD1)
/* XOR with a constant above the mask. */
INDEX(xor_with_constant, "r6 &= 15; r6 ^= 32;" LOAD1)
/* XOR that only gives numbers past the end. */
INDEX(xor_past_end, "r6 &= 15; r6 ^= 63;" LOAD1)
/* AND of two unknown numbers, one of them small. */
INDEX(and_with_register, "r8 &= 31; r6 &= r8;" LOAD1)
/* Negation of a small number: newer kernels keep the range. */
INDEX(negate_small, "r6 &= 7; r6 = -r6; r6 += 7;" LOAD1)
/* A byte swap moves known bits: newer kernels keep them. */
INDEX(byte_swap_known_bits, "r6 &= 0x1f00; r6 = be16 r6;" LOAD1)
/* Truncation to 16 bits gives a range only where the swap is tracked. */
INDEX(little_endian_truncates, "r6 = le16 r6; if r6 > 47 goto 8f;" LOAD1)
/* A number with a range is spilled and filled. */
INDEX(spill_fill64, "r6 &= 31; *(u64 *)(r10 - 16) = r6; r6 = *(u64 *)(r10 - 16);" LOAD1)
/* The lower half of a number is spilled and filled. */
INDEX(spill_fill32, "r6 &= 31; *(u32 *)(r10 - 16) = r6; r6 = *(u32 *)(r10 - 16);" LOAD1)
/* Eight bytes are spilled and the lower four filled. */
INDEX(spill64_fill32, "r6 &= 31; *(u64 *)(r10 - 16) = r6; r6 = *(u32 *)(r10 - 16);" LOAD1)
/* A single byte of the spill is read: a byte is at most 255. */
INDEX(spill64_fill8, "r6 &= 31; *(u64 *)(r10 - 16) = r6; r6 = *(u8 *)(r10 - 16);" LOAD1)
/* The range is learnt after the spill: the spilled copy is the same number. */
INDEX(spilled_copy_learns, "*(u64 *)(r10 - 16) = r6; if r6 > 47 goto 8f; r6 = *(u64 *)(r10 - 16);" LOAD1)
/* A copy of the register learns the range. */
INDEX(copy_learns, "r8 = r6; if r8 > 47 goto 8f;" LOAD1)
/* A copy made by a 32-bit move of a 64-bit number is another number. */
INDEX(copy32_is_other, "w8 = w6; if w8 > 47 goto 8f;" LOAD1)
/* A copy made by a 32-bit move of a 32-bit number is the same number. */
INDEX(copy32_of_small, "r6 = r8; w8 = w6; if w8 > 47 goto 8f;" LOAD1)
/* A copy with a constant added: newer kernels carry the range over. */
INDEX(copy_plus_constant_learns, "r6 = r8; r8 += 1; if r8 > 40 goto 8f;" LOAD1)
/* A copy that was changed in between is no copy. */
INDEX(copy_changed, "r8 = r6; r8 ^= 1; if r8 > 47 goto 8f;" LOAD1)
/* A negative offset is fine when the pointer has moved up before. */
INDEX(negative_after_advance, "r6 &= 7; r6 += -8; r7 += 8;" LOAD1)
/* A negative offset from the start. */
INDEX(negative_from_start, "r6 &= 7; r6 += -8;" LOAD1)
/* Subtracting a small number from an advanced pointer. */
INDEX(pointer_minus_number, "r6 &= 7; r7 += 8; r7 -= r6; r0 = *(u8 *)(r7 + 0);")
/* Subtracting more than the pointer was advanced. */
INDEX(pointer_minus_too_much, "r6 &= 15; r7 += 8; r7 -= r6; r0 = *(u8 *)(r7 + 0);")
/* The largest unknown offset a pointer may get at all. */
INDEX(offset_at_variable_limit, "r6 &= 0x1fffffff; r7 += r6; if r6 > 40 goto 8f; r0 = *(u8 *)(r7 + 0);")
/* One bit more than the largest unknown offset. */
INDEX(offset_past_variable_limit, "r6 &= 0x3fffffff; r7 += r6; r0 = r7;")
/* Advanced twice, each half in range, together at the limit. */
INDEX(advance_twice, "r6 &= 15; r7 += r6; r8 &= 31; r7 += r8; r0 = *(u8 *)(r7 + 1);")
/* Advanced twice, together past the end. */
INDEX(advance_twice_past_end, "r6 &= 15; r7 += r6; r8 &= 31; r7 += r8; r0 = *(u8 *)(r7 + 2);")
/* Two comparisons that exclude each other: the code behind is dead. */
INDEX(contradiction_is_dead, "if r6 > 10 goto 8f; if r6 < 11 goto 8f; r0 = *(u64 *)(r7 + 1000);")
/* A signed and an unsigned range that together leave nothing. */
INDEX(signed_contradiction_is_dead, "if r6 s> -1 goto 8f; if r6 < 100 goto 1f; goto 8f; 1: r0 = *(u64 *)(r7 + 1000);")
/* Both halves come together: upper half zero by JSET, lower by comparison. */
INDEX(halves_together, "r8 = r6; r8 >>= 32; if r8 != 0 goto 8f; if w6 > 47 goto 8f;" LOAD1)
/* 32-bit addition wraps and zero-extends. */
INDEX(add32_wraps, "r6 &= 15; w6 += -8;" LOAD1)
/* 32-bit addition that cannot wrap. */
INDEX(add32_in_range, "r6 &= 15; w6 += 8;" LOAD1)
/* Store through an index that may reach past the end. */
INDEX(store_past_end, "r6 &= 63; r7 += r6; r1 = 1; *(u8 *)(r7 + 0) = r1;")
/* Multiplication overflows and the range is lost. */
INDEX(multiply_overflows, "r6 &= 7; r8 = 0x7fffffffffffffff ll; r6 *= r8;" LOAD1)
