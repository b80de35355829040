#include "probes.h"
GPL;
/* Static and global subprograms, callbacks, tail calls together with calls: arguments, results, depth, lone checking. */
ARRAY(arr, struct bytes48, 1);
HASH(hash, __u32, __u64, 8);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct pair { __u32 a, b; };
int chosen;

/* A global function takes a number and returns one: the caller knows nothing about it. */
__noinline int g_identity(int x) { OPAQUE(x); return x; }
SEC("tc") int global_result_unknown(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return v->b[g_identity(3)]; }
/* The result of a static function is known. */
static __noinline int s_identity(int x) { OPAQUE(x); return 3; }
SEC("tc") int static_result_known(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; __u64 i = s_identity(s->mark); OPAQUE(i); return v->b[i]; }
/* The result is checked by the caller. */
SEC("tc") int global_result_checked(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; __u32 i = g_identity(3); if (i > 47) return 0; OPAQUE(i); if (i > 47) return 0; return v->b[i] & 1; }
/* A pointer argument of a global function may be null: it must check. */
__noinline int g_sum(struct pair *p) { return p ? p->a + p->b : 0; }
SEC("tc") int global_pointer_checked(struct __sk_buff *s) { struct pair p = {1, 2}; return g_sum(&p); }
/* It does not check. */
__noinline int g_sum_unchecked(struct pair *p) { return p->a + p->b; }
SEC("tc") int global_pointer_unchecked(struct __sk_buff *s) { struct pair p = {1, 2}; return g_sum_unchecked(&p); }
/* An argument tagged nonnull needs no check on kernels that know the tag. */
__noinline int g_sum_nonnull(struct pair *p __arg_nonnull) { return p->a + p->b; }
SEC("tc") int global_pointer_nonnull(struct __sk_buff *s) { struct pair p = {1, 2}; return g_sum_nonnull(&p); }
/* A possibly null pointer for a nonnull argument. */
SEC("tc") int global_pointer_nonnull_maybe(struct __sk_buff *s) { __u32 k = 0; return g_sum_nonnull(bpf_map_lookup_elem(&hash, &k)); }
/* A pointer that may be null is passed to the function that checks. */
SEC("tc") int global_pointer_maybe_null(struct __sk_buff *s) { __u32 k = 0; return g_sum(bpf_map_lookup_elem(&hash, &k)); }
/* Constant null for it. */
SEC("tc") int global_pointer_null(struct __sk_buff *s) { return g_sum(0); }
/* Memory that is too small for the argument. */
SEC("tc") ASMPROG int global_pointer_too_small(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r1 = r10; r1 += -4; call g_sum; r0 = 0; exit;"); }
/* A number where a pointer is expected. */
SEC("tc") ASMPROG int global_pointer_is_number(void) { asm volatile("r1 = 5; call g_sum; r0 = 0; exit;"); }
/* A pointer where a number is expected. */
SEC("tc") ASMPROG int global_number_is_pointer(void) { asm volatile("r1 = r10; call g_identity; r0 = 0; exit;"); }
/* An argument that was never set. */
SEC("tc") ASMPROG int global_argument_missing(void) { asm volatile("r1 = 1; r2 = 0; call g_three; r0 = 0; exit;"); }
__noinline int g_three(int a, int b, int c) { OPAQUE(a); return a + b + c; }
/* A global function reads the context. */
__noinline int g_mark(struct __sk_buff *s) { return s->mark; }
SEC("tc") int global_context(struct __sk_buff *s) { return g_mark(s) & 1; }
/* Something else is passed for the context. */
SEC("tc") ASMPROG int global_context_is_stack(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = r10; r1 += -8; call g_mark; r0 = 0; exit;"); }
/* A moved context is passed. */
SEC("tc") ASMPROG int global_context_moved(void) { asm volatile("r1 += 8; call g_mark; r0 = 0; exit;"); }
/* The context of another type of program. */
__noinline int g_xdp(struct xdp_md *x) { return x->rx_queue_index; }
SEC("tc") int global_context_of_other_type(struct __sk_buff *s) { return g_xdp((void *)s) & 1; }
/* A pointer to a pointer. */
__noinline int g_double(struct pair **p) { return p ? 1 : 0; }
SEC("tc") int global_pointer_to_pointer(struct __sk_buff *s) { struct pair q = {}, *p = &q; return g_double(&p); }
/* An argument tagged as the context. */
__noinline int g_tagged(void *c __arg_ctx) { return ((struct __sk_buff *)c)->mark; }
SEC("tc") int global_context_tagged(struct __sk_buff *s) { return g_tagged(s) & 1; }
/* The result is void. */
__noinline void g_void(int x) { chosen = x; }
SEC("tc") int global_void(struct __sk_buff *s) { g_void(2); return 0; }
/* The result is a pointer. */
__noinline struct pair *g_returns_pointer(int x) { return 0; }
SEC("tc") int global_returns_pointer(struct __sk_buff *s) { return g_returns_pointer(1) ? 1 : 0; }
/* The body reads an uninitialised register: refused although no caller reaches it with this. */
__attribute__((naked, noinline)) int g_bad_body(void) { asm volatile("r0 = r6; exit;"); }
SEC("tc") int global_body_refused(struct __sk_buff *s) { return g_bad_body(); }
/* The global function is called on a path that is dead. */
SEC("tc") ASMPROG int global_body_refused_dead_call(void) { asm volatile("r0 = 0; if r0 == 0 goto 8f; call g_bad_body; 8: r0 = 0; exit;"); }
/* The function returns nothing in r0. */
__attribute__((naked, noinline)) int g_no_result(void) { asm volatile("exit;"); }
SEC("tc") int global_without_result(struct __sk_buff *s) { return g_no_result(); }
/* A global function that calls another global function. */
__noinline int g_outer(int x) { return g_identity(x) + 1; }
SEC("tc") int global_calls_global(struct __sk_buff *s) { return g_outer(1) & 1; }
/* A static function returns a map value. */
static __noinline struct bytes48 *s_find(void) { __u32 k = 0; return bpf_map_lookup_elem(&arr, &k); }
SEC("tc") int static_returns_value(struct __sk_buff *s) { struct bytes48 *v = s_find(); return v ? v->b[0] & 1 : 0; }
/* The caller forgets the check. */
static __noinline __u64 *s_find_hash(__u32 k) { return bpf_map_lookup_elem(&hash, &k); }
SEC("tc") int static_returns_value_unchecked(struct __sk_buff *s) { return *s_find_hash(s->mark) & 1; }
/* A static function gets a pointer and a size that belong together. */
static __noinline int s_last(const char *p, __u32 n) { if (n == 0 || n > 16) return 0; OPAQUE(n); if (n == 0 || n > 16) return 0; return p[n - 1]; }
SEC("tc") int static_pointer_and_size(struct __sk_buff *s) { char b[16] = {}; asm volatile("" : : "r"(b) : "memory"); return s_last(b, s->mark) & 1; }
/* The buffer is smaller than the size the callee allows. */
SEC("tc") int static_pointer_and_size_small(struct __sk_buff *s) { char b[8] = {}; asm volatile("" : : "r"(b) : "memory"); return s_last(b, s->mark) & 1; }
/* Eight frames are the limit. */
#define LINK(n, next) static __noinline int d##n(int x) { OPAQUE(x); return d##next(x) + n; }
static __noinline int d8(int x) { OPAQUE(x); return x; }
LINK(7, 8) LINK(6, 7) LINK(5, 6) LINK(4, 5) LINK(3, 4) LINK(2, 3) LINK(1, 2)
SEC("tc") int depth_of_eight(struct __sk_buff *s) { return d2(s->mark); }
/* Nine are too many. */
SEC("tc") int depth_of_nine(struct __sk_buff *s) { return d1(s->mark); }
/* A tail call in a program with subprograms. */
static __noinline int s_tail(struct __sk_buff *s) { bpf_tail_call(s, &progs, 0); return 1; }
SEC("tc") int tail_call_in_static(struct __sk_buff *s) { return s_tail(s); }
/* A tail call with a frame of 300 bytes below it. */
SEC("tc") ASMPROG int tail_call_deep_stack(void) { asm volatile("r2 = 0; *(u64 *)(r10 - 304) = r2; call s_tail; r0 = 0; exit;"); }
/* A frame of 256 bytes and a tail call below it: the limit for chains with tail calls. */
SEC("tc") ASMPROG int tail_call_stack_256(void) { asm volatile("r2 = 0; *(u64 *)(r10 - 256) = r2; call s_tail; r0 = 0; exit;"); }
SEC("tc") ASMPROG int tail_call_stack_224(void) { asm volatile("r2 = 0; *(u64 *)(r10 - 224) = r2; call s_tail; r0 = 0; exit;"); }
/* The result of a tail call that failed is a number. */
SEC("tc") int tail_call_falls_through(struct __sk_buff *s) { bpf_tail_call(s, &progs, 9); return 2; }
/* A callback for every element. */
static long c_each(struct bpf_map *m, const __u32 *k, __u64 *v, int *sum) { *sum += *v; return 0; }
SEC("tc") int callback_each(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_each, &sum, 0); return sum & 1; }
/* It returns 1 to stop. */
static long c_stop(struct bpf_map *m, const __u32 *k, __u64 *v, int *sum) { return 1; }
SEC("tc") int callback_stops(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_stop, &sum, 0); return 0; }
/* It returns 2. */
static long c_two(struct bpf_map *m, const __u32 *k, __u64 *v, int *sum) { return 2; }
SEC("tc") int callback_returns_two(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_two, &sum, 0); return 0; }
/* It writes the key. */
static long c_write_key(struct bpf_map *m, __u32 *k, __u64 *v, int *sum) { *k = 0; return 0; }
SEC("tc") int callback_writes_key(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_write_key, &sum, 0); return 0; }
/* It reads past the key. */
static long c_past_key(struct bpf_map *m, __u32 *k, __u64 *v, int *sum) { *sum = *(volatile __u32 *)(k + 1); return 0; }
SEC("tc") int callback_past_key(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_past_key, &sum, 0); return 0; }
/* It reads past the value. */
static long c_past_value(struct bpf_map *m, __u32 *k, __u64 *v, int *sum) { *sum = *(volatile __u64 *)(v + 1); return 0; }
SEC("tc") int callback_past_value(struct __sk_buff *s) { int sum = 0; bpf_for_each_map_elem(&hash, c_past_value, &sum, 0); return 0; }
/* It uses its context as a longer structure than the caller's. */
static long c_past_context(struct bpf_map *m, __u32 *k, __u64 *v, __u64 *sum) { sum[1] = 0; return 0; }
SEC("tc") ASMPROG int callback_past_context(void) { asm volatile("r1 = 0; *(u64 *)(r10 - 8) = r1; r1 = %[hash] ll; r2 = %[cb] ll; r3 = r10; r3 += -8; r4 = 0; call 164; r0 = 0; exit;" :: MAP(hash), [cb] "i"(c_past_context)); }
/* The callback is no function. */
SEC("tc") ASMPROG int callback_is_number(void) { asm volatile("r1 = %[hash] ll; r2 = 5; r3 = 0; r4 = 0; call 164; r0 = 0; exit;" :: MAP(hash)); }
/* bpf_loop counts. */
static long c_count(__u32 i, __u64 *n) { *n += 1; return 0; }
SEC("tc") int loop_counts(struct __sk_buff *s) { __u64 n = 0; bpf_loop(100, c_count, &n, 0); return n & 1; }
/* What the callback wrote is an index behind the loop. */
SEC("tc") int loop_result_unknown(struct __sk_buff *s) { __u32 k = 0; __u64 n = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_loop(10, c_count, &n, 0); OPAQUE(v); return v->b[n]; }
/* The result is checked. */
SEC("tc") int loop_result_checked(struct __sk_buff *s) { __u32 k = 0; __u64 n = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_loop(10, c_count, &n, 0); OPAQUE(v); if (n > 47) return 0; return v->b[n] & 1; }
/* The index of bpf_loop is any number to the callback. */
static long c_index(__u32 i, char *b) { b[i] = 1; return 0; }
SEC("tc") int loop_index_unchecked(struct __sk_buff *s) { char b[16] = {}; bpf_loop(16, c_index, b, 0); return 0; }
/* The callback checks the index. */
static long c_index_checked(__u32 i, char *b) { if (i >= 16) return 1; OPAQUE(i); if (i >= 16) return 1; b[i] = 1; return 0; }
SEC("tc") int loop_index_checked(struct __sk_buff *s) { char b[16] = {}; bpf_loop(16, c_index_checked, b, 0); return b[3]; }
/* bpf_loop inside bpf_loop. */
static long c_nested(__u32 i, __u64 *n) { bpf_loop(10, c_count, n, 0); return 0; }
SEC("tc") int loop_nested(struct __sk_buff *s) { __u64 n = 0; bpf_loop(10, c_nested, &n, 0); return n & 1; }
/* The callback starts its own loop again. */
static long c_self(__u32 i, __u64 *n) { bpf_loop(10, c_self, n, 0); return 0; }
SEC("tc") int loop_recursive(struct __sk_buff *s) { __u64 n = 0; bpf_loop(10, c_self, &n, 0); return n & 1; }
/* bpf_loop with more rounds than the run time allows is no matter for the verifier. */
SEC("tc") int loop_too_many_rounds(struct __sk_buff *s) { __u64 n = 0; bpf_loop(1 << 24, c_count, &n, 0); return n & 1; }
/* The flags must be zero at run time only. */
SEC("tc") int loop_flags(struct __sk_buff *s) { __u64 n = 0; bpf_loop(4, c_count, &n, 1); return n & 1; }
/* Null as the callback's context. */
static long c_nothing(__u32 i, void *n) { return 0; }
SEC("tc") int loop_context_null(struct __sk_buff *s) { bpf_loop(4, c_nothing, 0, 0); return 0; }
/* The callback reads through the null context. */
static long c_reads(__u32 i, __u64 *n) { return *n & 1; }
SEC("tc") int loop_context_null_read(struct __sk_buff *s) { bpf_loop(4, c_reads, 0, 0); return 0; }
/* A function that is a callback is called directly as well. */
SEC("tc") int callback_called_directly(struct __sk_buff *s) { __u64 n = 0; c_count(1, &n); bpf_loop(4, c_count, &n, 0); return n & 1; }
