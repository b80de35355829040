/* Prototypes of more kernel functions than the corpus needs. */
#ifndef KFUNCS_H
#define KFUNCS_H
#include "vmlinux_min.h"
#define S "lsm.s/bprm_committed_creds"
#define A "lsm/bprm_committed_creds"
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __contains(n, m) __attribute__((btf_decl_tag("contains:" #n ":" #m)))
#define LTYPE(t) __builtin_btf_type_id(*(t *)0, 0)
#define KTYPE(t) __builtin_btf_type_id(*(t *)0, 1)
#define V volatile
KF int bpf_list_push_back_impl(struct bpf_list_head *head, struct bpf_list_node *node, void *meta, u64 off);
KF struct bpf_list_node *bpf_list_pop_back(struct bpf_list_head *head);
KF struct bpf_list_node *bpf_list_front(struct bpf_list_head *head);
KF struct bpf_list_node *bpf_list_back(struct bpf_list_head *head);
KF int bpf_rbtree_add_impl(struct bpf_rb_root *root, struct bpf_rb_node *node, bool (*less)(struct bpf_rb_node *a, const struct bpf_rb_node *b), void *meta__ign, u64 off);
KF struct bpf_rb_node *bpf_rbtree_remove(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF struct bpf_rb_node *bpf_rbtree_first(struct bpf_rb_root *root);
KF struct bpf_rb_node *bpf_rbtree_root(struct bpf_rb_root *root);
KF struct bpf_rb_node *bpf_rbtree_left(struct bpf_rb_root *root, struct bpf_rb_node *node);
KF void *bpf_refcount_acquire_impl(void *p__refcounted_kptr, void *meta__ign);
KF void *bpf_percpu_obj_new_impl(u64 local_type_id__k, void *meta__ign);
KF void bpf_percpu_obj_drop_impl(void *p__alloc, void *meta__ign);
KF void *bpf_cast_to_kern_ctx(void *obj);
KF struct bpf_cpumask *bpf_cpumask_acquire(struct bpf_cpumask *cpumask);
KF void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *cpumask);
struct cpumask { unsigned long bits[1]; } KOBJ;
KF bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask);
KF struct cgroup *bpf_cgroup_acquire(struct cgroup *cgrp);
KF struct cgroup *bpf_cgroup_ancestor(struct cgroup *cgrp, int level);
KF long bpf_task_under_cgroup(struct task_struct *task, struct cgroup *ancestor);
KF int bpf_dynptr_adjust(const struct bpf_dynptr *p, u32 start, u32 end);
KF u32 bpf_dynptr_size(const struct bpf_dynptr *p);
KF int bpf_dynptr_clone(const struct bpf_dynptr *p, struct bpf_dynptr *clone__uninit);
struct bpf_iter_css { __u64 __opaque[3]; } __attribute__((aligned(8)));
KF int bpf_iter_css_new(struct bpf_iter_css *it, struct cgroup_subsys_state *start, unsigned int flags);
KF struct cgroup_subsys_state *bpf_iter_css_next(struct bpf_iter_css *it);
KF void bpf_iter_css_destroy(struct bpf_iter_css *it);
struct bpf_iter_css_task { __u64 __opaque[1]; } __attribute__((aligned(8)));
KF int bpf_iter_css_task_new(struct bpf_iter_css_task *it, struct cgroup_subsys_state *css, unsigned int flags);
KF struct task_struct *bpf_iter_css_task_next(struct bpf_iter_css_task *it);
KF void bpf_iter_css_task_destroy(struct bpf_iter_css_task *it);
KF int bpf_iter_task_vma_new(struct bpf_iter_task_vma *it, struct task_struct *task, u64 addr);
KF struct vm_area_struct *bpf_iter_task_vma_next(struct bpf_iter_task_vma *it);
KF void bpf_iter_task_vma_destroy(struct bpf_iter_task_vma *it);
#endif
