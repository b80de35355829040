#include "probes.h"
GPL;
/* What runs when a program throws, whom it belongs to, and what may be held when something is thrown. */
#define ENDS_WITH(name) __attribute__((btf_decl_tag("exception_callback:" #name)))
KF void bpf_throw(u64 cookie);
KF struct task_struct *bpf_task_acquire(struct task_struct *p);
KF void bpf_task_release(struct task_struct *p);

/* A number in, a number out. */
__noinline int end_plain(u64 cookie) { OPAQUE(cookie); return cookie; }
SEC("tc") ENDS_WITH(end_plain) int callback_plain(struct __sk_buff *s) { if (s->mark) bpf_throw(5); return 0; }
/* It is named, but nothing throws. */
SEC("tc") ENDS_WITH(end_plain) int callback_unused(struct __sk_buff *s) { return s->mark & 1; }
/* Its result is the program's: fentry programs return 0. */
SEC("fentry/bpf_fentry_test1") ENDS_WITH(end_plain) int callback_result_out_of_range(void *ctx) { if (bpf_get_prandom_u32() == 7) bpf_throw(0); return 0; }
__noinline int end_zero(u64 cookie) { OPAQUE(cookie); return 0; }
SEC("fentry/bpf_fentry_test1") ENDS_WITH(end_zero) int callback_result_in_range(void *ctx) { if (bpf_get_prandom_u32() == 7) bpf_throw(1); return 0; }
/* Without one the thrown value is the result. */
SEC("fentry/bpf_fentry_test1") int thrown_out_of_range(void *ctx) { if (bpf_get_prandom_u32() == 7) bpf_throw(1); return 0; }
/* No argument, two, a pointer. */
__noinline int end_without(void) { int x = 1; OPAQUE(x); return x; }
SEC("tc") ENDS_WITH(end_without) int callback_no_argument(struct __sk_buff *s) { bpf_throw(1); return 0; }
__noinline int end_two(u64 a, u64 b) { OPAQUE(a); OPAQUE(b); return a + b; }
SEC("tc") ENDS_WITH(end_two) int callback_two_arguments(struct __sk_buff *s) { bpf_throw(1); return 0; }
__noinline int end_context(struct __sk_buff *s) { return s->len; }
SEC("tc") ENDS_WITH(end_context) int callback_takes_context(struct __sk_buff *s) { bpf_throw(1); return 0; }
/* No result. */
__noinline void end_void(u64 cookie) { OPAQUE(cookie); }
SEC("tc") ENDS_WITH(end_void) int callback_void(struct __sk_buff *s) { bpf_throw(1); return 0; }
/* It throws itself. */
__noinline int end_throwing(u64 cookie) { if (cookie == 1) bpf_throw(2); return 0; }
SEC("tc") ENDS_WITH(end_throwing) int callback_throws(struct __sk_buff *s) { bpf_throw(1); return 0; }
/* Something it calls throws. */
static __noinline int thrower(u64 x) { OPAQUE(x); if (x == 3) bpf_throw(2); return 0; }
__noinline int end_calls_thrower(u64 cookie) { return thrower(cookie); }
SEC("tc") ENDS_WITH(end_calls_thrower) int callback_calls_thrower(struct __sk_buff *s) { bpf_throw(1); return 0; }
/* The program calls it. */
SEC("tc") ENDS_WITH(end_plain) int callback_called_directly(struct __sk_buff *s) { if (s->mark) bpf_throw(1); return end_plain(s->len); }
/* Two are named. */
SEC("tc") ENDS_WITH(end_plain) ENDS_WITH(end_zero) int callback_twice(struct __sk_buff *s) { bpf_throw(1); return 0; }
/* A reference is held by the thrower's caller. */
SEC("tp_btf/task_newtask") int throw_with_reference(u64 *ctx) { struct task_struct *t = bpf_task_acquire((void *)ctx[0]); if (!t) return 0; thrower(t->pid); bpf_task_release(t); return 0; }
/* A global function that may throw, called with a reference. */
__noinline int g_thrower(u64 x) { OPAQUE(x); if (x == 3) bpf_throw(0); return 0; }
SEC("tp_btf/task_newtask") int global_throw_with_reference(u64 *ctx) { struct task_struct *t = bpf_task_acquire((void *)ctx[0]); if (!t) return 0; g_thrower(t->pid); bpf_task_release(t); return 0; }
/* The same after the release. */
SEC("tp_btf/task_newtask") int global_throw_after_release(u64 *ctx) { struct task_struct *t = bpf_task_acquire((void *)ctx[0]); if (!t) return 0; int pid = t->pid; bpf_task_release(t); return g_thrower(pid); }
