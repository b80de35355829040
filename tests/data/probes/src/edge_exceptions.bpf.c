#include "probes.h"
GPL;
/* Exceptions: what is held when something is thrown, where, and what follows. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct locked { struct bpf_spin_lock lock; __u32 n; };
ARRAY(arr, struct locked, 1);
struct timed { struct bpf_timer timer; __u64 n; };
ARRAY(timed, struct timed, 1);
RINGBUF(ring);
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } from_user SEC(".maps");
static __noinline int may_throw(int x) { OPAQUE(x); if (x == 7) bpf_throw(0); return x; }
static __noinline int calls_thrower(int x) { return may_throw(x) + 1; }
__noinline int g_may_throw(int x) { OPAQUE(x); if (x == 7) bpf_throw(0); return x; }
__noinline int g_calls_thrower(int x) { return may_throw(x) + 1; }
__noinline int g_calls_global(int x) { return g_may_throw(x) + 1; }
static __noinline int always(int x) { OPAQUE(x); bpf_throw(0); return x; }
#define BIT (bpf_get_prandom_u32() == 7)

/* In a section, with preemption off, with interrupts off: in the program, a function, a global function. */
SEC(A) int section(void *c) { bpf_rcu_read_lock(); if (BIT) bpf_throw(0); bpf_rcu_read_unlock(); return 0; }
SEC(A) int section_static(void *c) { bpf_rcu_read_lock(); may_throw(1); bpf_rcu_read_unlock(); return 0; }
SEC(A) int section_static_deep(void *c) { bpf_rcu_read_lock(); calls_thrower(1); bpf_rcu_read_unlock(); return 0; }
SEC(A) int section_global(void *c) { bpf_rcu_read_lock(); g_may_throw(1); bpf_rcu_read_unlock(); return 0; }
SEC(S) int section_global_sleepable(void *c) { bpf_rcu_read_lock(); g_calls_global(1); bpf_rcu_read_unlock(); return 0; }
SEC(A) int preempt(void *c) { bpf_preempt_disable(); if (BIT) bpf_throw(0); bpf_preempt_enable(); return 0; }
SEC(A) int preempt_static(void *c) { bpf_preempt_disable(); may_throw(1); bpf_preempt_enable(); return 0; }
SEC(A) int preempt_global(void *c) { bpf_preempt_disable(); g_calls_thrower(1); bpf_preempt_enable(); return 0; }
SEC(A) int irq(void *c) { unsigned long f; bpf_local_irq_save(&f); if (BIT) bpf_throw(0); bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_static(void *c) { unsigned long f; bpf_local_irq_save(&f); may_throw(1); bpf_local_irq_restore(&f); return 0; }
SEC(A) int irq_global(void *c) { unsigned long f; bpf_local_irq_save(&f); g_may_throw(1); bpf_local_irq_restore(&f); return 0; }
/* With a record, a dynptr, an iterator, a lock. */
SEC(A) int record_static(void *c) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; calls_thrower(1); bpf_ringbuf_submit(r, 0); return 0; }
SEC(A) int dynptr(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &d); if (BIT) bpf_throw(0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(A) int dynptr_static(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &d); may_throw(1); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(A) int iterator(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); while (bpf_iter_num_next(&it)) if (BIT) bpf_throw(0); bpf_iter_num_destroy(&it); return 0; }
SEC(A) int iterator_global(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 5); while (bpf_iter_num_next(&it)) g_may_throw(2); bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int locked_static(struct __sk_buff *s) { __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_spin_lock(&v->lock); may_throw(1); bpf_spin_unlock(&v->lock); return 0; }
/* All given back before. */
SEC(A) int given_back(void *c) { void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_ringbuf_submit(r, 0); may_throw(1); return 0; }
/* It always throws: what is behind is dead. */
SEC(A) int dead_behind(void *c) { always(1); return *(volatile int *)0; }
SEC(A) int dead_record(void *c) { if (BIT) { always(1); bpf_ringbuf_reserve(&ring, 8, 0); } return 0; }
SEC("tc") ASMPROG int falls_off(void) { asm volatile("r1 = 0; call %[t];" :: [t] "i"(bpf_throw)); }
SEC("tc") ASMPROG int falls_on(void) { asm volatile("r1 = 0; call %[t]; r0 = 0; exit;" :: [t] "i"(bpf_throw)); }
/* The cookie is a pointer, unwritten. */
SEC("tc") ASMPROG int cookie_pointer(void) { asm volatile("r1 = r10; call %[t]; r0 = 0; exit;" :: [t] "i"(bpf_throw)); }
SEC("tc") ASMPROG int cookie_unwritten(void) { asm volatile("r1 = r3; call %[t]; r0 = 0; exit;" :: [t] "i"(bpf_throw)); }
/* In a callback: of bpf_loop, of a map, of a timer, of the user's ring. */
static long c_throws(__u32 i, void *c) { if (i == 3) bpf_throw(0); return 0; }
SEC(A) int callback(void *c) { bpf_loop(5, c_throws, 0, 0); return 0; }
static long c_calls(__u32 i, void *c) { may_throw(i); return 0; }
SEC(A) int callback_calls(void *c) { bpf_loop(5, c_calls, 0, 0); return 0; }
static long c_calls_global(__u32 i, void *c) { g_may_throw(i); return 0; }
SEC(A) int callback_calls_global(void *c) { bpf_loop(5, c_calls_global, 0, 0); return 0; }
static long c_each(struct bpf_map *m, __u32 *k, struct locked *v, void *c) { bpf_throw(0); return 0; }
SEC("tc") int callback_map(void *c) { bpf_for_each_map_elem(&arr, c_each, 0, 0); return 0; }
static int tick(void *m, int *k, struct timed *v) { bpf_throw(0); return 0; }
SEC("tc") int callback_timer(void *c) { __u32 k = 0; struct timed *v = bpf_map_lookup_elem(&timed, &k); if (!v) return 0; bpf_timer_set_callback(&v->timer, tick); return 0; }
static long c_user(struct bpf_dynptr *d, void *c) { bpf_throw(0); return 0; }
SEC("tc") int callback_user(void *c) { bpf_user_ringbuf_drain(&from_user, c_user, 0, 0); return 0; }
/* In programs of many types: those whose result is checked take the cookie for it. */
SEC("xdp") int in_xdp(void *c) { if (BIT) bpf_throw(77); return 1; }
SEC("kprobe") int in_kprobe(void *c) { if (BIT) bpf_throw(77); return 1; }
SEC("tp_btf/sched_switch") int in_tp_btf(void *c) { if (BIT) bpf_throw(77); return 0; }
SEC("tp_btf/sched_switch") int in_tp_btf_zero(void *c) { if (BIT) bpf_throw(0); return 0; }
SEC(A) int in_lsm_positive(void *c) { if (BIT) bpf_throw(1); return 0; }
SEC(A) int in_lsm_unknown(void *c) { if (BIT) bpf_throw(bpf_get_prandom_u32()); return 0; }
SEC("cgroup/sock_create") int in_sock_create(void *c) { if (BIT) bpf_throw(2); return 1; }
SEC("sk_lookup") int in_sk_lookup(void *c) { if (BIT) bpf_throw(2); return 1; }
SEC("syscall") int in_syscall(void *c) { if (BIT) bpf_throw(-1); return 0; }
SEC("iter/task") int in_iter(void *c) { if (BIT) bpf_throw(3); return 0; }
SEC("fexit/vfs_read") int in_fexit(void *c) { if (BIT) bpf_throw(3); return 0; }
SEC("fmod_ret/security_file_open") int in_fmod_ret(void *c) { if (BIT) bpf_throw(1); return 0; }
