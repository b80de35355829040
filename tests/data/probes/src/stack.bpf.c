#include "probes.h"
GPL;
/* The stack: its limit, what was written, slots that hold pointers, unknown offsets, frames of callers. */
ARRAY(arr, struct bytes48, 1);
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body "8: r0 = 0; exit;" ::); }

/* The lowest slot of the 512 bytes. */
P(store_lowest_slot, "r1 = 1; *(u64 *)(r10 - 512) = r1;")
/* One slot below the stack. */
P(store_below_stack, "r1 = 1; *(u64 *)(r10 - 520) = r1;")
/* One byte below, four bytes inside. */
P(store_straddles_lower_end, "r1 = 1; *(u32 *)(r10 - 514) = r1;")
/* At the frame pointer itself. */
P(store_at_frame_pointer, "r1 = 1; *(u8 *)(r10 + 0) = r1;")
/* Above the frame pointer. */
P(load_above_frame_pointer, "r0 = *(u64 *)(r10 + 8);")
/* Read what was never written. */
P(load_unwritten, "r0 = *(u64 *)(r10 - 8);")
/* Read eight bytes of which four were written: root gets a number. */
P(load_half_written, "r1 = 1; *(u32 *)(r10 - 8) = r1; r0 = *(u64 *)(r10 - 8);")
/* Read one byte of four that were written. */
P(load_byte_of_word, "r1 = 1; *(u32 *)(r10 - 8) = r1; r0 = *(u8 *)(r10 - 7);")
/* A spilled pointer comes back as a pointer. */
P(pointer_spill_fill, "*(u64 *)(r10 - 8) = r1; r2 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r2 + 0);")
/* Half of a spilled pointer is overwritten: what comes back is no pointer. */
P(pointer_spill_half_overwritten, "*(u64 *)(r10 - 8) = r1; r3 = 0; *(u32 *)(r10 - 8) = r3; r2 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r2 + 0);")
/* Four bytes of a spilled pointer are read. */
P(pointer_spill_partial_read, "*(u64 *)(r10 - 8) = r1; r0 = *(u32 *)(r10 - 8);")
/* A pointer stored with four bytes only. */
P(pointer_spill_32, "*(u32 *)(r10 - 8) = r1;")
/* A pointer stored at an address that is no multiple of eight. */
P(pointer_spill_unaligned, "*(u64 *)(r10 - 12) = r1;")
/* A number stored at an address that is no multiple of its size. */
P(scalar_store_unaligned, "r1 = 1; *(u64 *)(r10 - 12) = r1;")
/* The frame pointer is read only. */
P(write_frame_pointer, "r10 += 8;")
/* The frame pointer is read only for moves as well. */
P(move_to_frame_pointer, "r1 = 0; r10 = r1;")
/* A copy of the frame pointer walks below the stack without an access. */
P(pointer_below_without_access, "r1 = r10; r1 += -600;")
/* Unknown offset, in range and written everywhere. */
P(variable_read_in_range, "r6 = *(u32 *)(r1 + 8); r1 = 0; *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; r6 &= 15; r2 = r10; r2 += -16; r2 += r6; r0 = *(u8 *)(r2 + 0);")
/* Unknown offset over bytes of which some were never written. */
P(variable_read_unwritten, "r6 = *(u32 *)(r1 + 8); r1 = 0; *(u64 *)(r10 - 16) = r1; r6 &= 15; r2 = r10; r2 += -16; r2 += r6; r0 = *(u8 *)(r2 + 0);")
/* Unknown offset that may reach the frame pointer. */
P(variable_read_past_end, "r6 = *(u32 *)(r1 + 8); r1 = 0; *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; r6 &= 31; r2 = r10; r2 += -16; r2 += r6; r0 = *(u8 *)(r2 + 0);")
/* Unknown offset, store in range. */
P(variable_store_in_range, "r6 = *(u32 *)(r1 + 8); r1 = 0; r6 &= 8; r2 = r10; r2 += -16; r2 += r6; *(u64 *)(r2 + 0) = r1;")
/* A store at an unknown offset may have hit either slot: reading one of them. */
P(variable_store_then_read, "r6 = *(u32 *)(r1 + 8); r1 = 0; r6 &= 8; r2 = r10; r2 += -16; r2 += r6; *(u64 *)(r2 + 0) = r1; r0 = *(u64 *)(r10 - 8);")
/* Unbounded offset. */
P(variable_store_unbounded, "r6 = *(u32 *)(r1 + 8); r1 = 0; r2 = r10; r2 += -16; r2 += r6; *(u8 *)(r2 + 0) = r1;")
/* A pointer spilled at an unknown offset. */
P(variable_pointer_spill, "r6 = *(u32 *)(r1 + 8); r6 &= 8; r2 = r10; r2 += -16; r2 += r6; *(u64 *)(r2 + 0) = r1;")
/* A store at an unknown offset over a spilled pointer: what is filled is no pointer any more. */
P(variable_store_over_pointer, "r6 = *(u32 *)(r1 + 8); *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; r3 = 0; r6 &= 8; r2 = r10; r2 += -16; r2 += r6; *(u64 *)(r2 + 0) = r3; r4 = *(u64 *)(r10 - 8); r0 = *(u32 *)(r4 + 0);")
/* Zeroes read back byte by byte are known to be zero. */
P(zero_is_remembered, "r1 = 0; *(u64 *)(r10 - 8) = r1; r0 = *(u8 *)(r10 - 5); r2 = r10; r2 += -8; r2 += r0; r0 = *(u64 *)(r2 + 0);")
/* A helper reads sixteen bytes of which eight were written. */
P(helper_reads_unwritten, "r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -16; r2 = 16; r3 = 0; r4 = 0; r5 = 0; r1 = r10; r1 += -16; r2 = 16; r3 = r10; r3 += -16; r4 = 16; call 28;")
/* A helper reads all of what was written. */
P(helper_reads_written, "r1 = 0; *(u64 *)(r10 - 8) = r1; *(u64 *)(r10 - 16) = r1; r1 = r10; r1 += -16; r2 = 16; r3 = r10; r3 += -16; r4 = 16; r5 = 0; call 28;")
/* A helper gets a size past the frame pointer. */
P(helper_size_past_end, "r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 16; call 16;")
/* bpf_get_current_comm-like output: a helper writes memory that was never written. */
SEC("kprobe") int helper_fills_unwritten(void *ctx) { char comm[16]; bpf_get_current_comm(comm, 16); return comm[0]; }
/* The buffer of 16 bytes is used with 17. */
SEC("kprobe") ASMPROG int helper_fills_one_past(void) { asm volatile("r1 = r10; r1 += -16; r2 = 17; call 16; r0 = 0; exit;"); }
/* The size is unknown but bounded by the buffer. */
SEC("kprobe") ASMPROG int helper_variable_size(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 15; r6 += 1; r1 = r10; r1 += -16; r2 = r6; call 16; r0 = 0; exit;"); }
/* The size is unknown and may be zero. */
SEC("kprobe") ASMPROG int helper_variable_size_zero(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 15; r1 = r10; r1 += -16; r2 = r6; call 16; r0 = 0; exit;"); }
/* The size is unknown and may be larger than the buffer. */
SEC("kprobe") ASMPROG int helper_variable_size_large(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 31; r6 += 1; r1 = r10; r1 += -16; r2 = r6; call 16; r0 = 0; exit;"); }
/* After a helper wrote with an unknown size, all of the buffer counts as written. */
SEC("kprobe") ASMPROG int helper_variable_size_then_read(void) { asm volatile("r6 = *(u64 *)(r1 + 0); r6 &= 7; r6 += 1; r1 = r10; r1 += -8; r2 = r6; call 16; r0 = *(u64 *)(r10 - 8); exit;"); }
/* A subprogram writes into its caller's frame. */
static __noinline int fill(__u64 *p) { *p = 7; return 0; }
SEC("tc") int callee_writes_callers_frame(struct __sk_buff *s) { __u64 x; fill(&x); return (int)x & 1; }
/* A subprogram reads the caller's frame where nothing was written. */
static __noinline int look(__u64 *p) { return (int)*p; }
SEC("tc") int callee_reads_unwritten_frame(struct __sk_buff *s) { __u64 x; OPAQUE(s); return look(&x); }
/* A callee stores a pointer to its own frame in the caller's frame. */
SEC("tc") ASMPROG int callee_leaks_frame(void) { asm volatile("r1 = r10; r1 += -8; call leak_frame; r0 = 0; exit;"); }
ASMPROG static __attribute__((used)) int leak_frame(void) { asm volatile("*(u64 *)(r1 + 0) = r10; r0 = 0; exit;"); }
/* The stack pointer is the return value of a subprogram. */
SEC("tc") ASMPROG int callee_returns_frame(void) { asm volatile("call return_frame; r0 = 0; exit;"); }
ASMPROG static __attribute__((used)) int return_frame(void) { asm volatile("r0 = r10; exit;"); }
/* A callee returns the caller's own stack pointer. */
SEC("tc") ASMPROG int callee_returns_callers_frame(void) { asm volatile("r1 = r10; r1 += -8; call return_argument; r0 = 0; exit;"); }
ASMPROG static __attribute__((used)) int return_argument(void) { asm volatile("r0 = r1; exit;"); }
/* A 512-byte array that clang puts on the stack, used with a bounded index. */
SEC("tc") int array_bounded_index(struct __sk_buff *s) { char a[64] = {}; __u32 i = s->mark; asm volatile("" : : "r"(a) : "memory"); if (i >= 64) return 0; return a[i]; }
/* The index may be 64. */
SEC("tc") int array_index_one_past(struct __sk_buff *s) { char a[64] = {}; __u32 i = s->mark; asm volatile("" : : "r"(a) : "memory"); if (i > 64) return 0; return a[i]; }
/* The array may be written with a bounded index. */
SEC("tc") int array_bounded_store(struct __sk_buff *s) { char a[64] = {}; __u32 i = s->mark; if (i >= 64) return 0; a[i] = 1; asm volatile("" : : "r"(a) : "memory"); return a[3]; }
/* Two frames of 256 bytes fit exactly. */
ASMPROG static __attribute__((used)) int frame256(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 256) = r1; r0 = 0; exit;"); }
SEC("tc") ASMPROG int two_frames_fit(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 256) = r1; call frame256; r0 = 0; exit;"); }
/* The sum is over 512 by one rounding unit. */
SEC("tc") ASMPROG int two_frames_too_large(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 264) = r1; call frame256; r0 = 0; exit;"); }
/* A frame that touches nothing counts as one byte rounded up. */
ASMPROG static __attribute__((used)) int frame0(void) { asm volatile("r0 = 0; exit;"); }
SEC("tc") ASMPROG int empty_frame_counts(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 512) = r1; call frame0; r0 = 0; exit;"); }
/* Five calls one after the other do not add up. */
SEC("tc") ASMPROG int calls_in_a_row(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 200) = r1; call frame256; call frame256; call frame256; call frame256; call frame256; r0 = 0; exit;"); }
