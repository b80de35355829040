#include "probes.h"
GPL;
/* Arguments of kernel functions: objects of the wrong kind, moved pointers, constants, lists and trees used oddly,
   locks that queue, exceptions. */
#define __contains(type, node) __attribute__((btf_decl_tag("contains:" #type ":" #node)))
#define private(n) SEC(".bss." #n) __hidden __attribute__((aligned(8)))
ARRAY(arr, struct bytes48, 1);
RINGBUF(ring);
struct kept { __u64 pad; struct task_struct __kptr *task; struct task_struct __kptr_untrusted *loose; __u64 n; };
ARRAY(kept, struct kept, 1);
struct item { struct bpf_list_node node; __u64 key; };
struct leaf { struct bpf_rb_node node; __u64 key; };
struct plain { __u64 a, b; };
struct big { char b[600]; };
struct words { __u64 a, b; };
struct css___w { int x; };
private(A) struct bpf_spin_lock lock_a;
private(A) struct bpf_list_head head_a __contains(item, node);
private(B) struct bpf_spin_lock lock_b;
private(B) struct bpf_rb_root root_b __contains(leaf, node);
struct bpf_iter_css_task { __u64 __opaque[1]; } __attribute__((aligned(8)));
KF int bpf_iter_css_task_new(struct bpf_iter_css_task *it, struct cgroup_subsys_state *css, unsigned int flags);
KF struct task_struct *bpf_iter_css_task_next(struct bpf_iter_css_task *it);
KF void bpf_iter_css_task_destroy(struct bpf_iter_css_task *it);
KF struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, bool (less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta, u64 off);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
KF void *bpf_percpu_obj_new_impl(u64 id, void *meta);
KF void bpf_percpu_obj_drop_impl(void *kptr, void *meta);
KF struct cgroup *bpf_cgroup_acquire(struct cgroup *c);
KF struct cgroup *bpf_cgroup_ancestor(struct cgroup *c, int level);
KF void *bpf_cast_to_kern_ctx(void *obj);
KF u64 bpf_dynptr_size(const struct bpf_dynptr *p);
KF bool bpf_cpumask_test_cpu(u32 cpu, const struct bpf_cpumask *m);
#define TYPE(t) __builtin_btf_type_id(*(t *)0, 0)
#define NEW(t) bpf_obj_new_impl(TYPE(t), 0)
#define DROP(p) bpf_obj_drop_impl(p, 0)
#define PUSH(h, n) bpf_list_push_front_impl(h, n, 0, 0)
#define OUT(p, type, member) ((type *)((void *)(p) - __builtin_offsetof(type, member)))
#define S "lsm/file_open"
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)

/* The numbers of types are plain numbers. (They also bring the whole types into the BTF, which kptrs need.) */
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct cgroup)); KEEP(TYPE_OF(struct bpf_cpumask)); KEEP(TYPE_OF(struct task_struct)); return 0; }



static bool less(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return 0; }

/* A cgroup where a task is wanted. */
SEC(S) int task_is_cgroup(void *c) { struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; struct task_struct *t = bpf_task_acquire((void *)g); if (t) bpf_task_release(t); bpf_cgroup_release(g); return 0; }
/* A file where a task is wanted. */
SEC(S) int BPF_PROG(task_is_file, struct file *f) { struct task_struct *t = bpf_task_acquire((void *)f); if (t) bpf_task_release(t); return 0; }
/* A number where a task is wanted. */
SEC(S) int task_is_number(void *c) { struct task_struct *t = bpf_task_acquire((void *)5); if (t) bpf_task_release(t); return 0; }
/* Null where a task is wanted. */
SEC(S) int task_is_null(void *c) { struct task_struct *t = bpf_task_acquire(0); if (t) bpf_task_release(t); return 0; }
/* The stack where a task is wanted. */
SEC(S) int task_is_stack(void *c) { char b[64] = {}; struct task_struct *t = bpf_task_acquire((void *)b); if (t) bpf_task_release(t); return 0; }
/* The context where a task is wanted. */
SEC(S) int task_is_context(void *c) { struct task_struct *t = bpf_task_acquire(c); if (t) bpf_task_release(t); return 0; }
/* A moved task is released. */
SEC(S) int task_moved(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_task_release((void *)t + 8); return 0; }
/* A task moved back before its start. */
SEC(S) int task_moved_negative(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_task_release((void *)t - 8); return 0; }
/* A task at an unknown offset. */
SEC(S) int task_moved_unknown(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; __u32 i = bpf_get_prandom_u32() & 8; OPAQUE(i); bpf_task_release((void *)t + i); return 0; }
/* The task found by its number is not checked. */
SEC(S) int task_unchecked(void *c) { struct task_struct *t = bpf_task_from_pid(1); int p = t->pid; bpf_task_release(t); return p == 3 ? -1 : 0; }
/* The task's number is a pointer. */
SEC(S) ASMPROG int task_number_is_pointer(void) { asm volatile("r1 = r10; call %[f]; r0 = 0; exit;" :: [f] "i"(bpf_task_from_pid)); }
/* The ancestor of a cgroup. */
SEC(S) int cgroup_ancestor(void *c) { struct cgroup *g = bpf_cgroup_from_id(1), *a; if (!g) return 0; a = bpf_cgroup_ancestor(g, 0); if (a) bpf_cgroup_release(a); bpf_cgroup_release(g); return 0; }
/* Both references, one of them forgotten. */
SEC(S) int cgroup_ancestor_leak(void *c) { struct cgroup *g = bpf_cgroup_from_id(1), *a; if (!g) return 0; a = bpf_cgroup_ancestor(g, 0); bpf_cgroup_release(g); return a ? -1 : 0; }
/* The context as the kernel's own structure. */
SEC("tc") int kernel_context(struct __sk_buff *s) { struct { int x; } *k = bpf_cast_to_kern_ctx(s); return k ? 0 : 1; }
/* Something else for the context. */
SEC("tc") int kernel_context_of_stack(struct __sk_buff *s) { __u64 x = 0; return bpf_cast_to_kern_ctx(&x) ? 0 : 1; }
/* A read-only view of a number. */
SEC("tc") int rdonly_cast_int(struct __sk_buff *s) { int *p = bpf_rdonly_cast(s, TYPE(int)); return p ? 1 : 0; }
/* A read-only view of a type that does not exist. */
SEC("tc") int rdonly_cast_unknown(struct __sk_buff *s) { return bpf_rdonly_cast(s, 0xfffffff) ? 1 : 0; }
/* A read-only view of type 0: plain memory on the newest kernels. */
SEC("tc") int rdonly_cast_void(struct __sk_buff *s) { char *p = bpf_rdonly_cast((void *)4096, 0); return *(volatile char *)p & 1; }
/* The type is not constant. */
SEC("tc") int rdonly_cast_variable(struct __sk_buff *s) { __u32 t = s->mark; OPAQUE(t); return bpf_rdonly_cast(s, t) ? 1 : 0; }
/* An allocation of a type that is a number. */
SEC("tc") int new_of_int(struct __sk_buff *s) { void *p = bpf_obj_new_impl(TYPE(int), 0); if (p) DROP(p); return 0; }
/* An allocation of a type that does not exist. */
SEC("tc") int new_of_unknown(struct __sk_buff *s) { void *p = bpf_obj_new_impl(0xfffffff, 0); if (p) DROP(p); return 0; }
/* An allocation of a type number of more than 32 bits. */
SEC("tc") int new_of_wide(struct __sk_buff *s) { void *p = bpf_obj_new_impl(1ULL << 40, 0); if (p) DROP(p); return 0; }
/* The type is not constant. */
SEC("tc") int new_of_variable(struct __sk_buff *s) { __u64 t = s->mark; OPAQUE(t); void *p = bpf_obj_new_impl(t, 0); if (p) DROP(p); return 0; }
/* A per-CPU allocation. */
SEC("tc") int percpu_new(struct __sk_buff *s) { struct words *p = bpf_percpu_obj_new_impl(TYPE(struct words), 0); if (p) bpf_percpu_obj_drop_impl(p, 0); return 0; }
/* A per-CPU allocation that is too large. */
SEC("tc") int percpu_new_big(struct __sk_buff *s) { struct big *p = bpf_percpu_obj_new_impl(TYPE(struct big), 0); if (p) bpf_percpu_obj_drop_impl(p, 0); return 0; }
/* A per-CPU allocation with a list node. */
SEC("tc") int percpu_new_special(struct __sk_buff *s) { struct item *p = bpf_percpu_obj_new_impl(TYPE(struct item), 0); if (p) bpf_percpu_obj_drop_impl(p, 0); return 0; }
/* A per-CPU allocation is dropped as a plain one. */
SEC("tc") int percpu_dropped_plain(struct __sk_buff *s) { struct words *p = bpf_percpu_obj_new_impl(TYPE(struct words), 0); if (p) DROP(p); return 0; }
/* A plain allocation is dropped as a per-CPU one. */
SEC("tc") int plain_dropped_percpu(struct __sk_buff *s) { struct words *p = NEW(struct words); if (p) bpf_percpu_obj_drop_impl(p, 0); return 0; }
/* A per-CPU allocation is read without choosing the processor. */
SEC("tc") int percpu_read_direct(struct __sk_buff *s) { struct words *p = bpf_percpu_obj_new_impl(TYPE(struct words), 0); __u64 x = 0; if (!p) return 0; x = p->a; bpf_percpu_obj_drop_impl(p, 0); return x & 1; }
/* The map value is dropped. */
SEC("tc") int drop_value(struct __sk_buff *s) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (v) DROP(v); return 0; }
/* A node that is on the list is dropped. */
SEC("tc") int drop_listed(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); DROP(p); bpf_spin_unlock(&lock_a); return 0; }
/* The node's address is off by eight. */
SEC("tc") int push_wrong_node_offset(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, (void *)&p->node + 8); bpf_spin_unlock(&lock_a); return 0; }
/* The head's address is off by eight. */
SEC("tc") int push_wrong_head_offset(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_a); PUSH((void *)&head_a + 8, &p->node); bpf_spin_unlock(&lock_a); return 0; }
/* The head is a map value without one. */
SEC("tc") int push_head_in_plain(void *c) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; struct item *p = NEW(struct item); if (!p) return 0; PUSH(v, &p->node); return 0; }
/* The head is a number. */
SEC("tc") int push_head_number(void *c) { struct item *p = NEW(struct item); if (!p) return 0; PUSH((void *)5, &p->node); return 0; }
/* The node is a map value. */
SEC("tc") int push_node_value(void *c) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_spin_lock(&lock_a); PUSH(&head_a, v); bpf_spin_unlock(&lock_a); return 0; }
/* The node may be null. */
SEC("tc") int push_node_unchecked(void *c) { struct item *p = NEW(struct item); bpf_spin_lock(&lock_a); PUSH(&head_a, &p->node); bpf_spin_unlock(&lock_a); return 0; }
/* A list node for the tree. */
SEC("tc") int add_list_node(void *c) { struct item *p = NEW(struct item); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, (void *)&p->node, less, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* A list's head for the tree's root. */
SEC("tc") int add_to_list_head(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_a); bpf_rbtree_add_impl((void *)&head_a, &p->node, less, 0, 0); bpf_spin_unlock(&lock_a); return 0; }
/* The order's callback is a number. */
SEC("tc") int add_without_order(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, &p->node, (void *)5, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* The order's callback removes. */
static bool less_removes(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_rbtree_remove(&root_b, a); return 0; }
SEC("tc") int order_removes(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, &p->node, less_removes, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* The order's callback starts an RCU section. */
static bool less_rcu(struct bpf_rb_node *a, const struct bpf_rb_node *b) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }
SEC("tc") int order_rcu(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, &p->node, less_rcu, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* The order's callback returns 2. */
static int less_two(struct bpf_rb_node *a, const struct bpf_rb_node *b) { return 2; }
SEC("tc") int order_returns_two(void *c) { struct leaf *p = NEW(struct leaf); if (!p) return 0; bpf_spin_lock(&lock_b); bpf_rbtree_add_impl(&root_b, &p->node, (void *)less_two, 0, 0); bpf_spin_unlock(&lock_b); return 0; }
/* A list in a tracing program. */
SEC("kprobe") int list_in_kprobe(void *c) { bpf_spin_lock(&lock_a); struct bpf_list_node *n = bpf_list_pop_front(&head_a); bpf_spin_unlock(&lock_a); if (n) DROP(OUT(n, struct item, node)); return 0; }
/* An iterator in a map value. */
SEC("tc") int iterator_in_value(struct __sk_buff *s) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_iter_num_new(v, 0, 5); return 0; }
/* A dynptr in a map value. */
SEC("tc") int dynptr_in_value(struct __sk_buff *s) { __u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; return bpf_dynptr_size(v) & 1; }
/* A dynptr that is a number. */
SEC("tc") int dynptr_number(struct __sk_buff *s) { return bpf_dynptr_size((void *)5) & 1; }
/* Tasks of a cgroup in a tracepoint program. */
SEC("tp_btf/sched_switch") int tasks_of_cgroup_tracing(void *c) { struct bpf_iter_css_task it; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return 0; }
/* A plain kptr field without reference. */
SEC(S) int loose_store(void *c) { __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0; v->loose = bpf_get_current_task_btf(); return 0; }
/* It is read, and what is read is not trusted. */
SEC(S) int loose_load(void *c) { __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0; struct task_struct *t = v->loose; return t ? t->pid == 3 ? -1 : 0 : 0; }
/* It is acquired. */
SEC(S) int loose_acquire(void *c) { __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0; struct task_struct *t = v->loose; if (t) t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
/* It is exchanged. */
SEC(S) int loose_exchange(void *c) { __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0; struct task_struct *t = bpf_kptr_xchg(&v->loose, 0); if (t) bpf_task_release(t); return 0; }
/* A number is stored by a constant store. */
SEC(S) ASMPROG int kptr_store_constant(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; *(u64 *)(r0 + 16) = 5; 8: r0 = 0; exit;" :: MAP(kept)); }
/* Null is stored by a constant store. */
SEC(S) ASMPROG int kptr_store_null(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; *(u64 *)(r0 + 16) = 0; 8: r0 = 0; exit;" :: MAP(kept)); }
/* An atomic operation on a kptr. */
SEC(S) ASMPROG int kptr_atomic(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; r2 = 1; lock *(u64 *)(r0 + 16) += r2; 8: r0 = 0; exit;" :: MAP(kept)); }
/* A kptr at an unknown offset. */
SEC(S) ASMPROG int kptr_variable(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; r6 = r0; call 7; r0 &= 8; r6 += r0; r0 = *(u64 *)(r6 + 8); 8: r0 = 0; exit;" :: MAP(kept)); }
/* A load that is not aligned with the kptr. */
SEC(S) ASMPROG int kptr_misaligned(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; r0 = *(u32 *)(r0 + 12); 8: r0 = 0; exit;" :: MAP(kept)); }
/* An exchange at an unknown offset. */
SEC(S) ASMPROG int kptr_exchange_variable(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[kept] ll; call 1; if r0 == 0 goto 8f; r6 = r0; call 7; r0 &= 8; r6 += r0; r1 = r6; r2 = 0; call 194; 8: r0 = 0; exit;" :: MAP(kept)); }
/* An exchange in a value without kptrs. */
SEC(S) int kptr_exchange_plain(void *c) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_kptr_xchg(v, 0); return 0; }
/* An exception ends the program. */
SEC("tc") int throw(struct __sk_buff *s) { if (s->mark) bpf_throw(3); return 0; }
/* An exception with a record open. */
SEC("tc") int throw_leak(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; if (s->mark) bpf_throw(3); bpf_ringbuf_submit(r, 0); return 0; }
/* An exception in a callback. */
static long c_throws(__u32 i, void *c) { if (i == 5) bpf_throw(1); return 0; }
SEC("tc") int throw_in_callback(struct __sk_buff *s) { bpf_loop(9, c_throws, 0, 0); return 0; }
/* An exception in a static function. */
static __noinline int s_throws(int x) { if (x) bpf_throw(1); return 0; }
SEC("tc") int throw_in_static(struct __sk_buff *s) { return s_throws(s->mark); }
/* An exception in a global function, with a record open. */
__noinline int g_throws(int x) { if (x) bpf_throw(1); return 0; }
SEC("tc") int throw_in_global_leak(struct __sk_buff *s) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; g_throws(s->mark); bpf_ringbuf_submit(r, 0); return 0; }
/* An exception under a lock. */
SEC("tc") int throw_locked(struct __sk_buff *s) { bpf_spin_lock(&lock_a); if (s->mark) bpf_throw(3); bpf_spin_unlock(&lock_a); return 0; }
/* An exception in a cgroup program whose result has a range. */
SEC("cgroup_skb/ingress") int throw_result(struct __sk_buff *s) { if (s->mark) bpf_throw(64); return 1; }
SEC("cgroup_skb/ingress") int throw_result_good(struct __sk_buff *s) { if (s->mark) bpf_throw(0); return 1; }
