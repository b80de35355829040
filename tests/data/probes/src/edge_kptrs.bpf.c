#include "probes.h"
GPL;
/* Kept pointers in every kind of map, per-CPU objects, and objects of other kernel types. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct kept { __u64 n; struct task_struct __kptr *task; struct cgroup __kptr *group; struct bpf_cpumask __kptr *mask; };
HASH(hash, __u64, struct kept, 4);
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct kept); } lru SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct kept); } percpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct kept); } percpu_hash SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct kept); } of_task SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_INODE_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, struct kept); } of_inode SEC(".maps");
KF struct cgroup *bpf_cgroup_acquire(struct cgroup *c);
KF struct cgroup *bpf_cgroup_ancestor(struct cgroup *c, int level);
KF struct bpf_cpumask *bpf_cpumask_acquire(struct bpf_cpumask *m);
KF bool bpf_cpumask_test_cpu(u32 cpu, const struct bpf_cpumask *m);
KF void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *m);
KF long bpf_task_under_cgroup(struct task_struct *t, struct cgroup *c);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct cgroup)); KEEP(TYPE_OF(struct bpf_cpumask)); KEEP(TYPE_OF(struct task_struct)); return 0; }
#define FIND(v) __u64 k = 0; struct kept *v = bpf_map_lookup_elem(&hash, &k); if (!v) return 0
#define FIND_IN(m, v) __u32 k = 0; struct kept *v = bpf_map_lookup_elem(&m, &k); if (!v) return 0
#define PUT(v) struct task_struct *t = bpf_task_acquire(bpf_get_current_task_btf()); if (!t) return 0; t = bpf_kptr_xchg(&(v)->task, t); if (t) bpf_task_release(t); return 0

SEC(A) int in_hash(void *c) { FIND(v); PUT(v); }
SEC(A) int in_lru(void *c) { FIND_IN(lru, v); PUT(v); }
SEC(A) int in_percpu(void *c) { FIND_IN(percpu, v); PUT(v); }
SEC(A) int in_percpu_hash(void *c) { FIND_IN(percpu_hash, v); PUT(v); }
SEC(A) int in_percpu_of_other(void *c) { __u32 k = 0; struct kept *v = bpf_map_lookup_percpu_elem(&percpu, &k, 0); if (!v) return 0; PUT(v); }
SEC(A) int in_task_storage(void *c) { struct kept *v = bpf_task_storage_get(&of_task, bpf_get_current_task_btf(), 0, 1); if (!v) return 0; PUT(v); }
SEC(A) int BPF_PROG(in_inode_storage, struct file *f) { struct kept *v = bpf_inode_storage_get(&of_inode, f->f_inode, 0, 1); if (!v) return 0; PUT(v); }
/* A value to begin with would hold kept pointers. */
SEC(A) int storage_with_value(void *c) { struct kept n = {}; struct kept *v = bpf_task_storage_get(&of_task, bpf_get_current_task_btf(), &n, 1); return v ? 0 : -1; }
SEC(A) int updated(void *c) { struct kept n = {}; __u64 k = 0; bpf_map_update_elem(&hash, &k, &n, 0); return 0; }
SEC(A) int updated_by_value(void *c) { FIND(v); bpf_map_update_elem(&hash, &k, v, 0); return 0; }
/* In a callback over the map. */
static long c_puts(struct bpf_map *m, __u64 *k, struct kept *v, void *c) { PUT(v); }
SEC(A) int in_callback(void *c) { bpf_for_each_map_elem(&hash, c_puts, 0, 0); return 0; }
static long c_puts_lost(struct bpf_map *m, __u64 *k, struct kept *v, void *c) { bpf_kptr_xchg(&v->task, 0); return 0; }
SEC(A) int in_callback_lost(void *c) { bpf_for_each_map_elem(&hash, c_puts_lost, 0, 0); return 0; }
/* In functions. */
static __noinline int put(struct kept *v) { PUT(v); }
SEC(A) int in_static(void *c) { FIND(v); return put(v); }
__noinline int put_global(struct kept *v) { if (!v) return 0; PUT(v); }
SEC(A) int in_global(void *c) { FIND(v); return put_global(v); }
static __noinline struct task_struct *take(struct kept *v) { return bpf_kptr_xchg(&v->task, 0); }
SEC(A) int taken_in_static(void *c) { FIND(v); struct task_struct *t = take(v); if (t) bpf_task_release(t); return 0; }
SEC(A) int taken_in_static_lost(void *c) { FIND(v); take(v); return 0; }
/* Taken and put back: the same one, into another field, into another value. */
SEC(A) int moved_to_other_value(void *c) { FIND(v); struct kept *w; struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (!t) return 0; k = 1; w = bpf_map_lookup_elem(&hash, &k); if (!w) { bpf_task_release(t); return 0; } t = bpf_kptr_xchg(&w->task, t); if (t) bpf_task_release(t); return 0; }
SEC(A) int moved_to_other_value_leak(void *c) { FIND(v); struct kept *w; struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (!t) return 0; k = 1; w = bpf_map_lookup_elem(&hash, &k); if (!w) return 0; t = bpf_kptr_xchg(&w->task, t); if (t) bpf_task_release(t); return 0; }
SEC(A) int moved_to_other_field(void *c) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (!t) return 0; struct cgroup *g = bpf_kptr_xchg(&v->group, (void *)t); if (g) bpf_cgroup_release(g); return 0; }
/* A number, a stack address, a map value go in; an offset. */
SEC(A) int put_number(void *c) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, (void *)5); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_value(void *c) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, v); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_unchecked(void *c) { FIND(v); struct task_struct *t = bpf_task_from_pid(1); t = bpf_kptr_xchg(&v->task, t); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_moved(void *c) { FIND(v); struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; t = bpf_kptr_xchg(&v->task, (void *)t + 8); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_into_stack(void *c) { struct kept v = {}; struct task_struct *t = bpf_kptr_xchg(&v.task, 0); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_into_unchecked(void *c) { __u64 k = 0; struct kept *v = bpf_map_lookup_elem(&hash, &k); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
SEC(A) int put_at_four(void *c) { FIND(v); struct task_struct *t = bpf_kptr_xchg((void *)&v->task + 4, 0); if (t) bpf_task_release(t); return 0; }
/* A number by a plain store of each width; null by an immediate. */
SEC(A) int stored_number(void *c) { FIND(v); *(volatile __u64 *)&v->task = 1; return 0; }
SEC(A) int stored_byte(void *c) { FIND(v); *(volatile char *)&v->task = 0; return 0; }
SEC(A) int stored_beside(void *c) { FIND(v); v->n = 7; return 0; }
SEC(A) int stored_unknown(void *c) { FIND(v); __u64 i = bpf_get_prandom_u32() & 8; OPAQUE(i); i &= 8; *(volatile __u64 *)((void *)v + i) = 1; return 0; }
SEC(A) int exchanged_atomically(void *c) { FIND(v); return __sync_lock_test_and_set((__u64 *)&v->task, 0) ? -1 : 0; }
/* Read in place: used after the program sleeps; after the section; as an argument; walked. */
SEC(S) int read_then_sleep(void *c) { FIND(v); char b[8]; long r = 0; bpf_rcu_read_lock(); struct task_struct *t = v->task; if (!t) { bpf_rcu_read_unlock(); return 0; } bpf_rcu_read_unlock(); bpf_copy_from_user(b, 8, (void *)4096); r = t->pid; return r == 3 ? -1 : 0; }
SEC(S) int read_acquire_then_sleep(void *c) { FIND(v); char b[8]; long r = 0; bpf_rcu_read_lock(); struct task_struct *t = v->task; if (t) t = bpf_task_acquire(t); bpf_rcu_read_unlock(); if (!t) return 0; bpf_copy_from_user(b, 8, (void *)4096); r = t->pid; bpf_task_release(t); return r == 3 ? -1 : 0; }
SEC(S) int read_acquired_unchecked(void *c) { FIND(v); bpf_rcu_read_lock(); struct task_struct *t = v->task; if (t) { t = bpf_task_acquire(t); bpf_task_release(t); } bpf_rcu_read_unlock(); return 0; }
SEC(A) int read_acquire_unchecked_in(void *c) { FIND(v); struct task_struct *t = bpf_task_acquire(v->task); if (t) bpf_task_release(t); return 0; }
SEC(A) int read_walked(void *c) { FIND(v); struct task_struct *t = v->task; return t ? (t->real_parent->pid == 3 ? -1 : 0) : 0; }
SEC(S) int read_walked_sleepable(void *c) { FIND(v); struct task_struct *t = v->task; return t ? (t->real_parent->pid == 3 ? -1 : 0) : 0; }
SEC(A) int read_two_fields(void *c) { FIND(v); struct task_struct *t = v->task; struct cgroup *g = v->group; return t && g ? bpf_task_under_cgroup(t, g) & 0 : 0; }
SEC(S) int read_two_fields_sleepable(void *c) { FIND(v); struct task_struct *t = v->task; struct cgroup *g = v->group; return t && g ? bpf_task_under_cgroup(t, g) & 0 : 0; }
SEC(A) int group_acquired(void *c) { FIND(v); struct cgroup *g = v->group, *a; if (!g) return 0; a = bpf_cgroup_acquire(g); if (!a) return 0; bpf_cgroup_release(a); return 0; }
SEC(A) int group_ancestor(void *c) { FIND(v); struct cgroup *g = v->group, *a; if (!g) return 0; a = bpf_cgroup_ancestor(g, 1); if (a) bpf_cgroup_release(a); return 0; }
/* Masks. */
SEC(A) int mask_kept(void *c) { FIND(v); struct bpf_cpumask *m = bpf_cpumask_create(); if (!m) return 0; m = bpf_kptr_xchg(&v->mask, m); if (m) bpf_cpumask_release(m); return 0; }
SEC(A) int mask_read(void *c) { FIND(v); struct bpf_cpumask *m = v->mask; return m ? bpf_cpumask_test_cpu(0, m) & 0 : 0; }
SEC(S) int mask_read_sleepable(void *c) { FIND(v); struct bpf_cpumask *m = v->mask; return m ? bpf_cpumask_test_cpu(0, m) & 0 : 0; }
SEC(A) int mask_set_in_place(void *c) { FIND(v); struct bpf_cpumask *m = v->mask; if (m) bpf_cpumask_set_cpu(0, m); return 0; }
SEC(A) int mask_acquired(void *c) { FIND(v); struct bpf_cpumask *m = bpf_kptr_xchg(&v->mask, 0), *n; if (!m) return 0; n = bpf_cpumask_acquire(m); bpf_cpumask_release(m); bpf_cpumask_release(n); return 0; }
SEC(A) int mask_acquired_in_place(void *c) { FIND(v); struct bpf_cpumask *m = v->mask, *n; if (!m) return 0; n = bpf_cpumask_acquire(m); bpf_cpumask_release(n); return 0; }
SEC(A) int mask_of_task_wrong(void *c) { FIND(v); struct bpf_cpumask *m = (void *)v->task; return m ? bpf_cpumask_test_cpu(0, m) & 0 : 0; }
SEC("tc") int task_in_tc(struct __sk_buff *s) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
SEC("kprobe") int task_in_kprobe(void *c) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
SEC("socket") int task_in_socket(struct __sk_buff *s) { FIND(v); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
