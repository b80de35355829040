#include "probes.h"
GPL;
/* A variable of size zero. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
char odd[0] SEC(".data.odd");
volatile int other SEC(".data.odd");
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { KEEP(&odd); other++; return pick(3); }
