#include "probes.h"
GPL;
/* 7.2 works out beforehand what of the stack is read, and forgets the rest where it keeps states. A helper that reads more than it says
 * (a Bloom filter's peek counts as a write) then finds forgotten bytes. */
struct { __uint(type, BPF_MAP_TYPE_BLOOM_FILTER); __uint(max_entries, 8); __type(value, u64); } filter SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_BLOOM_FILTER); __uint(max_entries, 8); __uint(value_size, 12); } odd SEC(".maps");
ARRAY(arr, u64, 4);
struct part { u64 a, b, c; };
/* No state between the write and the read. */
SEC("tc") int peek_at_once(struct __sk_buff *s) { u64 key = s->len; return bpf_map_peek_elem(&filter, &key) ? 1 : 0; }
/* A branch between them. */
SEC("tc") int peek_after_branch(struct __sk_buff *s) { u64 key = s->len; if (s->mark == 7) bpf_printk("seven"); return bpf_map_peek_elem(&filter, &key) ? 1 : 0; }
/* The value is read by an instruction later on: it is alive. */
SEC("tc") int peek_of_living(struct __sk_buff *s) { volatile u64 key = s->len; if (s->mark == 7) bpf_printk("seven"); int r = bpf_map_peek_elem(&filter, (void *)&key); return r ? key & 1 : 0; }
/* The second peek: the first one wrote. */
SEC("tc") int peek_in_loop(struct __sk_buff *s) { u64 key = s->len; int n = 0; for (int i = 0; i < 3; i++) { if (!bpf_map_peek_elem(&filter, &key)) n++; if (s->mark == n) break; } return n; }
/* A push reads it, so it lives up to there only. */
SEC("tc") int push_between(struct __sk_buff *s) { u64 key = s->len; if (s->mark == 7) bpf_printk("seven"); bpf_map_push_elem(&filter, &key, 0); if (s->mark == 8) bpf_printk("eight"); return bpf_map_peek_elem(&filter, &key) ? 1 : 0; }
/* Twelve bytes: one and a half slots. */
SEC("tc") int peek_of_halves(struct __sk_buff *s) { u32 key[3] = {1, s->len, 3}; if (s->mark == 7) bpf_printk("seven"); return bpf_map_peek_elem(&odd, key) ? 1 : 0; }
/* Half of it is read by an instruction afterwards. */
SEC("tc") ASMPROG int peek_half_living(void) { asm volatile("r6 = r1; r1 = *(u32 *)(r6 + 0); *(u64 *)(r10 - 8) = r1; r1 = *(u32 *)(r6 + 8); if r1 == 7 goto 1f; call 7; 1: r1 = %[filter] ll; r2 = r10; r2 += -8; call 89; r0 = *(u32 *)(r10 - 8); exit;" :: MAP(filter)); }
/* The other half. */
SEC("tc") ASMPROG int peek_far_half_living(void) { asm volatile("r6 = r1; r1 = *(u32 *)(r6 + 0); *(u64 *)(r10 - 8) = r1; r1 = *(u32 *)(r6 + 8); if r1 == 7 goto 1f; call 7; 1: r1 = %[filter] ll; r2 = r10; r2 += -8; call 89; r0 = *(u32 *)(r10 - 4); exit;" :: MAP(filter)); }
/* A global function reads one member of three; the caller vouches for all of them. */
__noinline int first_of(struct part *p) { return p ? p->a : 0; }
SEC("tc") int global_reads_part(struct __sk_buff *s) { struct part p = {s->len, 2, 3}; if (s->mark == 7) bpf_printk("seven"); return first_of(&p); }
/* A callback reads one member; afterwards the caller reads another. */
static long each(struct bpf_map *m, u32 *k, u64 *v, struct part *p) { p->a += *v; return 0; }
SEC("tc") int callback_reads_part(struct __sk_buff *s) { struct part p = {s->len, 2, 3}; bpf_for_each_map_elem(&arr, each, &p, 0); if (s->mark == 7) bpf_printk("seven"); return p.b; }
/* A peek in a callback, of what the caller wrote. */
static long peeks(struct bpf_map *m, u32 *k, u64 *v, u64 *key) { return bpf_map_peek_elem(&filter, key) ? 1 : 0; }
SEC("tc") int callback_peeks(struct __sk_buff *s) { u64 key = s->len; bpf_for_each_map_elem(&arr, peeks, &key, 0); return 0; }
/* In a function that gets the address. */
static __noinline int peek_through(struct __sk_buff *s, u64 *key) { if (s->mark == 7) bpf_printk("seven"); return bpf_map_peek_elem(&filter, key) ? 1 : 0; }
SEC("tc") int function_peeks(struct __sk_buff *s) { u64 key = s->len; return peek_through(s, &key); }
/* The address may be one of two: then nobody knows what is written. */
SEC("tc") int peek_of_either(struct __sk_buff *s) { u64 a = s->len, b = s->mark, *p = &a; asm volatile("" : "+r"(p)); if (s->mark == 7) p = &b; asm volatile("" : "+r"(p)); return bpf_map_peek_elem(&filter, p) ? 1 : 0; }
/* A branch that a constant decides leads to the only read: 7.2 takes it away. */
SEC("tc") ASMPROG int read_in_dead_code(void) { asm volatile("r6 = r1; r1 = *(u32 *)(r6 + 0); *(u64 *)(r10 - 8) = r1; r7 = 3; r1 = *(u32 *)(r6 + 8); if r1 == 7 goto 1f; call 7; 1: r1 = %[filter] ll; r2 = r10; r2 += -8; call 89; r0 = 0; if r7 != 4 goto 2f; r0 = *(u64 *)(r10 - 8); 2: exit;" :: MAP(filter)); }
/* A chain of functions with the stack's address, each called from four places: 7.2 looks at 10,000 ways at most. */
#define LINK(name, next) static __noinline int name(u64 *p) { return next(p) + next(p) + next(p) + next(p); }
static __noinline int link0(u64 *p) { return *p; }
LINK(link1, link0) LINK(link2, link1) LINK(link3, link2) LINK(link4, link3) LINK(link5, link4) LINK(link6, link5)
SEC("tc") int many_ways(struct __sk_buff *s) { u64 v = s->len; return link6(&v) + link6(&v) + link6(&v); }
SEC("tc") int fewer_ways(struct __sk_buff *s) { u64 v = s->len; return link5(&v); }
