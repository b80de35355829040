#include "probes.h"
GPL;
/* Members, arguments and structures without names. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
struct u { struct { int a; union { int b; long c; }; }; int : 5; };
static __noinline int takes(int, int b) { OPAQUE(b); return b; }
volatile struct u odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd.c = takes(1, 2); return pick(3); }
