#include "probes.h"
GPL;
/* An enumeration of one byte, one of eight, and one that is negative. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
enum __attribute__((packed)) small { S_A, S_B };
enum large { L_A = 0x100000000ULL, L_B };
enum minus { M_A = -5, M_B = 0x7fffffffffffLL };
volatile enum small odd1;
volatile enum large odd2;
volatile enum minus odd3;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd1 = S_B; odd2 = L_B; odd3 = M_A; return pick(3); }
