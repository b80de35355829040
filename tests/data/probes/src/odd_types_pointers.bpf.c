#include "probes.h"
GPL;
/* Pointers to functions with many arguments, to unions that are only declared, restricted and volatile ones. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
union never;
typedef int (*call_t)(int, char *restrict, union never *, ...);
struct p { call_t f; void (*g)(void); const volatile int *const *volatile q; int (*arr[3])[4]; };
struct p *odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { KEEP(odd->f); return pick(3); }
