#include "probes.h"
GPL;
/* Structures in structures, thirty-two deep: the most. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
struct d0 { int x; };
struct d1 { struct d0 in; };
struct d2 { struct d1 in; };
struct d3 { struct d2 in; };
struct d4 { struct d3 in; };
struct d5 { struct d4 in; };
struct d6 { struct d5 in; };
struct d7 { struct d6 in; };
struct d8 { struct d7 in; };
struct d9 { struct d8 in; };
struct d10 { struct d9 in; };
struct d11 { struct d10 in; };
struct d12 { struct d11 in; };
struct d13 { struct d12 in; };
struct d14 { struct d13 in; };
struct d15 { struct d14 in; };
struct d16 { struct d15 in; };
struct d17 { struct d16 in; };
struct d18 { struct d17 in; };
struct d19 { struct d18 in; };
struct d20 { struct d19 in; };
struct d21 { struct d20 in; };
struct d22 { struct d21 in; };
struct d23 { struct d22 in; };
struct d24 { struct d23 in; };
struct d25 { struct d24 in; };
struct d26 { struct d25 in; };
struct d27 { struct d26 in; };
struct d28 { struct d27 in; };
struct d29 { struct d28 in; };
struct d30 { struct d29 in; };
struct d31 { struct d30 in; };
volatile struct d31 odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { *(volatile int *)&odd = 1; return pick(3); }
