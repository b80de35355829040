#include "probes.h"
GPL;
/* Tags on a variable, a function, an argument, a member and a type. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
#define TAG(x) __attribute__((btf_decl_tag(#x)))
typedef int TAG(a_type) tagged_t;
struct tagged { int a TAG(a_member); tagged_t b; } TAG(a_struct);
volatile struct tagged odd TAG(a_variable);
static __noinline int TAG(a_function) adds(int a TAG(an_argument), int b) { OPAQUE(a); return a + b; }
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd.b = adds(odd.a, 2); return pick(3); }
