#include "probes.h"
GPL;
/* A function that takes a structure. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
struct two { int a, b; };
static __noinline int turns(struct two t) { OPAQUE(t.a); return t.a + t.b; }
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { struct two t = { 1, 2 }; turns(t); return pick(3); }
