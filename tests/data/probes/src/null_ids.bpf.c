#include "probes.h"
GPL;
/* What is left of the number that pointers share until they are compared with NULL. Kernels before 7.2 forget it, so that a value found
 * again is the same as the one before it; with a lock in the value, and in 7.2, it stays another one. */
struct locked { __u32 n; struct bpf_spin_lock lock; __u64 data; };
HASH(plain, __u32, __u64, 4);
HASH(guarded, __u32, struct locked, 4);
#define LOOK(map) "r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[" #map "] ll; call 1; "
#define P(name, body) SEC("tc") ASMPROG int name(void) { asm volatile(body :: MAP(plain), MAP(guarded)); }

/* Found again and again, without an end: the same state, or a new one in every round. */
P(found_forever, LOOK(plain) "if r0 == 0 goto 8f; r7 = r0; 1: " LOOK(plain) "if r0 == 0 goto 7f; r7 = r0; goto 1b; 7: r0 = *(u64 *)(r7 + 0); 8: r0 = 0; exit;")
/* The same with a lock in the value. */
P(guarded_forever, LOOK(guarded) "if r0 == 0 goto 8f; r7 = r0; 1: " LOOK(guarded) "if r0 == 0 goto 7f; r7 = r0; goto 1b; 7: r0 = *(u64 *)(r7 + 8); 8: r0 = 0; exit;")
/* Two pointers to one value, or to two: the second path is covered by the first where they count as the same. */
P(one_or_two, "r6 = *(u32 *)(r1 + 8); " LOOK(plain) "if r0 == 0 goto 8f; r7 = r0; r8 = r0; if r6 == 0 goto 1f; " LOOK(plain) "if r0 == 0 goto 8f; r8 = r0; 1: r1 = *(u64 *)(r7 + 0); r2 = *(u64 *)(r8 + 0); 8: r0 = 0; exit;")
/* A pointer that was checked says nothing about its copy made before. */
P(copy_checked_too, LOOK(plain) "r7 = r0; if r0 == 0 goto 8f; r0 = *(u64 *)(r7 + 0); 8: r0 = 0; exit;")
/* Another lookup of the same key is another pointer. */
P(found_again_unchecked, LOOK(plain) "r7 = r0; " LOOK(plain) "if r0 == 0 goto 8f; r0 = *(u64 *)(r7 + 0); 8: r0 = 0; exit;")
