#include "probes.h"
GPL;
/* Work queues as in rare cases of edge_queues, by the name that 7.2 knows. */
#define S "lsm.s/file_open"
struct wval { __u64 n; struct bpf_wq w; };
ARRAY(wm, struct wval, 2);
HASH(wh, __u64, struct wval, 2);
HASH(other, __u64, struct wval, 2);
RINGBUF(ring);
#define FIND(v) __u64 k = 0; struct wval *v = bpf_map_lookup_elem(&wh, &k); if (!v) return 0
static int w_ok(void *m, int *k, void *v) { return 0; }
#define SET(v, cb) bpf_wq_set_callback(&(v)->w, cb, 0)

SEC("tc") int started(void *c) { FIND(v); bpf_wq_init(&v->w, &wh, 0); SET(v, w_ok); bpf_wq_start(&v->w, 0); return 0; }
SEC("tc") int init_other_map(void *c) { FIND(v); bpf_wq_init(&v->w, &other, 0); return 0; }
SEC("tc") int init_wrong_offset(void *c) { FIND(v); bpf_wq_init((void *)v, &wh, 0); return 0; }
SEC("tc") int init_on_stack(void *c) { struct bpf_wq w = {}; bpf_wq_init(&w, &wh, 0); return 0; }
SEC("tc") int start_on_stack(void *c) { struct bpf_wq w = {}; bpf_wq_start(&w, 0); return 0; }
SEC("tc") int init_number(void *c) { FIND(v); bpf_wq_init(&v->w, (void *)5, 0); return 0; }
SEC("tc") int init_unchecked(void *c) { __u64 k = 0; struct wval *v = bpf_map_lookup_elem(&wh, &k); bpf_wq_init(&v->w, &wh, 0); return 0; }
SEC("tc") int is_read(void *c) { FIND(v); return *(volatile __u64 *)&v->w & 1; }
SEC("tc") int is_written(void *c) { FIND(v); *(volatile __u64 *)&v->w = 0; return 0; }
SEC("tc") int callback_number(void *c) { FIND(v); SET(v, (void *)5); return 0; }
/* The callback's key and value. */
static int w_key(void *m, int *k, void *v) { struct wval *x = v; x->n += *(__u64 *)k; return 0; }
SEC("tc") int reads_key(void *c) { FIND(v); SET(v, w_key); return 0; }
static int w_key_past(void *m, int *k, void *v) { struct wval *x = v; x->n += ((__u64 *)k)[1]; return 0; }
SEC("tc") int reads_past_key(void *c) { FIND(v); SET(v, w_key_past); return 0; }
static int w_writes_key(void *m, int *k, void *v) { *k = 1; return 0; }
SEC("tc") int writes_key(void *c) { FIND(v); SET(v, w_writes_key); return 0; }
/* Leaks, other results. */
static int w_leak(void *m, int *k, void *v) { bpf_ringbuf_reserve(&ring, 8, 0); return 0; }
SEC("tc") int leaks(void *c) { FIND(v); SET(v, w_leak); return 0; }
static int w_unknown(void *m, int *k, void *v) { return bpf_get_prandom_u32(); }
SEC("tc") int result_unknown(void *c) { FIND(v); SET(v, w_unknown); return 0; }
/* It starts itself, sets another callback, inits. */
static int w_again(void *m, int *k, void *v) { struct wval *x = v; bpf_wq_start(&x->w, 0); return 0; }
SEC("tc") int again(void *c) { FIND(v); SET(v, w_again); return 0; }
static int w_sets(void *m, int *k, void *v) { struct wval *x = v; SET(x, w_ok); return 0; }
SEC("tc") int sets_other(void *c) { FIND(v); SET(v, w_sets); return 0; }
static int w_sets_sleeper(void *m, int *k, void *v);
/* It sleeps: in itself, in a function, in a callback, in a section, with preemption off, and in the callback that it sets. */
static int w_sleeps(void *m, int *k, void *v) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
SEC("tc") int sleeps(void *c) { FIND(v); SET(v, w_sleeps); return 0; }
static __noinline int sleeper(int x) { char b[8]; OPAQUE(x); bpf_copy_from_user(b, 8, (void *)4096); return x; }
__noinline int sleeper_global(int x) { char b[8]; OPAQUE(x); bpf_copy_from_user(b, 8, (void *)4096); return x; }
static int w_static(void *m, int *k, void *v) { sleeper(1); return 0; }
SEC("tc") int sleeps_in_static(void *c) { FIND(v); SET(v, w_static); return 0; }
static int w_global(void *m, int *k, void *v) { sleeper_global(1); return 0; }
SEC("tc") int sleeps_in_global(void *c) { FIND(v); SET(v, w_global); return 0; }
static long c_sleeps(__u32 i, void *c) { sleeper(1); return 0; }
static int w_loop(void *m, int *k, void *v) { bpf_loop(2, c_sleeps, 0, 0); return 0; }
SEC("tc") int sleeps_in_callback(void *c) { FIND(v); SET(v, w_loop); return 0; }
static int w_preempt(void *m, int *k, void *v) { bpf_preempt_disable(); sleeper(1); bpf_preempt_enable(); return 0; }
SEC("tc") int sleeps_preempt(void *c) { FIND(v); SET(v, w_preempt); return 0; }
/* The same function as a sleepable and an atomic callback. */
static int both(void *m, int *k, void *v) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
SEC("tc") int called_too(void *c) { FIND(v); both(&wh, (int *)&k, v); SET(v, both); return 0; }
SEC(S) int called_too_sleepable(void *c) { FIND(v); both(&wh, (int *)&k, v); SET(v, both); return 0; }
/* A pointer read without a section in the callback. */
static int w_walks(void *m, int *k, void *v) { struct task_struct *t = bpf_get_current_task_btf(), *p = bpf_task_acquire(t->real_parent); if (p) bpf_task_release(p); return 0; }
SEC("tc") int walks(void *c) { FIND(v); SET(v, w_walks); return 0; }
SEC("lsm/file_open") int walks_lsm(void *c) { FIND(v); SET(v, w_walks); return 0; }
/* Set while something is held. */
SEC("tc") int set_in_section(void *c) { FIND(v); bpf_rcu_read_lock(); SET(v, w_sleeps); bpf_rcu_read_unlock(); return 0; }
SEC("tc") int set_with_preempt(void *c) { FIND(v); bpf_preempt_disable(); SET(v, w_sleeps); bpf_preempt_enable(); return 0; }
SEC("tc") int set_with_record(void *c) { FIND(v); void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; SET(v, w_ok); bpf_ringbuf_submit(r, 0); return 0; }
static long c_sets(struct bpf_map *m, __u64 *k, struct wval *v, void *c) { SET(v, w_sleeps); return 0; }
SEC("tc") int set_in_callback(void *c) { bpf_for_each_map_elem(&wh, c_sets, 0, 0); return 0; }
SEC("kprobe") int in_kprobe(void *c) { FIND(v); SET(v, w_ok); return 0; }
SEC("xdp") int in_xdp(void *c) { FIND(v); SET(v, w_ok); return 1; }
SEC("socket") int in_socket(void *c) { FIND(v); SET(v, w_ok); return 1; }
SEC("syscall") int in_syscall(void *c) { FIND(v); SET(v, w_sleeps); return 1; }
SEC("cgroup_skb/ingress") int in_cgroup(void *c) { FIND(v); SET(v, w_ok); return 1; }
SEC("fentry/vfs_read") int in_fentry(void *c) { FIND(v); SET(v, w_ok); return 0; }
