#include "vmlinux_min.h"
GPL;
/* Helpers that take kernel objects: which pointers are good enough, and what comes back. */
struct { __uint(type, BPF_MAP_TYPE_TASK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } tasks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_INODE_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } inodes SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_SK_STORAGE); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, __u64); } socks SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
MAPDEF(BPF_MAP_TYPE_HASH, 0, 4) hash SEC(".maps");
#define L "lsm/file_open"
#define LS "lsm.s/file_open"
#define TP "tp_btf/sched_switch"
#define ARGS __u64 *args
/* storage */
SEC(L) int task_storage_current(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_parent(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t->real_parent, 0, 1); if (v) *v += 1; return 0; }
SEC(LS) int task_storage_parent_s(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t->real_parent, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_leader(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t->group_leader, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_null(ARGS) { __u64 *v = bpf_task_storage_get(&tasks, NULL, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_scalar(ARGS) { __u64 *v = bpf_task_storage_get(&tasks, (void *)bpf_get_current_task(), 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_file(ARGS) { struct file *f = (void *)args[0]; __u64 *v = bpf_task_storage_get(&tasks, (void *)f, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_offset(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, (void *)((char *)t + 8), 0, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_no_check(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t, 0, 1); *v += 1; return 0; }
SEC(L) int task_storage_init_stack(ARGS) { __u64 init = 3; struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t, &init, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_init_uninit(ARGS) { __u64 init; KEEP(&init); struct task_struct *t = bpf_get_current_task_btf(); __u64 *v = bpf_task_storage_get(&tasks, t, &init, 1); if (v) *v += 1; return 0; }
SEC(L) int task_storage_delete(ARGS) { return bpf_task_storage_delete(&tasks, bpf_get_current_task_btf()) ? 0 : 0; }
SEC(L) int task_storage_other_map(ARGS) { __u64 *v = bpf_task_storage_get(&hash, bpf_get_current_task_btf(), 0, 1); if (v) *v += 1; return 0; }
SEC(TP) int task_storage_tp(ARGS) { struct task_struct *t = (void *)args[1]; __u64 *v = bpf_task_storage_get(&tasks, t, 0, 1); if (v) *v += 1; return 0; }
SEC(TP) int task_storage_tp_mm_walk(ARGS) { struct task_struct *t = (void *)args[1]; __u64 *v = bpf_task_storage_get(&tasks, t->group_leader->real_parent, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int inode_storage_arg(ARGS) { struct file *f = (void *)args[0]; __u64 *v = bpf_inode_storage_get(&inodes, f->f_inode, 0, 1); if (v) *v += 1; return 0; }
SEC(LS) int inode_storage_arg_s(ARGS) { struct file *f = (void *)args[0]; __u64 *v = bpf_inode_storage_get(&inodes, f->f_inode, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int inode_storage_dentry(ARGS) { struct file *f = (void *)args[0]; __u64 *v = bpf_inode_storage_get(&inodes, f->f_path.dentry->d_inode, 0, 1); if (v) *v += 1; return 0; }
SEC(L) int inode_storage_file(ARGS) { struct file *f = (void *)args[0]; __u64 *v = bpf_inode_storage_get(&inodes, (void *)f, 0, 1); if (v) *v += 1; return 0; }
SEC("lsm/inode_unlink") int inode_storage_dir(ARGS) { struct inode *i = (void *)args[0]; __u64 *v = bpf_inode_storage_get(&inodes, i, 0, 1); if (v) *v += 1; return 0; }
SEC("lsm/socket_post_create") int sk_storage_sock(ARGS) { struct socket *s = (void *)args[0]; struct sock *sk = s->sk; if (!sk) return 0; __u64 *v = bpf_sk_storage_get(&socks, sk, 0, 1); if (v) *v += 1; return 0; }
SEC("lsm/socket_post_create") int sk_storage_unchecked(ARGS) { struct socket *s = (void *)args[0]; __u64 *v = bpf_sk_storage_get(&socks, s->sk, 0, 1); if (v) *v += 1; return 0; }
SEC("lsm/socket_post_create") int sk_storage_socket(ARGS) { struct socket *s = (void *)args[0]; __u64 *v = bpf_sk_storage_get(&socks, (void *)s, 0, 1); if (v) *v += 1; return 0; }
/* paths */
SEC(L) int d_path_ok(ARGS) { struct file *f = (void *)args[0]; char b[32] = {}; bpf_d_path(&f->f_path, b, sizeof(b)); return 0; }
SEC(L) int d_path_uninit(ARGS) { struct file *f = (void *)args[0]; char b[32]; KEEP(b); bpf_d_path(&f->f_path, b, sizeof(b)); return 0; }
SEC(L) int d_path_file(ARGS) { struct file *f = (void *)args[0]; char b[32] = {}; bpf_d_path((void *)f, b, sizeof(b)); return 0; }
SEC(L) int d_path_null(ARGS) { char b[32] = {}; bpf_d_path(NULL, b, sizeof(b)); return 0; }
SEC(L) int d_path_zero(ARGS) { struct file *f = (void *)args[0]; char b[32] = {}; bpf_d_path(&f->f_path, b, 0); return 0; }
SEC(L) int d_path_into_file(ARGS) { struct file *f = (void *)args[0]; bpf_d_path(&f->f_path, (void *)f, 8); return 0; }
SEC(L) int d_path_into_record(ARGS) { struct file *f = (void *)args[0]; char *p = bpf_ringbuf_reserve(&rb, 64, 0); if (!p) return 0; bpf_d_path(&f->f_path, p, 64); bpf_ringbuf_submit(p, 0); return 0; }
SEC(L) int d_path_into_record_over(ARGS) { struct file *f = (void *)args[0]; char *p = bpf_ringbuf_reserve(&rb, 64, 0); if (!p) return 0; bpf_d_path(&f->f_path, p + 8, 64); bpf_ringbuf_submit(p, 0); return 0; }
/* kernel memory as a source */
SEC(L) int output_file(ARGS) { struct file *f = (void *)args[0]; bpf_ringbuf_output(&rb, f, 8, 0); return 0; }
SEC(L) int output_file_big(ARGS) { struct file *f = (void *)args[0]; bpf_ringbuf_output(&rb, f, 4096, 0); return 0; }
SEC(L) int output_task_comm(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); bpf_ringbuf_output(&rb, t->comm, 16, 0); return 0; }
SEC(L) int output_walked(ARGS) { struct file *f = (void *)args[0]; bpf_ringbuf_output(&rb, f->f_inode, 8, 0); return 0; }
SEC(L) int key_from_file(ARGS) { struct file *f = (void *)args[0]; KEEP(bpf_map_lookup_elem(&hash, f)); return 0; }
SEC(L) int value_from_file(ARGS) { __u32 k = 0; struct file *f = (void *)args[0]; bpf_map_update_elem(&hash, &k, f, 0); return 0; }
SEC(L) int probe_read_into_file(ARGS) { struct file *f = (void *)args[0]; bpf_probe_read_kernel(f, 8, (void *)0); return 0; }
SEC(L) int probe_read_file(ARGS) { struct file *f = (void *)args[0]; __u64 x; bpf_probe_read_kernel(&x, 8, f); return x & 0; }
SEC(L) int strncmp_comm(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); return bpf_strncmp(t->comm, 16, "init") ? 0 : 0; }
SEC(L) int get_comm_ok(ARGS) { char c[16]; bpf_get_current_comm(c, sizeof(c)); return c[0] ? 0 : 0; }
/* results */
SEC(TP) int task_stack_other(ARGS) { struct task_struct *t = (void *)args[2]; char b[16]; return bpf_get_task_stack(t, b, 16, 0) & 1; }
SEC(TP) int pt_regs_store(ARGS) { struct pt_regs *r = (void *)bpf_task_pt_regs(bpf_get_current_task_btf()); r->ip = 0; return 0; }
SEC(TP) int task_btf_write(ARGS) { struct task_struct *t = bpf_get_current_task_btf(); *(volatile int *)&t->prio = 1; return 0; }
SEC("fentry/tcp_v4_connect") int skc_cast(ARGS) { struct sock *sk = (void *)args[0]; void *t = bpf_skc_to_tcp_sock(sk); return t ? 0 : 0; }
SEC("fentry/tcp_v4_connect") int skc_cast_deref(ARGS) { struct sock *sk = (void *)args[0]; volatile int *t = (void *)bpf_skc_to_tcp_sock(sk); return t ? *t & 0 : 0; }
SEC("fentry/tcp_v4_connect") int skc_cast_unchecked(ARGS) { struct sock *sk = (void *)args[0]; volatile int *t = (void *)bpf_skc_to_tcp_sock(sk); return *t & 0; }
SEC("lsm/file_open") int sock_from_file(ARGS) { struct file *f = (void *)args[0]; struct socket *s = bpf_sock_from_file(f); return s && s->sk ? 0 : 0; }
SEC("lsm/file_open") int sock_from_file_unchecked(ARGS) { struct file *f = (void *)args[0]; struct socket *s = bpf_sock_from_file(f); return s->sk ? 0 : 0; }
/* find_vma */
static long vma_cb(struct task_struct *t, struct vm_area_struct *v, __u64 *c) { *c = v->vm_start; return 0; }
static long vma_cb_task(struct task_struct *t, struct vm_area_struct *v, __u64 *c) { *c = t->pid; return 0; }
SEC(L) int find_vma_ok(ARGS) { __u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, vma_cb, &x, 0); return 0; }
SEC(L) int find_vma_task(ARGS) { __u64 x = 0; bpf_find_vma(bpf_get_current_task_btf(), 0, vma_cb_task, &x, 0); return 0; }
SEC(L) int find_vma_null_task(ARGS) { __u64 x = 0; bpf_find_vma(NULL, 0, vma_cb, &x, 0); return 0; }
SEC(L) int find_vma_null_ctx(ARGS) { bpf_find_vma(bpf_get_current_task_btf(), 0, vma_cb, NULL, 0); return 0; }
/* trampolines */
SEC("fentry/tcp_v4_connect") int func_arg_ok(ARGS) { __u64 v; bpf_get_func_arg(args, 0, &v); return v & 0; }
SEC("fentry/tcp_v4_connect") int func_arg_short(ARGS) { __u32 v; bpf_get_func_arg(args, 0, (void *)&v); return v & 0; }
SEC("fentry/tcp_v4_connect") int func_arg_null(ARGS) { bpf_get_func_arg(args, 0, NULL); return 0; }
SEC("fexit/tcp_v4_connect") int func_ret_ok(ARGS) { __u64 v; bpf_get_func_ret(args, &v); return v & 0; }
SEC("fentry/tcp_v4_connect") int func_ret_fentry(ARGS) { __u64 v; bpf_get_func_ret(args, &v); return v & 0; }
SEC("fentry/tcp_v4_connect") int func_ip(ARGS) { return bpf_get_func_ip(args) & 0; }
SEC("tp_btf/sched_switch") int func_ip_tp(ARGS) { return bpf_get_func_ip(args) & 0; }
SEC("lsm/file_open") int cookie_lsm(ARGS) { return bpf_get_attach_cookie(args) & 0; }
SEC("fentry/tcp_v4_connect") int cookie_fentry(ARGS) { return bpf_get_attach_cookie(args) & 0; }
SEC("lsm.s/bprm_committed_creds") int opts_set(ARGS) { return bpf_bprm_opts_set((void *)args[0], 0) & 0; }
SEC("lsm.s/bprm_committed_creds") int ima_hash(ARGS) { struct linux_binprm *b = (void *)args[0]; char h[8]; bpf_ima_inode_hash(b->file->f_inode, h, 8); return 0; }
SEC("lsm.s/bprm_committed_creds") int ima_file(ARGS) { struct linux_binprm *b = (void *)args[0]; char h[8]; bpf_ima_file_hash(b->file, h, 8); return 0; }
SEC("iter/task") int seq_write(struct bpf_iter__task *c) { __u64 x = 1; if (!c->task) return 0; bpf_seq_write(c->meta->seq, &x, 8); return 0; }
SEC("iter/task") int seq_write_task(struct bpf_iter__task *c) { if (!c->task) return 0; bpf_seq_write(c->meta->seq, c->task, 8); return 0; }
SEC("iter/task") int seq_write_wrong(struct bpf_iter__task *c) { __u64 x = 1; bpf_seq_write((void *)c->task, &x, 8); return 0; }
SEC("iter/bpf_map_elem") int elem_value(struct bpf_iter__bpf_map_elem *c) { __u64 *v = c->value; if (!v) return 0; bpf_seq_write(c->meta->seq, v, 8); return 0; }
SEC("iter/bpf_map_elem") int elem_value_write(struct bpf_iter__bpf_map_elem *c) { __u64 *v = c->value; if (!v) return 0; bpf_get_current_comm(v, 8); return 0; }
SEC("iter/bpf_map_elem") int elem_key_write(struct bpf_iter__bpf_map_elem *c) { __u64 *v = c->key; if (!v) return 0; bpf_get_current_comm(v, 8); return 0; }
SEC("iter/bpf_map_elem") int elem_value_unchecked(struct bpf_iter__bpf_map_elem *c) { bpf_seq_write(c->meta->seq, c->value, 8); return 0; }
