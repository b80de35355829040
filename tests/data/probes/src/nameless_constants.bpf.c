#include "probes.h"
GPL;
/* A section of constants without names has types without variables: 5.10 refuses the types of the whole object. */
ARRAY(arr, struct bytes48, 1);
struct locked { struct bpf_spin_lock lock; int n; };
ARRAY(locks, struct locked, 1);
struct key { __u64 a[6]; };
static __noinline int uses(struct key *k, int at) { return k->a[at & 3] & 1; }
__noinline int global_pointer(struct key *k) { return k ? (int)k->a[0] : 0; }
__noinline int global_context(struct __sk_buff *s) { return s->len; }
__noinline int global_number(int n) { return n + 1; }
#define CONSTANT struct key k = { { 11, 22, 33, 44, 55, 66 } }
SEC("tc") int constant(struct __sk_buff *s) { CONSTANT; return uses(&k, s->mark); }
SEC("tc") int constant_to_global(struct __sk_buff *s) { CONSTANT; return (uses(&k, s->mark) + global_pointer(&k)) & 1; }
SEC("tc") int null_to_global(struct __sk_buff *s) { return global_pointer(0) & 1; }
SEC("tc") int context_to_global(struct __sk_buff *s) { return global_context(s) & 1; }
SEC("tc") int packet_to_global(struct __sk_buff *s) { return global_context((void *)(long)s->data) & 1; }
SEC("tc") int number_to_global(struct __sk_buff *s) { return global_number(s->mark) & 1; }
SEC("tc") int pointer_to_global_number(struct __sk_buff *s) { return global_number((long)s) & 1; }
SEC("tc") int value(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v ? v->b[0] & 1 : 0; }
SEC("tc") int lock(struct __sk_buff *s) { __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&locks, &k); if (!v) return 0; bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int legacy_in_function(struct __sk_buff *s) { CONSTANT; return uses(&k, s->hash); }
