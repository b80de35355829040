#include "probes.h"
GPL;
/* Timers in hashes and inner maps, several in a file, their callbacks' arguments, and what may be held when they are touched. */
struct timed { __u64 n; struct bpf_timer timer; __u64 after; };
HASH(timed, __u64, struct timed, 4);
ARRAY(array, struct timed, 4);
struct locked { struct bpf_spin_lock lock; struct bpf_timer timer; __u64 n; };
HASH(both, __u32, struct locked, 4);
RINGBUF(ring);
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct timed); } lru SEC(".maps");
#define FIND(v) __u64 k = 0; struct timed *v = bpf_map_lookup_elem(&timed, &k); if (!v) return 0
static int tick(void *map, __u64 *key, struct timed *v) { v->n++; return 0; }

/* In a hash. */
SEC("tc") int started(struct __sk_buff *s) { FIND(v); bpf_timer_init(&v->timer, &timed, 1); bpf_timer_set_callback(&v->timer, tick); bpf_timer_start(&v->timer, 1000, 0); return 0; }
SEC("tc") int in_lru(struct __sk_buff *s) { __u32 k = 0; struct timed *v = bpf_map_lookup_elem(&lru, &k); if (!v) return 0; bpf_timer_init(&v->timer, &lru, 1); bpf_timer_set_callback(&v->timer, tick); return 0; }
/* The callback reads the whole key, and past it. */
static int tick_key(void *map, __u64 *key, struct timed *v) { v->n += *key; return 0; }
SEC("tc") int reads_key(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_key); return 0; }
static int tick_key_past(void *map, __u64 *key, struct timed *v) { v->n += key[1]; return 0; }
SEC("tc") int reads_past_key(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_key_past); return 0; }
/* The callback looks up, deletes and updates in the map it was given. */
static int tick_map(void *map, __u64 *key, struct timed *v) { struct timed *w = bpf_map_lookup_elem(map, key); if (w) w->n++; return 0; }
SEC("tc") int uses_map(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_map); return 0; }
static int tick_delete(void *map, __u64 *key, struct timed *v) { bpf_map_delete_elem(map, key); return 0; }
SEC("tc") int deletes_itself(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_delete); return 0; }
static int tick_init(void *map, __u64 *key, struct timed *v) { bpf_timer_init(&v->timer, map, 1); return 0; }
SEC("tc") int inits_by_argument(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_init); return 0; }
static int tick_init_name(void *map, __u64 *key, struct timed *v) { bpf_timer_init(&v->timer, &timed, 1); return 0; }
SEC("tc") int inits_by_name(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_init_name); return 0; }
static int tick_init_array(void *map, __u64 *key, struct timed *v) { bpf_timer_init(&v->timer, &array, 1); return 0; }
SEC("tc") int inits_by_other_name(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_init_array); return 0; }
/* The callback sees the context no more. */
static int tick_r4(void *map, __u64 *key, struct timed *v, void *more) { return more ? 1 : 0; }
SEC("tc") int fourth_argument(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, (void *)tick_r4); return 0; }
/* The callback calls functions. */
static __noinline int work(struct timed *v) { v->n++; return 0; }
static int tick_calls(void *map, __u64 *key, struct timed *v) { return work(v); }
SEC("tc") int calls_static(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_calls); return 0; }
static long c_each(struct bpf_map *m, __u64 *k, struct timed *v, void *c) { v->n++; return 0; }
static int tick_each(void *map, __u64 *key, struct timed *v) { bpf_for_each_map_elem(&timed, c_each, 0, 0); return 0; }
SEC("tc") int walks_map(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_each); return 0; }
/* The callback is called as a function, too. */
SEC("tc") int called_directly(struct __sk_buff *s) { FIND(v); tick(&timed, &k, v); bpf_timer_set_callback(&v->timer, tick); return 0; }
/* The callback's result is not known; 0 or 1. */
static int tick_unknown(void *map, __u64 *key, struct timed *v) { return v->n; }
SEC("tc") int result_unknown(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_unknown); return 0; }
/* Set from within a callback of bpf_for_each_map_elem. */
static long c_starts(struct bpf_map *m, __u64 *k, struct timed *v, void *c) { bpf_timer_init(&v->timer, &timed, 1); bpf_timer_set_callback(&v->timer, tick); bpf_timer_start(&v->timer, 1, 0); return 0; }
SEC("tc") int set_in_callback(struct __sk_buff *s) { bpf_for_each_map_elem(&timed, c_starts, 0, 0); return 0; }
/* In a function. */
static __noinline int arm(struct timed *v) { return bpf_timer_set_callback(&v->timer, tick); }
SEC("tc") int set_in_static(struct __sk_buff *s) { FIND(v); return arm(v) & 1; }
__noinline int arm_global(struct timed *v) { if (!v) return 0; return bpf_timer_set_callback(&v->timer, tick); }
SEC("tc") int set_in_global(struct __sk_buff *s) { FIND(v); return arm_global(v) & 1; }
__noinline int find_and_arm(int x) { OPAQUE(x); FIND(v); return bpf_timer_set_callback(&v->timer, tick); }
SEC("tc") int found_in_global(struct __sk_buff *s) { return find_and_arm(1) & 1; }
/* Held: a lock, a record, a section, preemption off. */
SEC("tc") int under_lock(struct __sk_buff *s) { __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&both, &k); if (!v) return 0; bpf_spin_lock(&v->lock); bpf_timer_start(&v->timer, 1, 0); bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int with_record(struct __sk_buff *s) { FIND(v); void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; bpf_timer_set_callback(&v->timer, tick); bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int in_section(struct __sk_buff *s) { FIND(v); bpf_rcu_read_lock(); bpf_timer_set_callback(&v->timer, tick); bpf_rcu_read_unlock(); return 0; }
SEC("lsm.s/file_open") int in_sleepable(void *c) { FIND(v); bpf_timer_init(&v->timer, &timed, 1); bpf_timer_set_callback(&v->timer, tick); bpf_timer_start(&v->timer, 1000, 0); return 0; }
SEC("lsm.s/file_open") int in_sleepable_section(void *c) { FIND(v); bpf_rcu_read_lock(); bpf_timer_set_callback(&v->timer, tick); bpf_rcu_read_unlock(); return 0; }
/* A callback leaves a section open; takes the lock of its value. */
static int tick_rcu(void *map, __u64 *key, struct timed *v) { bpf_rcu_read_lock(); return 0; }
SEC("tc") int leaves_section(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_rcu); return 0; }
static int tick_preempt(void *map, __u64 *key, struct timed *v) { bpf_preempt_disable(); return 0; }
SEC("tc") int leaves_preempt(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_preempt); return 0; }
static int tick_locks(void *map, __u32 *key, struct locked *v) { bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int takes_lock(struct __sk_buff *s) { __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&both, &k); if (!v) return 0; bpf_timer_set_callback(&v->timer, tick_locks); return 0; }
static int tick_lock_leak(void *map, __u32 *key, struct locked *v) { bpf_spin_lock(&v->lock); return 0; }
SEC("tc") int leaves_lock(struct __sk_buff *s) { __u32 k = 0; struct locked *v = bpf_map_lookup_elem(&both, &k); if (!v) return 0; bpf_timer_set_callback(&v->timer, tick_lock_leak); return 0; }
/* A callback with a loop that does not end; two callbacks that set each other. */
static int tick_endless(void *map, __u64 *key, struct timed *v) { for (;;) { v->n++; } return 0; }
SEC("tc") int endless(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_endless); return 0; }
static int tick_b(void *map, __u64 *key, struct timed *v);
static int tick_a(void *map, __u64 *key, struct timed *v) { bpf_timer_set_callback(&v->timer, tick_b); return 0; }
static int tick_b(void *map, __u64 *key, struct timed *v) { bpf_timer_set_callback(&v->timer, tick_a); return 0; }
SEC("tc") int each_other(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_a); return 0; }
/* The flags of init, start; the map is null, a number, the wrong register. */
SEC("tc") int init_flags(struct __sk_buff *s) { FIND(v); return bpf_timer_init(&v->timer, &timed, s->mark) & 1; }
SEC("tc") int init_null_map(struct __sk_buff *s) { FIND(v); return bpf_timer_init(&v->timer, 0, 1) & 1; }
SEC("tc") int init_no_map(struct __sk_buff *s) { FIND(v); return bpf_timer_init(&v->timer, (void *)&k, 1) & 1; }
SEC("tc") int unchecked(struct __sk_buff *s) { __u64 k = 0; struct timed *v = bpf_map_lookup_elem(&timed, &k); return bpf_timer_cancel(&v->timer) & 1; }
/* Where tracing must not. */
SEC("perf_event") int in_perf_event(void *c) { FIND(v); return bpf_timer_cancel(&v->timer) & 1; }
SEC("tp/sched/sched_switch") int in_tp(void *c) { FIND(v); return bpf_timer_cancel(&v->timer) & 1; }
SEC("raw_tp/sched_switch") int in_raw_tp(void *c) { FIND(v); return bpf_timer_cancel(&v->timer) & 1; }
SEC("iter/task") int in_iter(void *c) { FIND(v); return bpf_timer_cancel(&v->timer) & 1; }
SEC("syscall") int in_syscall(void *c) { FIND(v); bpf_timer_set_callback(&v->timer, tick); return 0; }
SEC("cgroup/sysctl") int in_sysctl(void *c) { FIND(v); bpf_timer_set_callback(&v->timer, tick); return 1; }
