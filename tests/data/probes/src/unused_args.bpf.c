#include "probes.h"
GPL;
/* An argument that the function does not use: the compiler does not pass it, and the caller's register holds nothing. */
struct cfg { u32 a, b; };
__noinline int f_ptr(u32 a, u64 *unused) { return a > 5 ? 5 : a; }
__noinline int f_ptr3(u32 a, u32 b, u64 *unused) { return a > 5 ? b : a; }
__noinline int f_struct(u32 a, struct cfg *unused) { return a > 6 ? 6 : a; }
__noinline int f_nonnull(u32 a, struct cfg *unused __arg_nonnull) { return a > 7 ? 7 : a; }
__noinline int f_ctx(u32 a, void *unused __arg_ctx) { return a > 8 ? 8 : a; }
__noinline int f_skb(u32 a, struct __sk_buff *unused) { return a > 8 ? 9 : a; }
__noinline int f_dyn(u32 a, struct bpf_dynptr *unused) { return a > 9 ? 9 : a; }
__noinline int f_task(u32 a, struct task_struct *unused __arg_trusted) { return a > 10 ? 10 : a; }
__noinline int f_taskn(u32 a, struct task_struct *unused __arg_trusted __arg_nullable) { return a > 11 ? 11 : a; }
__noinline int f_int(u32 a, u64 unused) { return a > 12 ? 12 : a; }
__noinline int f_char(u32 a, char *unused) { return a > 12 ? 13 : a; }
#define CALL u32 r = bpf_get_prandom_u32(); r ^= bpf_ktime_get_ns()
SEC("tc") int c_ptr(struct __sk_buff *s) { u64 q = 3; CALL; return f_ptr(r, &q) + q; }
SEC("tc") int c_ptr3(struct __sk_buff *s) { u64 q = 3; CALL; return f_ptr3(r, r >> 3, &q) + q; }
SEC("tc") int c_struct(struct __sk_buff *s) { struct cfg q = {3}; CALL; return f_struct(r, &q); }
SEC("tc") int c_nonnull(struct __sk_buff *s) { struct cfg q = {3}; CALL; return f_nonnull(r, &q); }
SEC("tc") int c_ctx(struct __sk_buff *s) { CALL; return f_ctx(r, s); }
SEC("tc") int c_skb(struct __sk_buff *s) { CALL; return f_skb(r, s); }
SEC("tc") int c_dyn(struct __sk_buff *s) { struct bpf_dynptr p; bpf_dynptr_from_skb(s, 0, &p); CALL; return f_dyn(r, &p); }
SEC("tp_btf/sched_process_fork") int BPF_PROG(c_task, struct task_struct *p, struct task_struct *c) { CALL; f_task(r, c); return 0; }
SEC("tp_btf/sched_process_fork") int BPF_PROG(c_taskn, struct task_struct *p, struct task_struct *c) { CALL; f_taskn(r, c); return 0; }
SEC("tc") int c_int(struct __sk_buff *s) { CALL; return f_int(r, s->len); }
SEC("tc") int c_char(struct __sk_buff *s) { char q[4] = "a"; CALL; return f_char(r, q); }
SEC("tc") int c_first(struct __sk_buff *s) { u64 q = 1; return f_ptr(s->len, &q); }
SEC("tc") int c_moved(struct __sk_buff *s) { u64 q = 1; u32 a = s->len; if (a & 1) bpf_ktime_get_ns(); return f_ptr(a, &q); }
