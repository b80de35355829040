#include "probes.h"
GPL;
/* Sections, preemption and interrupts across functions, callbacks and each other. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
ARRAY(arr, struct bytes48, 1);
RINGBUF(ring);
struct bpf_iter_css { __u64 __opaque[3]; } __attribute__((aligned(8)));
static __noinline int sleeps(int x) { char b[8]; OPAQUE(x); bpf_copy_from_user(b, 8, (void *)4096); return x; }
__noinline int sleeps_global(int x) { char b[8]; OPAQUE(x); bpf_copy_from_user(b, 8, (void *)4096); return x; }
__noinline int calls_sleeper(int x) { return sleeps_global(x) + 1; }
static __noinline int calls_sleeper_static(int x) { return sleeps_global(x) + 1; }
static long c_sleeps(__u32 i, void *c) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
static long c_unlocks(__u32 i, void *c) { bpf_rcu_read_unlock(); return 0; }
static long c_relocks(__u32 i, void *c) { bpf_rcu_read_unlock(); bpf_rcu_read_lock(); return 0; }
static long c_disables(__u32 i, void *c) { bpf_preempt_disable(); return 0; }
static long c_enables(__u32 i, void *c) { bpf_preempt_enable(); return 0; }
static long c_both(__u32 i, void *c) { bpf_preempt_disable(); bpf_preempt_enable(); return 0; }
static long c_irq(__u32 i, void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_restore(&f); return 0; }
static long c_irq_leak(__u32 i, void *c) { unsigned long f; bpf_local_irq_save(&f); return 0; }
static long c_irq_restores(__u32 i, unsigned long *f) { bpf_local_irq_restore(f); return 0; }

/* A function locks for its caller, another opens. */
static __noinline void lock_it(void) { bpf_rcu_read_lock(); }
static __noinline void unlock_it(void) { bpf_rcu_read_unlock(); }
SEC(S) int rcu_by_functions(void *c) { lock_it(); unlock_it(); return 0; }
SEC(S) int rcu_left_by_function(void *c) { lock_it(); return 0; }
SEC(S) int rcu_opened_by_function(void *c) { bpf_rcu_read_lock(); unlock_it(); sleeps(1); return 0; }
SEC(A) int rcu_by_functions_atomic(void *c) { lock_it(); unlock_it(); return 0; }
/* A global function leaves the section open, or ends its caller's. */
__noinline int g_locks(int x) { OPAQUE(x); bpf_rcu_read_lock(); return x; }
SEC(S) int rcu_left_by_global(void *c) { g_locks(1); bpf_rcu_read_unlock(); return 0; }
__noinline int g_unlocks(int x) { OPAQUE(x); bpf_rcu_read_unlock(); return x; }
SEC(S) int rcu_ended_by_global(void *c) { bpf_rcu_read_lock(); g_unlocks(1); return 0; }
/* A global function with a section of its own, in a section. */
__noinline int g_balanced(int x) { OPAQUE(x); bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return x; }
SEC(S) int rcu_global_balanced(void *c) { bpf_rcu_read_lock(); g_balanced(1); bpf_rcu_read_unlock(); return 0; }
/* Functions that sleep, in a section, two calls deep. */
SEC(S) int rcu_static_sleeps(void *c) { bpf_rcu_read_lock(); sleeps(1); bpf_rcu_read_unlock(); return 0; }
SEC(S) int rcu_global_sleeps(void *c) { bpf_rcu_read_lock(); sleeps_global(1); bpf_rcu_read_unlock(); return 0; }
SEC(S) int rcu_global_sleeps_deep(void *c) { bpf_rcu_read_lock(); calls_sleeper(1); bpf_rcu_read_unlock(); return 0; }
SEC(S) int rcu_static_calls_global(void *c) { bpf_rcu_read_lock(); calls_sleeper_static(1); bpf_rcu_read_unlock(); return 0; }
SEC(S) int rcu_static_calls_global_outside(void *c) { calls_sleeper_static(1); return 0; }
SEC(A) int global_sleeps_atomic(void *c) { return sleeps_global(1) & 0; }
SEC(S) int preempt_global_sleeps(void *c) { bpf_preempt_disable(); calls_sleeper(1); bpf_preempt_enable(); return 0; }
SEC(S) int irq_global_sleeps(void *c) { unsigned long f; bpf_local_irq_save(&f); calls_sleeper(1); bpf_local_irq_restore(&f); return 0; }
/* Callbacks. */
SEC(S) int callback_sleeps(void *c) { bpf_loop(2, c_sleeps, 0, 0); return 0; }
SEC(S) int callback_sleeps_rcu(void *c) { bpf_rcu_read_lock(); bpf_loop(2, c_sleeps, 0, 0); bpf_rcu_read_unlock(); return 0; }
SEC(S) int callback_sleeps_preempt(void *c) { bpf_preempt_disable(); bpf_loop(2, c_sleeps, 0, 0); bpf_preempt_enable(); return 0; }
SEC(A) int callback_sleeps_atomic(void *c) { bpf_loop(2, c_sleeps, 0, 0); return 0; }
SEC(S) int callback_unlocks(void *c) { bpf_rcu_read_lock(); bpf_loop(2, c_unlocks, 0, 0); return 0; }
SEC(S) int callback_relocks(void *c) { bpf_rcu_read_lock(); bpf_loop(2, c_relocks, 0, 0); bpf_rcu_read_unlock(); return 0; }
SEC(S) int callback_disables(void *c) { bpf_loop(2, c_disables, 0, 0); bpf_preempt_enable(); return 0; }
SEC(S) int callback_disables_once(void *c) { bpf_loop(1, c_disables, 0, 0); return 0; }
SEC(S) int callback_enables(void *c) { bpf_preempt_disable(); bpf_loop(1, c_enables, 0, 0); return 0; }
SEC(S) int callback_disables_and_enables(void *c) { bpf_loop(2, c_both, 0, 0); return 0; }
SEC(S) int callback_irq(void *c) { bpf_loop(2, c_irq, 0, 0); return 0; }
SEC(S) int callback_irq_leak(void *c) { bpf_loop(2, c_irq_leak, 0, 0); return 0; }
SEC(S) int callback_irq_restores(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_loop(1, c_irq_restores, &f, 0); return 0; }
/* Sixteen and seventeen nested preemption regions: there is no limit. */
#define OFF4 bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_disable();
#define ON4 bpf_preempt_enable(); bpf_preempt_enable(); bpf_preempt_enable(); bpf_preempt_enable();
SEC(A) int preempt_sixteen(void *c) { OFF4 OFF4 OFF4 OFF4 ON4 ON4 ON4 ON4 return 0; }
/* One more in each round. */
SEC(A) int preempt_grows(void *c) { for (int i = 0; i < 10; i++) { OPAQUE(i); bpf_preempt_disable(); } return 0; }
/* As many on as off, in two loops. */
SEC(A) int preempt_two_loops(void *c) { for (int i = 0; i < 5; i++) { OPAQUE(i); bpf_preempt_disable(); } for (int i = 0; i < 5; i++) { OPAQUE(i); bpf_preempt_enable(); } return 0; }
/* Sleeping between the two inner ones. */
SEC(S) int preempt_sleep_at_one(void *c) { bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_enable(); sleeps(1); bpf_preempt_enable(); return 0; }
SEC(S) int preempt_sleep_after(void *c) { bpf_preempt_disable(); bpf_preempt_disable(); bpf_preempt_enable(); bpf_preempt_enable(); sleeps(1); return 0; }
/* Preemption off across an iterator; across a lock. */
SEC(A) int preempt_in_loop(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 3); while (bpf_iter_num_next(&it)) { bpf_preempt_disable(); bpf_preempt_enable(); } bpf_iter_num_destroy(&it); return 0; }
SEC(A) int preempt_unbalanced_in_loop(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 3); while (bpf_iter_num_next(&it)) bpf_preempt_disable(); bpf_iter_num_destroy(&it); return 0; }
SEC(A) int rcu_unbalanced_in_loop(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 3); while (bpf_iter_num_next(&it)) bpf_rcu_read_lock(); bpf_iter_num_destroy(&it); return 0; }
/* A pointer read in a preemption region of a sleepable program: no section. */
SEC(S) int preempt_acquire(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; bpf_preempt_disable(); p = bpf_task_acquire(t->real_parent); bpf_preempt_enable(); if (p) bpf_task_release(p); return 0; }
SEC(S) int irq_acquire(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; unsigned long f; bpf_local_irq_save(&f); p = bpf_task_acquire(t->real_parent); bpf_local_irq_restore(&f); if (p) bpf_task_release(p); return 0; }
/* A pointer read before a nested section's end is still good in the outer. */
SEC(S) int rcu_inner_pointer_in_outer(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p; int r; bpf_rcu_read_lock(); bpf_rcu_read_lock(); p = t->real_parent; bpf_rcu_read_unlock(); r = p->pid; bpf_rcu_read_unlock(); return r == 3 ? -1 : 0; }
SEC(S) int rcu_inner_pointer_acquired(void *c) { struct task_struct *t = bpf_get_current_task_btf(), *p, *q; bpf_rcu_read_lock(); bpf_rcu_read_lock(); p = t->real_parent; bpf_rcu_read_unlock(); q = bpf_task_acquire(p); bpf_rcu_read_unlock(); if (q) bpf_task_release(q); return 0; }
/* A pointer read in a callback's section. */
static long c_reads(__u32 i, struct task_struct **k) { struct task_struct *t = bpf_get_current_task_btf(); bpf_rcu_read_lock(); *k = t->real_parent; bpf_rcu_read_unlock(); return 0; }
SEC(S) int rcu_pointer_from_callback(void *c) { struct task_struct *k = 0; bpf_loop(1, c_reads, &k, 0); return k ? -1 : 0; }
/* Interrupts: flags not aligned, on one path, in a loop, twice restored, an uninitialised one restored. */
SEC(A) int irq_unaligned(void *c) { char b[16]; bpf_local_irq_save((void *)b + 4); bpf_local_irq_restore((void *)b + 4); return 0; }
SEC("tc") int irq_one_path(struct __sk_buff *s) { unsigned long f; if (s->mark) bpf_local_irq_save(&f); if (s->mark) bpf_local_irq_restore(&f); return 0; }
SEC("tc") int irq_in_loop(struct __sk_buff *s) { for (int i = 0; i < 4; i++) { unsigned long f; OPAQUE(i); bpf_local_irq_save(&f); bpf_local_irq_restore(&f); } return 0; }
SEC(A) int irq_restored_twice(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_local_irq_restore(&f); bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_never_saved(void *c) { unsigned long f; bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_null(void *c) { bpf_local_irq_save((void *)0); return 0; }
static __noinline void save_in(unsigned long *f) { bpf_local_irq_save(f); }
SEC(A) int irq_saved_in_static(void *c) { unsigned long f; save_in(&f); bpf_local_irq_restore(&f); return 0; }
static __noinline int save_and_lose(int x) { unsigned long f; OPAQUE(x); bpf_local_irq_save(&f); return x; }
SEC(A) int irq_lost_in_static(void *c) { return save_and_lose(1) & 0; }
__noinline int g_irq(int x) { unsigned long f; OPAQUE(x); bpf_local_irq_save(&f); bpf_local_irq_restore(&f); return x; }
SEC(A) int irq_in_global(void *c) { unsigned long f; bpf_local_irq_save(&f); g_irq(1); bpf_local_irq_restore(&f); return 0; }
__noinline int g_irq_leak(int x) { unsigned long f; OPAQUE(x); bpf_local_irq_save(&f); return x; }
SEC(A) int irq_left_by_global(void *c) { return g_irq_leak(1) & 0; }
/* A helper fills the flags. */
SEC("tc") int irq_filled(struct __sk_buff *s) { unsigned long f; bpf_local_irq_save(&f); bpf_skb_load_bytes(s, 0, &f, 8); bpf_local_irq_restore(&f); return 0; }
/* Crossing with other regions. */
SEC(A) int irq_crosses_rcu(void *c) { unsigned long f; bpf_local_irq_save(&f); bpf_rcu_read_lock(); bpf_local_irq_restore(&f); bpf_rcu_read_unlock(); return 0; }
SEC(A) int irq_crosses_preempt(void *c) { unsigned long f; bpf_preempt_disable(); bpf_local_irq_save(&f); bpf_preempt_enable(); bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_three_deep(void *c) { unsigned long f, g, h; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_save(&h); bpf_local_irq_restore(&h); bpf_local_irq_restore(&g); bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_middle_first(void *c) { unsigned long f, g, h; bpf_local_irq_save(&f); bpf_local_irq_save(&g); bpf_local_irq_save(&h); bpf_local_irq_restore(&g); bpf_local_irq_restore(&h); bpf_local_irq_restore(&f); return 0; }
/* With a ring buffer's record held, the two released in either order. */
SEC(A) int irq_and_record(void *c) { unsigned long f; void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_local_irq_save(&f); bpf_ringbuf_submit(r, 0); bpf_local_irq_restore(&f); return 0; }
