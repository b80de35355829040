#include "probes.h"
GPL;
/* Objects of each CPU: made, kept in a map, and read through the two helpers. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct cell { __u64 a, b; };
struct with_pointer { __u64 a; struct task_struct __kptr *t; };
struct kept { struct cell __percpu_kptr *cell; __u64 n; };
ARRAY(kept, struct kept, 1);
KF void *bpf_percpu_obj_new_impl(u64 id, void *meta);
KF void bpf_percpu_obj_drop_impl(void *p, void *meta);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
#define NEW(t) bpf_percpu_obj_new_impl(TYPE_OF(t), 0)
#define DROP(p) bpf_percpu_obj_drop_impl(p, 0)
#define VALUE(v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&kept, &k); if (!v) return 0

SEC(A) int made(void *c) { struct cell *p = NEW(struct cell); if (p) DROP(p); return 0; }
SEC(A) int leak(void *c) { struct cell *p = NEW(struct cell); return p ? -1 : 0; }
SEC(A) int dropped_as_plain(void *c) { struct cell *p = NEW(struct cell); if (p) bpf_obj_drop_impl(p, 0); return 0; }
SEC(A) int plain_dropped_as_percpu(void *c) { struct cell *p = bpf_obj_new_impl(TYPE_OF(struct cell), 0); if (p) DROP(p); return 0; }
SEC(A) int read_directly(void *c) { struct cell *p = NEW(struct cell); long r; if (!p) return 0; r = p->a; DROP(p); return r == 3 ? -1 : 0; }
SEC(A) int of_pointer_type(void *c) { struct with_pointer *p = NEW(struct with_pointer); if (p) DROP(p); return 0; }
SEC(A) int kept_in_map(void *c) { VALUE(v); struct cell *p = NEW(struct cell); if (!p) return 0; p = bpf_kptr_xchg(&v->cell, p); if (p) DROP(p); return 0; }
SEC(A) int kept_plain_in_map(void *c) { VALUE(v); struct cell *p = bpf_obj_new_impl(TYPE_OF(struct cell), 0); if (!p) return 0; p = bpf_kptr_xchg(&v->cell, p); if (p) DROP(p); return 0; }
SEC(A) int this_cpu(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p = bpf_this_cpu_ptr(p); p->a = 1; return 0; }
SEC(A) int other_cpu(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p = bpf_per_cpu_ptr(p, 0); if (!p) return 0; p->b++; return 0; }
SEC(A) int other_cpu_unchecked(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p = bpf_per_cpu_ptr(p, 0); p->b++; return 0; }
SEC(A) int unchecked(void *c) { VALUE(v); struct cell *p = bpf_this_cpu_ptr(v->cell); p->a = 1; return 0; }
SEC(A) int past(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p = bpf_this_cpu_ptr(p); (&p->a)[2] = 1; return 0; }
SEC(A) int deref_in_map(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p->a = 1; return 0; }
SEC(S) int sleepable(void *c) { VALUE(v); struct cell *p = v->cell; if (!p) return 0; p = bpf_this_cpu_ptr(p); p->a = 1; return 0; }
SEC(S) int sleepable_section(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->cell; if (p) { p = bpf_this_cpu_ptr(p); p->a = 1; } bpf_rcu_read_unlock(); return 0; }
SEC(S) int sleepable_after_section(void *c) { VALUE(v); bpf_rcu_read_lock(); struct cell *p = v->cell; if (p) p = bpf_this_cpu_ptr(p); bpf_rcu_read_unlock(); if (p) p->a = 1; return 0; }
SEC(A) int owned_this_cpu(void *c) { struct cell *p = NEW(struct cell), *q; if (!p) return 0; q = bpf_this_cpu_ptr(p); q->a = 1; DROP(p); return 0; }
SEC(A) int owned_this_cpu_late(void *c) { struct cell *p = NEW(struct cell), *q; if (!p) return 0; q = bpf_this_cpu_ptr(p); DROP(p); q->a = 1; return 0; }
SEC(A) int taken(void *c) { VALUE(v); struct cell *p = bpf_kptr_xchg(&v->cell, 0); if (p) DROP(p); return 0; }
SEC(A) int taken_leak(void *c) { VALUE(v); struct cell *p = bpf_kptr_xchg(&v->cell, 0); return p ? -1 : 0; }
SEC(A) int dropped_in_place(void *c) { VALUE(v); struct cell *p = v->cell; if (p) DROP(p); return 0; }
SEC(A) int of_int(void *c) { void *p = NEW(int); if (p) DROP(p); return 0; }
SEC(A) int plain_this_cpu(void *c) { struct cell *p = bpf_obj_new_impl(TYPE_OF(struct cell), 0), *q; if (!p) return 0; q = bpf_this_cpu_ptr(p); bpf_obj_drop_impl(p, 0); return q ? 0 : -1; }
