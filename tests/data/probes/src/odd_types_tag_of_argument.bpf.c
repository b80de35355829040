#include "probes.h"
GPL;
/* Tags of arguments, one without text. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
static __noinline int takes(int a __attribute__((btf_decl_tag("first"))), int b __attribute__((btf_decl_tag("")))) { OPAQUE(a); return a + b; }
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { takes(1, 2); return pick(3); }
