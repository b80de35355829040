#include "probes.h"
GPL;
/* Lists and trees: counted objects, pointers that do not own, what a lock's end takes away, objects in objects. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct item { __u64 key; struct bpf_list_node node; __u64 more; };
struct leaf { __u64 key; struct bpf_rb_node node; };
struct shared { __u64 key; struct bpf_list_node list; struct bpf_rb_node tree; struct bpf_refcount ref; };
struct plain { __u64 a, b; };
struct kept { struct shared __kptr *one; struct plain __kptr *bare; struct leaf __kptr *leaf; __u64 n; };
ARRAY(kept, struct kept, 1);
RINGBUF(ring);
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
private(A) struct bpf_rb_root root_a __contains(leaf, node);
private(C) struct bpf_spin_lock lock_c;
private(C) struct bpf_list_head head_c __contains(shared, list);
private(C) struct bpf_rb_root root_c __contains(shared, tree);
KF int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, u64 off);
KF struct bpf_list_node *bpf_list_pop_back(struct bpf_list_head *head);
KF struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, bool (less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta, u64 off);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
KF void *bpf_refcount_acquire_impl(void *kptr, void *meta);
#define NEW(t) bpf_obj_new_impl(__builtin_btf_type_id(*(t *)0, 0), 0)
#define DROP(p) bpf_obj_drop_impl(p, 0)
#define PUSH(h, n) bpf_list_push_front_impl(h, n, 0, 0)
#define BACK(h, n) bpf_list_push_back_impl(h, n, 0, 0)
#define OUT(p, type, member) ((type *)((void *)(p) - __builtin_offsetof(type, member)))
#define MORE(p) bpf_refcount_acquire_impl(p, 0)
#define VALUE(v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return OUT(a, struct leaf, node)->key < OUT(b, struct leaf, node)->key; }
static bool less_c(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return OUT(a, struct shared, tree)->key < OUT(b, struct shared, tree)->key; }
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct shared)); KEEP(TYPE_OF(struct plain)); KEEP(TYPE_OF(struct leaf)); return 0; }

/* A counted object: pushed, the second reference kept and used behind the lock. */
SEC("tc") int counted_kept(void *c) { struct shared *p = NEW(struct shared), *q; __u64 x; if (!p) return 0; q = MORE(p); if (!q) { DROP(p); return 0; } bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); bpf_spin_unlock(&lock_c); x = q->key; DROP(q); return x & 1; }
/* The first, which no longer owns, is used behind the lock. */
SEC("tc") int counted_first_late(void *c) { struct shared *p = NEW(struct shared), *q; __u64 x; if (!p) return 0; q = MORE(p); if (!q) { DROP(p); return 0; } bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); bpf_spin_unlock(&lock_c); x = p->key; DROP(q); return x & 1; }
/* A reference taken from a pointer that does not own, under the lock. */
SEC("tc") int counted_from_borrowed(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); q = MORE(p); bpf_spin_unlock(&lock_c); if (q) DROP(q); return 0; }
/* The same, not checked. */
SEC("tc") int counted_from_borrowed_unchecked(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); q = MORE(p); bpf_spin_unlock(&lock_c); DROP(q); return 0; }
/* From an owned one it cannot fail, yet may need a check. */
SEC("tc") int counted_unchecked(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; q = MORE(p); q->key = 1; DROP(q); DROP(p); return 0; }
/* Taken from one that was read from the tree. */
SEC("tc") int counted_from_first(void *c) { struct bpf_rb_node *n; struct shared *q = 0; bpf_spin_lock(&lock_c); n = bpf_rbtree_first(&root_c); if (n) q = MORE(OUT(n, struct shared, tree)); bpf_spin_unlock(&lock_c); if (q) DROP(q); return 0; }
/* At an offset. */
SEC("tc") int counted_at_offset(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; q = MORE(&p->list); DROP(p); if (q) DROP(q); return 0; }
/* Dropped at an offset. */
SEC("tc") int dropped_at_offset(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; DROP(&p->list); return 0; }
/* A borrowed one is dropped. */
SEC("tc") int dropped_borrowed(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); DROP(p); bpf_spin_unlock(&lock_c); return 0; }
/* A borrowed one is pushed. */
SEC("tc") int pushed_borrowed(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); bpf_rbtree_add_impl(&root_c, &p->tree, less_c, 0, 0); bpf_spin_unlock(&lock_c); return 0; }
/* A borrowed one is removed from the tree; from the list's object. */
SEC("tc") int removed_borrowed(void *c) { struct leaf *p = NEW(struct leaf); struct bpf_rb_node *n; if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less, 0, 0); n = bpf_rbtree_remove(&root_a, &p->node); bpf_spin_unlock(&lock_a); if (n) DROP(OUT(n, struct leaf, node)); return 0; }
/* Removed unchecked. */
SEC("tc") int removed_unchecked(void *c) { struct leaf *p = NEW(struct leaf); struct bpf_rb_node *n; if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less, 0, 0); n = bpf_rbtree_remove(&root_a, &p->node); bpf_spin_unlock(&lock_a); DROP(OUT(n, struct leaf, node)); return 0; }
/* A second borrowed pointer is used after the remove. */
SEC("tc") int borrowed_after_remove(void *c) { struct bpf_rb_node *n, *m; __u64 x = 0; bpf_spin_lock(&lock_a); n = bpf_rbtree_first(&root_a); if (!n) { bpf_spin_unlock(&lock_a); return 0; } m = bpf_rbtree_remove(&root_a, n); x = OUT(n, struct leaf, node)->key; bpf_spin_unlock(&lock_a); if (m) DROP(OUT(m, struct leaf, node)); return x & 1; }
SEC("tc") int borrowed_other_after_remove(void *c) { struct bpf_rb_node *n, *m, *o; __u64 x = 0; bpf_spin_lock(&lock_a); n = bpf_rbtree_first(&root_a); o = bpf_rbtree_first(&root_a); if (!n || !o) { bpf_spin_unlock(&lock_a); return 0; } m = bpf_rbtree_remove(&root_a, n); x = OUT(o, struct leaf, node)->key; bpf_spin_unlock(&lock_a); if (m) DROP(OUT(m, struct leaf, node)); return x & 1; }
/* What was removed is used under the lock, dropped under it. */
SEC("tc") int removed_used(void *c) { struct bpf_rb_node *n; bpf_spin_lock(&lock_a); n = bpf_rbtree_first(&root_a); if (!n) { bpf_spin_unlock(&lock_a); return 0; } n = bpf_rbtree_remove(&root_a, n); if (n) OUT(n, struct leaf, node)->key = 5; bpf_spin_unlock(&lock_a); if (n) DROP(OUT(n, struct leaf, node)); return 0; }
/* What was popped goes onto the other list without leaving the lock. */
SEC("tc") int popped_pushed(void *c) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); if (n) BACK(&head_a, n); bpf_spin_unlock(&lock_a); return 0; }
/* By its node's address, moved by eight. */
SEC("tc") int pushed_at_wrong_place(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, (void *)&p->node + 8); bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int pushed_object(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, (void *)p); bpf_spin_unlock(&lock_a); return 0; }
/* A leaf's object used with the wrong head. */
SEC("tc") int shared_on_item_list(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->list); bpf_spin_unlock(&lock_a); return 0; }
/* The same lock guards a list and a tree: between both. */
SEC("tc") int both_under_one_lock(void *c) { struct item *p = NEW(struct item); struct leaf *l; if (!p) return 0; l = NEW(struct leaf); if (!l) { DROP(p); return 0; } bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); bpf_rbtree_add_impl(&root_a, &l->node, less, 0, 0); p->key = l->key; bpf_spin_unlock(&lock_a); return 0; }
/* The object's fields: beside the node, in the node, at the end, with atomics. */
SEC("tc") int field_beside(void *c) { struct item *p = NEW(struct item); if (!p) return 0; p->more = 4; __sync_fetch_and_add(&p->key, 1); DROP(p); return 0; }
SEC("tc") int field_counter(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; *(volatile __u32 *)&p->ref = 1; DROP(p); return 0; }
SEC("tc") int field_counter_read(void *c) { struct shared *p = NEW(struct shared); __u32 x; if (!p) return 0; x = *(volatile __u32 *)&p->ref; DROP(p); return x & 1; }
SEC("tc") int field_before(void *c) { struct item *p = NEW(struct item); __u64 x; if (!p) return 0; x = ((volatile __u64 *)p)[-1]; DROP(p); return x & 1; }
SEC("tc") int field_unknown(struct __sk_buff *s) { struct plain *p = NEW(struct plain); __u32 i = s->mark & 8; if (!p) return 0; OPAQUE(i); i &= 8; *(volatile char *)((void *)p + i) = 1; DROP(p); return 0; }
/* A helper fills it; it is a helper's memory, a key, sent to user space. */
SEC("tc") int filled(struct __sk_buff *s) { struct plain *p = NEW(struct plain); if (!p) return 0; bpf_skb_load_bytes(s, 0, p, 16); DROP(p); return 0; }
SEC("tc") int is_key(struct __sk_buff *s) { struct plain *p = NEW(struct plain); void *v; if (!p) return 0; v = bpf_map_lookup_elem(&kept, p); DROP(p); return v ? 1 : 0; }
SEC("tc") int sent(struct __sk_buff *s) { struct plain *p = NEW(struct plain); if (!p) return 0; bpf_ringbuf_output(&ring, p, 16, 0); DROP(p); return 0; }
SEC("tc") int filled_over_node(struct __sk_buff *s) { struct item *p = NEW(struct item); if (!p) return 0; bpf_skb_load_bytes(s, 0, p, 16); DROP(p); return 0; }
/* The address leaks into a map, is compared, becomes a number. */
SEC("tc") int stored(void *c) { VALUE(v); struct plain *p = NEW(struct plain); if (!p) return 0; *(volatile __u64 *)&v->n = (long)p; DROP(p); return 0; }
/* An object goes into a map value and comes out. */
SEC("tc") int xchg_plain(void *c) { VALUE(v); struct plain *p = NEW(struct plain); if (!p) return 0; p = bpf_kptr_xchg(&v->bare, p); if (p) DROP(p); return 0; }
SEC("tc") int xchg_shared(void *c) { VALUE(v); struct shared *p = NEW(struct shared); if (!p) return 0; p = bpf_kptr_xchg(&v->one, p); if (p) DROP(p); return 0; }
SEC("tc") int xchg_wrong(void *c) { VALUE(v); struct plain *p = NEW(struct plain); if (!p) return 0; p = bpf_kptr_xchg(&v->one, p); if (p) DROP(p); return 0; }
SEC("tc") int xchg_offset(void *c) { VALUE(v); struct plain *p = NEW(struct plain); if (!p) return 0; p = bpf_kptr_xchg(&v->bare, &p->b); if (p) DROP(p); return 0; }
SEC("tc") int xchg_old_used(void *c) { VALUE(v); struct plain *p = NEW(struct plain), *o; if (!p) return 0; o = bpf_kptr_xchg(&v->bare, p); p->a = 1; if (o) DROP(o); return 0; }
SEC("tc") int xchg_taken(void *c) { VALUE(v); struct plain *p = bpf_kptr_xchg(&v->bare, 0); if (!p) return 0; p->a = 1; DROP(p); return 0; }
SEC("tc") int xchg_taken_pushed(void *c) { VALUE(v); struct shared *p = bpf_kptr_xchg(&v->one, 0); if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); bpf_spin_unlock(&lock_c); return 0; }
SEC("tc") int xchg_borrowed(void *c) { VALUE(v); struct shared *p = NEW(struct shared), *o; if (!p) return 0; bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); o = bpf_kptr_xchg(&v->one, p); bpf_spin_unlock(&lock_c); if (o) DROP(o); return 0; }
SEC("tc") int xchg_under_lock(void *c) { VALUE(v); struct plain *p; bpf_spin_lock(&lock_c); p = bpf_kptr_xchg(&v->bare, 0); bpf_spin_unlock(&lock_c); if (p) DROP(p); return 0; }
/* It is read where it lies. */
SEC("tc") int read_in_place(void *c) { VALUE(v); struct plain *p = v->bare; return p ? p->a & 1 : 0; }
SEC("tc") int written_in_place(void *c) { VALUE(v); struct plain *p = v->bare; if (p) p->a = 1; return 0; }
SEC("lsm.s/file_open") int read_in_place_sleepable(void *c) { VALUE(v); struct plain *p = v->bare; return p ? (p->a == 3 ? -1 : 0) : 0; }
SEC("lsm.s/file_open") int read_in_place_section(void *c) { VALUE(v); long r = 0; bpf_rcu_read_lock(); struct plain *p = v->bare; if (p) r = p->a; bpf_rcu_read_unlock(); return r == 3 ? -1 : 0; }
SEC("tc") int counted_in_place(void *c) { VALUE(v); struct shared *p = v->one, *q; if (!p) return 0; q = MORE(p); if (q) DROP(q); return 0; }
SEC("lsm.s/file_open") int counted_in_place_sleepable(void *c) { VALUE(v); struct shared *p = v->one, *q; if (!p) return 0; q = MORE(p); if (q) DROP(q); return 0; }
SEC("tc") int dropped_in_place(void *c) { VALUE(v); struct plain *p = v->bare; if (p) DROP(p); return 0; }
/* In functions and callbacks. */
static __noinline int push_it(struct item *p) { bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int pushed_in_static(void *c) { struct item *p = NEW(struct item); if (!p) return 0; return push_it(p); }
static __noinline struct item *make_it(void) { return NEW(struct item); }
SEC("tc") int made_in_static(void *c) { struct item *p = make_it(); if (!p) return 0; DROP(p); return 0; }
static __noinline void push_inner(struct item *p) { PUSH(&head_a, &p->node); }
SEC("tc") int pushed_in_static_under_lock(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); push_inner(p); bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int pushed_in_static_read(void *c) { struct item *p = NEW(struct item); __u64 x; if (!p) return 0; bpf_spin_lock(&lock_a); push_inner(p); x = p->key; bpf_spin_unlock(&lock_a); return x & 1; }
static __noinline struct bpf_list_node *pop_it(void) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); bpf_spin_unlock(&lock_a); return n; }
SEC("tc") int popped_in_static(void *c) { struct bpf_list_node *n = pop_it(); if (n) DROP(OUT(n, struct item, node)); return 0; }
static long c_fills(__u32 i, void *c) { struct item *p = NEW(struct item); if (!p) return 1; bpf_spin_lock(&lock_a); BACK(&head_a, &p->node); bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int filled_in_callback(void *c) { bpf_loop(4, c_fills, 0, 0); return 0; }
static long c_lost(__u32 i, void *c) { struct item *p = NEW(struct item); return p ? 0 : 1; }
SEC("tc") int lost_in_callback(void *c) { bpf_loop(4, c_lost, 0, 0); return 0; }
static long c_late(__u32 i, struct item **p) { (*p)->key = i; return 0; }
SEC("tc") int written_in_callback(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_loop(4, c_late, &p, 0); DROP(p); return 0; }
static long c_drops(__u32 i, struct item **p) { DROP(*p); return 1; }
SEC("tc") int dropped_in_callback(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_loop(1, c_drops, &p, 0); return 0; }
/* A loop pops all. */
SEC("tc") int drained(void *c) { struct bpf_list_node *n; for (int i = 0; i < 8; i++) { OPAQUE(i); bpf_spin_lock(&lock_a); n = bpf_list_pop_back(&head_a); bpf_spin_unlock(&lock_a); if (!n) break; DROP(OUT(n, struct item, node)); } return 0; }
/* A loop keeps the last. */
SEC("tc") int drained_but_last(void *c) { struct bpf_list_node *n; for (int i = 0; i < 8; i++) { OPAQUE(i); bpf_spin_lock(&lock_a); n = bpf_list_pop_back(&head_a); bpf_spin_unlock(&lock_a); if (!n) break; } return 0; }
/* The order's callback: reads past the object, writes a key, calls a function, returns what is not a bool. */
static bool less_past(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return ((volatile __u64 *)(a + 1))[0] & 1; }
SEC("tc") int order_past(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_past, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
static bool less_writes(struct bpf_rb_node *a, const struct bpf_rb_node *b) { OUT(a, struct leaf, node)->key = 1; return 0; }
SEC("tc") int order_writes(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_writes, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
static __noinline bool smaller(struct leaf *a, struct leaf *b) { return a->key < b->key; }
static bool less_calls(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return smaller(OUT(a, struct leaf, node), OUT(b, struct leaf, node)); }
SEC("tc") int order_calls(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_calls, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
static bool less_unlocks(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_spin_unlock(&lock_a); return 0; }
SEC("tc") int order_unlocks(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_unlocks, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
static bool less_random(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return bpf_get_prandom_u32() & 1; }
SEC("tc") int order_random(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_random, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
static bool less_first(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return bpf_rbtree_first(&root_a) == a; }
SEC("tc") int order_first(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less_first, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
/* A helper under the lock, an atomic subtraction on the key of a borrowed leaf. */
SEC("tc") int helper_under_lock(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl(&root_a, &p->node, less, 0, 0); bpf_get_prandom_u32(); bpf_spin_unlock(&lock_a); return 0; }
/* What sleeps while an object is owned; a tail's end. */
SEC("lsm.s/file_open") int sleeps_with_object(void *c) { char b[8]; struct plain *p = NEW(struct plain); if (!p) return 0; bpf_copy_from_user(b, 8, (void *)4096); DROP(p); return 0; }
SEC("lsm.s/file_open") int list_in_sleepable(void *c) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); bpf_spin_unlock(&lock_a); if (n) DROP(OUT(n, struct item, node)); return 0; }
/* A throw with an object. */
SEC("tc") int throw_with_object(struct __sk_buff *s) { struct plain *p = NEW(struct plain); if (!p) return 0; if (s->mark) bpf_throw(1); DROP(p); return 0; }
/* Two objects, one dropped twice under two names. */
SEC("tc") int dropped_one_name(void *c) { struct plain *p = NEW(struct plain), *q; if (!p) return 0; q = p; OPAQUE(q); DROP(p); DROP(q); return 0; }
