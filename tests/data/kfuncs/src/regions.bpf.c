#include "kfuncs.h"
GPL;
/* RCU, preemption and interrupt regions: nesting, crossing, functions and callbacks, exceptions. */
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
struct sv { struct bpf_spin_lock l; u64 x; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct sv); } sm SEC(".maps");
#define SVL u32 k = 0; struct sv *v = bpf_map_lookup_elem(&sm, &k); if (!v) return 0;
#define SLEEP { char b[8]; bpf_copy_from_user(b, 8, (void *)0x1000); }
#define SLEEPK { char b[8]; bpf_copy_from_user_str(b, 8, (void *)0x1000, 0); }
#define RL bpf_rcu_read_lock();
#define RU bpf_rcu_read_unlock();
#define PD bpf_preempt_disable();
#define PE bpf_preempt_enable();
SEC(S) int r_rcu_in_preempt(void *c) { PD RL RU PE return 0; }
SEC(S) int r_preempt_in_rcu(void *c) { RL PD PE RU return 0; }
SEC(S) int r_cross(void *c) { RL PD RU PE return 0; }
SEC(S) int r_cross_sleep(void *c) { RL PD RU SLEEP PE return 0; }
SEC(S) int r_cross_sleep_k(void *c) { RL PD RU SLEEPK PE return 0; }
SEC(S) int r_preempt3(void *c) { PD PD PD PE PE PE SLEEP return 0; }
SEC(S) int r_preempt_left2(void *c) { PD PD return 0; }
SEC(S) int r_preempt_left1(void *c) { PD return 0; }
SEC("tc") int r_preempt_exit_tc(void *c) { PD return 0; }
SEC(S) int r_both_left(void *c) { PD RL return 0; }
SEC(S) int r_rcu_branch(void *c) { if (bpf_get_prandom_u32()) RL SLEEP if (0) RU return 0; }
SEC(S) int r_rcu_branch2(void *c) { u32 r = bpf_get_prandom_u32(); if (r) { RL } if (r) { RU } SLEEP return 0; }
SEC("tc") int r_irq_rcu(void *c) { unsigned long f; bpf_local_irq_save(&f); RL RU bpf_local_irq_restore(&f); return 0; }
SEC(S) int r_irq_sleep_k(void *c) { unsigned long f; bpf_local_irq_save(&f); SLEEPK bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_twice_same(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_save(&f); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_order(void *c) { unsigned long f, g; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&f); bpf_local_irq_restore(&g); return 0; }
SEC("tc") int r_irq_nest(void *c) { unsigned long f, g; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&g); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_nest3(void *c) { unsigned long f, g, h; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&g); bpf_local_irq_save(&h);  bpf_local_irq_restore(&h); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_copy(void *c) { unsigned long f, g; bpf_local_irq_save(&f); g = *(V unsigned long *)&f; bpf_local_irq_restore(&g); return 0; }
SEC("tc") int r_irq_overwrite(void *c) { unsigned long f; bpf_local_irq_save(&f); *(V unsigned long *)&f = 0; bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_map(void *c) { SVL bpf_local_irq_save((void *)&v->x); bpf_local_irq_restore((void *)&v->x); return 0; }
SEC("tc") int r_irq_uninit(void *c) { unsigned long f; bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_twice_restore(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_restore(&f); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_misaligned(void *c) { unsigned long f[2]; bpf_local_irq_save((void *)f + 4); bpf_local_irq_restore((void *)f + 4); return 0; }
static __attribute__((noinline)) void isub(unsigned long *f) { bpf_local_irq_save(f); }
SEC("tc") int r_irq_sub(void *c) { unsigned long f; isub(&f); bpf_local_irq_restore(&f); return 0; }
static __attribute__((noinline)) int isub2(void) { unsigned long f; bpf_local_irq_save(&f); return 0; }
SEC("tc") int r_irq_sub_leak(void *c) { return isub2(); }
SEC("tc") int r_irq_spin(void *c) { unsigned long f; SVL bpf_local_irq_save(&f); bpf_spin_lock(&v->l); bpf_spin_unlock(&v->l); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int r_irq_tail(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_throw(0); return 0; }
SEC("tc") int r_throw(void *c) { bpf_throw(1); return 0; }
SEC("tc") int r_throw_rcu(void *c) { RL bpf_throw(0); return 0; }
SEC("tc") int r_throw_preempt(void *c) { PD bpf_throw(0); return 0; }
SEC("tc") int r_throw_lock(void *c) { SVL bpf_spin_lock(&v->l); bpf_throw(0); return 0; }
SEC("tc") int r_throw_ref(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_throw(0); return 0; }
SEC("tc") int r_throw_ref_rel(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_task_release(t); bpf_throw(0); return 0; }
SEC(A) int r_throw_range(void *c) { bpf_throw(5); return 0; }
SEC("fentry/bpf_fentry_test1") int r_throw_fentry(void *c) { bpf_throw(1); return 0; }
SEC("fentry/bpf_fentry_test1") int r_throw_fentry0(void *c) { bpf_throw(0); return 0; }
SEC("cgroup_skb/ingress") int r_throw_cgroup(void *c) { bpf_throw(7); return 1; }
static __attribute__((noinline)) int tsub(int x) { if (x) bpf_throw(0); return 3; }
SEC("tc") int r_throw_sub(struct __sk_buff *c) { return tsub(c->len); }
SEC("tc") int r_throw_sub_ref(struct __sk_buff *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; int r = tsub(c->len); bpf_task_release(t); return r; }
static int tcb(u32 i, void *x) { bpf_throw(0); return 0; }
SEC("tc") int r_throw_loop(void *c) { bpf_loop(2, tcb, 0, 0); return 0; }
SEC(S) int r_rcu_sleep_sub(void *c) { RL if (bpf_get_prandom_u32()) { RU SLEEP } else { RU } return 0; }
static __attribute__((noinline)) int rsub(void) { RL return 0; }
SEC(S) int r_rcu_sub_open(void *c) { rsub(); RU return 0; }
static __attribute__((noinline)) int rsub2(void) { RU return 0; }
SEC(S) int r_rcu_sub_close(void *c) { RL rsub2(); SLEEP return 0; }
static int rcb(u32 i, void *x) { RL return 0; }
SEC(S) int r_rcu_loop_open(void *c) { bpf_loop(2, rcb, 0, 0); return 0; }
static int rcb2(u32 i, void *x) { RL RU return 0; }
SEC(S) int r_rcu_loop(void *c) { bpf_loop(2, rcb2, 0, 0); SLEEP return 0; }
SEC(S) int r_task_rcu(void *c) { int p; RL struct task_struct *t = bpf_get_current_task_btf()->real_parent; p = t->pid; RU return p; }
SEC(S) int r_task_rcu_after(void *c) { RL struct task_struct *t = bpf_get_current_task_btf()->real_parent; RU return t->pid; }
SEC(S) int r_task_rcu_acquire(void *c) { RL struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()->real_parent); RU if (t) bpf_task_release(t); return 0; }
SEC(S) int r_task_norcu_acquire(void *c) { struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()->real_parent); if (t) bpf_task_release(t); return 0; }
SEC(S) int r_task_rcu_acquire_after(void *c) { RL struct task_struct *p = bpf_get_current_task_btf()->real_parent; RU struct task_struct *t = bpf_task_acquire(p); if (t) bpf_task_release(t); return 0; }
SEC(S) int r_task_rcu_nest(void *c) { RL RL struct task_struct *p = bpf_get_current_task_btf()->real_parent; RU struct task_struct *t = bpf_task_acquire(p); RU if (t) bpf_task_release(t); return 0; }
SEC(S) int r_cred_rcu(void *c) { int l; RL const struct cred *p = bpf_get_current_task_btf()->real_cred; l = p ? p->user_ns->level : 0; RU return l; }
SEC(S) int r_cred_cast(void *c) { int l = 0; RL struct css_set *p = bpf_get_current_task_btf()->cgroups; struct cgroup *g = p->dfl_cgrp; g = bpf_cgroup_acquire(g); RU if (g) { l = g->level; bpf_cgroup_release(g); } return l; }
SEC("tc") int r_rcu_lock_spin(void *c) { SVL RL bpf_spin_lock(&v->l); bpf_spin_unlock(&v->l); RU return 0; }
SEC("tc") int r_spin_rcu(void *c) { SVL bpf_spin_lock(&v->l); RL bpf_spin_unlock(&v->l); RU return 0; }
SEC("tc") int r_spin_preempt(void *c) { SVL bpf_spin_lock(&v->l); PD PE bpf_spin_unlock(&v->l); return 0; }
