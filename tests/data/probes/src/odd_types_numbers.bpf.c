#include "probes.h"
GPL;
/* Numbers of unusual sizes: 128 bits, floating point. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
volatile __int128 odd;
struct fl { float a; double b; };
struct fl *odd3;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd = 1; KEEP(&odd3->b); return pick(3); }
