#include "vmlinux_min.h"
GPL;
/* Maps in maps, timers and locks in inner maps, per-CPU variables, dynptrs and user ring buffers through helpers. */
struct lval { struct bpf_spin_lock l; __u32 pad; __u64 x; };
struct tval { struct bpf_timer t; __u64 x; };
struct inner_l { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct lval); } inner_l0 SEC(".maps");
struct inner_t { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tval); } inner_t0 SEC(".maps");
struct inner_a { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } inner_a0 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner_l); } outer_l SEC(".maps") = { .values = { &inner_l0 } };
struct { __uint(type, BPF_MAP_TYPE_HASH_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner_t); } outer_t SEC(".maps") = { .values = { &inner_t0 } };
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner_a); } outer_a SEC(".maps") = { .values = { &inner_a0 } };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_USER_RINGBUF); __uint(max_entries, 4096); } urb SEC(".maps");
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
#define TC "tc"
static int tcb(void *m, int *k, struct tval *v) { v->x = 1; return 0; }
static long each0(void *m, __u32 *k, __u64 *v, void *c) { *v = *k; return 0; }
SEC(TC) int inner_lookup(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_a, &k); if (!m) return 0; __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
SEC(TC) int inner_no_check(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_a, &k); __u64 *v = bpf_map_lookup_elem(m, &k); return v ? *v & 1 : 0; }
SEC(TC) int inner_value_no_check(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_a, &k); if (!m) return 0; __u64 *v = bpf_map_lookup_elem(m, &k); return *v & 1; }
SEC(TC) int inner_deref(void *c) { __u32 k = 0; __u64 *m = bpf_map_lookup_elem(&outer_a, &k); if (!m) return 0; return *m & 1; }
SEC(TC) int outer_update(void *c) { __u32 k = 0; bpf_map_update_elem(&outer_a, &k, &k, 0); return 0; }
SEC(TC) int inner_each(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_a, &k); if (!m) return 0; bpf_for_each_map_elem(m, each0, NULL, 0); return 0; }
SEC(TC) int inner_lock(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_l, &k); if (!m) return 0; struct lval *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_spin_lock(&v->l); v->x++; bpf_spin_unlock(&v->l); return 0; }
SEC(TC) int inner_lock_two_maps(void *c) { __u32 k = 0, k1 = 1; void *m = bpf_map_lookup_elem(&outer_l, &k), *n; if (!m) return 0; n = bpf_map_lookup_elem(&outer_l, &k1); if (!n) return 0; struct lval *v = bpf_map_lookup_elem(m, &k), *w; if (!v) return 0; w = bpf_map_lookup_elem(n, &k); if (!w) return 0; bpf_spin_lock(&v->l); bpf_spin_unlock(&w->l); return 0; }
SEC(TC) int inner_timer(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_t, &k); if (!m) return 0; struct tval *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->t, m, 1); bpf_timer_set_callback(&v->t, tcb); return 0; }
SEC(TC) int inner_timer_other(void *c) { __u32 k = 0, k1 = 1; void *m = bpf_map_lookup_elem(&outer_t, &k), *n; if (!m) return 0; n = bpf_map_lookup_elem(&outer_t, &k1); if (!n) return 0; struct tval *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->t, n, 1); return 0; }
SEC(TC) int inner_timer_outer(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_t, &k); if (!m) return 0; struct tval *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->t, &outer_t, 1); return 0; }
SEC(TC) int inner_timer_template(void *c) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer_t, &k); if (!m) return 0; struct tval *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->t, &inner_t0, 1); return 0; }
/* per-CPU kernel variables */
struct rq { int nr_running; } KOBJ;
extern const struct rq runqueues __ksym;
extern const int bpf_prog_active __ksym;
SEC("tp_btf/sched_switch") int percpu_struct(void *c) { struct rq *r = bpf_per_cpu_ptr(&runqueues, 0); return r ? r->nr_running & 0 : 0; }
SEC("tp_btf/sched_switch") int percpu_struct_unchecked(void *c) { struct rq *r = bpf_per_cpu_ptr(&runqueues, 0); return r->nr_running & 0; }
SEC("tp_btf/sched_switch") int percpu_this(void *c) { struct rq *r = bpf_this_cpu_ptr(&runqueues); return r->nr_running & 0; }
SEC("tp_btf/sched_switch") int percpu_direct(void *c) { return runqueues.nr_running & 0; }
SEC("tp_btf/sched_switch") int percpu_int(void *c) { int *r = bpf_this_cpu_ptr(&bpf_prog_active); return *r & 0; }
SEC("tp_btf/sched_switch") int percpu_int_write(void *c) { volatile int *r = bpf_this_cpu_ptr(&bpf_prog_active); *r = 1; return 0; }
SEC("tp_btf/sched_switch") int percpu_int_over(void *c) { volatile int *r = bpf_this_cpu_ptr(&bpf_prog_active); return r[1] & 0; }
SEC("tp_btf/sched_switch") int percpu_int_comm(void *c) { int *r = bpf_this_cpu_ptr(&bpf_prog_active); bpf_get_current_comm(r, 4); return 0; }
/* dynptrs */
SEC(TC) int dyn_mem_write(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), x = 1; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); bpf_dynptr_write(&d, 0, &x, 8, 0); return 0; }
SEC(TC) int dyn_mem_stack(void *c) { __u64 x = 0; struct bpf_dynptr d; bpf_dynptr_from_mem(&x, 8, 0, &d); return 0; }
SEC(TC) int dyn_mem_over(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k); struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 16, 0, &d); return 0; }
SEC(TC) int dyn_data(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), *p; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); p = bpf_dynptr_data(&d, 0, 8); if (p) *p = 1; return 0; }
SEC(TC) int dyn_data_over(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k); volatile __u64 *p; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); p = bpf_dynptr_data(&d, 0, 8); if (p) p[1] = 1; return 0; }
SEC(TC) int dyn_data_unchecked(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), *p; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); p = bpf_dynptr_data(&d, 0, 8); *p = 1; return 0; }
SEC(TC) int dyn_data_variable(struct __sk_buff *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), *p; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); p = bpf_dynptr_data(&d, 0, c->len & 7); return 0; }
SEC(TC) int dyn_rb_submit(void *c) { struct bpf_dynptr d; __u64 x = 1; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); bpf_dynptr_write(&d, 0, &x, 8, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(TC) int dyn_rb_forgotten(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); return 0; }
SEC(TC) int dyn_rb_twice(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(TC) int dyn_rb_reserve_over(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(TC) int dyn_rb_submit_local(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k); struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(TC) int dyn_data_after_submit(void *c) { struct bpf_dynptr d; __u64 *p; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); p = bpf_dynptr_data(&d, 0, 8); bpf_ringbuf_submit_dynptr(&d, 0); if (p) *p = 1; return 0; }
SEC(TC) int dyn_two_slices_as_args(void *c) { struct bpf_dynptr d; __u64 *p, *q; bpf_ringbuf_reserve_dynptr(&rb, 64, 0, &d); p = bpf_dynptr_data(&d, 0, 8); q = bpf_dynptr_data(&d, 8, 8); if (p && q) bpf_map_update_elem(&arr, p, q, 0); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(TC) int dyn_local_slices_as_args(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), *p, *q; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); p = bpf_dynptr_data(&d, 0, 8); q = bpf_dynptr_data(&d, 0, 8); if (p && q) bpf_map_update_elem(&arr, p, q, 0); return 0; }
SEC(TC) int dyn_read_ok(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k), x; struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); bpf_dynptr_read(&x, 8, &d, 0, 0); return x & 1; }
SEC(TC) int dyn_read_into_itself(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k); struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); bpf_dynptr_read(&d, 8, &d, 0, 0); return 0; }
SEC(TC) int dyn_write_from_itself(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&arr, &k); struct bpf_dynptr d; if (!v) return 0; bpf_dynptr_from_mem(v, 8, 0, &d); bpf_dynptr_write(&d, 0, &d, 8, 0); return 0; }
SEC(TC) int dyn_uninit(void *c) { struct bpf_dynptr d; __u64 x = 0; bpf_dynptr_write(&d, 0, &x, 8, 0); return 0; }
/* user ring buffer */
static long ucb(struct bpf_dynptr *d, void *c) { __u64 x; bpf_dynptr_read(&x, 8, d, 0, 0); return x & 1; }
static long ucb_data(struct bpf_dynptr *d, void *c) { __u64 *p = bpf_dynptr_data(d, 0, 8); return p ? *p & 1 : 0; }
static long ucb_bad(struct bpf_dynptr *d, void *c) { return 2; }
static long ucb_submit(struct bpf_dynptr *d, void *c) { bpf_ringbuf_submit_dynptr(d, 0); return 0; }
static long ucb_direct(struct bpf_dynptr *d, void *c) { return *(volatile __u64 *)d & 1; }
SEC("tp_btf/sched_switch") int urb_ok(void *c) { bpf_user_ringbuf_drain(&urb, ucb, NULL, 0); return 0; }
SEC("tp_btf/sched_switch") int urb_data(void *c) { bpf_user_ringbuf_drain(&urb, ucb_data, NULL, 0); return 0; }
SEC("tp_btf/sched_switch") int urb_bad(void *c) { bpf_user_ringbuf_drain(&urb, ucb_bad, NULL, 0); return 0; }
SEC("tp_btf/sched_switch") int urb_submit(void *c) { bpf_user_ringbuf_drain(&urb, ucb_submit, NULL, 0); return 0; }
SEC("tp_btf/sched_switch") int urb_direct(void *c) { bpf_user_ringbuf_drain(&urb, ucb_direct, NULL, 0); return 0; }
SEC("tp_btf/sched_switch") int urb_ringbuf(void *c) { bpf_user_ringbuf_drain(&rb, ucb, NULL, 0); return 0; }
/* loops whose state matters */
static long acc(__u32 i, __u64 *c) { if (c[0] < 7) c[0]++; return 0; }
static long acc_free(__u32 i, __u64 *c) { c[0]++; return 0; }
static long stop(__u32 i, __u64 *c) { c[1] = i; return i == 3; }
SEC(TC) int loop_bounded_sum(void *c) { __u64 s[2] = {}; char b[8] = {}; bpf_loop(100, acc, s, 0); return s[0] < 8 ? ((volatile char *)b)[s[0]] & 1 : 0; }
SEC(TC) int loop_bounded_sum_unchecked(void *c) { __u64 s[2] = {}; char b[8] = {}; bpf_loop(100, acc, s, 0); return ((volatile char *)b)[s[0]] & 1; }
SEC(TC) int loop_free_sum(void *c) { __u64 s[2] = {}; bpf_loop(1 << 23, acc_free, s, 0); return s[0] & 1; }
SEC(TC) int loop_stop(void *c) { __u64 s[2] = {}; bpf_loop(1 << 20, stop, s, 0); return s[1] & 1; }
SEC(TC) int loop_twice(void *c) { __u64 s[2] = {}; bpf_loop(5, acc, s, 0); bpf_loop(6, acc_free, s, 0); return s[0] & 1; }
