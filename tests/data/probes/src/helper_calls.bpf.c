#include "vmlinux_min.h"
GPL;
/* Rules of single helpers: maps, strings, callbacks, locks, sockets, tail calls. */
struct lval { struct bpf_spin_lock l; __u32 pad; __u64 x; };
struct tval { struct bpf_timer t; __u64 x; };
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
MAPDEF(BPF_MAP_TYPE_HASH, 0, 4) hash SEC(".maps");
MAPDEF(BPF_MAP_TYPE_LRU_PERCPU_HASH, 0, 4) lruper SEC(".maps");
MAPDEF(BPF_MAP_TYPE_PERCPU_ARRAY, 0, 4) perarr SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, 1); __uint(max_entries, 4); __type(key, __u64); __type(value, __u64); } lpm SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 4); __type(value, __u64); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK_TRACE); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 80); } stacks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_SOCKMAP); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } sockmap SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_DEVMAP); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } devmap SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CPUMAP); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } cpumap SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_XSKMAP); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } xskmap SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_CGROUP_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } cgarr SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_SK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } sks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct lval); } locks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tval); } timers SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tval); } timers2 SEC(".maps");
const char fmt_ok[] = "%d %s";
const char fmt_three[] = "%d %d %d";
const char fmt_bad[] = "%f";
const char fmt_none[] = "text";
char fmt_rw[] = "%d";
const char nozero[4] = {'a', 'b', 'c', 'd'};
#define TC "tc"
/* map types and helpers */
SEC(TC) int lookup_queue(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&queue, &k)); return 0; }
SEC(TC) int push_array(void *c) { __u64 v = 0; bpf_map_push_elem(&arr, &v, 0); return 0; }
SEC(TC) int push_queue(void *c) { __u64 v = 0; bpf_map_push_elem(&queue, &v, 0); return 0; }
SEC(TC) int pop_queue_uninit(void *c) { __u64 v; bpf_map_pop_elem(&queue, &v); return v & 1; }
SEC(TC) int peek_queue_into_short(void *c) { __u32 v; bpf_map_peek_elem(&queue, &v); return 0; }
SEC(TC) int lookup_progs(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&progs, &k)); return 0; }
SEC(TC) int lookup_perf(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&perf, &k)); return 0; }
SEC(TC) int lookup_ringbuf(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&rb, &k)); return 0; }
SEC(TC) int lookup_stack(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&stacks, &k)); return 0; }
SEC(TC) int lookup_cgarr(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&cgarr, &k)); return 0; }
SEC("xdp") int lookup_devmap(void *c) { __u32 k = 0; __u32 *v = bpf_map_lookup_elem(&devmap, &k); return v ? *v & 1 : 0; }
SEC("xdp") int lookup_cpumap(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&cpumap, &k)); return 0; }
SEC("xdp") int lookup_xskmap(void *c) { __u32 k = 0; volatile struct { __u32 q; } *v = bpf_map_lookup_elem(&xskmap, &k); return v ? v->q & 1 : 0; }
SEC("xdp") int redirect_hash(void *c) { return bpf_redirect_map(&hash, 0, 0); }
SEC("xdp") int redirect_dev(void *c) { return bpf_redirect_map(&devmap, 0, 0); }
SEC("xdp") int update_devmap(void *c) { __u32 k = 0, v = 0; bpf_map_update_elem(&devmap, &k, &v, 0); return 0; }
SEC(TC) int update_sockmap_tc(struct __sk_buff *c) { __u32 k = 0; struct bpf_sock *sk = c->sk; if (!sk) return 0; bpf_map_update_elem(&sockmap, &k, sk, 0); return 0; }
SEC(TC) int update_sockmap_bytes(struct __sk_buff *c) { __u32 k = 0, v = 0; bpf_map_update_elem(&sockmap, &k, &v, 0); return 0; }
SEC(TC) int delete_sockmap_tc(void *c) { __u32 k = 0; bpf_map_delete_elem(&sockmap, &k); return 0; }
SEC("cgroup_skb/ingress") int delete_sockmap_cg(void *c) { __u32 k = 0; bpf_map_delete_elem(&sockmap, &k); return 1; }
SEC(TC) int lookup_sockmap_leak(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&sockmap, &k)); return 0; }
SEC(TC) int lookup_sockmap(void *c) { __u32 k = 0; struct bpf_sock *sk = bpf_map_lookup_elem(&sockmap, &k); if (sk) bpf_sk_release(sk); return 0; }
SEC(TC) int perf_output_array(void *c) { __u64 d = 0; bpf_perf_event_output(c, &arr, 0, &d, 8); return 0; }
SEC(TC) int perf_output_zero(void *c) { bpf_perf_event_output(c, &perf, 0, (void *)0, 0); return 0; }
SEC("kprobe/do_nanosleep") int stackid_hash(void *c) { bpf_get_stackid(c, &hash, 0); return 0; }
SEC("kprobe/do_nanosleep") int stackid_ok(void *c) { bpf_get_stackid(c, &stacks, 0); return 0; }
SEC(TC) int under_cgroup_arr(void *c) { return bpf_skb_under_cgroup(c, &arr, 0) & 1; }
SEC(TC) int percpu_lookup_array(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_percpu_elem(&arr, &k, 0); return v ? *v & 1 : 0; }
SEC(TC) int percpu_lookup_perarr(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_percpu_elem(&perarr, &k, 0); return v ? *v & 1 : 0; }
SEC(TC) int percpu_lookup_no_check(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_percpu_elem(&perarr, &k, 0); return *v & 1; }
SEC(TC) int storage_hash(struct __sk_buff *c) { struct bpf_sock *sk = c->sk; if (!sk) return 0; sk = bpf_sk_fullsock(sk); if (!sk) return 0; KEEP(bpf_sk_storage_get(&hash, sk, 0, 0)); return 0; }
SEC(TC) int storage_ok(struct __sk_buff *c) { struct bpf_sock *sk = c->sk; if (!sk) return 0; sk = bpf_sk_fullsock(sk); if (!sk) return 0; __u64 *v = bpf_sk_storage_get(&sks, sk, 0, 1); return v ? *v & 1 : 0; }
SEC(TC) int storage_init_short(struct __sk_buff *c) { __u32 init = 0; struct bpf_sock *sk = c->sk; if (!sk) return 0; sk = bpf_sk_fullsock(sk); if (!sk) return 0; __u64 *v = bpf_sk_storage_get(&sks, sk, &init, 1); return v ? *v & 1 : 0; }
SEC(TC) int storage_lookup(void *c) { __u32 k = 0; KEEP(bpf_map_lookup_elem(&sks, &k)); return 0; }
/* sockets */
SEC(TC) int sock_common_direct(struct __sk_buff *c) { struct bpf_sock *sk = c->sk; if (!sk) return 0; return bpf_sk_cgroup_id(sk) & 1; }
SEC(TC) int sock_unchecked(struct __sk_buff *c) { return bpf_sk_cgroup_id(c->sk) & 1; }
SEC(TC) int sock_release_common(struct __sk_buff *c) { struct bpf_sock *sk = c->sk; if (!sk) return 0; bpf_sk_release(sk); return 0; }
SEC(TC) int sock_assign_null(void *c) { return bpf_sk_assign(c, NULL, 0) & 1; }
SEC(TC) int tcp_sock_of_lookup(void *c) { struct bpf_sock_tuple t = {}; struct bpf_sock *sk = bpf_sk_lookup_tcp(c, (void *)&t, sizeof(t.ipv4), -1, 0); if (!sk) return 0; struct bpf_tcp_sock *ts = bpf_tcp_sock(sk); int r = 0; if (ts) r = ts->snd_cwnd & 1; bpf_sk_release(sk); return r; }
SEC(TC) int tcp_sock_after_release(void *c) { struct bpf_sock_tuple t = {}; struct bpf_sock *sk = bpf_sk_lookup_tcp(c, (void *)&t, sizeof(t.ipv4), -1, 0); if (!sk) return 0; struct bpf_tcp_sock *ts = bpf_tcp_sock(sk); bpf_sk_release(sk); return ts ? ts->snd_cwnd & 1 : 0; }
SEC(TC) int tcp_sock_released_itself(void *c) { struct bpf_sock_tuple t = {}; struct bpf_sock *sk = bpf_sk_lookup_tcp(c, (void *)&t, sizeof(t.ipv4), -1, 0); if (!sk) return 0; struct bpf_tcp_sock *ts = bpf_tcp_sock(sk); if (!ts) { bpf_sk_release(sk); return 0; } bpf_sk_release((void *)ts); return 0; }
SEC(TC) int fullsock_of_fullsock(void *c) { struct bpf_sock_tuple t = {}; struct bpf_sock *sk = bpf_skc_lookup_tcp(c, (void *)&t, sizeof(t.ipv4), -1, 0); if (!sk) return 0; struct bpf_sock *f = bpf_sk_fullsock(sk); int r = f ? f->family & 1 : 0; bpf_sk_release(sk); return r; }
SEC(TC) int lookup_tuple_short(void *c) { __u64 t = 0; struct bpf_sock *sk = bpf_sk_lookup_tcp(c, (void *)&t, 12, -1, 0); if (sk) bpf_sk_release(sk); return 0; }
SEC(TC) int listener_sock_release(struct __sk_buff *c) { struct bpf_sock *sk = c->sk; if (!sk) return 0; sk = bpf_sk_fullsock(sk); if (!sk) return 0; struct bpf_sock *l = bpf_get_listener_sock(sk); if (!l) return 0; bpf_sk_release(l); return 0; }
/* strings */
SEC(TC) int snprintf_ok(void *c) { char b[16]; __u64 a[2] = {1, 0}; bpf_snprintf(b, sizeof(b), fmt_ok, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_too_few(void *c) { char b[16]; __u64 a[2] = {1, 0}; bpf_snprintf(b, sizeof(b), fmt_three, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_too_many(void *c) { char b[16]; __u64 a[2] = {1, 0}; bpf_snprintf(b, sizeof(b), fmt_none, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_bad(void *c) { char b[16]; __u64 a[1] = {1}; bpf_snprintf(b, sizeof(b), fmt_bad, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_rw(void *c) { char b[16]; __u64 a[1] = {1}; bpf_snprintf(b, sizeof(b), fmt_rw, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_stack_fmt(void *c) { char b[16], f[4] = "%d"; __u64 a[1] = {1}; bpf_snprintf(b, sizeof(b), f, a, sizeof(a)); return 0; }
SEC(TC) int snprintf_null(void *c) { return bpf_snprintf(NULL, 0, fmt_none, NULL, 0) & 1; }
SEC(TC) int strncmp_nozero(void *c) { char b[4] = "abc"; return bpf_strncmp(b, 4, nozero) & 1; }
SEC(TC) int strncmp_ok(void *c) { char b[4] = "abc"; return bpf_strncmp(b, 4, fmt_none) & 1; }
SEC(TC) int strncmp_uninit(void *c) { char b[4]; KEEP(b); return bpf_strncmp(b, 4, fmt_none) & 1; }
SEC(TC) int strncmp_variable_str(struct __sk_buff *c) { char b[4] = "abc"; return bpf_strncmp(b, 4, fmt_none + (c->len & 1)) & 1; }
/* callbacks */
static long cb0(__u32 i, void *c) { return 0; }
static long cb_ctx(__u32 i, __u64 *c) { *c += i; return 0; }
static long cb_idx(__u32 i, __u64 *c) { return *((char *)c + i) & 1; }
static long each0(void *m, void *k, void *v, void *c) { return 0; }
static int tcb(void *m, int *k, struct tval *v) { v->x = 1; return 0; }
static int tcb_key(void *m, int *k, struct tval *v) { v->x = *k; bpf_map_delete_elem(&hash, k); return 0; }
SEC(TC) int loop_scalar_ctx(void *c) { bpf_loop(3, cb_ctx, (void *)1, 0); return 0; }
SEC(TC) int loop_null_ctx_deref(void *c) { bpf_loop(3, cb_ctx, NULL, 0); return 0; }
SEC(TC) int loop_map_ctx(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (!v) return 0; bpf_loop(3, cb_ctx, v, 0); return 0; }
SEC(TC) int loop_index_ctx(void *c) { __u64 x = 0; bpf_loop(3, cb_idx, &x, 0); return 0; }
SEC(TC) int loop_zero(void *c) { __u64 x = 0; bpf_loop(0, cb_idx, &x, 0); return 0; }
SEC(TC) int loop_not_func(void *c) { __u64 x = 0; bpf_loop(3, (void *)c, &x, 0); return 0; }
SEC(TC) int loop_result_ctx(void *c) { __u64 x = 0; bpf_loop(3, cb_ctx, &x, 0); char *p = (char *)&x; return x < 8 ? p[x] & 1 : 0; }
SEC(TC) int each_hash(void *c) { bpf_for_each_map_elem(&hash, each0, NULL, 0); return 0; }
SEC(TC) int each_lpm(void *c) { bpf_for_each_map_elem(&lpm, each0, NULL, 0); return 0; }
SEC(TC) int each_lruper(void *c) { bpf_for_each_map_elem(&lruper, each0, NULL, 0); return 0; }
SEC(TC) int each_queue(void *c) { bpf_for_each_map_elem(&queue, each0, NULL, 0); return 0; }
SEC(TC) int each_map_value_ctx(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (!v) return 0; bpf_for_each_map_elem(&hash, each0, v, 0); return 0; }
#define TV __u32 k = 0; struct tval *v = bpf_map_lookup_elem(&timers, &k); if (!v) return 0;
SEC(TC) int timer_ok(void *c) { TV bpf_timer_init(&v->t, &timers, 1); bpf_timer_set_callback(&v->t, tcb); bpf_timer_start(&v->t, 1, 0); return 0; }
SEC(TC) int timer_other_map(void *c) { TV bpf_timer_init(&v->t, &timers2, 1); return 0; }
SEC(TC) int timer_wrong_offset(void *c) { TV bpf_timer_init((void *)&v->x, &timers, 1); return 0; }
SEC(TC) int timer_no_field(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (!v) return 0; bpf_timer_init((void *)v, &hash, 1); return 0; }
SEC(TC) int timer_stack(void *c) { struct bpf_timer t = {}; bpf_timer_init(&t, &timers, 1); return 0; }
SEC(TC) int timer_null(void *c) { __u32 k = 9; struct tval *v = bpf_map_lookup_elem(&timers, &k); bpf_timer_cancel(&v->t); return 0; }
SEC(TC) int timer_var_offset(struct __sk_buff *c) { TV bpf_timer_cancel((void *)((char *)v + (c->len & 8))); return 0; }
SEC(TC) int timer_key_use(void *c) { TV bpf_timer_init(&v->t, &timers, 1); bpf_timer_set_callback(&v->t, tcb_key); return 0; }
SEC(TC) int timer_direct(void *c) { TV *(volatile __u64 *)&v->t = 1; return 0; }
SEC("kprobe/do_nanosleep") int timer_kprobe(void *c) { TV bpf_timer_cancel(&v->t); return 0; }
/* locks */
#define LV __u32 k = 0; struct lval *v = bpf_map_lookup_elem(&locks, &k); if (!v) return 0;
SEC(TC) int lock_ok(void *c) { LV bpf_spin_lock(&v->l); v->x++; bpf_spin_unlock(&v->l); return 0; }
SEC(TC) int lock_wrong_offset(void *c) { LV bpf_spin_lock((void *)&v->x); return 0; }
SEC(TC) int lock_no_field(void *c) { __u32 k = 0; __u64 *v = bpf_map_lookup_elem(&hash, &k); if (!v) return 0; bpf_spin_lock((void *)v); return 0; }
SEC(TC) int lock_other_value(void *c) { LV __u32 k2 = 1; struct lval *w = bpf_map_lookup_elem(&locks, &k2); if (!w) return 0; bpf_spin_lock(&v->l); bpf_spin_unlock(&w->l); return 0; }
SEC(TC) int lock_unlock_only(void *c) { LV bpf_spin_unlock(&v->l); return 0; }
SEC(TC) int lock_helper_inside(void *c) { LV bpf_spin_lock(&v->l); bpf_ktime_get_ns(); bpf_spin_unlock(&v->l); return 0; }
SEC(TC) int lock_var_offset(struct __sk_buff *c) { LV bpf_spin_lock((void *)((char *)v + (c->len & 4))); return 0; }
SEC(TC) int lock_memcpy(struct __sk_buff *c) { LV bpf_skb_load_bytes(c, 0, v, sizeof(*v)); return 0; }
/* tail calls */
static __noinline int sub_tail(void *c) { bpf_tail_call(c, &progs, 0); return 1; }
static __noinline int sub_tail_pkt(struct __sk_buff *c) { bpf_tail_call(c, &progs, 0); return 1; }
SEC(TC) int tail_hash(void *c) { bpf_tail_call(c, &hash, 0); return 0; }
SEC(TC) int tail_sub(void *c) { return sub_tail(c); }
SEC(TC) int tail_sub_result(void *c) { __u64 x[2] = {}; int r = sub_tail(c); OPAQUE(r); return ((char *)x)[r & 7]; }
SEC(TC) int tail_sub_result_unmasked(void *c) { volatile char x[2] = {}; int r = sub_tail(c); return x[r]; }
SEC(TC) int tail_packet_after(struct __sk_buff *c) { char *d = (void *)(long)c->data, *e = (void *)(long)c->data_end; if (d + 8 > e) return 0; bpf_tail_call(c, &progs, 0); return d[0] & 1; }
SEC(TC) int tail_sub_packet_after(struct __sk_buff *c) { char *d = (void *)(long)c->data, *e = (void *)(long)c->data_end; if (d + 8 > e) return 0; sub_tail_pkt(c); return d[0] & 1; }
SEC(TC) int tail_with_ref(void *c) { __u64 *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; bpf_tail_call(c, &progs, 0); bpf_ringbuf_discard(p, 0); return 0; }
SEC(TC) int tail_sub_with_ref(void *c) { __u64 *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; sub_tail(c); bpf_ringbuf_discard(p, 0); return 0; }
SEC(TC) int tail_not_ctx(void *c) { bpf_tail_call(&c, &progs, 0); return 0; }
SEC(TC) int tail_big_index(void *c) { bpf_tail_call(c, &progs, 100); return 0; }
/* records */
SEC(TC) int rb_reserve_huge(void *c) { void *p = bpf_ringbuf_reserve(&rb, 1ULL << 33, 0); if (p) bpf_ringbuf_discard(p, 0); return 0; }
SEC(TC) int rb_reserve_zero(void *c) { volatile char *p = bpf_ringbuf_reserve(&rb, 0, 0); if (p) { p[0] = 1; bpf_ringbuf_discard((void *)p, 0); } return 0; }
SEC(TC) int rb_submit_null(void *c) { bpf_ringbuf_submit(NULL, 0); return 0; }
SEC(TC) int rb_submit_twice(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; bpf_ringbuf_submit(p, 0); bpf_ringbuf_submit(p, 0); return 0; }
SEC(TC) int rb_output_record(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; bpf_ringbuf_output(&rb, p, 8, 0); bpf_ringbuf_submit(p, 0); return 0; }
SEC(TC) int rb_key_value_records(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0), *q; if (!p) return 0; q = bpf_ringbuf_reserve(&rb, 8, 0); if (q) { bpf_map_update_elem(&hash, p, q, 0); bpf_ringbuf_submit(q, 0); } bpf_ringbuf_submit(p, 0); return 0; }
SEC(TC) int rb_record_as_key(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; KEEP(bpf_map_lookup_elem(&hash, p)); bpf_ringbuf_submit(p, 0); return 0; }
SEC(TC) int rb_discard_in_callback_ctx(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0); if (!p) return 0; bpf_loop(1, cb0, p, 0); bpf_ringbuf_submit(p, 0); return 0; }
/* per CPU and others */
SEC(TC) int cpu_index(void *c) { __u32 i = bpf_get_smp_processor_id(); volatile char b[2] = {}; return b[i] & 1; }
SEC(TC) int helper_zero(void *c) { asm volatile("call 0" ::: "r0","r1","r2","r3","r4","r5"); return 0; }
SEC("kprobe/do_nanosleep") int get_func_ip_kprobe(void *c) { return bpf_get_func_ip(c) & 1; }
SEC("tp_btf/sched_switch") int task_btf_stack(void *c) { struct task_struct *t = bpf_get_current_task_btf(); char b[8]; return bpf_get_task_stack(t, b, 8, 0) & 1; }
SEC("tp_btf/sched_switch") int task_scalar_stack(void *c) { char b[8]; return bpf_get_task_stack((void *)bpf_get_current_task(), b, 8, 0) & 1; }
SEC("tp_btf/sched_switch") int pt_regs_read(void *c) { struct task_struct *t = bpf_get_current_task_btf(); struct pt_regs *r = (void *)bpf_task_pt_regs(t); return r->ip & 1; }
SEC("tp_btf/sched_switch") int signal_any(void *c) { return bpf_send_signal(9) & 1; }
SEC("cgroup/getsockopt") int retval_getsockopt(void *c) { bpf_set_retval(5); return 1; }
SEC("cgroup/setsockopt") int retval_setsockopt(void *c) { bpf_set_retval(5); return 1; }
SEC("cgroup/setsockopt") int retval_setsockopt_ok(void *c) { bpf_set_retval(-1); return 1; }
SEC("cgroup/setsockopt") int retval_unknown(void *c) { bpf_set_retval(bpf_get_prandom_u32()); return 1; }
SEC("cgroup/setsockopt") int retval_pass(void *c) { bpf_set_retval(bpf_get_retval()); return 1; }
SEC("lsm_cgroup/socket_post_create") int retval_lsm_cgroup(void *c) { bpf_set_retval(-1); return 1; }
SEC("lsm_cgroup/sk_free_security") int retval_lsm_cgroup_void(void *c) { bpf_set_retval(-1); return 1; }
