#include "kfuncs.h"
GPL;
/* Pointers in map values: plain loads and stores, bpf_kptr_xchg, RCU sections, CPU masks, own objects. */
struct obj { u64 a; struct bpf_rb_node r; struct bpf_refcount ref; };
struct pl { u64 a; };
struct kv { struct task_struct __kptr *t; struct task_struct __kptr_untrusted *u; struct cgroup __kptr *g; struct bpf_cpumask __kptr *m; struct pl __kptr *l; struct obj __kptr *o; u64 pad; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); __type(key, __u32); __type(value, struct kv); } km SEC(".maps");
struct fv { struct file __kptr_untrusted *f; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct fv); } fm SEC(".maps");
#define KV u32 k = 0; struct kv *v = bpf_map_lookup_elem(&km, &k); if (!v) return 0;
#define T struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()); if (!t) return 0;
SEC(A) int k_put(void *c) { KV T struct task_struct *o = bpf_kptr_xchg(&v->t, t); if (o) bpf_task_release(o); return 0; }
SEC(A) int k_put_leak(void *c) { KV T struct task_struct *o = bpf_kptr_xchg(&v->t, t); KEEP(o); return 0; }
SEC(A) int k_put_use(void *c) { KV T struct task_struct *o = bpf_kptr_xchg(&v->t, t); if (o) bpf_task_release(o); return t->pid; }
SEC(A) int k_put_wrong_field(void *c) { KV T struct cgroup *o = bpf_kptr_xchg(&v->g, t); if (o) bpf_cgroup_release(o); return 0; }
SEC(A) int k_put_wrong_off(void *c) { KV T void *o = bpf_kptr_xchg((void *)v + 4, t); KEEP(o); bpf_task_release(t); return 0; }
SEC(A) int k_put_pad(void *c) { KV T void *o = bpf_kptr_xchg(&v->pad, t); KEEP(o); return 0; }
SEC(A) int k_put_untrusted_field(void *c) { KV T struct task_struct *o = bpf_kptr_xchg(&v->u, t); if (o) bpf_task_release(o); return 0; }
SEC(A) int k_put_var(void *c) { KV T u64 i = bpf_get_prandom_u32() & 8; struct task_struct *o = bpf_kptr_xchg((void *)v + i, t); if (o) bpf_task_release(o); return 0; }
SEC(A) int k_xchg_no_null(void *c) { KV struct task_struct *o = bpf_kptr_xchg(&v->t, NULL); bpf_task_release(o); return 0; }
SEC(A) int k_load_w(void *c) { KV return *(V u32 *)&v->t; }
SEC(A) int k_load_off(void *c) { KV return *(V u64 *)((void *)v + 4); }
SEC(A) int k_load_var(void *c) { KV u64 i = bpf_get_prandom_u32() & 0xf; return *(V u64 *)((void *)v + i); }
SEC(A) int k_store_untrusted(void *c) { KV *(struct task_struct *V *)&v->u = bpf_get_current_task_btf(); return 0; }
SEC(A) int k_store_untrusted_null(void *c) { KV *(V u64 *)&v->u = 0; return 0; }
SEC(A) int k_store_untrusted_one(void *c) { KV *(V u64 *)&v->u = 1; return 0; }
SEC(A) int k_store_untrusted_scalar(void *c) { KV *(V u64 *)&v->u = bpf_get_prandom_u32(); return 0; }
SEC(A) int k_store_untrusted_walked(void *c) { KV *(struct task_struct *V *)&v->u = bpf_get_current_task_btf()->real_parent; return 0; }
SEC(A) int k_store_untrusted_wrong(void *c) { KV *(void *V *)&v->u = bpf_get_current_task_btf()->mm; return 0; }
SEC(A) int k_store_untrusted_off(void *c) { KV *(void *V *)&v->u = (void *)bpf_get_current_task_btf() + 8; return 0; }
SEC(A) int k_load_untrusted(void *c) { KV struct task_struct *t = v->u; return t ? t->pid : 0; }
SEC(A) int k_load_untrusted_acquire(void *c) { KV struct task_struct *t = v->u, *a; if (!t) return 0; a = bpf_task_acquire(t); if (a) bpf_task_release(a); return 0; }
SEC(A) int k_load_nonull(void *c) { KV struct task_struct *t = v->t; return t->pid; }
SEC(A) int k_load_nonull_write(void *c) { KV struct task_struct *t = v->t; if (t) *(V int *)&t->pid = 1; return 0; }
SEC(A) int k_cpumask(void *c) { KV struct bpf_cpumask *m = v->m; if (m) bpf_cpumask_set_cpu(0, m); return 0; }
SEC(A) int k_cpumask_test(void *c) { KV struct bpf_cpumask *m = v->m; return m ? bpf_cpumask_test_cpu(0, (void *)m) : 0; }
SEC(S) int k_cpumask_s(void *c) { KV struct bpf_cpumask *m = v->m; return m ? bpf_cpumask_test_cpu(0, (void *)m) : 0; }
SEC(S) int k_cpumask_rcu(void *c) { KV int r = 0; bpf_rcu_read_lock(); struct bpf_cpumask *m = v->m; if (m) r = bpf_cpumask_test_cpu(0, (void *)m); bpf_rcu_read_unlock(); return r; }
SEC(S) int k_cpumask_rcu_after(void *c) { KV int r = 0; bpf_rcu_read_lock(); struct bpf_cpumask *m = v->m; bpf_rcu_read_unlock(); if (m) r = bpf_cpumask_test_cpu(0, (void *)m); return r; }
SEC(A) int k_cpumask_create(void *c) { KV struct bpf_cpumask *m = bpf_cpumask_create(), *o; if (!m) return 0; o = bpf_kptr_xchg(&v->m, m); if (o) bpf_cpumask_release(o); return 0; }
SEC(A) int k_cpumask_nonull(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); bpf_cpumask_set_cpu(0, m); if (m) bpf_cpumask_release(m); return 0; }
SEC(A) int k_cpumask_release_twice(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; bpf_cpumask_release(m); bpf_cpumask_release(m); return 0; }
SEC(A) int k_cpumask_acquire(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(), *n; if (!m) return 0; n = bpf_cpumask_acquire(m); bpf_cpumask_release(m); bpf_cpumask_release(n); return 0; }
SEC(A) int k_cpumask_release_off(void *c) { struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; bpf_cpumask_release((void *)m + 8); return 0; }
SEC(A) int k_local_put(void *c) { KV struct pl *n = bpf_obj_new_impl(LTYPE(struct pl), NULL); if (!n) return 0; n = bpf_kptr_xchg(&v->l, n); if (n) bpf_obj_drop_impl(n, NULL); return 0; }
SEC(A) int k_local_load(void *c) { KV struct pl *n = v->l; return n ? n->a : 0; }
SEC(S) int k_local_load_s(void *c) { KV struct pl *n = v->l; return n ? n->a : 0; }
SEC(A) int k_local_load_write(void *c) { KV struct pl *n = v->l; if (n) *(V u64 *)&n->a = 1; return 0; }
SEC(A) int k_local_load_drop(void *c) { KV struct pl *n = v->l; if (n) bpf_obj_drop_impl(n, NULL); return 0; }
SEC(A) int k_local_ref(void *c) { KV struct obj *n = v->o, *m; if (!n) return 0; m = bpf_refcount_acquire_impl(n, NULL); if (m) bpf_obj_drop_impl(m, NULL); return 0; }
SEC(S) int k_local_ref_s(void *c) { KV struct obj *n = v->o, *m; if (!n) return 0; m = bpf_refcount_acquire_impl(n, NULL); if (m) bpf_obj_drop_impl(m, NULL); return 0; }
SEC(A) int k_local_wrong(void *c) { KV struct obj *n = bpf_obj_new_impl(LTYPE(struct obj), NULL); if (!n) return 0; struct pl *o = bpf_kptr_xchg(&v->l, n); if (o) bpf_obj_drop_impl(o, NULL); return 0; }
SEC(A) int k_cgroup(void *c) { KV struct cgroup *g = v->g, *h; if (!g) return 0; h = bpf_cgroup_acquire(g); if (h) bpf_cgroup_release(h); return 0; }
SEC(A) int k_cgroup_ancestor(void *c) { struct cgroup *g = bpf_cgroup_from_id(1), *h; if (!g) return 0; h = bpf_cgroup_ancestor(g, 0); bpf_cgroup_release(g); if (h) bpf_cgroup_release(h); return 0; }
SEC(A) int k_cgroup_under(void *c) { struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; long r = bpf_task_under_cgroup(bpf_get_current_task_btf(), g); bpf_cgroup_release(g); return r; }
SEC(A) int k_memcpy(void *c) { KV char b[8]; bpf_probe_read_kernel(v, 8, b); return 0; }
SEC(A) int k_update(void *c) { KV bpf_map_update_elem(&km, &k, v, 0); return 0; }
SEC(A) int k_file(void *c) { u32 k = 0; struct fv *v = bpf_map_lookup_elem(&fm, &k); if (!v) return 0; struct file *f = v->f; return f ? f->f_flags : 0; }
