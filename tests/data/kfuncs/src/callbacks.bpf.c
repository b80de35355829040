#include "kfuncs.h"
GPL;
/* Task work, work queues, resilient locks and arenas. */
struct bpf_task_work { __u64 __opaque; } __attribute__((aligned(8)));
KF int bpf_task_work_schedule_signal(struct task_struct *task, struct bpf_task_work *tw, void *map__map, int (*callback)(struct bpf_map *map, void *key, void *value));
KF int bpf_task_work_schedule_resume(struct task_struct *task, struct bpf_task_work *tw, void *map__map, int (*callback)(struct bpf_map *map, void *key, void *value));
struct tv { struct bpf_task_work tw; u64 x; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tv); } tm SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct tv); } tm2 SEC(".maps");
struct wv { struct bpf_wq w; struct bpf_timer t; u64 x; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct wv); } wm SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct wv); } wm2 SEC(".maps");
struct rv { struct bpf_res_spin_lock l; struct bpf_res_spin_lock l2; u64 x; };
struct r1 { struct bpf_res_spin_lock l; u64 x; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct r1); } rm SEC(".maps");
struct sv { struct bpf_spin_lock l; u64 x; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __type(key, __u32); __type(value, struct sv); } sm SEC(".maps");
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
static int tw_ok(struct bpf_map *m, void *k, void *v) { return 0; }
static int tw_sleep(struct bpf_map *m, void *k, void *v) { char b[8]; bpf_copy_from_user(b, 8, (void *)0x1000); return 5; }
static int tw_val(struct bpf_map *m, void *k, struct tv *v) { v->x = 1; return 0; }
static int tw_val_bad(struct bpf_map *m, void *k, struct tv *v) { *(V u64 *)&v->tw = 1; return 0; }
static int tw_key(struct bpf_map *m, u32 *k, void *v) { *(V u32 *)k = 1; return 0; }
#define TV u32 k = 0; struct tv *v = bpf_map_lookup_elem(&tm, &k); if (!v) return 0;
#define CUR bpf_get_current_task_btf()
SEC(A) int w_tw(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm, tw_ok); return 0; }
SEC(A) int w_tw_resume(void *c) { TV bpf_task_work_schedule_resume(CUR, &v->tw, &tm, tw_sleep); return 0; }
SEC(A) int w_tw_other_map(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm2, tw_ok); return 0; }
SEC(A) int w_tw_off(void *c) { TV bpf_task_work_schedule_signal(CUR, (void *)&v->x, &tm, tw_ok); return 0; }
SEC(A) int w_tw_nomap(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, v, tw_ok); return 0; }
SEC(A) int w_tw_nocb(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm, NULL); return 0; }
SEC(A) int w_tw_val(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm, (void *)tw_val); return 0; }
SEC(A) int w_tw_val_bad(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm, (void *)tw_val_bad); return 0; }
SEC(A) int w_tw_key(void *c) { TV bpf_task_work_schedule_signal(CUR, &v->tw, &tm, (void *)tw_key); return 0; }
SEC(A) int w_tw_null_task(void *c) { TV bpf_task_work_schedule_signal(NULL, &v->tw, &tm, tw_ok); return 0; }
SEC(A) int w_tw_walked(void *c) { TV bpf_task_work_schedule_signal(CUR->real_parent, &v->tw, &tm, tw_ok); return 0; }
SEC(A) int w_tw_nonull(void *c) { u32 k = 0; struct tv *v = bpf_map_lookup_elem(&tm, &k); bpf_task_work_schedule_signal(CUR, &v->tw, &tm, tw_ok); return 0; }
SEC("tc") int w_tw_direct(void *c) { TV return *(V u64 *)&v->tw; }
static int wq_ok(void *m, int *k, void *v) { return 0; }
static int wq_bad(void *m, int *k, struct wv *v) { *(V u64 *)&v->w = 1; return 0; }
static int wq_again(void *m, int *k, struct wv *v) { bpf_wq_start(&v->w, 0); return 0; }
static int wq_reset(void *m, int *k, struct wv *v) { bpf_wq_set_callback_impl(&v->w, wq_ok, 0, NULL); return 0; }
#define WV u32 k = 0; struct wv *v = bpf_map_lookup_elem(&wm, &k); if (!v) return 0;
SEC("tc") int w_wq(void *c) { WV bpf_wq_init(&v->w, &wm, 0); bpf_wq_set_callback_impl(&v->w, wq_ok, 0, NULL); bpf_wq_start(&v->w, 0); return 0; }
SEC("tc") int w_wq_other(void *c) { WV bpf_wq_init(&v->w, &wm2, 0); return 0; }
SEC("tc") int w_wq_off(void *c) { WV bpf_wq_init((void *)&v->t, &wm, 0); return 0; }
SEC("tc") int w_wq_var(void *c) { WV u64 i = bpf_get_prandom_u32() & 8; bpf_wq_init((void *)v + i, &wm, 0); return 0; }
SEC("tc") int w_wq_stack(void *c) { struct bpf_wq w; bpf_wq_init(&w, &wm, 0); return 0; }
SEC("tc") int w_wq_arr(void *c) { u32 k = 0; void *v = bpf_map_lookup_elem(&arr, &k); if (!v) return 0; bpf_wq_init(v, &arr, 0); return 0; }
SEC("tc") int w_wq_nomap(void *c) { WV bpf_wq_init(&v->w, v, 0); return 0; }
SEC("tc") int w_wq_nocb(void *c) { WV bpf_wq_set_callback_impl(&v->w, (void *)1, 0, NULL); return 0; }
SEC("tc") int w_wq_null(void *c) { bpf_wq_start(NULL, 0); return 0; }
SEC("tc") int w_wq_maybe(void *c) { u32 k = 0; struct wv *v = bpf_map_lookup_elem(&wm, &k); bpf_wq_start(&v->w, 0); return 0; }
SEC("tc") int w_wq_bad(void *c) { WV bpf_wq_set_callback_impl(&v->w, (void *)wq_bad, 0, NULL); return 0; }
SEC("tc") int w_wq_again(void *c) { WV bpf_wq_set_callback_impl(&v->w, (void *)wq_again, 0, NULL); return 0; }
SEC("tc") int w_wq_reset(void *c) { WV bpf_wq_set_callback_impl(&v->w, (void *)wq_reset, 0, NULL); return 0; }
SEC("tc") int w_wq_aux(void *c) { WV bpf_wq_set_callback_impl(&v->w, wq_ok, 0, c); return 0; }
#define RV u32 k = 0; struct r1 *v = bpf_map_lookup_elem(&rm, &k); if (!v) return 0;
SEC("tc") int s_res(void *c) { RV if (bpf_res_spin_lock(&v->l)) return 0; v->x = 1; bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_nocheck(void *c) { RV bpf_res_spin_lock(&v->l); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_leak(void *c) { RV bpf_res_spin_lock(&v->l); return 0; }
SEC("tc") int s_res_unlock_failed(void *c) { RV if (bpf_res_spin_lock(&v->l)) bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_twice(void *c) { RV if (bpf_res_spin_lock(&v->l)) return 0; if (bpf_res_spin_lock(&v->l)) { bpf_res_spin_unlock(&v->l); return 0; } bpf_res_spin_unlock(&v->l); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_two(void *c) { RV struct r1 *w = bpf_map_lookup_elem(&rm, &k); if (!w) return 0; if (bpf_res_spin_lock(&v->l)) return 0; if (bpf_res_spin_lock(&w->l)) { bpf_res_spin_unlock(&v->l); return 0; } bpf_res_spin_unlock(&w->l); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_two_order(void *c) { RV struct r1 *w = bpf_map_lookup_elem(&rm, &k); if (!w) return 0; if (bpf_res_spin_lock(&v->l)) return 0; if (bpf_res_spin_lock(&w->l)) { bpf_res_spin_unlock(&v->l); return 0; } bpf_res_spin_unlock(&v->l); bpf_res_spin_unlock(&w->l); return 0; }
SEC("tc") int s_res_irq(void *c) { unsigned long f; RV if (bpf_res_spin_lock_irqsave(&v->l, &f)) return 0; bpf_res_spin_unlock_irqrestore(&v->l, &f); return 0; }
SEC("tc") int s_res_irq_mix(void *c) { unsigned long f; RV if (bpf_res_spin_lock_irqsave(&v->l, &f)) return 0; bpf_res_spin_unlock(&v->l); bpf_local_irq_restore(&f); return 0; }
SEC("tc") int s_res_irq_mix2(void *c) { unsigned long f; RV if (bpf_res_spin_lock_irqsave(&v->l, &f)) return 0; bpf_local_irq_restore(&f); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_irq_failed(void *c) { unsigned long f; RV if (bpf_res_spin_lock_irqsave(&v->l, &f)) { bpf_local_irq_restore(&f); return 0; } bpf_res_spin_unlock_irqrestore(&v->l, &f); return 0; }
SEC("tc") int s_res_in_spin(void *c) { RV struct sv *s = bpf_map_lookup_elem(&sm, &k); if (!s) return 0; bpf_spin_lock(&s->l); if (bpf_res_spin_lock(&v->l)) { bpf_spin_unlock(&s->l); return 0; } bpf_res_spin_unlock(&v->l); bpf_spin_unlock(&s->l); return 0; }
SEC("tc") int s_spin_in_res(void *c) { RV struct sv *s = bpf_map_lookup_elem(&sm, &k); if (!s) return 0; if (bpf_res_spin_lock(&v->l)) return 0; bpf_spin_lock(&s->l); bpf_spin_unlock(&s->l); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_helper(void *c) { RV if (bpf_res_spin_lock(&v->l)) return 0; bpf_ktime_get_ns(); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_kfunc(void *c) { RV if (bpf_res_spin_lock(&v->l)) return 0; bpf_rcu_read_lock(); bpf_rcu_read_unlock(); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_iter(void *c) { RV struct bpf_iter_num it; if (bpf_res_spin_lock(&v->l)) return 0; bpf_iter_num_new(&it, 0, 3); bpf_iter_num_destroy(&it); bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_ret(void *c) { RV int r = bpf_res_spin_lock(&v->l); if (r >= 0) bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_ret_lt(void *c) { RV int r = bpf_res_spin_lock(&v->l); if (r < 0) return r; bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_off(void *c) { RV if (bpf_res_spin_lock((void *)&v->x)) return 0; bpf_res_spin_unlock((void *)&v->x); return 0; }
SEC("tc") int s_res_on_spin(void *c) { u32 k = 0; struct sv *v = bpf_map_lookup_elem(&sm, &k); if (!v) return 0; if (bpf_res_spin_lock((void *)&v->l)) return 0; bpf_res_spin_unlock((void *)&v->l); return 0; }
SEC("tc") int s_res_stack(void *c) { struct bpf_res_spin_lock l; if (bpf_res_spin_lock(&l)) return 0; bpf_res_spin_unlock(&l); return 0; }
SEC("tc") int s_res_unlock(void *c) { RV bpf_res_spin_unlock(&v->l); return 0; }
SEC("tc") int s_res_direct(void *c) { RV return *(V u32 *)&v->l; }
SEC(S) int s_res_sleep(void *c) { RV char b[8]; if (bpf_res_spin_lock(&v->l)) return 0; bpf_copy_from_user(b, 8, (void *)0x1000); bpf_res_spin_unlock(&v->l); return 0; }
SEC("kprobe") int s_res_kprobe(void *c) { RV if (bpf_res_spin_lock(&v->l)) return 0; bpf_res_spin_unlock(&v->l); return 0; }
SEC("kprobe") int s_spin_kprobe(void *c) { u32 k = 0; struct sv *v = bpf_map_lookup_elem(&sm, &k); if (!v) return 0; bpf_spin_lock(&v->l); bpf_spin_unlock(&v->l); return 0; }
struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 10); } arena SEC(".maps");
#define __arena __attribute__((address_space(1)))
SEC("syscall") int a_alloc(void *c) { u64 __arena *p = (u64 __arena *)bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0); if (!p) return 1; *p = 3; bpf_arena_free_pages(&arena, (void *)p, 1); return 0; }
SEC("tc") int a_alloc_tc(void *c) { void *p = bpf_arena_alloc_pages(&arena, NULL, 1, -1, 0); return 0; }
SEC("syscall") int a_alloc_other(void *c) { void *p = bpf_arena_alloc_pages(&arr, NULL, 1, -1, 0); KEEP(&arena); return 0; }
SEC("syscall") int a_alloc_null(void *c) { void *p = bpf_arena_alloc_pages(NULL, NULL, 1, -1, 0); KEEP(&arena); return 0; }
