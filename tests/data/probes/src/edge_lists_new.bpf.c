#include "probes.h"
GPL;
/* 7.2's new functions of lists and trees: looking without taking, taking from the middle. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct item { __u64 key; struct bpf_list_node node; };
struct shared { __u64 key; struct bpf_list_node list; struct bpf_rb_node tree; struct bpf_refcount ref; };
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
private(B) struct bpf_spin_lock lock_b;
private(B) struct bpf_list_head head_b __contains(item, node);
private(C) struct bpf_spin_lock lock_c;
private(C) struct bpf_list_head head_c __contains(shared, list);
private(C) struct bpf_rb_root root_c __contains(shared, tree);
KF struct bpf_list_node *bpf_list_front(struct bpf_list_head *head);
KF struct bpf_list_node *bpf_list_back(struct bpf_list_head *head);
KF struct bpf_list_node *bpf_list_del(struct bpf_list_head *head, struct bpf_list_node *node);
KF int bpf_list_add(struct bpf_list_head *head, struct bpf_list_node *n, struct bpf_list_node *prev);
KF bool bpf_list_is_first(struct bpf_list_head *head, struct bpf_list_node *node);
KF bool bpf_list_is_last(struct bpf_list_head *head, struct bpf_list_node *node);
KF bool bpf_list_empty(struct bpf_list_head *head);
KF struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
KF struct bpf_rb_node *bpf_rbtree_root(struct bpf_rb_root *root);
KF struct bpf_rb_node *bpf_rbtree_left(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF struct bpf_rb_node *bpf_rbtree_right(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF void *bpf_refcount_acquire_impl(void *kptr, void *meta);
KF void *bpf_obj_new(u64 id);
KF void bpf_obj_drop(void *p);
KF int bpf_list_push_front(struct bpf_list_head *head, struct bpf_list_node *node);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
#define NEW(t) bpf_obj_new_impl(TYPE_OF(t), 0)
#define DROP(p) bpf_obj_drop_impl(p, 0)
#define PUSH(h, n) bpf_list_push_front_impl(h, n, 0, 0)
#define OUT(p, type, member) ((type *)((void *)(p) - __builtin_offsetof(type, member)))
#define LOCK bpf_spin_lock(&lock_a)
#define UNLOCK bpf_spin_unlock(&lock_a)

/* The first is looked at. */
SEC("tc") int front_read(void *c) { __u64 x = 0; LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); if (n) x = OUT(n, struct item, node)->key; UNLOCK; return x & 1; }
SEC("tc") int front_unchecked(void *c) { __u64 x; LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); x = OUT(n, struct item, node)->key; UNLOCK; return x & 1; }
SEC("tc") int front_unlocked(void *c) { struct bpf_list_node *n = bpf_list_front(&head_a); return n ? 1 : 0; }
SEC("tc") int front_after_unlock(void *c) { LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); UNLOCK; return n ? OUT(n, struct item, node)->key & 1 : 0; }
SEC("tc") int front_dropped(void *c) { LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); if (n) DROP(OUT(n, struct item, node)); UNLOCK; return 0; }
SEC("tc") int front_after_pop(void *c) { __u64 x = 0; LOCK; struct bpf_list_node *n = bpf_list_front(&head_a), *m = bpf_list_pop_front(&head_a); if (n) x = OUT(n, struct item, node)->key; UNLOCK; if (m) DROP(OUT(m, struct item, node)); return x & 1; }
/* Taken out of the middle. */
SEC("tc") int back_deleted(void *c) { LOCK; struct bpf_list_node *n = bpf_list_back(&head_a); if (n) n = bpf_list_del(&head_a, n); UNLOCK; if (n) DROP(OUT(n, struct item, node)); return 0; }
SEC("tc") int back_deleted_leak(void *c) { LOCK; struct bpf_list_node *n = bpf_list_back(&head_a); if (n) n = bpf_list_del(&head_a, n); UNLOCK; return 0; }
SEC("tc") int deleted_owned(void *c) { struct item *p = NEW(struct item); struct bpf_list_node *n; if (!p) return 0; LOCK; n = bpf_list_del(&head_a, &p->node); UNLOCK; if (n) DROP(OUT(n, struct item, node)); return 0; }
SEC("tc") int deleted_pushed(void *c) { struct item *p = NEW(struct item); struct bpf_list_node *n; if (!p) return 0; LOCK; PUSH(&head_a, &p->node); n = bpf_list_del(&head_a, &p->node); UNLOCK; if (n) DROP(OUT(n, struct item, node)); return 0; }
SEC("tc") int deleted_twice(void *c) { struct item *p = NEW(struct item); struct bpf_list_node *n, *m; if (!p) return 0; LOCK; PUSH(&head_a, &p->node); n = bpf_list_del(&head_a, &p->node); m = bpf_list_del(&head_a, &p->node); UNLOCK; if (n) DROP(OUT(n, struct item, node)); if (m) DROP(OUT(m, struct item, node)); return 0; }
SEC("tc") int deleted_other_head(void *c) { LOCK; struct bpf_list_node *n = bpf_list_back(&head_a); if (n) n = bpf_list_del(&head_b, n); UNLOCK; if (n) DROP(OUT(n, struct item, node)); return 0; }
SEC("tc") int deleted_null(void *c) { LOCK; struct bpf_list_node *n = bpf_list_del(&head_a, 0); UNLOCK; if (n) DROP(OUT(n, struct item, node)); return 0; }
/* Added behind another. */
SEC("tc") int added_behind(void *c) { struct item *p = NEW(struct item); if (!p) return 0; LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); if (n) { bpf_list_add(&head_a, &p->node, n); UNLOCK; return 0; } UNLOCK; DROP(p); return 0; }
SEC("tc") int added_behind_itself(void *c) { struct item *p = NEW(struct item); if (!p) return 0; LOCK; bpf_list_add(&head_a, &p->node, &p->node); UNLOCK; return 0; }
SEC("tc") int added_behind_owned(void *c) { struct item *p = NEW(struct item), *q; if (!p) return 0; q = NEW(struct item); if (!q) { DROP(p); return 0; } LOCK; bpf_list_add(&head_a, &p->node, &q->node); UNLOCK; DROP(q); return 0; }
SEC("tc") int added_borrowed(void *c) { LOCK; struct bpf_list_node *n = bpf_list_front(&head_a), *m = bpf_list_back(&head_a); if (n && m) bpf_list_add(&head_a, n, m); UNLOCK; return 0; }
SEC("tc") int added_unchecked(void *c) { struct item *p = NEW(struct item); if (!p) return 0; LOCK; bpf_list_add(&head_a, &p->node, bpf_list_front(&head_a)); UNLOCK; return 0; }
/* Asked. */
SEC("tc") int asked(void *c) { int r = 0; LOCK; struct bpf_list_node *n = bpf_list_front(&head_a); if (n && bpf_list_is_first(&head_a, n) && !bpf_list_is_last(&head_a, n)) r = 1; UNLOCK; return r; }
SEC("tc") int asked_owned(void *c) { struct item *p = NEW(struct item); int r; if (!p) return 0; LOCK; r = bpf_list_is_first(&head_a, &p->node); UNLOCK; DROP(p); return r; }
SEC("tc") int asked_empty(void *c) { LOCK; int r = bpf_list_empty(&head_a); UNLOCK; return r; }
SEC("tc") int asked_empty_unlocked(void *c) { return bpf_list_empty(&head_a); }
/* A tree walked from its root. */
SEC("tc") int tree_walk(void *c) { __u64 x = 0; bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_root(&root_c), *m; if (n) { m = bpf_rbtree_left(&root_c, n); if (m) x = OUT(m, struct shared, tree)->key; } bpf_spin_unlock(&lock_c); return x & 1; }
SEC("tc") int tree_walk_loop(void *c) { __u64 x = 0; bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_root(&root_c); for (int i = 0; i < 8 && n; i++) { OPAQUE(i); x = OUT(n, struct shared, tree)->key; n = x & 1 ? bpf_rbtree_left(&root_c, n) : bpf_rbtree_right(&root_c, n); } bpf_spin_unlock(&lock_c); return x & 1; }
SEC("tc") int tree_walk_after_unlock(void *c) { bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_root(&root_c); bpf_spin_unlock(&lock_c); if (n) n = bpf_rbtree_left(&root_c, n); return n ? 1 : 0; }
SEC("tc") int tree_left_unchecked(void *c) { bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_left(&root_c, bpf_rbtree_root(&root_c)); bpf_spin_unlock(&lock_c); return n ? 1 : 0; }
SEC("tc") int tree_remove_left(void *c) { bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_root(&root_c), *m = 0; if (n) n = bpf_rbtree_left(&root_c, n); if (n) m = bpf_rbtree_remove(&root_c, n); bpf_spin_unlock(&lock_c); if (m) DROP(OUT(m, struct shared, tree)); return 0; }
SEC("tc") int tree_left_of_removed(void *c) { bpf_spin_lock(&lock_c); struct bpf_rb_node *n = bpf_rbtree_root(&root_c), *m = 0; if (n) m = bpf_rbtree_remove(&root_c, n); if (m) n = bpf_rbtree_left(&root_c, m); bpf_spin_unlock(&lock_c); if (m) DROP(OUT(m, struct shared, tree)); return 0; }
/* The names without _impl. */
SEC("tc") int short_names(void *c) { struct item *p = bpf_obj_new(TYPE_OF(struct item)); if (!p) return 0; LOCK; bpf_list_push_front(&head_a, &p->node); UNLOCK; return 0; }
SEC("tc") int short_names_drop(void *c) { struct item *p = bpf_obj_new(TYPE_OF(struct item)); if (!p) return 0; bpf_obj_drop(p); return 0; }
SEC("tc") int short_names_leak(void *c) { struct item *p = bpf_obj_new(TYPE_OF(struct item)); return p ? 1 : 0; }
SEC("tc") int short_names_mixed(void *c) { struct item *p = bpf_obj_new(TYPE_OF(struct item)); if (!p) return 0; DROP(p); return 0; }
