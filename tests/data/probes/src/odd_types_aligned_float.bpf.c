#include "probes.h"
GPL;
/* Floating-point numbers that are aligned. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
struct p { float a; float c; double b; };
volatile struct p odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { KEEP(&odd); return pick(3); }
