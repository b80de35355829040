#include "probes.h"
GPL;
/* Functions for which the types tell of more arguments than registers: the compiler took away those that are not used. */
#define SUB static __noinline int
SUB of_six(struct __sk_buff *s, int a, int b, int c, int d, int unused) { return s->len + a * b + c * d; }
SUB of_six_first_unused(int unused, struct __sk_buff *s, int a, int b, int c, int d) { return s->mark + a * b + c * d; }
SUB of_eight(struct __sk_buff *s, int a, int x, int y, int z, int b, int c, int d) { return s->len + a * b + c * d; }
SUB of_five(struct __sk_buff *s, int a, int b, int c, int d) { return s->hash + a * b + c * d; }
SUB of_thirteen(struct __sk_buff *s, int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) { return s->len + a * b; }
SUB calls_on(struct __sk_buff *s, int a) { return of_six(s, a, 2, 3, a, 9) + 1; }
SEC("tc") int six(struct __sk_buff *s) { return of_six(s, s->mark, s->hash, s->priority, s->ifindex, 6) & 1; }
SEC("tc") int six_first_unused(struct __sk_buff *s) { return of_six_first_unused(1, s, s->mark, s->hash, s->priority, s->ifindex) & 1; }
SEC("tc") int eight(struct __sk_buff *s) { return of_eight(s, s->mark, 1, 2, 3, s->hash, s->priority, s->ifindex) & 1; }
SEC("tc") int five(struct __sk_buff *s) { return of_five(s, s->mark, s->hash, s->priority, s->ifindex) & 1; }
SEC("tc") int thirteen(struct __sk_buff *s) { return of_thirteen(s, s->mark, s->hash, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) & 1; }
SEC("tc") int six_further_down(struct __sk_buff *s) { return calls_on(s, s->mark) & 1; }
SEC("tc") int six_on_one_way(struct __sk_buff *s) { if (s->mark == 7) return of_six(s, s->mark, s->hash, s->priority, s->ifindex, 6) & 1; return 0; }
SEC("tc") int six_after_a_bad_load(struct __sk_buff *s) { asm volatile("r0 = *(u64 *)(r10 - 8)" ::: "r0"); return of_six(s, s->mark, s->hash, s->priority, s->ifindex, 6) & 1; }
SEC("tc") int six_never_reached(struct __sk_buff *s) { int zero = 0; asm volatile("" : "+r"(zero)); asm volatile("%0 = 0" : "=r"(zero)); if (zero) return of_six(s, s->mark, s->hash, s->priority, s->ifindex, 6) & 1; return 0; }
