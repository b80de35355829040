#include "probes.h"
GPL;
/* Fields of bits, of a boolean, of an enumeration; a flexible array; an empty structure. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
enum e { E_A, E_B };
struct bits { unsigned a : 3; signed b : 7; _Bool c : 1; enum e d : 2; unsigned long long f : 60; unsigned : 0; };
struct empty { };
struct flexible { int n; struct empty e; char rest[]; };
volatile struct bits odd;
struct flexible *odd2;
volatile struct empty *odd3;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd.c = 1; KEEP(odd2->n); return pick(3); }
