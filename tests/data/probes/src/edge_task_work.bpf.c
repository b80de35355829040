#include "probes.h"
GPL;
/* Work for a task: where the field lies, which map, which task, what its callback may do. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct bpf_task_work { __u64 ctx; } __attribute__((aligned(8)));
struct tval { __u64 n; struct bpf_task_work tw; };
ARRAY(ta, struct tval, 2);
HASH(th, __u64, struct tval, 2);
HASH(other, __u64, struct tval, 2);
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tval); } lru SEC(".maps");
RINGBUF(ring);
KF int bpf_task_work_schedule_signal(struct task_struct *task, struct bpf_task_work *tw, void *map, int (*callback)(struct bpf_map *map, void *key, void *value));
KF int bpf_task_work_schedule_resume(struct task_struct *task, struct bpf_task_work *tw, void *map, int (*callback)(struct bpf_map *map, void *key, void *value));
static int w_ok(struct bpf_map *m, void *k, void *v) { return 0; }
#define FIND(v) __u64 k = 0; struct tval *v = bpf_map_lookup_elem(&th, &k); if (!v) return 0
#define ME bpf_get_current_task_btf()
#define GO(v, cb) bpf_task_work_schedule_signal(ME, &(v)->tw, &th, cb)

SEC(A) int scheduled(void *c) { FIND(v); GO(v, w_ok); return 0; }
SEC(A) int resumed(void *c) { FIND(v); bpf_task_work_schedule_resume(ME, &v->tw, &th, w_ok); return 0; }
SEC(S) int in_sleepable(void *c) { FIND(v); GO(v, w_ok); return 0; }
SEC("kprobe") int in_kprobe(void *c) { FIND(v); GO(v, w_ok); return 0; }
SEC("tc") int in_tc(void *c) { FIND(v); bpf_task_work_schedule_signal((void *)bpf_get_current_task_btf(), &v->tw, &th, w_ok); return 0; }
SEC("perf_event") int in_perf_event(void *c) { FIND(v); GO(v, w_ok); return 0; }
SEC("syscall") int in_syscall(void *c) { FIND(v); GO(v, w_ok); return 0; }
SEC(A) int in_array(void *c) { __u32 k = 0; struct tval *v = bpf_map_lookup_elem(&ta, &k); if (!v) return 0; bpf_task_work_schedule_signal(ME, &v->tw, &ta, w_ok); return 0; }
SEC(A) int in_lru(void *c) { __u32 k = 0; struct tval *v = bpf_map_lookup_elem(&lru, &k); if (!v) return 0; bpf_task_work_schedule_signal(ME, &v->tw, &lru, w_ok); return 0; }
SEC(A) int other_map(void *c) { FIND(v); bpf_task_work_schedule_signal(ME, &v->tw, &other, w_ok); return 0; }
SEC(A) int no_map(void *c) { FIND(v); bpf_task_work_schedule_signal(ME, &v->tw, (void *)5, w_ok); return 0; }
SEC(A) int null_map(void *c) { FIND(v); bpf_task_work_schedule_signal(ME, &v->tw, 0, w_ok); return 0; }
SEC(A) int wrong_offset(void *c) { FIND(v); bpf_task_work_schedule_signal(ME, (void *)v, &th, w_ok); return 0; }
SEC(A) int on_stack(void *c) { struct bpf_task_work t = {}; bpf_task_work_schedule_signal(ME, &t, &th, w_ok); return 0; }
SEC(A) int unchecked(void *c) { __u64 k = 0; struct tval *v = bpf_map_lookup_elem(&th, &k); GO(v, w_ok); return 0; }
SEC(A) int null_task(void *c) { FIND(v); bpf_task_work_schedule_signal(0, &v->tw, &th, w_ok); return 0; }
SEC(S) int walked_task(void *c) { FIND(v); bpf_task_work_schedule_signal(ME->real_parent, &v->tw, &th, w_ok); return 0; }
SEC(A) int walked_task_atomic(void *c) { FIND(v); bpf_task_work_schedule_signal(ME->real_parent, &v->tw, &th, w_ok); return 0; }
SEC(A) int is_read(void *c) { FIND(v); return *(volatile __u64 *)&v->tw == 3 ? -1 : 0; }
SEC(A) int is_written(void *c) { FIND(v); *(volatile __u64 *)&v->tw = 3; return 0; }
SEC(A) int callback_number(void *c) { FIND(v); GO(v, (void *)5); return 0; }
/* Callbacks: that sleep, leak, return 1, read the key and past it, start again, throw, are called as well. */
static int w_sleeps(struct bpf_map *m, void *k, void *v) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
SEC(A) int sleeps(void *c) { FIND(v); GO(v, w_sleeps); return 0; }
static int w_rcu_sleeps(struct bpf_map *m, void *k, void *v) { char b[8]; bpf_rcu_read_lock(); bpf_copy_from_user(b, 8, (void *)4096); bpf_rcu_read_unlock(); return 0; }
SEC(A) int sleeps_in_section(void *c) { FIND(v); GO(v, w_rcu_sleeps); return 0; }
static int w_leaks(struct bpf_map *m, void *k, void *v) { bpf_ringbuf_reserve(&ring, 8, 0); return 0; }
SEC(A) int leaks(void *c) { FIND(v); GO(v, w_leaks); return 0; }
static int w_one(struct bpf_map *m, void *k, void *v) { return 1; }
SEC(A) int returns_one(void *c) { FIND(v); GO(v, w_one); return 0; }
static int w_unknown(struct bpf_map *m, void *k, void *v) { return bpf_get_prandom_u32(); }
SEC(A) int returns_unknown(void *c) { FIND(v); GO(v, w_unknown); return 0; }
static int w_key(struct bpf_map *m, void *k, void *v) { ((struct tval *)v)->n = *(__u64 *)k; return 0; }
SEC(A) int reads_key(void *c) { FIND(v); GO(v, w_key); return 0; }
static int w_key_past(struct bpf_map *m, void *k, void *v) { ((struct tval *)v)->n = ((__u64 *)k)[1]; return 0; }
SEC(A) int reads_past_key(void *c) { FIND(v); GO(v, w_key_past); return 0; }
static int w_again(struct bpf_map *m, void *k, void *v) { bpf_task_work_schedule_signal(ME, &((struct tval *)v)->tw, &th, w_ok); return 0; }
SEC(A) int again(void *c) { FIND(v); GO(v, w_again); return 0; }
static int w_again_argument(struct bpf_map *m, void *k, void *v) { bpf_task_work_schedule_signal(ME, &((struct tval *)v)->tw, m, w_ok); return 0; }
SEC(A) int again_by_argument(void *c) { FIND(v); GO(v, w_again_argument); return 0; }
static int w_throws(struct bpf_map *m, void *k, void *v) { bpf_throw(0); return 0; }
SEC(A) int throws(void *c) { FIND(v); GO(v, w_throws); return 0; }
SEC(A) int called_too(void *c) { FIND(v); w_sleeps((void *)&th, &k, v); GO(v, w_sleeps); return 0; }
static int w_task(struct bpf_map *m, void *k, void *v) { struct task_struct *p = bpf_task_acquire(ME->real_parent); if (p) bpf_task_release(p); return 0; }
SEC(A) int walks(void *c) { FIND(v); GO(v, w_task); return 0; }
static int w_preempt(struct bpf_map *m, void *k, void *v) { bpf_preempt_disable(); return 0; }
SEC(A) int leaves_preempt(void *c) { FIND(v); GO(v, w_preempt); return 0; }
/* With something held. */
SEC(A) int with_record(void *c) { FIND(v); void *r = bpf_ringbuf_reserve(&ring, 8, 0); if (!r) return 0; GO(v, w_ok); bpf_ringbuf_submit(r, 0); return 0; }
SEC(A) int in_section(void *c) { FIND(v); bpf_rcu_read_lock(); GO(v, w_sleeps); bpf_rcu_read_unlock(); return 0; }
SEC(A) int with_irq(void *c) { FIND(v); unsigned long f; bpf_local_irq_save(&f); GO(v, w_sleeps); bpf_local_irq_restore(&f); return 0; }
static long c_go(struct bpf_map *m, __u64 *k, struct tval *v, void *c) { GO(v, w_ok); return 0; }
SEC(A) int in_callback(void *c) { bpf_for_each_map_elem(&th, c_go, 0, 0); return 0; }
__noinline int g_go(int x) { OPAQUE(x); FIND(v); return GO(v, w_sleeps); }
SEC(A) int in_global(void *c) { g_go(1); return 0; }
