#include "kfuncs.h"
GPL;
/* Per-CPU objects of the program and fields of maps that hold them. */
struct pc { u64 a; u64 b; };
struct big { char c[600]; };
struct ptrs { void *p; };
struct locked { struct bpf_spin_lock l; u64 x; };
struct pv { struct pc __percpu_kptr *p; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct pv); } pm SEC(".maps");
#define PN struct pc *p = bpf_percpu_obj_new_impl(LTYPE(struct pc), NULL); if (!p) return 0;
#define PV u32 k = 0; struct pv *v = bpf_map_lookup_elem(&pm, &k); if (!v) return 0;
SEC("tc") int p_new_drop(void *c) { PN bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_new_leak(void *c) { PN KEEP(p); return 0; }
SEC("tc") int p_drop_wrong(void *c) { PN bpf_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_drop_other(void *c) { struct pc *p = bpf_obj_new_impl(LTYPE(struct pc), NULL); if (p) bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_big(void *c) { struct big *p = bpf_percpu_obj_new_impl(LTYPE(struct big), NULL); if (p) bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_ptrs(void *c) { struct ptrs *p = bpf_percpu_obj_new_impl(LTYPE(struct ptrs), NULL); if (p) bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_locked(void *c) { struct locked *p = bpf_percpu_obj_new_impl(LTYPE(struct locked), NULL); if (p) bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_deref(void *c) { PN u64 a = p->a; bpf_percpu_obj_drop_impl(p, NULL); return a; }
SEC("tc") int p_this_cpu(void *c) { u64 a; PN struct pc *q = bpf_this_cpu_ptr(p); a = q->a; bpf_percpu_obj_drop_impl(p, NULL); return a; }
SEC("tc") int p_xchg(void *c) { PV PN p = bpf_kptr_xchg(&v->p, p); if (p) bpf_percpu_obj_drop_impl(p, NULL); return 0; }
SEC("tc") int p_xchg_use(void *c) { PV struct pc *p = v->p; if (p) { struct pc *q = bpf_this_cpu_ptr(p); q->a = 1; } return 0; }
SEC(S) int p_xchg_use_s(void *c) { PV struct pc *p = v->p; if (p) { struct pc *q = bpf_this_cpu_ptr(p); q->a = 1; } return 0; }
SEC(S) int p_xchg_use_rcu(void *c) { PV bpf_rcu_read_lock(); struct pc *p = v->p; if (p) { struct pc *q = bpf_this_cpu_ptr(p); q->a = 1; } bpf_rcu_read_unlock(); return 0; }
SEC(S) int p_xchg_use_after_rcu(void *c) { u64 x = 0; PV bpf_rcu_read_lock(); struct pc *p = v->p; bpf_rcu_read_unlock(); if (p) { struct pc *q = bpf_this_cpu_ptr(p); q->a = 1; } return 0; }
SEC("tc") int p_xchg_keep(void *c) { PV PN struct pc *o = bpf_kptr_xchg(&v->p, p); if (o) bpf_percpu_obj_drop_impl(o, NULL); struct pc *q = bpf_this_cpu_ptr(p); return q->a; }
SEC("tc") int p_xchg_plain(void *c) { PV struct pc *p = bpf_obj_new_impl(LTYPE(struct pc), NULL); if (!p) return 0; struct pc *o = bpf_kptr_xchg(&v->p, p); if (o) bpf_percpu_obj_drop_impl(o, NULL); return 0; }
SEC("tc") int p_store(void *c) { PV *(V u64 *)&v->p = 0; return 0; }
