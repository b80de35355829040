#include "probes.h"
GPL;
/* Arguments of functions that are checked on their own: what their types and tags promise and what callers bring. */
#define TAG(x) __attribute__((btf_decl_tag("arg:" #x)))
struct pair { u64 a, b; };
struct big { char b[300]; };
enum kind { K_A, K_B };
union either { u64 a; u32 b; };
ARRAY(arr, struct bytes48, 1);
HASH(small, u32, u64, 4);
RINGBUF(ring);
#define VALUE(v) u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k)

__noinline int g_pair(struct pair *p) { return p ? p->a + p->b : 0; }
__noinline int g_pair_unchecked(struct pair *p) { return p->a; }
__noinline int g_pair_nonnull(struct pair *p TAG(nonnull)) { return p->a; }
__noinline int g_pair_past(struct pair *p TAG(nonnull)) { return ((volatile u64 *)p)[2]; }
__noinline int g_pair_writes(struct pair *p) { if (p) p->b = 1; return 0; }
__noinline int g_pair_const(const struct pair *p) { return p ? p->a : 0; }
SEC("tc") int pair_stack(void *c) { struct pair p = { 1, 2 }; return g_pair(&p) & 1; }
SEC("tc") int pair_half(void *c) { u64 p = 1; return g_pair((void *)&p) & 1; }
SEC("tc") int pair_value(void *c) { VALUE(v); return v ? g_pair((void *)v) & 1 : 0; }
SEC("tc") int pair_value_maybe(void *c) { VALUE(v); return g_pair((void *)v) & 1; }
SEC("tc") int pair_value_end(void *c) { VALUE(v); return v ? g_pair((void *)v + 40) & 1 : 0; }
SEC("tc") int pair_null(void *c) { return g_pair(0) & 1; }
SEC("tc") int pair_number(void *c) { u64 n = 5; OPAQUE(n); return g_pair((void *)n) & 1; }
SEC("tc") int pair_context(void *c) { return g_pair(c) & 1; }
SEC("tc") int pair_packet(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 16 > e) return 0; return g_pair((void *)p) & 1; }
SEC("tc") int pair_packet_written(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 16 > e) return 0; return g_pair_writes((void *)p) & 1; }
SEC("cgroup_skb/ingress") int pair_packet_read_only(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 16 > e) return 1; return g_pair_writes((void *)p) & 1; }
SEC("tc") int pair_record(void *c) { struct pair *r = bpf_ringbuf_reserve(&ring, 16, 0); if (!r) return 0; r->a = 1; g_pair(r); bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int pair_record_maybe(void *c) { struct pair *r = bpf_ringbuf_reserve(&ring, 16, 0); g_pair(r); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int pair_unwritten(void *c) { struct pair p; OPAQUE(c); return g_pair(&p) & 1; }
SEC("tc") int pair_is_unchecked(void *c) { struct pair p = {}; return g_pair_unchecked(&p) & 1; }
SEC("tc") int pair_is_past(void *c) { struct pair p = {}; return g_pair_past(&p) & 1; }
SEC("tc") int pair_is_const(void *c) { struct pair p = {}; return g_pair_const(&p) & 1; }
SEC("tc") int nonnull_stack(void *c) { struct pair p = {}; return g_pair_nonnull(&p) & 1; }
SEC("tc") int nonnull_null(void *c) { return g_pair_nonnull(0) & 1; }
SEC("tc") int nonnull_maybe(void *c) { VALUE(v); return g_pair_nonnull((void *)v) & 1; }
SEC("lsm/file_open") int pair_task(void *c) { return g_pair((void *)bpf_get_current_task_btf()) & 0; }
/* Other kinds of arguments. */
__noinline int g_big(struct big *p) { return p ? p->b[299] : 0; }
SEC("tc") int big_stack(void *c) { struct big p = {}; return g_big(&p) & 1; }
__noinline int g_enum(enum kind k) { return k == K_B; }
SEC("tc") int enum_number(void *c) { return g_enum(7) & 1; }
SEC("tc") int enum_pointer(struct __sk_buff *s) { return g_enum((long)s) & 1; }
__noinline int g_union(union either *p) { return p ? p->b : 0; }
SEC("tc") int union_stack(void *c) { union either p = { 1 }; return g_union(&p) & 1; }
__noinline int g_pointer_pointer(int **p) { return p ? 1 : 0; }
SEC("tc") int pointer_pointer(void *c) { int *p = 0; return g_pointer_pointer(&p) & 1; }
__noinline int g_text(const char *p) { return p ? p[0] : 0; }
SEC("tc") int text_stack(void *c) { char p[4] = "abc"; return g_text(p) & 1; }
__noinline int g_text_second(const char *p) { return p ? p[1] : 0; }
SEC("tc") int text_second(void *c) { char p[4] = "abc"; return g_text_second(p) & 1; }
__noinline int g_array(int (*p)[4]) { return p ? (*p)[3] : 0; }
SEC("tc") int array_stack(void *c) { int p[4] = {}; return g_array(&p) & 1; }
__noinline int g_forward(struct nowhere *p) { return p ? 1 : 0; }
SEC("tc") int forward_stack(void *c) { u64 p = 0; return g_forward((void *)&p) & 1; }
__noinline int g_bool(bool b, char c, short s, u64 l) { return b + c + s + l; }
SEC("tc") int numbers(struct __sk_buff *s) { return g_bool(1, 2, s->mark, -1) & 1; }
__noinline int g_function(int (*f)(int)) { return f ? 1 : 0; }
SEC("tc") int function_null(void *c) { return g_function(0) & 1; }
__noinline int g_double_context(struct __sk_buff *s, struct __sk_buff *t) { return s->len + t->len; }
SEC("tc") int context_twice(struct __sk_buff *s) { return g_double_context(s, s) & 1; }
SEC("tc") int context_moved(struct __sk_buff *s) { return g_double_context(s, (void *)s + 4) & 1; }
SEC("xdp") int context_of_other(struct __sk_buff *s) { return g_double_context(s, s) & 1; }
__noinline int g_tagged_context(void *c TAG(ctx)) { return c ? 1 : 0; }
SEC("tc") int tagged_context(void *c) { return g_tagged_context(c) & 1; }
SEC("kprobe") int tagged_context_kprobe(void *c) { return g_tagged_context(c) & 1; }
SEC("tp_btf/sched_switch") int tagged_context_tracing(void *c) { return g_tagged_context(c) & 0; }
SEC("tc") int tagged_context_stack(void *c) { u64 p = 0; return g_tagged_context(&p) & 1; }
__noinline int g_unknown_tag(struct pair *p TAG(whatever)) { return p ? p->a : 0; }
SEC("tc") int unknown_tag(void *c) { struct pair p = {}; return g_unknown_tag(&p) & 1; }
__noinline int g_two_tags(struct pair *p TAG(nonnull) TAG(nullable)) { return p ? p->a : 0; }
SEC("tc") int two_tags(void *c) { struct pair p = {}; return g_two_tags(&p) & 1; }
__noinline int g_tag_on_number(int x TAG(nonnull)) { OPAQUE(x); return x; }
SEC("tc") int tag_on_number(void *c) { return g_tag_on_number(3) & 1; }
__noinline int g_trusted_local(struct pair *p TAG(trusted)) { return p->a; }
SEC("tc") int trusted_local(void *c) { struct pair p = {}; return g_trusted_local(&p) & 1; }
/* Tags on a static function say nothing. */
static __noinline int s_nonnull(struct pair *p TAG(nonnull)) { return p ? p->a : 0; }
SEC("tc") int static_nonnull(void *c) { return s_nonnull(0) & 1; }
/* Results: of 8, 1, unsigned, an enumeration, a structure's pointer; used as an index. */
__noinline u64 g_wide(int x) { OPAQUE(x); return x; }
__noinline char g_char(int x) { OPAQUE(x); return x; }
__noinline enum kind g_kind(int x) { OPAQUE(x); return x & 1; }
SEC("tc") int result_index(void *c) { VALUE(v); return v ? v->b[g_wide(3)] & 1 : 0; }
SEC("tc") int result_masked(void *c) { VALUE(v); return v ? v->b[g_wide(3) & 31] & 1 : 0; }
SEC("tc") int result_char(void *c) { VALUE(v); return v ? v->b[g_char(3) & 31] & 1 : 0; }
SEC("tc") int result_kind(void *c) { return g_kind(3) & 1; }
/* After the call nothing is left of what was known: the stack is written, packet pointers may have moved. */
__noinline int g_fills(u64 *p) { if (p) *p = 100; return 0; }
SEC("tc") int filled_is_unknown(void *c) { u64 i = 3; VALUE(v); if (!v) return 0; g_fills(&i); return v->b[i] & 1; }
SEC("tc") int filled_is_checked(void *c) { u64 i = 3; VALUE(v); if (!v) return 0; g_fills(&i); return i < 48 ? v->b[i] & 1 : 0; }
__noinline int g_moves(struct __sk_buff *s) { return bpf_skb_pull_data(s, 0); }
SEC("tc") int packet_after_moves(struct __sk_buff *s) { char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; g_moves(s); return p[0] & 1; }
SEC("tc") int packet_after_fills(struct __sk_buff *s) { u64 i = 3; char *p = (void *)(long)s->data, *e = (void *)(long)s->data_end; if (p + 1 > e) return 0; g_fills(&i); return p[0] & 1; }
/* A pointer spilled where the function may write. */
SEC("tc") int spilled_over(void *c) { VALUE(v); struct bytes48 *volatile slot = v; if (!v) return 0; g_fills((void *)&slot); return slot->b[0] & 1; }
/* Called with what only one path has. */
SEC("tc") int one_path_number(struct __sk_buff *s) { struct pair p = {}, *q = s->mark ? &p : 0; return g_pair(q) & 1; }
