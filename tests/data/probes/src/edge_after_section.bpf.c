#include "probes.h"
GPL;
/* What an RCU section protected, behind its end: objects of the program, of each CPU, of the kernel; and dynptrs and iterators that are
   kept over it. */
#define S "lsm.s/file_open"
struct cell { __u64 a, b; };
struct counted { struct bpf_refcount ref; __u64 n; };
struct kept { struct cell __kptr *bare; struct cell __percpu_kptr *cell; struct counted __kptr *counted; struct task_struct __kptr *task; __u64 n; };
ARRAY(kept, struct kept, 1);
KF void *bpf_refcount_acquire_impl(void *kptr, void *meta);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct cell)); KEEP(TYPE_OF(struct counted)); KEEP(TYPE_OF(struct task_struct)); return 0; }
#define VALUE(v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0
SEC(S) int bare_read(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); return p->a == 3 ? -1 : 0; }
SEC(S) int bare_read_unchecked(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; bpf_rcu_read_unlock(); return p->a == 3 ? -1 : 0; }
SEC(S) int bare_written(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); p->a = 3; return 0; }
SEC(S) int bare_written_inside(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; if (p) p->a = 3; bpf_rcu_read_unlock(); return 0; }
SEC(S) int bare_dropped(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); bpf_obj_drop_impl(p, 0); return 0; }
SEC(S) int bare_exchanged(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); p = bpf_kptr_xchg(&v->bare, p); if (p) bpf_obj_drop_impl(p, 0); return 0; }
SEC(S) int bare_next_section(void *c) { VALUE(v); long r; bpf_rcu_read_lock(); struct cell *p = v->bare; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); bpf_rcu_read_lock(); r = p->a; bpf_rcu_read_unlock(); return r == 3 ? -1 : 0; }
SEC(S) int bare_compared(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->bare; bpf_rcu_read_unlock(); return p ? -1 : 0; }
SEC(S) int percpu_read(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->cell; if (p) p = bpf_this_cpu_ptr(p); bpf_rcu_read_unlock(); return p && p->a == 3 ? -1 : 0; }
SEC(S) int percpu_written(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->cell; if (p) p = bpf_per_cpu_ptr(p, 0); bpf_rcu_read_unlock(); if (p) p->a = 3; return 0; }
SEC(S) int percpu_asked(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->cell; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); p = bpf_this_cpu_ptr(p); return p->a == 3 ? -1 : 0; }
SEC(S) int counted_taken(void *c) { VALUE(v); bpf_rcu_read_lock(); struct counted *p = v->counted, *q; if (!p) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); q = bpf_refcount_acquire_impl(p, 0); if (q) bpf_obj_drop_impl(q, 0); return 0; }
SEC(S) int counted_taken_inside(void *c) { VALUE(v); struct counted *p, *q = 0; long r; bpf_rcu_read_lock(); p = v->counted; if (p) q = bpf_refcount_acquire_impl(p, 0); bpf_rcu_read_unlock(); if (!q) return 0; r = q->n; bpf_obj_drop_impl(q, 0); return r == 3 ? -1 : 0; }
SEC(S) int task_read(void *c) { VALUE(v); bpf_rcu_read_lock(); struct task_struct *t = v->task; if (!t) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); return t->pid == 3 ? -1 : 0; }
SEC(S) int task_acquired(void *c) { VALUE(v); bpf_rcu_read_lock(); struct task_struct *t = v->task; if (!t) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
SEC(S) int bare_in_static_section(void *c) { VALUE(v); struct cell *p; bpf_rcu_read_lock(); p = v->bare; if (p) p->b = 1; bpf_rcu_read_unlock(); bpf_rcu_read_lock(); p = v->bare; if (p) p->b = 2; bpf_rcu_read_unlock(); return 0; }
