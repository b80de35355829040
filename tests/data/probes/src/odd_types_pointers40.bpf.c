#include "probes.h"
GPL;
/* Pointers to pointers by name, forty and more on the way. The witness is accepted where the kernel refuses the types: without them the call is followed with its value. */
typedef int t0;
typedef t0 *t1;
typedef t1 *t2;
typedef t2 *t3;
typedef t3 *t4;
typedef t4 *t5;
typedef t5 *t6;
typedef t6 *t7;
typedef t7 *t8;
typedef t8 *t9;
typedef t9 *t10;
typedef t10 *t11;
typedef t11 *t12;
typedef t12 *t13;
typedef t13 *t14;
typedef t14 *t15;
typedef t15 *t16;
typedef t16 *t17;
typedef t17 *t18;
typedef t18 *t19;
typedef t19 *t20;
typedef t20 *t21;
typedef t21 *t22;
typedef t22 *t23;
typedef t23 *t24;
typedef t24 *t25;
typedef t25 *t26;
typedef t26 *t27;
typedef t27 *t28;
typedef t28 *t29;
volatile t29 odd;
ARRAY(plain, u64, 1);
__noinline int pick(u32 at) { u32 k = 0; u64 *v = bpf_map_lookup_elem(&plain, &k); return v ? ((u8 *)v)[at] : 0; }
SEC("tc") int witness(struct __sk_buff *s) { odd = 0; return pick(3); }
