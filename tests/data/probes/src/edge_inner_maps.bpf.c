#include "probes.h"
GPL;
/* Maps in maps and maps that are one of two: locks, timers, kept pointers, records and loops through pointers to maps. */
struct locked { struct bpf_spin_lock lock; __u32 n; };
struct timed { struct bpf_timer timer; __u64 n; };
struct kept { __u64 n; struct task_struct __kptr *task; };
struct in_locked { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, __u32); __type(value, struct locked); } locked1 SEC(".maps"), locked2 SEC(".maps");
struct in_timed { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 2); __type(key, __u32); __type(value, struct timed); } timed1 SEC(".maps"), timed2 SEC(".maps");
struct in_kept { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 2); __type(key, __u32); __type(value, struct kept); } kept1 SEC(".maps"), kept2 SEC(".maps");
struct in_ring { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring1 SEC(".maps"), ring2 SEC(".maps");
struct in_plain { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 2); __type(key, __u64); __type(value, __u64); } plain1 SEC(".maps"), plain2 SEC(".maps");
#define OUTER(kind, name, in, a, b) struct { __uint(type, BPF_MAP_TYPE_##kind); __uint(max_entries, 2); __type(key, __u32); __array(values, struct in); } name SEC(".maps") = { .values = { &a, &b } }
OUTER(ARRAY_OF_MAPS, o_locked, in_locked, locked1, locked2);
OUTER(HASH_OF_MAPS, o_timed, in_timed, timed1, timed2);
OUTER(ARRAY_OF_MAPS, o_kept, in_kept, kept1, kept2);
OUTER(ARRAY_OF_MAPS, o_ring, in_ring, ring1, ring2);
OUTER(HASH_OF_MAPS, o_plain, in_plain, plain1, plain2);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
SEC("tc") int type_numbers(void *c) { KEEP(TYPE_OF(struct task_struct)); return 0; }
#define INNER(o, m) __u32 k = 0; void *m = bpf_map_lookup_elem(&o, &k); if (!m) return 0
#define FIND(o, m, v, ty) INNER(o, m); struct ty *v = bpf_map_lookup_elem(m, &k); if (!v) return 0

SEC("tc") int lock_inner(void *c) { FIND(o_locked, m, v, locked); bpf_spin_lock(&v->lock); v->n++; bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int lock_inner_two(void *c) { FIND(o_locked, m, v, locked); k = 1; void *n = bpf_map_lookup_elem(&o_locked, &k); if (!n) return 0; struct locked *w = bpf_map_lookup_elem(n, &k); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
SEC("tc") int lock_inner_against_named(void *c) { FIND(o_locked, m, v, locked); struct locked *w = bpf_map_lookup_elem(&locked1, &k); if (!w) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&w->lock); return 0; }
SEC("tc") int lock_of_either(struct __sk_buff *s) { __u32 k = 0; void *m = s->mark ? (void *)&locked1 : (void *)&locked2; OPAQUE(m); struct locked *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_spin_lock(&v->lock); bpf_spin_unlock(&v->lock); return 0; }
SEC("tc") int timer_inner(void *c) { FIND(o_timed, m, v, timed); bpf_timer_init(&v->timer, m, 1); return 0; }
SEC("tc") int timer_inner_named(void *c) { FIND(o_timed, m, v, timed); bpf_timer_init(&v->timer, &timed1, 1); return 0; }
SEC("tc") int timer_inner_again(void *c) { FIND(o_timed, m, v, timed); void *n = bpf_map_lookup_elem(&o_timed, &k); if (!n) return 0; bpf_timer_init(&v->timer, n, 1); return 0; }
SEC("tc") int timer_inner_outer(void *c) { FIND(o_timed, m, v, timed); bpf_timer_init(&v->timer, &o_timed, 1); return 0; }
static int tick(void *m, __u32 *k, struct timed *v) { v->n++; return 0; }
SEC("tc") int timer_inner_callback(void *c) { FIND(o_timed, m, v, timed); bpf_timer_set_callback(&v->timer, tick); bpf_timer_start(&v->timer, 1, 0); return 0; }
static int tick_init(void *m, __u32 *k, struct timed *v) { bpf_timer_init(&v->timer, m, 1); return 0; }
SEC("tc") int timer_inner_callback_init(void *c) { FIND(o_timed, m, v, timed); bpf_timer_set_callback(&v->timer, tick_init); return 0; }
SEC("lsm/file_open") int kept_inner(void *c) { FIND(o_kept, m, v, kept); struct task_struct *t = bpf_kptr_xchg(&v->task, 0); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_inner_read(void *c) { FIND(o_kept, m, v, kept); struct task_struct *t = v->task; return t && t->pid == 3 ? -1 : 0; }
SEC("lsm/file_open") int kept_inner_wrong(void *c) { FIND(o_kept, m, v, kept); struct task_struct *t = bpf_kptr_xchg(&v->n, 0); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int kept_inner_to_inner(void *c) { FIND(o_kept, m, v, kept); k = 1; void *n = bpf_map_lookup_elem(&o_kept, &k); if (!n) return 0; struct kept *w = bpf_map_lookup_elem(n, &k); if (!w) return 0; struct task_struct *t = bpf_kptr_xchg(&v->task, 0); t = bpf_kptr_xchg(&w->task, t); if (t) bpf_task_release(t); return 0; }
SEC("tc") int ring_inner(void *c) { INNER(o_ring, m); void *r = bpf_ringbuf_reserve(m, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int ring_inner_dynptr(void *c) { INNER(o_ring, m); struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(m, 8, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int ring_inner_unchecked(void *c) { __u32 k = 0; void *r = bpf_ringbuf_reserve(bpf_map_lookup_elem(&o_ring, &k), 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int ring_inner_leak(void *c) { INNER(o_ring, m); void *r = bpf_ringbuf_reserve(m, 8, 0); return r ? 1 : 0; }
SEC("tc") int ring_of_either(struct __sk_buff *s) { void *m = s->mark ? (void *)&ring1 : (void *)&ring2; OPAQUE(m); void *r = bpf_ringbuf_reserve(m, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
SEC("tc") int ring_outer(void *c) { void *r = bpf_ringbuf_reserve(&o_ring, 8, 0); if (r) bpf_ringbuf_submit(r, 0); return 0; }
static long each(struct bpf_map *m, __u64 *k, __u64 *v, __u64 *sum) { *sum += *k + *v; return 0; }
SEC("tc") int each_inner(void *c) { INNER(o_plain, m); __u64 sum = 0; bpf_for_each_map_elem(m, each, &sum, 0); return sum & 1; }
SEC("tc") int each_outer(void *c) { __u64 sum = 0; bpf_for_each_map_elem(&o_plain, each, &sum, 0); return sum & 1; }
SEC("tc") int each_of_either(struct __sk_buff *s) { void *m = s->mark ? (void *)&plain1 : (void *)&plain2; __u64 sum = 0; OPAQUE(m); bpf_for_each_map_elem(m, each, &sum, 0); return sum & 1; }
static long each_deletes(struct bpf_map *m, __u64 *k, __u64 *v, void *c) { bpf_map_delete_elem(m, k); return 0; }
SEC("tc") int each_inner_deletes(void *c) { INNER(o_plain, m); bpf_for_each_map_elem(m, each_deletes, 0, 0); return 0; }
static __noinline int look(void *m) { __u64 k = 0; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v : 0; }
SEC("tc") int inner_to_static(void *c) { INNER(o_plain, m); return look(m) & 1; }
SEC("tc") int named_to_static(void *c) { return look(&plain1) & 1; }
__noinline int look_global(void *m) { __u64 k = 0; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v : 0; }
SEC("tc") int named_to_global(void *c) { return look_global(&plain1) & 1; }
SEC("tc") int inner_kept_on_stack(void *c) { INNER(o_plain, m); void *volatile s = m; __u64 l = 0; __u64 *v = bpf_map_lookup_elem(s, &l); return v ? *v & 1 : 0; }
SEC("tc") int inner_stored(void *c) { INNER(o_plain, m); __u64 l = 0; __u64 *v = bpf_map_lookup_elem(&plain1, &l); if (v) *(void *volatile *)v = m; return 0; }
SEC("tc") int inner_read(void *c) { INNER(o_plain, m); return ((struct bpf_map *)m)->id & 1; }
SEC("tc") int inner_written(void *c) { INNER(o_plain, m); *(volatile __u32 *)m = 0; return 0; }
SEC("tc") int inner_moved(void *c) { INNER(o_plain, m); __u64 l = 0; return bpf_map_lookup_elem(m + 8, &l) ? 1 : 0; }
SEC("tc") int outer_updated(void *c) { __u32 k = 0, fd = 3; return bpf_map_update_elem(&o_plain, &k, &fd, 0) & 1; }
SEC("tc") int outer_deleted(void *c) { __u32 k = 0; return bpf_map_delete_elem(&o_plain, &k) & 1; }
SEC("lsm.s/file_open") int inner_sleepable(void *c) { INNER(o_plain, m); __u64 l = 0; __u64 *v = bpf_map_lookup_elem(m, &l); return v && *v == 3 ? -1 : 0; }
SEC("lsm.s/file_open") int inner_after_sleep(void *c) { INNER(o_plain, m); char b[8]; __u64 l = 0; bpf_copy_from_user(b, 8, (void *)4096); __u64 *v = bpf_map_lookup_elem(m, &l); return v && *v == 3 ? -1 : 0; }
