#include "vmlinux_min.h"
GPL;
/* Memory arguments of helpers: which memory, how long, initialized or not. */
struct val { __u64 a; __u32 b; struct bpf_spin_lock l; };
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
MAPDEF(BPF_MAP_TYPE_HASH, 0, 4) hash SEC(".maps");
MAPDEF(BPF_MAP_TYPE_ARRAY, BPF_F_RDONLY_PROG, 4) ro SEC(".maps");
MAPDEF(BPF_MAP_TYPE_ARRAY, BPF_F_WRONLY_PROG, 4) wo SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct val); } lockmap SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
#define M :: [arr]"i"(&arr), [hash]"i"(&hash), [ro]"i"(&ro), [wo]"i"(&wo), [lm]"i"(&lockmap), [rb]"i"(&rb) : "memory"
#define END " 9: r0 = 0; exit;"
#define P(n, sec, code) SEC(sec) ASMPROG int n(void) { asm volatile(code END M); }
#define LOOK(m) "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[" m "] ll; call 1; if r0 == 0 goto 9f; "
#define RND "call 7; "
/* probe_read into the stack */
P(raw_exact, "tp_btf/sched_switch", "r1 = r10; r1 += -16; r2 = 16; r3 = 0; call 113;")
P(raw_exact_then_read, "tp_btf/sched_switch", "r1 = r10; r1 += -16; r2 = 16; r3 = 0; call 113; r1 = *(u64*)(r10 - 8);")
P(raw_variable_size, "tp_btf/sched_switch", RND "r0 &= 15; r1 = r10; r1 += -16; r2 = r0; r3 = 0; call 113; r1 = *(u64*)(r10 - 8);")
P(raw_variable_size_over, "tp_btf/sched_switch", RND "r0 &= 31; r1 = r10; r1 += -16; r2 = r0; r3 = 0; call 113;")
P(raw_variable_size_init, "tp_btf/sched_switch", RND "*(u64*)(r10 - 8) = r0; *(u64*)(r10 - 16) = r0; r0 &= 15; r1 = r10; r1 += -16; r2 = r0; r3 = 0; call 113; r1 = *(u64*)(r10 - 8);")
P(raw_negative_size, "tp_btf/sched_switch", RND "r1 = r10; r1 += -16; r2 = -1; r3 = 0; call 113;")
P(raw_unbounded, "tp_btf/sched_switch", RND "r0 >>= 1; r1 = r10; r1 += -16; r2 = r0; r3 = 0; call 113;")
P(raw_signed, "tp_btf/sched_switch", RND "r1 = r10; r1 += -16; r2 = r0; if r2 s> 16 goto 9f; r3 = 0; call 113;")
P(raw_zero, "tp_btf/sched_switch", "r1 = r10; r1 += -16; r2 = 0; r3 = 0; call 113;")
P(raw_zero_null, "tp_btf/sched_switch", "r1 = 0; r2 = 0; r3 = 0; call 113;")
P(raw_null_one, "tp_btf/sched_switch", "r1 = 0; r2 = 1; r3 = 0; call 113;")
P(raw_null_maybe, "tp_btf/sched_switch", RND "r0 &= 1; r1 = 0; r2 = r0; r3 = 0; call 113;")
P(raw_var_offset, "tp_btf/sched_switch", RND "r0 &= 8; r1 = r10; r1 += -24; r1 += r0; r2 = 8; r3 = 0; call 113;")
P(raw_var_offset_init, "tp_btf/sched_switch", RND "*(u64*)(r10 - 24) = r0; *(u64*)(r10 - 16) = r0; *(u64*)(r10 - 8) = r0; r0 &= 8; r1 = r10; r1 += -24; r1 += r0; r2 = 8; r3 = 0; call 113; r1 = *(u64*)(r10 - 24); ")
P(raw_over_spill, "tp_btf/sched_switch", "*(u64*)(r10 - 8) = r10; r1 = r10; r1 += -8; r2 = 4; r3 = 0; call 113; r1 = *(u64*)(r10 - 8); *(u64*)(r1 - 16) = 1;")
P(raw_over_spill_half, "tp_btf/sched_switch", "*(u64*)(r10 - 8) = r1; r1 = r10; r1 += -8; r2 = 4; r3 = 0; call 113; r1 = *(u64*)(r10 - 8); r1 = *(u64*)(r1 + 0);")
P(raw_below_stack, "tp_btf/sched_switch", "r1 = r10; r1 += -512; r2 = 8; r3 = 0; call 113;")
P(raw_beyond_stack, "tp_btf/sched_switch", "r1 = r10; r1 += -520; r2 = 8; r3 = 0; call 113;")
P(raw_past_frame, "tp_btf/sched_switch", "r1 = r10; r1 += -8; r2 = 9; r3 = 0; call 113;")
P(raw_at_fp, "tp_btf/sched_switch", "r1 = r10; r2 = 8; r3 = 0; call 113;")
P(raw_unaligned, "tp_btf/sched_switch", "r1 = r10; r1 += -13; r2 = 7; r3 = 0; call 113; r1 = *(u8*)(r10 - 9);")
P(raw_scalar, "tp_btf/sched_switch", RND "r1 = r0; r2 = 8; r3 = 0; call 113;")
P(raw_map_value, "tp_btf/sched_switch", LOOK("arr") "r1 = r0; r2 = 8; r3 = 0; call 113;")
P(raw_map_value_over, "tp_btf/sched_switch", LOOK("arr") "r1 = r0; r2 = 9; r3 = 0; call 113;")
P(raw_map_value_offset, "tp_btf/sched_switch", LOOK("arr") "r1 = r0; r1 += 4; r2 = 5; r3 = 0; call 113;")
P(raw_map_value_var, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; " RND "r0 &= 7; r1 = r6; r1 += r0; r2 = 1; r3 = 0; call 113;")
P(raw_map_value_var_over, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; " RND "r0 &= 7; r1 = r6; r1 += r0; r2 = 2; r3 = 0; call 113;")
P(raw_map_value_zero, "tp_btf/sched_switch", LOOK("hash") "r1 = r0; r2 = 0; r3 = 0; call 113;")
P(raw_map_value_or_null, "tp_btf/sched_switch", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[hash] ll; call 1; r1 = r0; r2 = 8; r3 = 0; call 113; ")
P(raw_rdonly_map, "tp_btf/sched_switch", LOOK("ro") "r1 = r0; r2 = 8; r3 = 0; call 113;")
P(raw_wronly_map, "tp_btf/sched_switch", LOOK("wo") "r1 = r0; r2 = 8; r3 = 0; call 113;")
P(raw_spin_lock, "tc", LOOK("lm") "r6 = r0; r1 = r0; r2 = 16; call 16;")
P(raw_before_lock, "tc", LOOK("lm") "r6 = r0; r1 = r0; r2 = 12; call 16;")
P(raw_ctx, "kprobe/do_nanosleep", "r2 = 8; r3 = 0; call 113;")
P(raw_size_pointer, "tp_btf/sched_switch", "r1 = r10; r1 += -16; r2 = r10; r3 = 0; call 113;")
P(raw_size_uninit, "tp_btf/sched_switch", "r1 = r10; r1 += -16; r3 = 0; call 113;")
P(raw_ringbuf_record, "tp_btf/sched_switch", "r1 = %[rb] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 9f; r6 = r0; r1 = r0; r2 = 16; r3 = 0; call 113; r1 = r6; r2 = 0; call 132;")
P(raw_ringbuf_record_over, "tp_btf/sched_switch", "r1 = %[rb] ll; r2 = 16; r3 = 0; call 131; if r0 == 0 goto 9f; r6 = r0; r1 = r0; r1 += 8; r2 = 9; r3 = 0; call 113; r1 = r6; r2 = 0; call 132;")
/* returns of probe_read_kernel_str bound a following copy */
P(str_return_bound, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; r1 = r0; r2 = 8; r3 = 0; call 115; if r0 s< 1 goto 9f; r0 += -1; r6 += r0; r1 = *(u8*)(r6 + 0);")
P(str_return_unchecked, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; r1 = r0; r2 = 8; r3 = 0; call 115; r6 += r0; r1 = *(u8*)(r6 + 0);")
P(str_return_negative_only, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; r1 = r0; r2 = 8; r3 = 0; call 115; if r0 s< 0 goto 9f; r6 += r0; r1 = *(u8*)(r6 + 0);")
P(probe_read_return, "tp_btf/sched_switch", LOOK("hash") "r6 = r0; r1 = r0; r2 = 8; r3 = 0; call 113; if r0 s< 0 goto 9f; r6 += r0; r1 = *(u8*)(r6 + 0);")
P(get_stack_return, "kprobe/do_nanosleep", "r6 = r1; r2 = r10; r2 += -64; r3 = 64; r4 = 0; call 67; if r0 s< 0 goto 9f; r1 = r10; r1 += -72; r1 += r0; r2 = *(u8*)(r1 + 0);")
/* reading arguments: initialized or not */
P(read_uninit, "tc", "r1 = %[rb] ll; r2 = r10; r2 += -16; r3 = 16; r4 = 0; call 130;")
P(read_partly_init, "tc", "r0 = 0; *(u64*)(r10 - 16) = r0; r1 = %[rb] ll; r2 = r10; r2 += -16; r3 = 16; r4 = 0; call 130;")
P(read_init, "tc", "r0 = 0; *(u64*)(r10 - 8) = r0; *(u64*)(r10 - 16) = r0; r1 = %[rb] ll; r2 = r10; r2 += -16; r3 = 16; r4 = 0; call 130;")
P(read_pointer_spill, "tc", "*(u64*)(r10 - 8) = r10; r1 = %[rb] ll; r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 130; r1 = *(u64*)(r10 - 8); *(u64*)(r1 - 16) = 1;")
P(read_scalar_spill, "tc", "r6 = 4; *(u64*)(r10 - 8) = r6; r1 = %[rb] ll; r2 = r10; r2 += -8; r3 = 8; r4 = 0; call 130; r7 = *(u64*)(r10 - 8); r1 = r10; r1 += r7; r2 = *(u8*)(r1 - 16);")
P(read_zero_size_const, "tc", "r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = 0; call 6;")
P(read_maybe_zero_size, "tc", RND "r6 = r0; r6 &= 7; r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = r6; call 6;")
P(read_map_value_zero, "tc", LOOK("hash") "r1 = r0; r2 = 0; call 6;")
P(read_maybe_zero_map, "tc", RND "r7 = r0; " LOOK("hash") "r7 &= 7; r1 = r0; r2 = r7; call 6;")
P(read_null_or_zero, "tc", "r1 = 0; r2 = 0; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(csum_null_size, "tc", "r1 = 0; r2 = 4; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(csum_stack, "tc", "r0 = 0; *(u32*)(r10 - 4) = r0; r1 = r10; r1 += -4; r2 = 4; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(csum_map_or_null, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[hash] ll; call 1; r1 = r0; r2 = 4; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(csum_map_or_null_zero, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[hash] ll; call 1; r1 = r0; r2 = 0; r3 = 0; r4 = 0; r5 = 0; call 28;")
/* keys and values */
P(key_uninit, "tc", "r2 = r10; r2 += -4; r1 = %[hash] ll; call 1;")
P(key_is_value, "tc", LOOK("hash") "r2 = r0; r1 = %[arr] ll; call 1;")
P(key_in_value_end, "tc", LOOK("hash") "r2 = r0; r2 += 5; r1 = %[arr] ll; call 1;")
P(key_null, "tc", "r2 = 0; r1 = %[hash] ll; call 1;")
P(value_null, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r3 = 0; r4 = 0; r1 = %[hash] ll; call 2;")
P(value_short_stack, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r3 = r10; r3 += -4; r4 = 0; r1 = %[hash] ll; call 2;")
P(value_is_key_map_or_null, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[hash] ll; call 1; r3 = r0; r2 = r10; r2 += -4; r4 = 0; r1 = %[hash] ll; call 2;")
P(update_rdonly, "tc", "r0 = 0; *(u64*)(r10 - 8) = r0; r2 = r10; r2 += -8; r3 = r10; r3 += -8; r4 = 0; r1 = %[ro] ll; call 2;")
P(delete_rdonly, "tc", "r0 = 0; *(u64*)(r10 - 8) = r0; r2 = r10; r2 += -8; r1 = %[ro] ll; call 3;")
P(value_with_lock, "tc", LOOK("lm") "r3 = r0; r2 = r10; r2 += -4; r4 = 0; r1 = %[arr] ll; call 2;")
P(map_is_scalar, "tc", "r1 = 1; r2 = r10; r2 += -4; call 1;")
P(map_is_value, "tc", LOOK("hash") "r1 = r0; r2 = r10; r2 += -4; call 1;")
P(map_offset, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r1 = %[hash] ll; r1 += 8; call 1;")
P(anything_uninit, "tc", "*(u32*)(r10 - 4) = 0; r2 = r10; r2 += -4; r3 = r10; r3 += -4; r1 = %[hash] ll; call 2;")
P(anything_pointer, "tc", "r0 = 0; *(u64*)(r10 - 8) = r0; r2 = r10; r2 += -8; r3 = r10; r3 += -8; r4 = r10; r1 = %[hash] ll; call 2;")
/* fixed-size, aligned memory: strtol writes 8 bytes */
P(strtol_ok, "cgroup/sysctl", "r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = r10; r4 += -16; call 105;")
P(strtol_unaligned, "cgroup/sysctl", "r0 = 0; *(u64*)(r10 - 8) = r0; *(u64*)(r10 - 16) = r0; *(u64*)(r10 - 24) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = r10; r4 += -20; call 105;")
P(strtol_init, "cgroup/sysctl", "r0 = 0; *(u64*)(r10 - 8) = r0; *(u64*)(r10 - 16) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = r10; r4 += -16; call 105; r1 = *(u64*)(r10 - 16);")
P(strtol_map_unaligned, "cgroup/sysctl", LOOK("lm") "r4 = r0; r4 += 4; r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 105;")
P(strtol_rdonly, "cgroup/sysctl", LOOK("ro") "r4 = r0; r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; call 105;")
P(strtol_scalar, "cgroup/sysctl", "r0 = 0; *(u64*)(r10 - 8) = r0; r1 = r10; r1 += -8; r2 = 8; r3 = 0; r4 = 0; call 105;")
/* packets as memory */
#define PKT(n) "r2 = *(u32*)(r1 + 76); r3 = *(u32*)(r1 + 80); r4 = r2; r4 += " n "; if r4 > r3 goto 9f; "
P(packet_key, "tc", PKT("8") "r1 = %[hash] ll; call 1;")
P(packet_key_short, "tc", PKT("2") "r1 = %[hash] ll; call 1;")
P(packet_key_unchecked, "tc", "r2 = *(u32*)(r1 + 76); r1 = %[hash] ll; call 1;")
P(packet_raw, "tc", PKT("8") "r1 = r2; r2 = 8; call 16;")
P(packet_csum, "tc", PKT("8") "r1 = r2; r2 = 8; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(packet_csum_over, "tc", PKT("8") "r1 = r2; r2 = 12; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(packet_csum_var, "tc", PKT("16") "r6 = r2; " RND "r0 &= 7; r6 += r0; r1 = r6; r2 = 4; r3 = 0; r4 = 0; r5 = 0; call 28;")
P(packet_end_key, "tc", "r2 = *(u32*)(r1 + 80); r1 = %[hash] ll; call 1;")
P(packet_ringbuf, "tc", PKT("8") "r1 = %[rb] ll; r3 = 8; r4 = 0; call 130;")
P(packet_socket_filter, "socket", "r2 = r10; r2 += -8; r3 = 8; r6 = r1; r2 = 0; r3 = r10; r3 += -8; r4 = 8; call 26;")
P(packet_after_pull, "tc", PKT("8") "r6 = r2; r2 = 0; call 39; r1 = *(u8*)(r6 + 0);")
P(packet_after_store, "tc", PKT("8") "r6 = r2; r7 = 0; *(u64*)(r10 - 8) = r7; r2 = 0; r3 = r10; r3 += -8; r4 = 4; r5 = 0; call 9; r1 = *(u8*)(r6 + 0);")
P(packet_after_hash, "tc", PKT("8") "r6 = r2; call 34; r1 = *(u8*)(r6 + 0);")
