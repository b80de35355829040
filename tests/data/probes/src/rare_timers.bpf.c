#include "probes.h"
GPL;
/* Timers and work queues: their place in a map value, their map, their callback, and what a callback may do. */
struct timed { __u64 n; struct bpf_timer timer; __u64 after; };
ARRAY(timed, struct timed, 2);
ARRAY(other, struct timed, 2);
ARRAY(plain, struct bytes48, 1);
RINGBUF(ring);
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, struct timed); } inner1 SEC(".maps"), inner2 SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, __u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { &inner1, &inner2 } };
#define FIND(v) __u32 k = 0; struct timed *v = bpf_map_lookup_elem(&timed, &k); if (!v) return 0
static int tick(void *map, int *key, struct timed *v) { v->n++; return 0; }

/* Init, callback, start. */
SEC("tc") int timer_started(struct __sk_buff *s) { FIND(v); bpf_timer_init(&v->timer, &timed, 1); bpf_timer_set_callback(&v->timer, tick); bpf_timer_start(&v->timer, 1000, 0); return 0; }
/* Cancelled. */
SEC("tc") int timer_cancelled(struct __sk_buff *s) { FIND(v); bpf_timer_cancel(&v->timer); return 0; }
/* The address is off by eight. */
SEC("tc") int timer_wrong_offset(struct __sk_buff *s) { FIND(v); bpf_timer_init((void *)v, &timed, 1); return 0; }
/* The address is unknown. */
SEC("tc") int timer_variable_offset(struct __sk_buff *s) { FIND(v); __u32 i = s->mark & 8; OPAQUE(i); bpf_timer_init((void *)v + i, &timed, 1); return 0; }
/* A value without a timer. */
SEC("tc") int timer_in_plain_map(struct __sk_buff *s) { __u32 k = 0; void *v = bpf_map_lookup_elem(&plain, &k); if (!v) return 0; bpf_timer_init(v, &plain, 1); return 0; }
/* On the stack. */
SEC("tc") int timer_on_stack(struct __sk_buff *s) { struct bpf_timer t = {}; bpf_timer_init(&t, &timed, 1); return 0; }
/* The value of one map and the other map. */
SEC("tc") int timer_other_map(struct __sk_buff *s) { FIND(v); bpf_timer_init(&v->timer, &other, 1); return 0; }
/* The value of one inner map and another inner map. */
SEC("tc") int timer_other_inner_map(struct __sk_buff *s) { __u32 k = 0, l = 1; void *m = bpf_map_lookup_elem(&outer, &k), *n = bpf_map_lookup_elem(&outer, &l); if (!m || !n) return 0; struct timed *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->timer, n, 1); return 0; }
/* The value of an inner map and the same inner map. */
SEC("tc") int timer_same_inner_map(struct __sk_buff *s) { __u32 k = 0; void *m = bpf_map_lookup_elem(&outer, &k); if (!m) return 0; struct timed *v = bpf_map_lookup_elem(m, &k); if (!v) return 0; bpf_timer_init(&v->timer, m, 1); return 0; }
/* The timer's bytes are read. */
SEC("tc") int timer_read(struct __sk_buff *s) { FIND(v); return *(volatile __u64 *)&v->timer & 1; }
/* The timer's bytes are written. */
SEC("tc") int timer_written(struct __sk_buff *s) { FIND(v); *(volatile __u64 *)&v->timer = 0; return 0; }
/* A helper writes over it. */
SEC("tc") int timer_overwritten(struct __sk_buff *s) { FIND(v); bpf_skb_load_bytes(s, 0, v, 16); return 0; }
/* A tracing program. */
SEC("kprobe") int timer_in_kprobe(void *c) { FIND(v); bpf_timer_init(&v->timer, &timed, 1); return 0; }
SEC("fentry/vfs_read") int timer_in_fentry(void *c) { FIND(v); bpf_timer_cancel(&v->timer); return 0; }
SEC("tp_btf/sched_switch") int timer_in_tracepoint(void *c) { FIND(v); bpf_timer_cancel(&v->timer); return 0; }
/* The callback returns 1. */
static int tick_one(void *map, int *key, struct timed *v) { return 1; }
SEC("tc") int timer_returns_one(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_one); return 0; }
/* The callback returns a pointer. */
ASMPROG static __attribute__((used)) int tick_pointer(void) { asm volatile("r0 = r3; exit;"); }
SEC("tc") ASMPROG int timer_returns_pointer(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[timed] ll; call 1; if r0 == 0 goto 8f; r1 = r0; r1 += 8; r2 = %[cb] ll; call 170; 8: r0 = 0; exit;" :: MAP(timed), [cb] "i"(tick_pointer)); }
/* The callback leaks a record. */
static int tick_leak(void *map, int *key, struct timed *v) { bpf_ringbuf_reserve(&ring, 8, 0); return 0; }
SEC("tc") int timer_leaks(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_leak); return 0; }
/* The callback cancels its own timer. */
static int tick_cancel(void *map, int *key, struct timed *v) { bpf_timer_cancel(&v->timer); return 0; }
SEC("tc") int timer_cancels_itself(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_cancel); return 0; }
/* The callback starts itself again. */
static int tick_again(void *map, int *key, struct timed *v) { bpf_timer_set_callback(&v->timer, tick_again); bpf_timer_start(&v->timer, 1000, 0); return 0; }
SEC("tc") int timer_sets_itself(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_again); return 0; }
/* The callback writes the key. */
static int tick_key(void *map, int *key, struct timed *v) { *key = 0; return 0; }
SEC("tc") int timer_writes_key(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_key); return 0; }
/* The callback reads past the value. */
static int tick_past(void *map, int *key, struct timed *v) { return *(volatile __u64 *)(v + 1) & 0; }
SEC("tc") int timer_past_value(struct __sk_buff *s) { FIND(v); bpf_timer_set_callback(&v->timer, tick_past); return 0; }
/* The callback copies from user memory. */
static int tick_sleeps(void *map, int *key, struct timed *v) { char b[8]; bpf_copy_from_user(b, 8, (void *)4096); return 0; }
SEC("lsm.s/bprm_committed_creds") int timer_sleeps(void *c) { FIND(v); bpf_timer_set_callback(&v->timer, tick_sleeps); return 0; }
/* The program with a deep stack sets a callback with a deep stack: the two never meet. */
static int tick_deep(void *map, int *key, struct timed *v) { char b[400]; asm volatile("" : : "r"(b) : "memory"); bpf_get_current_comm(b, 400); return 0; }
SEC("tc") int timer_deep(struct __sk_buff *s) { char b[400] = {}; FIND(v); asm volatile("" : : "r"(b) : "memory"); bpf_timer_set_callback(&v->timer, tick_deep); return b[3] & 1; }
/* The callback is a number. */
SEC("tc") ASMPROG int timer_callback_number(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[timed] ll; call 1; if r0 == 0 goto 8f; r1 = r0; r1 += 8; r2 = 5; call 170; 8: r0 = 0; exit;" :: MAP(timed)); }
/* Started with a pointer for the time. */
SEC("tc") ASMPROG int timer_start_pointer(void) { asm volatile("r1 = 0; *(u32 *)(r10 - 4) = r1; r2 = r10; r2 += -4; r1 = %[timed] ll; call 1; if r0 == 0 goto 8f; r1 = r0; r1 += 8; r2 = r10; r3 = 0; call 171; 8: r0 = 0; exit;" :: MAP(timed)); }
