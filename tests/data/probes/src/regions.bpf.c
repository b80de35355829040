#include "probes.h"
GPL;
/* RCU sections, preemption and interrupts switched off: nesting, leaving, what may happen inside. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
RINGBUF(ring);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
static __noinline int calm(int x) { OPAQUE(x); return x; }
__noinline int calm_global(int x) { OPAQUE(x); return x; }
static long c_nothing(__u32 i, void *c) { return 0; }
static long c_locks(__u32 i, void *c) { bpf_rcu_read_lock(); return 0; }
static long c_balanced(__u32 i, void *c) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }

/* An RCU section inside an RCU section. */
SEC(A) int rcu_nested(void *c) { bpf_rcu_read_lock(); bpf_rcu_read_lock(); bpf_rcu_read_unlock(); bpf_rcu_read_unlock(); return 0; }
/* Nested, but closed once. */
SEC(A) int rcu_nested_closed_once(void *c) { bpf_rcu_read_lock(); bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }
/* Closed once too often. */
SEC(A) int rcu_closed_twice(void *c) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); bpf_rcu_read_unlock(); return 0; }
/* A section in each round. */
SEC(A) int rcu_in_loop(void *c) { for (int i = 0; i < 10; i++) { OPAQUE(i); bpf_rcu_read_lock(); bpf_rcu_read_unlock(); } return 0; }
/* One more section in each round. */
SEC(A) int rcu_grows_in_loop(void *c) { for (int i = 0; i < 10; i++) { OPAQUE(i); bpf_rcu_read_lock(); } return 0; }
/* A callback that leaves a section open. */
SEC(S) int rcu_left_open_by_callback(void *c) { bpf_loop(2, c_locks, 0, 0); return 0; }
/* A callback with a section of its own. */
SEC(S) int rcu_in_callback(void *c) { bpf_loop(2, c_balanced, 0, 0); return 0; }
/* bpf_loop inside a section. */
SEC(S) int loop_in_rcu(void *c) { bpf_rcu_read_lock(); bpf_loop(2, c_nothing, 0, 0); bpf_rcu_read_unlock(); return 0; }
/* A global function inside a section. */
SEC(S) int global_in_rcu(void *c) { int x; bpf_rcu_read_lock(); x = calm_global(1); bpf_rcu_read_unlock(); return x & 0; }
/* A pointer loaded inside the section is used behind it. */
SEC(S) int rcu_pointer_after_section(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; bpf_rcu_read_lock(); p = t->real_parent; bpf_rcu_read_unlock(); return p->pid == 1 ? -1 : 0; }
/* It is used inside. */
SEC(S) int rcu_pointer_in_section(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; int r; bpf_rcu_read_lock(); p = t->real_parent; r = p->pid; bpf_rcu_read_unlock(); return r == 1 ? -1 : 0; }
/* A pointer that may be null inside a section. */
SEC(S) int rcu_pointer_unchecked(void *c) { struct task_struct *t = bpf_get_current_task_btf(); struct css_set *g; long r; bpf_rcu_read_lock(); g = t->cgroups; r = (long)g->dfl_cgrp; bpf_rcu_read_unlock(); return r ? 0 : -1; }
/* A pointer acquired inside stays good behind the section. */
SEC(S) int rcu_acquired_outlives(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; int r; bpf_rcu_read_lock(); p = bpf_task_acquire(t->real_parent); bpf_rcu_read_unlock(); if (!p) return 0; r = p->pid; bpf_task_release(p); return r == 1 ? -1 : 0; }
/* It is not given back. */
SEC(S) int rcu_acquired_leak(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; bpf_rcu_read_lock(); p = bpf_task_acquire(t->real_parent); bpf_rcu_read_unlock(); return p ? -1 : 0; }
/* An atomic program needs no section to walk. */
SEC(A) int rcu_walk_atomic(void *c) { struct task_struct *t = bpf_get_current_task_btf(); return t->real_parent->pid == 1 ? -1 : 0; }
/* A sleepable program without a section: the pointer is not protected, but may be read. */
SEC(S) int rcu_walk_sleepable(void *c) { struct task_struct *t = bpf_get_current_task_btf(); return t->real_parent->pid == 1 ? -1 : 0; }
/* The unprotected pointer for a kfunc. */
SEC(S) int rcu_acquire_outside(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p = bpf_task_acquire(t->real_parent); if (p) bpf_task_release(p); return 0; }
/* A tail call inside a section. */
SEC("tc") int tail_call_in_rcu(struct __sk_buff *s) { bpf_rcu_read_lock(); bpf_tail_call(s, &progs, 0); bpf_rcu_read_unlock(); return 0; }
/* Preemption off and on. */
SEC(A) int preempt_balanced(void *c) { bpf_preempt_disable(); bpf_preempt_enable(); return 0; }
/* Nested. */
SEC(A) int preempt_nested(void *c) { bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_enable(); bpf_preempt_enable(); return 0; }
/* Switched on only once. */
SEC(A) int preempt_nested_once(void *c) { bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_enable(); return 0; }
/* Switched on without off. */
SEC(A) int preempt_enable_only(void *c) { bpf_preempt_enable(); return 0; }
/* On one path only. */
SEC("tc") int preempt_on_one_path(struct __sk_buff *s) { bpf_preempt_disable(); if (s->mark) bpf_preempt_enable(); return 0; }
/* A tail call with preemption off. */
SEC("tc") int tail_call_in_preempt(struct __sk_buff *s) { bpf_preempt_disable(); bpf_tail_call(s, &progs, 0); bpf_preempt_enable(); return 0; }
/* A static function enables for its caller. */
static __noinline void on(void) { bpf_preempt_enable(); }
SEC(A) int preempt_enabled_in_static(void *c) { bpf_preempt_disable(); on(); return 0; }
/* A global function leaves preemption off. */
__noinline int off_global(int x) { OPAQUE(x); bpf_preempt_disable(); return x; }
SEC(A) int preempt_left_off_by_global(void *c) { off_global(1); bpf_preempt_enable(); return 0; }
/* A global function with preemption off. */
SEC(A) int global_in_preempt(void *c) { bpf_preempt_disable(); int x = calm_global(1); bpf_preempt_enable(); return x & 0; }
/* A helper that sleeps with preemption off. */
SEC(S) int sleep_in_preempt(void *c) { char b[8]; bpf_preempt_disable(); bpf_copy_from_user(b, 8, (void *)4096); bpf_preempt_enable(); return 0; }
/* A record reserved with preemption off. */
SEC(A) int ring_in_preempt(void *c) { bpf_preempt_disable(); void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (r) bpf_ringbuf_submit(r, 0); bpf_preempt_enable(); return 0; }
/* A section in RCU and preemption crossing each other. */
SEC(A) int preempt_and_rcu_crossing(void *c) { bpf_preempt_disable(); bpf_rcu_read_lock(); bpf_preempt_enable(); bpf_rcu_read_unlock(); return 0; }
/* Interrupts off and on. */
SEC(A) int irq_balanced(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_restore(&f); return 0; }
/* Restored with other flags. */
SEC(A) int irq_other_flags(void *c) { unsigned long f, g = 0; bpf_local_irq_save(&f); bpf_local_irq_restore(&g); return 0; }
/* Nested, restored in the right order. */
SEC(A) int irq_nested(void *c) { unsigned long f, g; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&g); bpf_local_irq_restore(&f); return 0; }
/* Restored in the wrong order. */
SEC(A) int irq_wrong_order(void *c) { unsigned long f, g; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_restore(&f); bpf_local_irq_restore(&g); return 0; }
/* The same flags saved twice. */
SEC(A) int irq_saved_twice(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_save(&f); bpf_local_irq_restore(&f); return 0; }
/* Not restored. */
SEC(A) int irq_not_restored(void *c) { unsigned long f; bpf_local_irq_save(&f); return 0; }
/* The flags are overwritten. */
SEC(A) int irq_flags_overwritten(void *c) { unsigned long f; bpf_local_irq_save(&f); *(volatile unsigned long *)&f = 0; bpf_local_irq_restore(&f); return 0; }
/* The flags are read. */
SEC(A) int irq_flags_read(void *c) { unsigned long f; bpf_local_irq_save(&f); long x = *(volatile unsigned long *)&f; bpf_local_irq_restore(&f); return x ? 0 : -1; }
/* The flags are in a frame above. */
static __noinline void restore_in(unsigned long *f) { bpf_local_irq_restore(f); }
SEC(A) int irq_restored_in_static(void *c) { unsigned long f; bpf_local_irq_save(&f); restore_in(&f); return 0; }
/* A sleeping helper with interrupts off. */
SEC(S) int sleep_in_irq(void *c) { char b[8]; unsigned long f; bpf_local_irq_save(&f); bpf_copy_from_user(b, 8, (void *)4096); bpf_local_irq_restore(&f); return 0; }
