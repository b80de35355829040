#include "probes.h"
GPL;
/* Functions as compilers leave them: copies for one argument, hidden ones, weak ones, and those that only look global. */
ARRAY(arr, struct bytes48, 1);
struct op { int (*f)(int); };
/* The compiler makes copies of a global function that is called with constants: they have a local symbol and a global type. */
__attribute__((noinline)) int weighs(u32 at, int kind) { u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); int r = 0; if (!v) return 0; for (int i = 0; i < 3; i++) { OPAQUE(r); if (kind == 1) r += v->b[at]; else if (kind == 2) r -= v->b[at] * 3; else if (kind == 3) r ^= v->b[at] << 3; else r += 5; } return r; }
SEC("tc") int copy_one(struct __sk_buff *s) { return weighs(3, 1) & 1; }
SEC("tc") int copy_two(struct __sk_buff *s) { return weighs(4, 2) & 1; }
SEC("tc") int copy_three(struct __sk_buff *s) { return weighs(5, 3) & 1; }
__attribute__((noinline)) u64 reads_at(struct bytes48 *p, struct __sk_buff *s) { u64 x = (u64)p; x = x * 7 + 3; x ^= x >> 3; x = x * 11 + (x << 9); x ^= x >> 7; return s->mark + x; }
SEC("tc") int copy_null(struct __sk_buff *s) { return reads_at(0, s) & 1; }
SEC("tc") int copy_number(struct __sk_buff *s) { return reads_at((void *)64, s) & 1; }
SEC("tc") int copy_value(struct __sk_buff *s) { u32 k = 0; return reads_at(bpf_map_lookup_elem(&arr, &k), s) & 1; }
/* Hidden: its type is made static. */
__attribute__((visibility("hidden"), noinline)) int hidden_pick(u32 at) { u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v ? v->b[at] : 0; }
SEC("tc") int hidden(struct __sk_buff *s) { return hidden_pick(3) & 1; }
/* Weak. */
__attribute__((weak, noinline)) int weak_pick(u32 at) { u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v ? v->b[at] : 0; }
SEC("tc") int weak(struct __sk_buff *s) { return weak_pick(3) & 1; }
__attribute__((weak, noinline)) int weak_checked(u32 at) { u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v && at < 48 ? v->b[at] : 0; }
SEC("tc") int weak_good(struct __sk_buff *s) { return weak_checked(3) & 1; }
/* An alias of a function. */
static __noinline int real_pick(u32 at) { u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); OPAQUE(at); return v ? v->b[at & 31] : 0; }
SEC("tc") int of_static(struct __sk_buff *s) { return real_pick(3) & 1; }
/* Not static, but only used here. */
__noinline int void_pointer(void *p) { return p ? 1 : 0; }
SEC("tc") int to_void_pointer(struct __sk_buff *s) { u64 x = 0; return void_pointer(&x) & 1; }
__noinline void no_result(int x) { OPAQUE(x); }
SEC("tc") int to_no_result(struct __sk_buff *s) { no_result(3); return 0; }
__noinline int *pointer_result(int x) { OPAQUE(x); return 0; }
SEC("tc") int to_pointer_result(struct __sk_buff *s) { return pointer_result(3) ? 1 : 0; }
__noinline int six_arguments_five(int a, int b, int c, int d, int e) { OPAQUE(a); return a + b + c + d + e; }
SEC("tc") int to_five(struct __sk_buff *s) { return six_arguments_five(s->mark, 2, 3, 4, 5) & 1; }
