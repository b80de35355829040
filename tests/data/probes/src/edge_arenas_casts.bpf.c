#include "probes.h"
GPL;
/* Casts without an arena, from and to other spaces, of pointers. */
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 10); __ulong(map_extra, 0x1ull << 44); } first SEC(".maps");
SEC("syscall") ASMPROG int one_twice(void) { asm volatile("r1 = %[first] ll; r2 = %[first] ll; r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_without(void) { asm volatile("r2 = 4096; .8byte 0x00000001000122bf; r0 = 0; exit;"); }
SEC("syscall") ASMPROG int cast_to_user_without(void) { asm volatile("r2 = 4096; .8byte 0x00010000000122bf; r0 = 0; exit;"); }
SEC("syscall") ASMPROG int cast_other_space(void) { asm volatile("r1 = %[first] ll; r2 = 4096; .8byte 0x00000002000122bf; r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_space_zero(void) { asm volatile("r1 = %[first] ll; r2 = 4096; .8byte 0x00000000000122bf; r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_both(void) { asm volatile("r1 = %[first] ll; r2 = 4096; .8byte 0x00010001000122bf; r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_32(void) { asm volatile("r1 = %[first] ll; r2 = 4096; .8byte 0x00000001000122bc; r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_value(void) { asm volatile("r1 = %[first] ll; r2 = r1; .8byte 0x00000001000122bf; r0 = *(u64 *)(r2 + 0); r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_context(void) { asm volatile("r2 = r1; r1 = %[first] ll; .8byte 0x00000001000122bf; r0 = *(u64 *)(r2 + 0); r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_twice(void) { asm volatile("r1 = %[first] ll; r2 = 4096; .8byte 0x00000001000122bf; .8byte 0x00000001000122bf; r0 = *(u64 *)(r2 + 0); r0 = 0; exit;" :: MAP(first)); }
SEC("syscall") ASMPROG int cast_unwritten(void) { asm volatile("r1 = %[first] ll; .8byte 0x00000001000122bf; r0 = 0; exit;" :: MAP(first)); }
