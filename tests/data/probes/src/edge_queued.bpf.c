#include "probes.h"
GPL;
/* Locks that queue: order, nesting with other locks and regions, functions, callbacks, objects. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct guarded { struct bpf_res_spin_lock lock; __u32 n; };
struct plain_guarded { struct bpf_spin_lock lock; __u32 n; };
struct item { struct bpf_list_node node; __u64 key; };
ARRAY(first, struct guarded, 2);
HASH(second, __u32, struct guarded, 4);
ARRAY(third, struct plain_guarded, 1);
RINGBUF(ring);
private(A) struct bpf_res_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
private(B) struct bpf_res_spin_lock lock_b;
#define FIND(v) __u32 k = 0; struct guarded *v = bpf_map_lookup_elem(&first, &k); if (!v) return 0
#define FIND2(w) struct guarded *w = bpf_map_lookup_elem(&second, &k); if (!w) return 0
#define LOCK(l) if (bpf_res_spin_lock(l)) return 0
#define UNLOCK(l) bpf_res_spin_unlock(l)
static __noinline int calm(int x) { OPAQUE(x); return x; }
__noinline int calm_global(int x) { OPAQUE(x); return x; }

/* A global variable's lock. */
SEC("tc") int of_variable(struct __sk_buff *s) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
/* Two variables' locks, nested. */
SEC("tc") int of_two_variables(struct __sk_buff *s) { LOCK(&lock_a); if (bpf_res_spin_lock(&lock_b)) { UNLOCK(&lock_a); return 0; } UNLOCK(&lock_b); UNLOCK(&lock_a); return 0; }
/* Opened under the other's name. */
SEC("tc") int opened_other(struct __sk_buff *s) { LOCK(&lock_a); UNLOCK(&lock_b); return 0; }
/* Two elements of one map. */
SEC("tc") int of_two_elements(struct __sk_buff *s) { FIND(v); k = 1; struct guarded *w = bpf_map_lookup_elem(&first, &k); if (!w) return 0; LOCK(&v->lock); if (bpf_res_spin_lock(&w->lock)) { UNLOCK(&v->lock); return 0; } UNLOCK(&w->lock); UNLOCK(&v->lock); return 0; }
/* The same element found twice. */
SEC("tc") int found_again(struct __sk_buff *s) { FIND(v); struct guarded *w = bpf_map_lookup_elem(&first, &k); if (!w) return 0; LOCK(&v->lock); UNLOCK(&w->lock); return 0; }
/* Inside a plain lock, and a plain lock inside. */
SEC("tc") int inside_plain(struct __sk_buff *s) { FIND(v); struct plain_guarded *w = bpf_map_lookup_elem(&third, &k); if (!w) return 0; bpf_spin_lock(&w->lock); if (bpf_res_spin_lock(&v->lock)) { bpf_spin_unlock(&w->lock); return 0; } UNLOCK(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
SEC("tc") int plain_inside(struct __sk_buff *s) { FIND(v); struct plain_guarded *w = bpf_map_lookup_elem(&third, &k); if (!w) return 0; LOCK(&v->lock); bpf_spin_lock(&w->lock); bpf_spin_unlock(&w->lock); UNLOCK(&v->lock); return 0; }
/* The plain lock's functions and this one's crossed. */
SEC("tc") int queued_function_on_plain(struct __sk_buff *s) { __u32 k = 0; struct plain_guarded *w = bpf_map_lookup_elem(&third, &k); if (!w) return 0; if (bpf_res_spin_lock((void *)&w->lock)) return 0; bpf_res_spin_unlock((void *)&w->lock); return 0; }
/* irqsave: nested in order, out of order, unlocked by the plain function, flags of another. */
SEC("tc") int irq_two(struct __sk_buff *s) { unsigned long f, g; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; if (bpf_res_spin_lock_irqsave(&lock_b, &g)) { bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; } bpf_res_spin_unlock_irqrestore(&lock_b, &g); bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; }
SEC("tc") int irq_two_crossed(struct __sk_buff *s) { unsigned long f, g; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; if (bpf_res_spin_lock_irqsave(&lock_b, &g)) { bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; } bpf_res_spin_unlock_irqrestore(&lock_a, &f); bpf_res_spin_unlock_irqrestore(&lock_b, &g); return 0; }
SEC("tc") int irq_flags_exchanged(struct __sk_buff *s) { unsigned long f, g; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; if (bpf_res_spin_lock_irqsave(&lock_b, &g)) { bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; } bpf_res_spin_unlock_irqrestore(&lock_b, &f); bpf_res_spin_unlock_irqrestore(&lock_a, &g); return 0; }
SEC("tc") int irq_plain_unlock(struct __sk_buff *s) { unsigned long f; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; bpf_res_spin_unlock(&lock_a); return 0; }
SEC("tc") int irq_unlock_of_plain(struct __sk_buff *s) { unsigned long f; LOCK(&lock_a); bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; }
SEC("tc") int irq_inside_plain_lock(struct __sk_buff *s) { unsigned long f; LOCK(&lock_a); if (bpf_res_spin_lock_irqsave(&lock_b, &f)) { UNLOCK(&lock_a); return 0; } bpf_res_spin_unlock_irqrestore(&lock_b, &f); UNLOCK(&lock_a); return 0; }
SEC("tc") int irq_leak(struct __sk_buff *s) { unsigned long f; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; return 1; }
SEC("tc") int irq_unchecked(struct __sk_buff *s) { unsigned long f; bpf_res_spin_lock_irqsave(&lock_a, &f); bpf_res_spin_unlock_irqrestore(&lock_a, &f); return 0; }
SEC("tc") int irq_flags_twice(struct __sk_buff *s) { unsigned long f; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; if (bpf_res_spin_lock_irqsave(&lock_b, &f)) return 0; return 1; }
SEC("tc") int irq_save_around(struct __sk_buff *s) { unsigned long f, g; bpf_local_irq_save(&f); if (bpf_res_spin_lock_irqsave(&lock_a, &g)) { bpf_local_irq_restore(&f); return 0; } bpf_res_spin_unlock_irqrestore(&lock_a, &g); bpf_local_irq_restore(&f); return 0; }
/* The result compared in other ways. */
SEC("tc") int compared_less(struct __sk_buff *s) { int r = bpf_res_spin_lock(&lock_a); if (r < 0) return 0; UNLOCK(&lock_a); return 0; }
SEC("tc") int compared_one(struct __sk_buff *s) { int r = bpf_res_spin_lock(&lock_a); if (r == -35) return 0; UNLOCK(&lock_a); return 0; }
SEC("tc") int failed_branch_unlocks(struct __sk_buff *s) { if (bpf_res_spin_lock(&lock_a)) { UNLOCK(&lock_a); return 0; } UNLOCK(&lock_a); return 0; }
/* Functions while it is held, and in functions. */
SEC("tc") int static_inside(struct __sk_buff *s) { LOCK(&lock_a); int x = calm(1); UNLOCK(&lock_a); return x; }
SEC("tc") int global_inside(struct __sk_buff *s) { LOCK(&lock_a); int x = calm_global(1); UNLOCK(&lock_a); return x; }
static __noinline int take(void) { return bpf_res_spin_lock(&lock_a); }
static __noinline void give(void) { bpf_res_spin_unlock(&lock_a); }
SEC("tc") int by_functions(struct __sk_buff *s) { if (take()) return 0; give(); return 0; }
SEC("tc") int left_by_function(struct __sk_buff *s) { if (take()) return 0; return 1; }
__noinline int g_takes(int x) { OPAQUE(x); if (bpf_res_spin_lock(&lock_a)) return 0; UNLOCK(&lock_a); return x; }
SEC("tc") int in_global(struct __sk_buff *s) { return g_takes(1); }
__noinline int g_leaks(int x) { OPAQUE(x); return bpf_res_spin_lock(&lock_a); }
SEC("tc") int left_by_global(struct __sk_buff *s) { return g_leaks(1) & 1; }
static long c_takes(__u32 i, void *c) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
SEC("tc") int in_callback(struct __sk_buff *s) { bpf_loop(2, c_takes, 0, 0); return 0; }
static long c_leaks(__u32 i, void *c) { if (bpf_res_spin_lock(&lock_a)) return 1; return 0; }
SEC("tc") int left_by_callback(struct __sk_buff *s) { bpf_loop(2, c_leaks, 0, 0); return 0; }
static long c_calm(__u32 i, void *c) { return 0; }
SEC("tc") int callback_inside(struct __sk_buff *s) { LOCK(&lock_a); bpf_loop(2, c_calm, 0, 0); UNLOCK(&lock_a); return 0; }
/* What sleeps; a section; preemption; an iterator; a record inside. */
SEC("lsm.s/file_open") int sleeps_inside(void *c) { char b[8]; LOCK(&lock_a); bpf_copy_from_user(b, 8, (void *)4096); UNLOCK(&lock_a); return 0; }
SEC("lsm.s/file_open") int in_sleepable(void *c) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
SEC("tc") int section_inside(struct __sk_buff *s) { LOCK(&lock_a); bpf_rcu_read_lock(); bpf_rcu_read_unlock(); UNLOCK(&lock_a); return 0; }
SEC("tc") int preempt_inside(struct __sk_buff *s) { LOCK(&lock_a); bpf_preempt_disable(); bpf_preempt_enable(); UNLOCK(&lock_a); return 0; }
SEC("tc") int preempt_crossed(struct __sk_buff *s) { LOCK(&lock_a); bpf_preempt_disable(); UNLOCK(&lock_a); bpf_preempt_enable(); return 0; }
SEC("tc") int iterator_inside(struct __sk_buff *s) { struct bpf_iter_num it; LOCK(&lock_a); bpf_iter_num_new(&it, 0, 3); while (bpf_iter_num_next(&it)) { } bpf_iter_num_destroy(&it); UNLOCK(&lock_a); return 0; }
SEC("tc") int record_inside(struct __sk_buff *s) { LOCK(&lock_a); void *r = bpf_ringbuf_reserve(&ring, 8, 0); UNLOCK(&lock_a); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int lookup_inside(struct __sk_buff *s) { __u32 k = 0; LOCK(&lock_a); void *v = bpf_map_lookup_elem(&first, &k); UNLOCK(&lock_a); return v ? 1 : 0; }
SEC("tc") int throw_inside(struct __sk_buff *s) { LOCK(&lock_a); if (s->mark) bpf_throw(1); UNLOCK(&lock_a); return 0; }
/* Taken in each round, one more in each round. */
SEC("tc") int in_loop(struct __sk_buff *s) { for (int i = 0; i < 4; i++) { OPAQUE(i); LOCK(&lock_a); UNLOCK(&lock_a); } return 0; }
SEC("tc") int grows_in_loop(struct __sk_buff *s) { FIND(v); for (int i = 0; i < 4; i++) { OPAQUE(i); LOCK(&v->lock); } return 0; }
/* A list under it. */
SEC("tc") int list_inside(struct __sk_buff *s) { struct bpf_list_node *n; LOCK(&lock_a); n = bpf_list_pop_front(&head_a); UNLOCK(&lock_a); if (n) bpf_obj_drop_impl(n, 0); return 0; }
SEC("tc") int list_under_other(struct __sk_buff *s) { struct bpf_list_node *n; LOCK(&lock_b); n = bpf_list_pop_front(&head_a); UNLOCK(&lock_b); if (n) bpf_obj_drop_impl(n, 0); return 0; }
SEC("tc") int list_under_inner(struct __sk_buff *s) { struct bpf_list_node *n; LOCK(&lock_a); if (bpf_res_spin_lock(&lock_b)) { UNLOCK(&lock_a); return 0; } n = bpf_list_pop_front(&head_a); UNLOCK(&lock_b); UNLOCK(&lock_a); if (n) bpf_obj_drop_impl(n, 0); return 0; }
SEC("tc") int list_irq(struct __sk_buff *s) { struct bpf_list_node *n; unsigned long f; if (bpf_res_spin_lock_irqsave(&lock_a, &f)) return 0; n = bpf_list_pop_front(&head_a); bpf_res_spin_unlock_irqrestore(&lock_a, &f); if (n) bpf_obj_drop_impl(n, 0); return 0; }
SEC("tc") int list_read_after(struct __sk_buff *s) { struct item *p = bpf_obj_new_impl(__builtin_btf_type_id(*(struct item *)0, 0), 0); if (!p) return 0; if (bpf_res_spin_lock(&lock_a)) { bpf_obj_drop_impl(p, 0); return 0; } bpf_list_push_front_impl(&head_a, &p->node, 0, 0); UNLOCK(&lock_a); return p->key & 1; }
SEC("tc") int list_read_inside(struct __sk_buff *s) { __u64 x; struct item *p = bpf_obj_new_impl(__builtin_btf_type_id(*(struct item *)0, 0), 0); if (!p) return 0; if (bpf_res_spin_lock(&lock_a)) { bpf_obj_drop_impl(p, 0); return 0; } bpf_list_push_front_impl(&head_a, &p->node, 0, 0); x = p->key; UNLOCK(&lock_a); return x & 1; }
SEC("tc") int list_read_after_inner(struct __sk_buff *s) { __u64 x; struct item *p = bpf_obj_new_impl(__builtin_btf_type_id(*(struct item *)0, 0), 0); if (!p) return 0; if (bpf_res_spin_lock(&lock_a)) { bpf_obj_drop_impl(p, 0); return 0; } bpf_list_push_front_impl(&head_a, &p->node, 0, 0); if (!bpf_res_spin_lock(&lock_b)) UNLOCK(&lock_b); x = p->key; UNLOCK(&lock_a); return x & 1; }
/* Update with BPF_F_LOCK; the value copied over. */
SEC("tc") int update_locked(struct __sk_buff *s) { __u32 k = 0; struct guarded n = {}; bpf_map_update_elem(&first, &k, &n, 4); return 0; }
SEC("tc") int written(struct __sk_buff *s) { FIND(v); *(volatile __u32 *)&v->lock = 0; return 0; }
SEC("tc") int filled(struct __sk_buff *s) { FIND(v); bpf_skb_load_bytes(s, 0, v, 8); return 0; }
SEC("socket") int in_socket(struct __sk_buff *s) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
SEC("perf_event") int in_perf_event(void *s) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
SEC("tp_btf/sched_switch") int in_tracepoint(void *s) { LOCK(&lock_a); UNLOCK(&lock_a); return 0; }
