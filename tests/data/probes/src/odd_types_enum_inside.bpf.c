#include "probes.h"
GPL;
/* A small enumeration in front of more in a structure with bitfields. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
enum __attribute__((packed)) small { S_A, S_B };
struct b { unsigned a : 3; enum small e; int more; };
volatile struct b odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd.e = S_B; return pick(3); }
