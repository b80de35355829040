#include "probes.h"
GPL;
/* How deep the stack may be: over calls, with a stack of each function's own, with callbacks, tail calls and loops that need room. */
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } progs SEC(".maps");
struct timed { struct bpf_timer timer; };
ARRAY(timed, struct timed, 1);
#define USE(b) asm volatile("" :: "r"(b) : "memory")
#define DEEP(name, n) static __noinline int name(int x) { char b[n] = {}; USE(b); return b[x & 7]; }
DEEP(d200, 200)
DEEP(d300, 300)
static __noinline int d300_then_200(int x) { char b[300] = {}; USE(b); return d200(x) + b[3]; }
static __noinline int d300_then_300(int x) { char b[300] = {}; USE(b); return d300(x) + b[3]; }
static __noinline int d200_then_300_300(int x) { char b[200] = {}; USE(b); return d300_then_300(x) + b[3]; }
__noinline int g300(int x) { char b[300] = {}; USE(b); return b[x & 7]; }
__noinline int g300_then_g300(int x) { char b[300] = {}; USE(b); return g300(x) + b[3]; }
static long c300(__u32 i, void *c) { char b[300] = {}; USE(b); return b[3] & 1; }
static int t300(void *m, int *k, void *v) { char b[300] = {}; USE(b); return b[3] & 0; }
#define ALL(sec, p) \
	SEC(sec) int p##_500(void *c) { return d300_then_200(3) & 0; } \
	SEC(sec) int p##_600(void *c) { return d300_then_300(3) & 0; } \
	SEC(sec) int p##_800(void *c) { return d200_then_300_300(3) & 0; } \
	SEC(sec) int p##_global_600(void *c) { return g300_then_g300(3) & 0; } \
	SEC(sec) int p##_callback_600(void *c) { char b[300] = {}; USE(b); bpf_loop(2, c300, 0, 0); return b[3] & 0; } \
	SEC(sec) int p##_600_and_callback(void *c) { bpf_loop(2, c300, 0, 0); return d300_then_300(3) & 0; } \
	SEC(sec) int p##_600_and_tail_call(void *c) { int x = d300_then_300(3); bpf_tail_call(c, &progs, 0); return x & 0; }
ALL("tc", tc)
ALL("kprobe", kprobe)
ALL("kprobe.multi/vfs_*", multi)
ALL("tp/sched/sched_switch", tp)
ALL("raw_tp/sched_switch", raw)
ALL("fentry/vfs_read", fentry)
ALL("fexit/vfs_read", fexit)
ALL("tp_btf/sched_switch", tp_btf)
ALL("lsm/file_open", lsm)
ALL("perf_event", perf)
ALL("uprobe.s", uprobe)
ALL("syscall", syscall)
ALL("iter/task", iter)
ALL("lsm_cgroup/socket_bind", group)
/* A timer's callback is counted alone, and takes the stacks of their own away. */
SEC("tc") int timer_apart(void *c) { char b[300] = {}; __u32 k = 0; struct timed *v; USE(b); v = bpf_map_lookup_elem(&timed, &k); if (v) bpf_timer_set_callback(&v->timer, t300); return b[3] & 1; }
SEC("raw_tp.w/sched_switch") int raw_writable(void *c) { return d300_then_300(3) & 0; }
/* Loops need room behind the stack: may_goto and bpf_loop. */
#define ROOM(name, n) SEC("tc") ASMPROG int name(void) { asm volatile("r1 = 0; *(u64 *)(r10 - " #n ") = r1; r0 = 0; 1: .8byte 0x00000000000100e5; goto 2f; exit; 2: goto 1b;"); }
ROOM(room_512, 512)
ROOM(room_504, 504)
ROOM(room_496, 496)
ROOM(room_488, 488)
ROOM(room_480, 480)
#define ROOM_LOOP(name, n) SEC("tc") ASMPROG int name(void) { asm volatile("r1 = 0; *(u64 *)(r10 - " #n ") = r1; r1 = 4; r2 = %[cb] ll; r3 = 0; r4 = 0; call 181; r0 = 0; exit;" :: [cb] "i"(c_calm)); }
static long c_calm(__u32 i, void *c) { return 0; }
ROOM_LOOP(loop_512, 512)
ROOM_LOOP(loop_496, 496)
ROOM_LOOP(loop_488, 488)
ROOM_LOOP(loop_480, 480)
/* Eight frames, nine; callbacks count. */
#define FRAME(n, m) static __noinline int f##n(int x) { OPAQUE(x); return f##m(x) + 1; }
static __noinline int f1(int x) { OPAQUE(x); return x; }
FRAME(2, 1) FRAME(3, 2) FRAME(4, 3) FRAME(5, 4) FRAME(6, 5) FRAME(7, 6) FRAME(8, 7)
SEC("tc") int frames_eight(void *c) { return f7(1) & 1; }
SEC("tc") int frames_nine(void *c) { return f8(1) & 1; }
static long c_six(__u32 i, void *c) { return f6(1) & 0; }
static long c_seven(__u32 i, void *c) { return f7(1) & 0; }
SEC("tc") int frames_callback_eight(void *c) { return bpf_loop(2, c_six, 0, 0) & 1; }
SEC("tc") int frames_callback_nine(void *c) { return bpf_loop(2, c_seven, 0, 0) & 1; }
SEC("kprobe") int frames_kprobe_nine(void *c) { return f8(1) & 1; }
static int t_seven(void *m, int *k, void *v) { return f7(1) & 0; }
SEC("tc") int frames_timer_nine(void *c) { __u32 k = 0; struct timed *v = bpf_map_lookup_elem(&timed, &k); if (v) bpf_timer_set_callback(&v->timer, t_seven); return 0; }
