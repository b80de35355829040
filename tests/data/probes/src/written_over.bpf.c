#include "probes.h"
GPL;
/* Dynptrs on the stack that are written over, whole or in part, and what may be made or given back there afterwards. */
RINGBUF(ring);
ARRAY(arr, struct bytes48, 1);
#define RESERVE(at) "r1 = %[ring] ll; r2 = 8; r3 = 0; r4 = r10; r4 += " at "; call 198;"
#define DISCARD(at) "r1 = r10; r1 += " at "; r2 = 0; call 200;"
#define LOCAL(at) "r1 = r7; r2 = 8; r3 = 0; r4 = r10; r4 += " at "; call 197;"
#define READ(at) "r1 = r10; r1 += -64; r2 = 8; r3 = r10; r3 += " at "; r4 = 0; r5 = 0; call 201;"
#define VALUE "r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[arr] ll; call 1; if r0 == 0 goto 9f; r7 = r0;"
#define OUT "9: r0 = 0; exit;"
#define P(name, text) SEC("tc") __attribute__((naked)) int name(void) { asm volatile(text OUT :: MAP(ring), MAP(arr) : "memory"); }
#define ZERO "r9 = 0;"
#define SOME "call 7; r9 = r0;"

P(local_over_local, VALUE LOCAL("-24") LOCAL("-24"))
P(local_over_half, VALUE LOCAL("-24") LOCAL("-32"))
P(local_over_upper_half, VALUE LOCAL("-32") LOCAL("-24"))
P(local_beside, VALUE LOCAL("-24") LOCAL("-40"))
P(zeroed_then_local, VALUE LOCAL("-24") ZERO "*(u64 *)(r10 - 24) = r9; *(u64 *)(r10 - 16) = r9;" LOCAL("-24"))
P(spilled_then_local, VALUE LOCAL("-24") "*(u64 *)(r10 - 24) = r7; *(u64 *)(r10 - 16) = r7;" LOCAL("-24"))
P(unknown_then_local, VALUE LOCAL("-24") SOME "*(u64 *)(r10 - 24) = r9; *(u64 *)(r10 - 16) = r9;" LOCAL("-24"))
P(lower_written_then_local, VALUE LOCAL("-24") ZERO "*(u64 *)(r10 - 24) = r9;" LOCAL("-24"))
P(upper_written_then_local, VALUE LOCAL("-24") ZERO "*(u64 *)(r10 - 16) = r9;" LOCAL("-24"))
P(byte_written_then_local, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 24) = r9;" LOCAL("-24"))
P(top_byte_written_then_local, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 17) = r9; *(u8 *)(r10 - 9) = r9;" LOCAL("-24"))
P(two_bytes_written_then_local, VALUE LOCAL("-24") SOME "*(u8 *)(r10 - 24) = r9; *(u8 *)(r10 - 16) = r9;" LOCAL("-24"))
P(one_spilled_to_a_byte, VALUE LOCAL("-24") "r9 = 1; *(u8 *)(r10 - 24) = r9; *(u8 *)(r10 - 16) = r9;" LOCAL("-24"))
P(half_written_then_beside, VALUE LOCAL("-24") ZERO "*(u64 *)(r10 - 24) = r9;" LOCAL("-32"))
P(written_then_read, VALUE LOCAL("-24") ZERO "*(u64 *)(r10 - 24) = r9;" READ("-24"))
P(byte_written_then_read, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 20) = r9;" READ("-24"))
P(upper_byte_written_then_read, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 12) = r9;" READ("-24"))
P(loaded, VALUE LOCAL("-24") "r9 = *(u64 *)(r10 - 24);")
P(loaded_beside_a_written_byte, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 24) = r9; r9 = *(u8 *)(r10 - 24); r9 = *(u8 *)(r10 - 23);")
P(loaded_written_byte, VALUE LOCAL("-24") ZERO "*(u8 *)(r10 - 24) = r9; r9 = *(u8 *)(r10 - 24);")
P(somewhere_then_local, VALUE LOCAL("-24") SOME "r9 &= 7; r9 += r10; r9 += -24; r1 = 0; *(u8 *)(r9 + 0) = r1;" LOCAL("-24"))
P(somewhere_then_read, VALUE LOCAL("-24") SOME "r9 &= 7; r8 = r10; r8 += r9; r8 += -24; r1 = 0; *(u8 *)(r8 + 0) = r1;" READ("-24"))

P(record_given_back, RESERVE("-24") DISCARD("-24"))
P(record_written_over, RESERVE("-24") ZERO "*(u64 *)(r10 - 24) = r9;" DISCARD("-24"))
P(record_byte_written, RESERVE("-24") ZERO "*(u8 *)(r10 - 24) = r9;" DISCARD("-24"))
P(record_upper_byte_written, RESERVE("-24") ZERO "*(u8 *)(r10 - 16) = r9;" DISCARD("-24"))
P(record_lower_spilled, RESERVE("-24") "r9 = 5; *(u64 *)(r10 - 24) = r9;" DISCARD("-24"))
P(record_upper_spilled, RESERVE("-24") "r9 = 5; *(u64 *)(r10 - 16) = r9;" DISCARD("-24"))
P(record_somewhere_lower, RESERVE("-24") SOME "r9 &= 7; r8 = r10; r8 += r9; r8 += -24; r1 = 0; *(u8 *)(r8 + 0) = r1;" DISCARD("-24"))
P(record_somewhere_upper, RESERVE("-24") SOME "r9 &= 7; r8 = r10; r8 += r9; r8 += -16; r1 = 0; *(u8 *)(r8 + 0) = r1;" DISCARD("-24"))
P(record_over_record, RESERVE("-24") ZERO "*(u64 *)(r10 - 24) = r9; *(u64 *)(r10 - 16) = r9;" RESERVE("-24") DISCARD("-24"))
P(record_over_half, RESERVE("-24") ZERO "*(u64 *)(r10 - 16) = r9;" RESERVE("-24") DISCARD("-24"))
P(record_then_local_at_upper, VALUE RESERVE("-24") ZERO "*(u64 *)(r10 - 16) = r9;" LOCAL("-16") DISCARD("-24"))
P(record_given_back_at_half, RESERVE("-24") DISCARD("-16"))
P(record_twice_given_back, RESERVE("-24") DISCARD("-24") DISCARD("-24"))
P(record_slice_after, RESERVE("-24") "r1 = r10; r1 += -24; r2 = 0; r3 = 8; call 203; r6 = r0;" DISCARD("-24") "if r6 == 0 goto 9f; r0 = *(u8 *)(r6 + 0);")
/* Two ways to one place: with a dynptr, and with what was written over one. */
P(two_kinds_meet, VALUE RESERVE("-24") SOME "if r9 == 0 goto 1f; goto 2f; 1: r9 = 0; *(u64 *)(r10 - 24) = r9; *(u64 *)(r10 - 16) = r9;" LOCAL("-24") "2:" DISCARD("-24"))
P(two_ways_to_read, VALUE LOCAL("-24") SOME "if r9 == 0 goto 1f; r9 = 0; *(u64 *)(r10 - 24) = r9; *(u64 *)(r10 - 16) = r9;" LOCAL("-24") "1:" READ("-24"))
