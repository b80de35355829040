#include "probes.h"
GPL;
/* C compiled for the fourth instruction set: signed division, sign-extending loads and moves, byte swaps, long jumps.
   Kernels before 6.6 know none of them. */
ARRAY(arr, struct bytes48, 1);
/* A sign-extended byte is an index from -128. */
SEC("tc") int signed_byte_index(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; long i = *(volatile signed char *)&v->b[0]; OPAQUE(i); return v->b[i]; }
/* It is checked on both sides. */
SEC("tc") int signed_byte_checked(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; long i = *(volatile signed char *)&v->b[0]; OPAQUE(i); if (i < 0 || i > 47) return 0; OPAQUE(v); return v->b[i] & 1; }
/* It is moved up. */
SEC("tc") int signed_byte_moved(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; long i = *(volatile signed char *)&v->b[0]; i >>= 3; OPAQUE(i); i += 16; OPAQUE(v); return v->b[i] & 1; }
/* A signed 16-bit number. */
SEC("tc") int signed_half(struct __sk_buff *s) { short x = s->mark; OPAQUE(x); long i = x; return i > 5; }
/* A signed 32-bit number widened. */
SEC("tc") int signed_word_index(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; int i = s->mark; if (i < 0 || i > 47) return 0; OPAQUE(v); return v->b[i] & 1; }
/* Signed division and remainder. */
SEC("tc") int signed_division(struct __sk_buff *s) { int a = s->mark, b = s->len; return b ? a / b : a % 7; }
/* A signed remainder as an index. */
SEC("tc") int signed_remainder_index(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; long i = (long)*(volatile __u64 *)v % 24; OPAQUE(i); i += 23; return v->b[i] & 1; }
/* A byte swap of a known range. */
SEC("tc") int swapped(struct __sk_buff *s) { __u16 p = s->protocol; return __builtin_bswap16(p) == 0x800; }
/* Zero divided by an unknown. */
SEC("tc") int zero_divided(struct __sk_buff *s) { long z = 0; OPAQUE(z); int b = s->len; return z / (b | 1); }
