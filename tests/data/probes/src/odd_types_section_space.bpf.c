#include "probes.h"
GPL;
/* A section of data with a space in its name. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
volatile int odd SEC(".data.odd name");
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd++; return pick(3); }
