#include "probes.h"
GPL;
/* Objects a program owns: kptrs in maps, allocated objects, lists and trees, reference counts. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
struct kept { struct task_struct __kptr *task; struct cgroup __kptr *group; struct bpf_cpumask __kptr *mask; __u64 n; };
ARRAY(kept, struct kept, 1);
struct item { struct bpf_list_node node; __u64 key; };
struct leaf { struct bpf_rb_node node; __u64 key; };
struct shared { struct bpf_refcount ref; struct bpf_list_node list; struct bpf_rb_node tree; __u64 key; };
struct plain { __u64 a, b; };
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
private(B) struct bpf_spin_lock lock_b;
private(B) struct bpf_rb_root root_b __contains(leaf, node);
private(C) struct bpf_spin_lock lock_c;
private(C) struct bpf_list_head head_c __contains(shared, list);
private(C) struct bpf_rb_root root_c __contains(shared, tree);
KF int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, u64 off);
KF struct bpf_list_node *bpf_list_pop_back(struct bpf_list_head *head);
KF struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, bool (less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta, u64 off);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
KF void *bpf_refcount_acquire_impl(void *kptr, void *meta);
KF void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *cpumask);
#define NEW(t) bpf_obj_new_impl(__builtin_btf_type_id(*(t *)0, 0), 0)
#define DROP(p) bpf_obj_drop_impl(p, 0)
#define PUSH(h, n) bpf_list_push_front_impl(h, n, 0, 0)
#define ADD(r, n) bpf_rbtree_add_impl(r, n, less, 0, 0)
#define OUT(p, type, member) ((type *)((void *)(p) - __builtin_offsetof(type, member)))
static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return OUT(a, struct leaf, node)->key < OUT(b, struct leaf, node)->key; }
#define VALUE(v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0
#define S "lsm/file_open"
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)

/* The numbers of types are plain numbers. (They also bring the whole types into the BTF, which kptrs need.) */
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct cgroup)); KEEP(TYPE_OF(struct bpf_cpumask)); KEEP(TYPE_OF(struct task_struct)); return 0; }




/* A task goes into a map value, the old one is given back. */
SEC(S) int kptr_store(void *c) { VALUE(v); struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()); if (!t) return 0; t = bpf_kptr_xchg(&v->task, t); if (t) bpf_task_release(t); return 0; }
/* The old one is lost. */
SEC(S) int kptr_store_old_lost(void *c) { VALUE(v); struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()); if (!t) return 0; bpf_kptr_xchg(&v->task, t); return 0; }
/* The pointer is used after it was given away. */
SEC(S) int kptr_store_then_use(void *c) { VALUE(v); struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()), *o; if (!t) return 0; o = bpf_kptr_xchg(&v->task, t); if (o) bpf_task_release(o); bpf_task_release(t); return 0; }
/* A pointer without reference. */
SEC(S) int kptr_store_unreferenced(void *c) { VALUE(v); struct task_struct *t = bpf_kptr_xchg(&v->task, bpf_get_current_task_btf()); if (t) bpf_task_release(t); return 0; }
/* A pointer of another type. */
SEC(S) int kptr_store_wrong_type(void *c) { VALUE(v); struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; m = bpf_kptr_xchg(&v->task, m); if (m) bpf_cpumask_release(m); return 0; }
/* The value's other field. */
SEC(S) int kptr_store_no_kptr(void *c) { VALUE(v); struct task_struct *t = bpf_kptr_xchg(&v->n, 0); if (t) bpf_task_release(t); return 0; }
/* Taken out, checked and given back. */
SEC(S) int kptr_take(void *c) { VALUE(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
/* Taken out without a check. */
SEC(S) int kptr_take_unchecked(void *c) { VALUE(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); bpf_task_release(t); return 0; }
/* A plain load gives a pointer that may be null. */
SEC(S) int kptr_load(void *c) { VALUE(v); struct task_struct *t = v->task; return t ? t->pid == 3 ? -1 : 0 : 0; }
/* A plain load without the check. */
SEC(S) int kptr_load_unchecked(void *c) { VALUE(v); struct task_struct *t = v->task; return t->pid == 3 ? -1 : 0; }
/* A plain load gives no reference to release. */
SEC(S) int kptr_load_release(void *c) { VALUE(v); struct task_struct *t = v->task; if (t) bpf_task_release(t); return 0; }
/* A plain load can be acquired inside an RCU section. */
SEC(S) int kptr_load_acquire(void *c) { VALUE(v); bpf_rcu_read_lock(); struct task_struct *t = v->task; if (t) t = bpf_task_acquire(t); bpf_rcu_read_unlock(); if (t) bpf_task_release(t); return 0; }
/* The same in a sleepable program without the section. */
SEC("lsm.s/file_open") int kptr_load_acquire_sleepable(void *c) { VALUE(v); struct task_struct *t = v->task; if (t) t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
/* A plain store. */
SEC(S) int kptr_plain_store(void *c) { VALUE(v); *(void *volatile *)&v->task = bpf_get_current_task_btf(); return 0; }
/* Null by a plain store. */
SEC(S) int kptr_plain_store_null(void *c) { VALUE(v); *(void *volatile *)&v->task = 0; return 0; }
/* Four bytes of the pointer are read. */
SEC(S) int kptr_half_load(void *c) { VALUE(v); return *(volatile __u32 *)&v->task == 5 ? -1 : 0; }
/* A helper writes over it. */
SEC("tc") int kptr_overwritten(struct __sk_buff *s) { VALUE(v); bpf_skb_load_bytes(s, 0, v, 8); return 0; }
/* A helper writes beside it. */
SEC("tc") int kptr_beside(struct __sk_buff *s) { VALUE(v); bpf_skb_load_bytes(s, 0, &v->n, 8); return 0; }
/* A cpumask is made and given back. */
SEC(S) int mask_made(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; bpf_cpumask_set_cpu(0, m); bpf_cpumask_release(m); return 0; }
/* It is kept. */
SEC(S) int mask_leak(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; bpf_cpumask_set_cpu(0, m); return 0; }
/* It is used without the check. */
SEC(S) int mask_unchecked(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); bpf_cpumask_set_cpu(0, m); bpf_cpumask_release(m); return 0; }
/* An object is made, written and dropped. */
SEC("tc") int object_made(void *c) { struct plain *p = NEW(struct plain); if (!p) return 0; p->a = 3; DROP(p); return 0; }
/* It is kept. */
SEC("tc") int object_leak(void *c) { struct plain *p = NEW(struct plain); if (!p) return 0; p->a = 3; return 0; }
/* It is written without the check. */
SEC("tc") int object_unchecked(void *c) { struct plain *p = NEW(struct plain); p->a = 3; DROP(p); return 0; }
/* It is written after it was dropped. */
SEC("tc") int object_after_drop(void *c) { struct plain *p = NEW(struct plain); if (!p) return 0; DROP(p); p->a = 3; return 0; }
/* Past its end. */
SEC("tc") int object_past_end(void *c) { struct plain *p = NEW(struct plain); if (!p) return 0; (&p->a)[2] = 3; DROP(p); return 0; }
/* It is dropped twice. */
SEC("tc") int object_dropped_twice(void *c) { struct plain *p = NEW(struct plain); if (!p) return 0; DROP(p); DROP(p); return 0; }
/* Its node is written. */
SEC("tc") int object_node_written(void *c) { struct item *p = NEW(struct item); if (!p) return 0; *(volatile __u64 *)&p->node = 0; DROP(p); return 0; }
/* It goes on a list under the lock. */
SEC("tc") int list_push(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_a); return 0; }
/* Without the lock. */
SEC("tc") int list_push_unlocked(void *c) { struct item *p = NEW(struct item); if (!p) return 0; PUSH(&head_a, &p->node); return 0; }
/* Under another lock. */
SEC("tc") int list_push_other_lock(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_b); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_b); return 0; }
/* After the push it may still be read under the lock. */
SEC("tc") int list_read_after_push(void *c) { struct item *p = NEW(struct item); __u64 x; if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); x = p->key; bpf_spin_unlock(&lock_a); return x & 1; }
/* After the unlock it may not. */
SEC("tc") int list_read_after_unlock(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_a); return p->key & 1; }
/* Pushed twice. */
SEC("tc") int list_push_twice(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_a); return 0; }
/* Taken off and dropped. */
SEC("tc") int list_pop(void *c) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); bpf_spin_unlock(&lock_a); if (!n) return 0; DROP(OUT(n, struct item, node)); return 0; }
/* Taken off and lost. */
SEC("tc") int list_pop_leak(void *c) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_back(&head_a); bpf_spin_unlock(&lock_a); return n ? 1 : 0; }
/* Taken off and read without the check. */
SEC("tc") int list_pop_unchecked(void *c) { struct bpf_list_node *n; __u64 x; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); bpf_spin_unlock(&lock_a); x = OUT(n, struct item, node)->key; return x & 1; }
/* A node of another type. */
SEC("tc") int list_push_wrong_type(void *c) { struct shared *p = NEW(struct shared); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->list); bpf_spin_unlock(&lock_a); return 0; }
/* A leaf goes into the tree. */
SEC("tc") int tree_add(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; p->key = 1; bpf_spin_lock(&lock_b); ADD(&root_b, &p->node); bpf_spin_unlock(&lock_b); return 0; }
/* The first is read under the lock. */
SEC("tc") int tree_first(void *c) { struct bpf_rb_node *n; __u64 x = 0; bpf_spin_lock(&lock_b); n = bpf_rbtree_first(&root_b); if (n) x = OUT(n, struct leaf, node)->key; bpf_spin_unlock(&lock_b); return x & 1; }
/* The first is read behind the lock. */
SEC("tc") int tree_first_after_unlock(void *c) { struct bpf_rb_node *n; bpf_spin_lock(&lock_b); n = bpf_rbtree_first(&root_b); bpf_spin_unlock(&lock_b); return n ? OUT(n, struct leaf, node)->key & 1 : 0; }
/* The first is removed and dropped. */
SEC("tc") int tree_remove(void *c) { struct bpf_rb_node *n; bpf_spin_lock(&lock_b); n = bpf_rbtree_first(&root_b); if (n) n = bpf_rbtree_remove(&root_b, n); bpf_spin_unlock(&lock_b); if (n) DROP(OUT(n, struct leaf, node)); return 0; }
/* An owned leaf is removed: it is in no tree. */
SEC("tc") int tree_remove_owned(void *c) { struct leaf *p = NEW(struct leaf); struct bpf_rb_node *n; if (!p) return 0; bpf_spin_lock(&lock_b); n = bpf_rbtree_remove(&root_b, &p->node); bpf_spin_unlock(&lock_b); if (n) DROP(OUT(n, struct leaf, node)); return 0; }
/* The order's callback takes the lock. */
static bool less_locks(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_spin_lock(&lock_b); bpf_spin_unlock(&lock_b); return 0; }
SEC("tc") int tree_order_locks(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, &p->node, less_locks, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* A shared object is in a list and a tree at once. */
static bool less_shared(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return OUT(a, struct shared, tree)->key < OUT(b, struct shared, tree)->key; }
SEC("tc") int shared_in_both(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; q = bpf_refcount_acquire_impl(p, 0); if (!q) { DROP(p); return 0; } bpf_spin_lock(&lock_c); PUSH(&head_c, &p->list); bpf_rbtree_add_impl(&root_c, &q->tree, less_shared, 0, 0); bpf_spin_unlock(&lock_c); return 0; }
/* The second reference is not given back. */
SEC("tc") int shared_leak(void *c) { struct shared *p = NEW(struct shared), *q; if (!p) return 0; q = bpf_refcount_acquire_impl(p, 0); DROP(p); return q ? 1 : 0; }
/* An object without a counter. */
SEC("tc") int shared_without_counter(void *c) { struct plain *p = NEW(struct plain), *q; if (!p) return 0; q = bpf_refcount_acquire_impl(p, 0); DROP(p); if (q) DROP(q); return 0; }
/* Dropped under the lock. */
SEC("tc") int drop_under_lock(void *c) { struct bpf_list_node *n; bpf_spin_lock(&lock_a); n = bpf_list_pop_front(&head_a); if (n) DROP(OUT(n, struct item, node)); bpf_spin_unlock(&lock_a); return 0; }
/* Made under the lock. */
SEC("tc") int new_under_lock(void *c) { struct item *p; bpf_spin_lock(&lock_a); p = NEW(struct item); bpf_spin_unlock(&lock_a); if (p) DROP(p); return 0; }
