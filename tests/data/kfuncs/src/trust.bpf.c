#include "kfuncs.h"
GPL;
/* Trusted, referenced, walked and other pointers as arguments, buffers and strings. */
MAPDEF(BPF_MAP_TYPE_ARRAY, 0, 4) arr SEC(".maps");
#define CUR bpf_get_current_task_btf()
SEC(A) int u_acq_cur(void *c) { struct task_struct *t = bpf_task_acquire(CUR); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_null(void *c) { struct task_struct *t = bpf_task_acquire(NULL); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_scalar(void *c) { struct task_struct *t = bpf_task_acquire((void *)bpf_get_current_task()); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_ctx(void *c) { struct task_struct *t = bpf_task_acquire(c); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_stack(void *c) { u64 x = 0; struct task_struct *t = bpf_task_acquire((void *)&x); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_map(void *c) { struct task_struct *t = bpf_task_acquire((void *)&arr); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_off(void *c) { struct task_struct *t = bpf_task_acquire((void *)CUR + 8); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_var(void *c) { struct task_struct *t = bpf_task_acquire((void *)CUR + (bpf_get_prandom_u32() & 8)); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_neg(void *c) { struct task_struct *t = bpf_task_acquire((void *)CUR - 8); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_mm(void *c) { struct task_struct *t = bpf_task_acquire((void *)CUR->mm); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_acq_leader(void *c) { struct task_struct *t = bpf_task_acquire(CUR->group_leader); if (t) bpf_task_release(t); return 0; }
SEC(A) int u_rel_cur(void *c) { bpf_task_release(CUR); return 0; }
SEC(A) int u_rel_null(void *c) { bpf_task_release(NULL); return 0; }
SEC(A) int u_rel_scalar(void *c) { bpf_task_release((void *)bpf_ktime_get_ns()); return 0; }
SEC(A) int u_rel_maybe(void *c) { bpf_task_release(bpf_task_from_pid(1)); return 0; }
SEC(A) int u_rel_other(void *c) { struct cgroup *g = bpf_cgroup_from_id(1); if (g) bpf_task_release((void *)g); return 0; }
SEC(A) int u_rel_off(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (t) bpf_task_release((void *)t + 8); return 0; }
SEC(A) int u_use_after(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_task_release(t); return t->pid; }
SEC(A) int u_walk_after(void *c) { struct task_struct *t = bpf_task_from_pid(1), *p; if (!t) return 0; p = t->group_leader; bpf_task_release(t); return p->pid; }
SEC(A) int u_copy_release(void *c) { struct task_struct *t = bpf_task_from_pid(1), *p = t; OPAQUE(p); if (!p) return 0; bpf_task_release(p); return t->pid; }
SEC(A) int u_spill_release(void *c) { struct task_struct *V s; struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; s = t; bpf_task_release(t); return s->pid; }
SEC(A) int u_two(void *c) { struct task_struct *t = bpf_task_from_pid(1), *u; if (!t) return 0; u = bpf_task_from_pid(2); if (!u) { bpf_task_release(t); return 0; } bpf_task_release(u); bpf_task_release(t); return 0; }
SEC(A) int u_two_leak(void *c) { struct task_struct *t = bpf_task_from_pid(1), *u; if (!t) return 0; u = bpf_task_from_pid(2); if (!u) { return 0; } bpf_task_release(u); bpf_task_release(t); return 0; }
SEC(A) int u_return_ref(void *c) { struct task_struct *t = bpf_task_from_pid(1); return (long)t; }
SEC(A) int u_size_reg(void *c) { char b[8]; return bpf_path_d_path(0, b, 8); }
SEC("lsm/file_open") int BPF_PROG(u_d_path, struct file *f) { char b[64]; bpf_path_d_path(&f->f_path, b, 64); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_short, struct file *f) { char b[8]; bpf_path_d_path(&f->f_path, b, 64); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_var, struct file *f) { char b[64]; bpf_path_d_path(&f->f_path, b, bpf_get_prandom_u32()); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_zero, struct file *f) { char b[64]; bpf_path_d_path(&f->f_path, b, 0); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_neg, struct file *f) { char b[64]; bpf_path_d_path(&f->f_path, b, -1); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_file, struct file *f) { char b[64]; bpf_path_d_path((void *)f, b, 64); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_walked, struct file *f) { char b[64]; struct file *e = bpf_get_current_task_btf()->mm->exe_file; bpf_path_d_path(&e->f_path, b, 64); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_d_path_null_buf, struct file *f) { bpf_path_d_path(&f->f_path, NULL, 0); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_exe, struct file *f) { struct file *e = bpf_get_task_exe_file(CUR); char b[16]; if (!e) return 0; bpf_path_d_path(&e->f_path, b, 16); bpf_put_file(e); return 0; }
SEC("lsm/file_open") int BPF_PROG(u_put_arg, struct file *f) { bpf_put_file(f); return 0; }
const char name_ok[16] = "user.x";
const char name_full[4] = { 'a', 'b', 'c', 'd' };
char name_rw[16] = "user.x";
char vbuf[32];
SEC("lsm.s/file_open") int BPF_PROG(u_xattr, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_mem(vbuf, 32, 0, &d); bpf_get_file_xattr(f, name_ok, &d); return 0; }
SEC("lsm.s/file_open") int BPF_PROG(u_xattr_rw, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_mem(vbuf, 32, 0, &d); bpf_get_file_xattr(f, name_rw, &d); return 0; }
SEC("lsm.s/file_open") int BPF_PROG(u_xattr_full, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_mem(vbuf, 32, 0, &d); bpf_get_file_xattr(f, name_full, &d); return 0; }
SEC("lsm.s/file_open") int BPF_PROG(u_xattr_stack, struct file *f) { char n[8] = "user.x"; struct bpf_dynptr d; bpf_dynptr_from_mem(vbuf, 32, 0, &d); bpf_get_file_xattr(f, n, &d); return 0; }
SEC("lsm.s/file_open") int BPF_PROG(u_xattr_no_dynptr, struct file *f) { struct bpf_dynptr d; bpf_get_file_xattr(f, name_ok, &d); return 0; }
SEC("tc") int u_key(void *c) { struct bpf_key *k = bpf_lookup_system_key(0); if (k) bpf_key_put(k); return 0; }
SEC(S) int u_key_s(void *c) { struct bpf_key *k = bpf_lookup_user_key(1, 0); if (k) bpf_key_put(k); return 0; }
SEC(S) int u_key_leak(void *c) { struct bpf_key *k = bpf_lookup_user_key(1, 0); KEEP(k); return 0; }
SEC(S) int u_key_task(void *c) { struct task_struct *k = bpf_task_from_pid(1); if (k) bpf_key_put((void *)k); return 0; }
SEC(S) int u_key_null(void *c) { bpf_key_put(NULL); return 0; }
SEC(S) int u_str_dst_ro(void *c) { bpf_copy_from_user_str((void *)name_ok, 8, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_map(void *c) { bpf_copy_from_user_str(vbuf, 32, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_over(void *c) { bpf_copy_from_user_str(vbuf, 33, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_zero(void *c) { char b[4]; bpf_copy_from_user_str(b, 0, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_null(void *c) { bpf_copy_from_user_str(NULL, 0, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_scalar(void *c) { bpf_copy_from_user_str((void *)5, 4, (void *)1, 0); return 0; }
SEC(S) int u_str_dst_task(void *c) { bpf_copy_from_user_str(CUR, 4, (void *)1, 0); return 0; }
SEC(S) int u_str_size_ptr(void *c) { char b[4]; bpf_copy_from_user_str(b, (u64)b, (void *)1, 0); return 0; }
SEC("tc") int u_strlen(void *c) { return bpf_strlen(name_ok); }
SEC("tc") int u_strlen_stack(void *c) { char b[4] = "ab"; return bpf_strlen(b); }
SEC("tc") int u_strlen_ctx(void *c) { return bpf_strlen(c); }
SEC("tc") int u_strlen_scalar(void *c) { return bpf_strlen((void *)0x1000); }
SEC("tc") int u_strlen_null(void *c) { return bpf_strlen(NULL); }
SEC("tc") int u_uninit_arg(void *c) { asm volatile("r1 = 0\ncall 5\nr1 = r2\n" ::: "r0","r1","r2","r3","r4","r5"); return 0; }
