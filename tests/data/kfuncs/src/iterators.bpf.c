#include "kfuncs.h"
GPL;
/* Open-coded iterators of all kinds, and casts of contexts and addresses. */
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
int g[16];
u64 words[4];
#define RL bpf_rcu_read_lock();
#define RU bpf_rcu_read_unlock();
SEC(S) int i_task_rcu(void *c) { struct bpf_iter_task it; struct task_struct *t; int n = 0; RL bpf_iter_task_new(&it, NULL, 0); while ((t = bpf_iter_task_next(&it))) n += t->pid; bpf_iter_task_destroy(&it); RU return 0; }
SEC(S) int i_task_norcu(void *c) { struct bpf_iter_task it; struct task_struct *t; bpf_iter_task_new(&it, NULL, 0); t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return 0; }
SEC(S) int i_task_norcu_destroy(void *c) { struct bpf_iter_task it; bpf_iter_task_new(&it, NULL, 0); bpf_iter_task_destroy(&it); return 0; }
SEC(S) int i_task_lost_rcu(void *c) { struct bpf_iter_task it; struct task_struct *t; RL bpf_iter_task_new(&it, NULL, 0); RU RL t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); RU return 0; }
SEC(S) int i_task_acquire(void *c) { struct bpf_iter_task it; struct task_struct *t, *a = 0; RL bpf_iter_task_new(&it, NULL, 0); t = bpf_iter_task_next(&it); if (t) a = bpf_task_acquire(t); bpf_iter_task_destroy(&it); RU if (a) bpf_task_release(a); return 0; }
SEC(A) int i_task_atomic(void *c) { struct bpf_iter_task it; struct task_struct *t, *a; int n = 0; bpf_iter_task_new(&it, NULL, 0); while ((t = bpf_iter_task_next(&it))) { a = bpf_task_acquire(t); if (a) bpf_task_release(a); } bpf_iter_task_destroy(&it); return 0; }
SEC(A) int i_task_after_destroy(void *c) { struct bpf_iter_task it; struct task_struct *t; bpf_iter_task_new(&it, NULL, 0); t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return t ? t->pid : 0; }
SEC(A) int i_task_arg(void *c) { struct bpf_iter_task it; struct task_struct *t; bpf_iter_task_new(&it, bpf_get_current_task_btf(), 1); t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return 0; }
SEC(A) int i_task_arg_walked(void *c) { struct bpf_iter_task it; struct task_struct *t; bpf_iter_task_new(&it, bpf_get_current_task_btf()->real_parent, 1); t = bpf_iter_task_next(&it); bpf_iter_task_destroy(&it); return 0; }
SEC("tc") int i_num_value_after(void *c) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 3); v = bpf_iter_num_next(&it); bpf_iter_num_destroy(&it); return v ? *(V int *)v : 0; }
SEC("tc") int i_num_nonull(void *c) { struct bpf_iter_num it; int *v, r; bpf_iter_num_new(&it, 0, 3); v = bpf_iter_num_next(&it); r = *(V int *)v; bpf_iter_num_destroy(&it); return r; }
SEC("tc") int i_num_wrong_type(void *c) { struct bpf_iter_bits it; bpf_iter_num_new((void *)&it, 0, 3); bpf_iter_bits_destroy(&it); return 0; }
SEC("tc") int i_num_heap(void *c) { bpf_iter_num_new((void *)g, 0, 3); return 0; }
SEC("tc") int i_num_misaligned(void *c) { struct bpf_iter_num it[2]; bpf_iter_num_new((void *)it + 4, 0, 3); bpf_iter_num_destroy((void *)it + 4); return 0; }
SEC("tc") int i_num_leak_branch(void *c) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 3); while ((v = bpf_iter_num_next(&it))) { if (*v == 2) return 1; } bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int i_num_break(void *c) { struct bpf_iter_num it; int *v; bpf_iter_num_new(&it, 0, 300); while ((v = bpf_iter_num_next(&it))) { if (*v == 200) break; } bpf_iter_num_destroy(&it); return 0; }
SEC("tc") int i_num_accumulate(void *c) { struct bpf_iter_num it; int *v; int i = 0, s = 0; bpf_iter_num_new(&it, 0, 16); while ((v = bpf_iter_num_next(&it))) { if (i < 16) s += g[i]; i++; } bpf_iter_num_destroy(&it); return s; }
SEC("tc") int i_num_accumulate_unchecked(void *c) { struct bpf_iter_num it; int *v; u64 i = 0; int s = 0; bpf_iter_num_new(&it, 0, 16); while ((v = bpf_iter_num_next(&it))) { s += *(V int *)&g[i]; i++; } bpf_iter_num_destroy(&it); return s; }
SEC("tc") int i_num_stack_index(void *c) { struct bpf_iter_num it; int *v; char b[16] = {}; bpf_iter_num_new(&it, 0, 16); while ((v = bpf_iter_num_next(&it))) { u32 x = *v; if (x < 16) *(V char *)&b[x] = 1; } bpf_iter_num_destroy(&it); return b[3]; }
SEC("tc") int i_num_acquire(void *c) { struct bpf_iter_num it; struct task_struct *t = 0, *n; int *v; bpf_iter_num_new(&it, 0, 16); while ((v = bpf_iter_num_next(&it))) { n = bpf_task_from_pid(*v); if (t) bpf_task_release(t); t = n; } bpf_iter_num_destroy(&it); if (t) bpf_task_release(t); return 0; }
SEC("tc") int i_num_acquire_leak(void *c) { struct bpf_iter_num it; struct task_struct *t = 0; int *v; bpf_iter_num_new(&it, 0, 16); while ((v = bpf_iter_num_next(&it))) { t = bpf_task_from_pid(*v); KEEP(t); } bpf_iter_num_destroy(&it); return 0; }
static int cb(u32 i, struct bpf_iter_num *it) { int *v = bpf_iter_num_next(it); return v ? 0 : 1; }
SEC("tc") int i_num_next_in_cb(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 16); bpf_loop(3, cb, &it, 0); bpf_iter_num_destroy(&it); return 0; }
static int cb2(u32 i, struct bpf_iter_num *it) { bpf_iter_num_destroy(it); return 1; }
SEC("tc") int i_num_destroy_in_cb(void *c) { struct bpf_iter_num it; bpf_iter_num_new(&it, 0, 16); bpf_loop(3, cb2, &it, 0); return 0; }
static __attribute__((noinline)) int sub(struct bpf_iter_num *it) { int *v = bpf_iter_num_next(it); return v ? *v : -1; }
SEC("tc") int i_num_sub(void *c) { struct bpf_iter_num it; int r = 0, i; bpf_iter_num_new(&it, 0, 16); for (i = 0; i < 4; i++) r += sub(&it); bpf_iter_num_destroy(&it); return r; }
SEC("tc") int i_bits(void *c) { struct bpf_iter_bits it; int *v, s = 0; bpf_iter_bits_new(&it, words, 4); while ((v = bpf_iter_bits_next(&it))) s += *v; bpf_iter_bits_destroy(&it); return s; }
SEC("tc") int i_bits_null(void *c) { struct bpf_iter_bits it; int *v, s = 0; bpf_iter_bits_new(&it, NULL, 4); while ((v = bpf_iter_bits_next(&it))) s += *v; bpf_iter_bits_destroy(&it); return s; }
SEC(A) int i_vma(void *c) { struct bpf_iter_task_vma it; struct vm_area_struct *v; int n = 0; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); while ((v = bpf_iter_task_vma_next(&it))) n += v->vm_flags; bpf_iter_task_vma_destroy(&it); return 0; }
SEC(A) int i_vma_two(void *c) { struct bpf_iter_task_vma it, jt; struct vm_area_struct *v; int n = 0; bpf_iter_task_vma_new(&it, bpf_get_current_task_btf(), 0); bpf_iter_task_vma_new(&jt, bpf_get_current_task_btf(), 0); v = bpf_iter_task_vma_next(&it); bpf_iter_task_vma_destroy(&it); bpf_iter_task_vma_destroy(&jt); return 0; }
SEC(A) int i_css(void *c) { struct bpf_iter_css it; struct cgroup_subsys_state *s; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_new(&it, (void *)g, 0); while ((s = bpf_iter_css_next(&it))) { KEEP(s->cgroup); } bpf_iter_css_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC(S) int i_css_s(void *c) { struct bpf_iter_css it; struct cgroup_subsys_state *s; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_new(&it, (void *)g, 0); while ((s = bpf_iter_css_next(&it))) { KEEP(s->cgroup); } bpf_iter_css_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC("tp_btf/task_newtask") int i_css_task_tp(void *c) { struct bpf_iter_css_task it; struct task_struct *t; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); t = bpf_iter_css_task_next(&it); bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC(A) int i_css_task_lsm(void *c) { struct bpf_iter_css_task it; struct task_struct *t, *a; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_iter_css_task_new(&it, (void *)g, 0); t = bpf_iter_css_task_next(&it); if (t) { a = bpf_task_acquire(t); if (a) bpf_task_release(a); } bpf_iter_css_task_destroy(&it); bpf_cgroup_release(g); return 0; }
SEC("tc") int i_css_task_null(void *c) { struct bpf_iter_css_task it; bpf_iter_css_task_new(&it, NULL, 0); bpf_iter_css_task_destroy(&it); return 0; }
SEC(A) int c_cast(struct linux_binprm *c) { void *p = bpf_cast_to_kern_ctx(c); KEEP(p); return 0; }
struct sk_buff { unsigned int len; } KOBJ;
struct xdp_buff { void *data; } KOBJ;
SEC("tc") int c_cast_tc(void *c) { struct sk_buff *s = bpf_cast_to_kern_ctx(c); return s->len; }
SEC("xdp") int c_cast_xdp(void *c) { struct xdp_buff *s = bpf_cast_to_kern_ctx(c); return s->data ? 1 : 2; }
SEC("tc") int c_cast_not_ctx(void *c) { struct sk_buff *s = bpf_cast_to_kern_ctx(g); return s->len; }
SEC("tc") int c_cast_off(void *c) { struct sk_buff *s = bpf_cast_to_kern_ctx(c + 8); return s->len; }
SEC("kprobe") int c_cast_kprobe(void *c) { struct pt_regs *s = bpf_cast_to_kern_ctx(c); return 0; }
SEC("syscall") int c_cast_syscall(void *c) { struct pt_regs *s = bpf_cast_to_kern_ctx(c); return 0; }
SEC(A) int c_rdonly(void *c) { struct task_struct *t = bpf_rdonly_cast((void *)bpf_get_current_task(), KTYPE(struct task_struct)); return t->pid; }
SEC(A) int c_rdonly_write(void *c) { struct task_struct *t = bpf_rdonly_cast((void *)bpf_get_current_task(), KTYPE(struct task_struct)); *(V int *)&t->pid = 1; return 0; }
SEC(A) int c_rdonly_acquire(void *c) { struct task_struct *t = bpf_rdonly_cast((void *)bpf_get_current_task(), KTYPE(struct task_struct)); t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
SEC(A) int c_rdonly_void(void *c) { int *t = bpf_rdonly_cast((void *)bpf_get_current_task(), 0); return *(V int *)t; }
SEC(A) int c_rdonly_var(void *c) { int *t = bpf_rdonly_cast((void *)bpf_get_current_task(), bpf_get_prandom_u32()); KEEP(t); return 0; }
SEC(A) int c_rdonly_int(void *c) { int *t = bpf_rdonly_cast((void *)bpf_get_current_task(), 1); KEEP(t); return 0; }
