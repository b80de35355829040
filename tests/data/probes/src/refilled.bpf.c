#include "probes.h"
GPL;
/* A number that lives on the stack: compared after one load of it, used after another. 7.2 forgets ids that only one register has, and gives
   a slot a new one when it is loaded. */
#define OPQ(x) asm volatile("" : "+r"(x))
struct v { u8 b[64]; };
HASH(m, __u32, struct v, 8);
#define HEAD u32 k = 1; struct v *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0; volatile u64 x = s->hash
/* no state is kept between spill and fill */
SEC("tc") int near(struct __sk_buff *s) { HEAD; if (x > 63) return 0; return v->b[x]; }
/* some branches between them */
SEC("tc") int far(struct __sk_buff *s) { HEAD; u32 r = 0; if (s->len > 4) r++; OPQ(r); if (s->mark > 4) r++; OPQ(r); if (s->priority > 4) r++; OPQ(r); if (s->ifindex > 4) r++; OPQ(r); if (x > 63) return r; return v->b[x]; }
SEC("tc") int far_copy(struct __sk_buff *s) { HEAD; u32 r = 0; if (s->len > 4) r++; OPQ(r); if (s->mark > 4) r++; OPQ(r); if (s->priority > 4) r++; OPQ(r); u64 y = x; OPQ(r); if (y > 63) return r; return v->b[x]; }
SEC("tc") int far_two(struct __sk_buff *s) { HEAD; u32 r = 0; if (s->len > 4) r++; OPQ(r); if (s->mark > 4) r++; OPQ(r); u64 y = x, z = x; OPQ(r); if (y > 63) return r; if (s->priority > 4) r++; OPQ(r); return v->b[z]; }
SEC("tc") int looped(struct __sk_buff *s) { HEAD; u32 r = 0; for (u32 i = 0; i < 5; i++) { r += bpf_get_prandom_u32() & 1; if (x > 63) return r; r += v->b[x]; } return r; }
SEC("tc") int called(struct __sk_buff *s) { HEAD; u32 r = bpf_get_prandom_u32(); if (r & 1) r += bpf_ktime_get_ns(); if (r & 2) r += bpf_get_prandom_u32(); if (r & 4) r += bpf_get_smp_processor_id(); if (x > 63) return r; return v->b[x]; }
SEC("tc") int narrow(struct __sk_buff *s) { u32 k = 1; struct v *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0; volatile u32 x = s->hash; u32 r = bpf_get_prandom_u32(); if (r & 1) r += bpf_ktime_get_ns(); if (r & 2) r += bpf_get_prandom_u32(); if (r & 4) r += bpf_get_smp_processor_id(); if (x > 63) return r; return v->b[x]; }
SEC("tc") int mapval(struct __sk_buff *s) { u32 k = 1; struct v *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0; volatile u64 x = v->b[3]; u32 r = bpf_get_prandom_u32(); if (r & 1) r += bpf_ktime_get_ns(); if (r & 2) r += bpf_get_prandom_u32(); if (r & 4) r += bpf_get_smp_processor_id(); if (x > 63) return r; return v->b[x]; }
SEC("tc") int same(struct __sk_buff *s) { HEAD; u32 r = bpf_get_prandom_u32(); if (r & 1) r += bpf_ktime_get_ns(); if (r & 2) r += bpf_get_prandom_u32(); if (r & 4) r += bpf_get_smp_processor_id(); if (x != 5) return r; return v->b[x]; }
SEC("tc") int signedx(struct __sk_buff *s) { u32 k = 1; struct v *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0; volatile s64 x = s->hash; u32 r = bpf_get_prandom_u32(); if (r & 1) r += bpf_ktime_get_ns(); if (r & 2) r += bpf_get_prandom_u32(); if (r & 4) r += bpf_get_smp_processor_id(); if (x > 60) return r; return v->b[x]; }
