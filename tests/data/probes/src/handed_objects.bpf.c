#include "probes.h"
GPL;
/* Kernel objects handed to global functions, contexts by other names, pointers into arenas that functions return. */
#define __arg_trusted_tag __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_nullable_tag __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_untrusted_tag __attribute__((btf_decl_tag("arg:untrusted")))
KF struct task_struct *bpf_task_acquire(struct task_struct *p);
KF void bpf_task_release(struct task_struct *p);
KF void *bpf_rdonly_cast(const void *obj, u32 btf_id);
struct task_struct___other { int pid; };

__noinline int g_task(struct task_struct *task __arg_trusted_tag) { return task->pid & 1; }
/* A trusted pointer; one that may be NULL; one of another type; a number; one that was walked to. */
SEC("tp_btf/task_newtask") int trusted_given(u64 *ctx) { return g_task((void *)ctx[0]) & 0; }
SEC("tp_btf/task_newtask") int trusted_maybe_null(u64 *ctx) { struct task_struct *t = bpf_task_acquire((void *)ctx[0]); g_task(t); if (t) bpf_task_release(t); return 0; }
SEC("tp_btf/task_newtask") int trusted_null(u64 *ctx) { g_task((void *)0); return 0; }
SEC("tp_btf/cgroup_mkdir") int trusted_other_type(u64 *ctx) { g_task((void *)ctx[0]); return 0; }
SEC("tp_btf/task_newtask") int trusted_walked(u64 *ctx) { struct task_struct *t = (void *)ctx[0]; g_task(t->real_parent); return 0; }
SEC("fentry/bpf_fentry_test1") int trusted_current(void *ctx) { g_task(bpf_get_current_task_btf()); return 0; }
SEC("tp_btf/task_newtask") ASMPROG int trusted_context(void) { asm volatile("call g_task; r0 = 0; exit;"); }
SEC("tp_btf/task_newtask") ASMPROG int trusted_moved(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r1 += 8; call g_task; r0 = 0; exit;"); }
/* NULL is welcome. */
__noinline int g_maybe_task(struct task_struct *task __arg_trusted_tag __arg_nullable_tag) { return task ? task->pid & 1 : 0; }
SEC("tp_btf/task_newtask") int nullable_null(u64 *ctx) { g_maybe_task((void *)0); return 0; }
SEC("tp_btf/task_newtask") int nullable_given(u64 *ctx) { g_maybe_task((void *)ctx[0]); return 0; }
SEC("tp_btf/task_newtask") int nullable_maybe_null(u64 *ctx) { struct task_struct *t = bpf_task_acquire((void *)ctx[0]); g_maybe_task(t); if (t) bpf_task_release(t); return 0; }
__noinline int g_unchecked(struct task_struct *task __arg_trusted_tag __arg_nullable_tag) { return task->pid & 1; }
SEC("tp_btf/task_newtask") int nullable_unchecked(u64 *ctx) { g_unchecked((void *)ctx[0]); return 0; }
/* A flavour of the kernel's structure. */
__noinline int g_flavour(struct task_struct___other *task __arg_trusted_tag) { return task->pid & 1; }
SEC("tp_btf/task_newtask") int trusted_flavour(u64 *ctx) { g_flavour((void *)ctx[0]); return 0; }
/* The function may acquire, but owns nothing. */
__noinline int g_release(struct task_struct *task __arg_trusted_tag) { bpf_task_release(task); return 0; }
SEC("tp_btf/task_newtask") int trusted_released(u64 *ctx) { g_release((void *)ctx[0]); return 0; }
__noinline int g_acquire(struct task_struct *task __arg_trusted_tag) { struct task_struct *t = bpf_task_acquire(task); if (t) bpf_task_release(t); return 0; }
SEC("tp_btf/task_newtask") int trusted_acquired(u64 *ctx) { g_acquire((void *)ctx[0]); return 0; }
/* Untrusted: anything goes in, only reads inside. */
__noinline int g_untrusted(struct task_struct *task __arg_untrusted_tag) { return task->pid & 1; }
SEC("tp_btf/task_newtask") int untrusted_number(u64 *ctx) { g_untrusted((void *)4096); return 0; }
__noinline int g_untrusted_acquire(struct task_struct *task __arg_untrusted_tag) { struct task_struct *t = bpf_task_acquire(task); if (t) bpf_task_release(t); return 0; }
SEC("tp_btf/task_newtask") int untrusted_acquired(u64 *ctx) { g_untrusted_acquire((void *)ctx[0]); return 0; }

/* The context by the kernel's own name, by the typedef's name as a structure, by a flavour. */
struct sk_buff; struct bpf_user_pt_regs_t; struct __sk_buff___mine { int len; };
__noinline int g_packet(struct sk_buff *s) { return s != 0; }
SEC("tc") int context_kernel_name(struct __sk_buff *s) { return g_packet((void *)s); }
__noinline int g_flavoured(struct __sk_buff___mine *s) { return s ? s->len & 1 : 0; }
SEC("tc") int context_flavour(struct __sk_buff *s) { return g_flavoured((void *)s); }
struct bpf_user_pt_regs_t {};
__noinline int g_regs(struct bpf_user_pt_regs_t *r) { return r != 0; }
SEC("kprobe/do_nanosleep") int context_typedef_struct(void *ctx) { return g_regs(ctx); }

/* Load-acquire through pointers whose fault nothing catches. */
SEC("tp_btf/task_newtask") int plain_load_walked(u64 *ctx) { struct task_struct *t = (void *)ctx[0]; return t->real_parent->real_parent->pid & 0; }

/* Spills around a call that the kernel replaces do not count (6.12 on): 512 bytes of stack, here and below. */
__noinline ASMPROG int deep_callee(void) { asm volatile("r1 = 42; *(u64 *)(r10 - 256) = r1; r0 = 0; exit;"); }
SEC("tc") ASMPROG int replaced_spills(void) { asm volatile("r1 = 1; *(u64 *)(r10 - 256) = r1; *(u64 *)(r10 - 264) = r1; call 8; r1 = *(u64 *)(r10 - 264); call deep_callee; r0 = 0; exit;"); }
/* The slot is used by something else, too. */
SEC("tc") ASMPROG int replaced_spills_shared(void) { asm volatile("r1 = 1; *(u64 *)(r10 - 256) = r1; *(u64 *)(r10 - 264) = r1; call 8; r1 = *(u64 *)(r10 - 264); r2 = *(u64 *)(r10 - 264); call deep_callee; r0 = 0; exit;"); }
/* Another call beside it has to keep its spills. */
SEC("tc") ASMPROG int replaced_spills_kept(void) { asm volatile("r1 = 1; *(u64 *)(r10 - 256) = r1; *(u64 *)(r10 - 264) = r1; call 8; r1 = *(u64 *)(r10 - 264); *(u64 *)(r10 - 264) = r1; call 7; r1 = *(u64 *)(r10 - 264); call deep_callee; r0 = 0; exit;"); }
