#include "probes.h"
GPL;
/* Arenas: memory shared with user space. Any number is an address there, and nothing is checked but the kind. */
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 10); __ulong(map_extra, 0x1ull << 44); } arena SEC(".maps");
ARRAY(arr, struct bytes48, 1);


#define A(name, body) SEC("syscall") ASMPROG int name(void) { asm volatile("r6 = r1; r1 = %[arena] ll;" body "8: r0 = 0; exit;" :: MAP(arena), MAP(arr)); }


/* A number becomes an arena pointer by a cast, and is read. */
A(cast_and_read, "r2 = 4096; .8byte 0x00000001000122bf; r0 = *(u64 *)(r2 + 0);")
/* It is written. */
A(cast_and_write, "r2 = 4096; .8byte 0x00000001000122bf; r3 = 7; *(u64 *)(r2 + 0) = r3;")
/* At any offset. */
A(cast_and_move, "r2 = 4096; .8byte 0x00000001000122bf; r3 = *(u32 *)(r6 + 0); r2 += r3; r0 = *(u64 *)(r2 - 8);")
/* Without the cast it is a number. */
A(no_cast, "r2 = 4096; r0 = *(u64 *)(r2 + 0);")
/* Cast back to user space it is a number again. */
A(cast_back, "r2 = 4096; .8byte 0x00000001000122bf; .8byte 0x00010000000122bf; r0 = r2;")
/* Two arena pointers are added. */
A(add_two, "r2 = 4096; .8byte 0x00000001000122bf; r3 = r2; r2 += r3; r0 = *(u64 *)(r2 + 0);")
/* An arena pointer is shifted. */
A(shifted, "r2 = 4096; .8byte 0x00000001000122bf; r2 <<= 1; r0 = *(u64 *)(r2 + 0);")
/* An arena pointer is multiplied. */
A(multiplied, "r2 = 4096; .8byte 0x00000001000122bf; r2 *= 2; r0 = r2;")
/* 32-bit arithmetic on it. */
A(add_32, "r2 = 4096; .8byte 0x00000001000122bf; w2 += 8; r0 = r2;")
/* It is compared with a number. */
A(compared, "r2 = 4096; .8byte 0x00000001000122bf; if r2 == 0 goto 8f; r0 = *(u64 *)(r2 + 0);")
/* What is read there is a number. */
A(read_is_number, "r2 = 4096; .8byte 0x00000001000122bf; r2 = *(u64 *)(r2 + 0); r0 = *(u64 *)(r2 + 0);")
/* What is read there is cast and read. */
A(read_is_cast, "r2 = 4096; .8byte 0x00000001000122bf; r2 = *(u64 *)(r2 + 0); .8byte 0x00000001000122bf; r0 = *(u64 *)(r2 + 0);")
/* The pointer is stored in the arena. */
A(store_itself, "r2 = 4096; .8byte 0x00000001000122bf; *(u64 *)(r2 + 0) = r2;")
/* A stack pointer is stored in the arena. */
A(store_stack, "r2 = 4096; .8byte 0x00000001000122bf; *(u64 *)(r2 + 0) = r10;")
/* An arena pointer is stored in a map value. */
A(store_in_value, "r7 = 4096; .8byte 0x00000001000177bf; r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[arr] ll; call 1; if r0 == 0 goto 8f; *(u64 *)(r0 + 0) = r7;")
/* An arena pointer as a helper's memory. */
A(helper_memory, "r1 = 4096; .8byte 0x00000001000111bf; r2 = 16; call 16;")
/* An arena pointer as a map key. */
A(map_key, "r2 = 4096; .8byte 0x00000001000122bf; r1 = %[arr] ll; call 1;")
/* A cast of the stack pointer. */
A(cast_stack, "r2 = r10; .8byte 0x00000001000122bf; r0 = r2;")
/* Atomic addition in the arena. */
A(atomic_add, "r2 = 4096; .8byte 0x00000001000122bf; r3 = 1; lock *(u64 *)(r2 + 0) += r3;")
/* Compare and exchange in the arena. */
A(atomic_cmpxchg, "r2 = 4096; .8byte 0x00000001000122bf; r3 = 1; r0 = 0; .8byte 0x000000f1000032db;")
/* A sign-extended load from the arena. */
A(sign_extended, "r2 = 4096; .8byte 0x00000001000122bf; .8byte 0x0000000000002081;")
/* A load-acquire from the arena. */
A(acquire, "r2 = 4096; .8byte 0x00000001000122bf; .8byte 0x00000100000020db;")
/* The map cannot be looked up. */
A(looked_up, "r2 = 0; *(u64 *)(r10 - 8) = r2; r2 = r10; r2 += -8; call 1;")
/* The arena pointer is returned. */
SEC("syscall") ASMPROG int returned(void) { asm volatile("r1 = %[arena] ll; r0 = 4096; .8byte 0x00000001000100bf; exit;" :: MAP(arena)); }
/* The pointer is spilled and filled. */
A(spilled, "r2 = 4096; .8byte 0x00000001000122bf; *(u64 *)(r10 - 8) = r2; r3 = *(u64 *)(r10 - 8); r0 = *(u64 *)(r3 + 0);")
/* The number is masked after the cast. */
A(masked, "r2 = 4096; .8byte 0x00000001000122bf; r2 &= 0xff; r0 = *(u64 *)(r2 + 0);")
/* Pages by a kernel function that sleeps. */
SEC("syscall") int pages(void *c) { void *p = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0); if (p) bpf_arena_free_pages(&arena, p, 1); return 0; }
/* Pages from another map. */
SEC("syscall") int pages_other_map(void *c) { void *p = bpf_arena_alloc_pages(&arr, 0, 1, -1, 0); return p ? 1 : 0; }
