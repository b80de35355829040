#include "probes.h"
GPL;
/* Pointers to kernel objects: which fields may be read, what a load gives, what helpers and kfuncs take, and writes. */
struct sk_buff { unsigned int len; struct sock *sk; unsigned char *data; } KOBJ;
struct sock_common { unsigned short skc_family; __be32 skc_daddr; } KOBJ;
struct full_sock { struct sock_common __sk_common; };
struct inet_sock { int x; } KOBJ;
struct sched_task { int x; };
HASH(seen, __u32, __u64, 16);

/* A chain of loads: file, inode, superblock. */
SEC("lsm/file_open") int BPF_PROG(chain_of_loads, struct file *f) { return f->f_inode->i_sb->s_magic == 0x9fa0 ? -1 : 0; }
/* A field inside an embedded structure. */
SEC("lsm/file_open") int BPF_PROG(embedded_field, struct file *f) { return f->f_path.dentry->d_flags == 5 ? -1 : 0; }
/* A pointer of a walk is compared with null although it need not be. */
SEC("lsm/file_open") int BPF_PROG(chain_checked, struct file *f) { struct inode *i = f->f_inode; if (!i) return 0; return i->i_mode == 7 ? -1 : 0; }
/* A kernel object is written. */
SEC("lsm/file_open") int BPF_PROG(write_object, struct file *f) { f->f_flags = 0; return 0; }
/* The pointer is moved by a constant first. */
SEC("lsm/file_open") ASMPROG int moved_object(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r1 += 8; r0 = *(u32 *)(r1 + 0); r0 = 0; exit;"); }
/* The pointer is moved by an unknown number. */
SEC("lsm/file_open") ASMPROG int variable_offset(void) { asm volatile("r6 = *(u64 *)(r1 + 0); call 7; r0 &= 8; r6 += r0; r0 = *(u32 *)(r6 + 0); r0 = 0; exit;"); }
/* A negative offset. */
SEC("lsm/file_open") ASMPROG int negative_offset(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r0 = *(u32 *)(r1 - 8); r0 = 0; exit;"); }
/* Past the end of the object. */
SEC("lsm/file_open") ASMPROG int past_object(void) { asm volatile("r1 = *(u64 *)(r1 + 0); r0 = *(u64 *)(r1 + 4096); r0 = 0; exit;"); }
/* Four bytes of a pointer. */
SEC("lsm/file_open") int BPF_PROG(half_a_pointer, struct file *f) { void *p = __builtin_preserve_access_index(&f->f_inode); return *(volatile __u32 *)p == 5 ? -1 : 0; }
/* One byte of a number. */
SEC("lsm/file_open") int BPF_PROG(byte_of_number, struct file *f) { void *p = __builtin_preserve_access_index(&f->f_flags); return *(volatile __u8 *)p == 5 ? -1 : 0; }
/* An array in an object, constant index. */
SEC("lsm/file_open") int BPF_PROG(array_constant, struct file *f) { struct task_struct *t = bpf_get_current_task_btf(); return t->comm[3] == 'x' ? -1 : 0; }
/* The object's address is a helper's memory to read. */
SEC("lsm/file_open") int BPF_PROG(object_as_memory, struct file *f) { char b[8]; bpf_probe_read_kernel(b, 8, f); return b[0] == 3 ? -1 : 0; }
/* The object's address as a map key. */
SEC("lsm/file_open") int BPF_PROG(object_as_key, struct file *f) { return bpf_map_lookup_elem(&seen, f) ? -1 : 0; }
/* The pointer goes into a map and comes back as a number. */
SEC("lsm/file_open") int BPF_PROG(pointer_through_map, struct file *f) { __u32 k = 0; __u64 p = (long)f, *v; bpf_map_update_elem(&seen, &k, &p, 0); v = bpf_map_lookup_elem(&seen, &k); if (!v) return 0; f = (void *)*v; return *(volatile int *)f == 3 ? -1 : 0; }
/* The number may be read through bpf_probe_read_kernel. */
SEC("lsm/file_open") int BPF_PROG(pointer_through_map_probed, struct file *f) { __u32 k = 0; __u64 p = (long)f, *v; int x = 0; bpf_map_update_elem(&seen, &k, &p, 0); v = bpf_map_lookup_elem(&seen, &k); if (!v) return 0; bpf_probe_read_kernel(&x, 4, (void *)*v); return x == 3 ? -1 : 0; }
/* A number cast to an object. */
SEC("lsm/file_open") int BPF_PROG(number_as_object, struct file *f) { struct task_struct *t = (void *)bpf_get_current_task(); return t->pid == 3 ? -1 : 0; }
/* bpf_get_current_task_btf walks. */
SEC("lsm/file_open") int BPF_PROG(current_walk, struct file *f) { struct task_struct *t = bpf_get_current_task_btf(); return t->group_leader->pid == 3 ? -1 : 0; }
/* A trusted argument goes to a kfunc. */
SEC("lsm/task_getpgid") int BPF_PROG(acquire_argument, struct task_struct *p) { struct task_struct *q = bpf_task_acquire(p); if (q) bpf_task_release(q); return 0; }
/* A walked pointer does not. */
SEC("lsm/task_getpgid") int BPF_PROG(acquire_walked, struct task_struct *p) { struct task_struct *q = bpf_task_acquire(p->group_leader); if (q) bpf_task_release(q); return 0; }
/* An RCU-protected field does inside a section. */
SEC("lsm/task_getpgid") int BPF_PROG(acquire_rcu_field, struct task_struct *p) { struct task_struct *q = bpf_task_acquire(p->real_parent); if (q) bpf_task_release(q); return 0; }
/* The second walk of an RCU field. */
SEC("lsm/task_getpgid") int BPF_PROG(acquire_rcu_second, struct task_struct *p) { struct task_struct *q = bpf_task_acquire(p->real_parent->real_parent); if (q) bpf_task_release(q); return 0; }
/* A tracepoint's argument may be null where the kernel says so. */
SEC("tp_btf/sched_switch") int BPF_PROG(tracepoint_walk, bool preempt, struct task_struct *prev, struct task_struct *next) { KEEP(prev->pid == next->pid); return 0; }
/* A fourth argument of sched_switch. */
SEC("tp_btf/sched_switch") ASMPROG int tracepoint_fourth(void) { asm volatile("r0 = *(u64 *)(r1 + 24); r0 = 0; exit;"); }
/* A fifth, which does not exist. */
SEC("tp_btf/sched_switch") ASMPROG int tracepoint_fifth(void) { asm volatile("r0 = *(u64 *)(r1 + 32); r0 = 0; exit;"); }
/* The boolean argument has no object behind it. */
SEC("tp_btf/sched_switch") ASMPROG int tracepoint_boolean_as_pointer(void) { asm volatile("r2 = *(u64 *)(r1 + 0); r0 = *(u32 *)(r2 + 0); r0 = 0; exit;"); }
/* fentry: the first argument's object. */
SEC("fentry/vfs_read") int BPF_PROG(fentry_walk, struct file *f) { KEEP(f->f_flags == 3); return 0; }
/* fentry: the user's buffer is not readable directly. */
SEC("fentry/vfs_read") ASMPROG int fentry_user_pointer(void) { asm volatile("r2 = *(u64 *)(r1 + 8); r0 = *(u8 *)(r2 + 0); r0 = 0; exit;"); }
/* fentry: past the last argument. */
SEC("fentry/vfs_read") ASMPROG int fentry_past_arguments(void) { asm volatile("r0 = *(u64 *)(r1 + 32); r0 = 0; exit;"); }
/* fexit: the result lies behind the arguments. */
SEC("fexit/vfs_read") ASMPROG int fexit_result(void) { asm volatile("r0 = *(u64 *)(r1 + 32); r0 = 0; exit;"); }
/* fexit: past the result. */
SEC("fexit/vfs_read") ASMPROG int fexit_past_result(void) { asm volatile("r0 = *(u64 *)(r1 + 40); r0 = 0; exit;"); }
/* The arguments may not be written. */
SEC("fentry/vfs_read") ASMPROG int fentry_write(void) { asm volatile("r2 = 0; *(u64 *)(r1 + 0) = r2; r0 = 0; exit;"); }
/* A packet buffer of the kernel: its fields, but not its data. */
SEC("fentry/__netif_receive_skb_core") int BPF_PROG(skb_pointer, struct sk_buff **p) { return 0; }
SEC("tp_btf/netif_receive_skb") int BPF_PROG(skb_fields, struct sk_buff *skb) { KEEP(skb->len == 3); return 0; }
/* The data pointer of a kernel packet is no packet pointer. */
SEC("tp_btf/netif_receive_skb") int BPF_PROG(skb_data, struct sk_buff *skb) { KEEP(skb->data[0] == 3); return 0; }
/* The socket of a kernel packet. */
SEC("tp_btf/netif_receive_skb") int BPF_PROG(skb_socket, struct sk_buff *skb) { KEEP(skb->sk->sk_rcvbuf == 3); return 0; }
/* The socket checked for null. */
SEC("tp_btf/netif_receive_skb") int BPF_PROG(skb_socket_checked, struct sk_buff *skb) { struct sock *k = skb->sk; if (!k) return 0; KEEP(k->sk_rcvbuf == 3); return 0; }
/* bpf_skc_to_tcp_sock takes a socket. */
SEC("tp_btf/netif_receive_skb") int BPF_PROG(skb_socket_cast, struct sk_buff *skb) { struct sock *k = skb->sk; if (!k) return 0; KEEP(bpf_skc_to_tcp_sock(k)); return 0; }
/* An iterator's object must be checked. */
SEC("iter/task") int iter_unchecked(struct bpf_iter__task *c) { KEEP(c->task->pid == 3); return 0; }
SEC("iter/task") int iter_checked(struct bpf_iter__task *c) { struct task_struct *t = c->task; if (t) KEEP(t->pid); return 0; }
/* An iterator's output. */
SEC("iter/task") int iter_output(struct bpf_iter__task *c) { static const char f[] = "x\n"; bpf_seq_write(c->meta->seq, f, 2); return 0; }
/* A map element iterator writes its value. */
SEC("iter/bpf_map_elem") ASMPROG int iter_value_unchecked(void) { asm volatile("r2 = *(u64 *)(r1 + 24); r0 = *(u32 *)(r2 + 0); r0 = 0; exit;"); }
/* bprm: the file of a program to execute. */
SEC("lsm/bprm_check_security") int BPF_PROG(bprm_file, struct linux_binprm *b) { return b->file->f_flags == 3 ? -1 : 0; }
/* bprm's new credentials. */
SEC("lsm/bprm_check_security") int BPF_PROG(bprm_cred, struct linux_binprm *b) { struct cred *c = b->cred; if (!c) return 0; return c->user_ns->level == 2 ? -1 : 0; }
/* The string of the file name cannot be read directly... */
SEC("lsm/bprm_check_security") int BPF_PROG(bprm_name_direct, struct linux_binprm *b) { return b->filename[0] == '/' ? -1 : 0; }
/* ...but with a helper. */
SEC("lsm/bprm_check_security") int BPF_PROG(bprm_name_probed, struct linux_binprm *b) { char n[16] = {}; bpf_probe_read_kernel_str(n, 16, b->filename); return n[0] == 'x' ? -1 : 0; }
/* A field the kernel does not have. */
struct file___other { int no_such_field; } KOBJ;
SEC("lsm/file_open") int BPF_PROG(field_not_there, struct file *f) { return ((struct file___other *)f)->no_such_field == 3 ? -1 : 0; }
/* The same with a check whether it exists. */
SEC("lsm/file_open") int BPF_PROG(field_not_there_checked, struct file *f) { struct file___other *o = (void *)f; if (!__builtin_preserve_field_info(o->no_such_field, 2)) return 0; return o->no_such_field == 3 ? -1 : 0; }
/* A pointer to an object is returned. */
SEC("lsm/file_open") ASMPROG int return_object(void) { asm volatile("r0 = *(u64 *)(r1 + 0); exit;"); }
/* A socket hook's argument. */
SEC("lsm/socket_bind") int BPF_PROG(socket_argument, struct socket *s, void *address, int n) { struct sock *k = s->sk; if (!k) return 0; return k->sk_rcvbuf == 3 ? -1 : 0; }
/* An integer argument of a hook has the size it has. */
SEC("lsm/socket_bind") int BPF_PROG(socket_integer, struct socket *s, void *address, int n) { return n == 16 ? -1 : 0; }
/* The result of the hooks before. */
SEC("lsm/file_open") ASMPROG int previous_result(void) { asm volatile("r2 = *(u64 *)(r1 + 8); r0 = 0; exit;"); }
/* Behind the result of the hooks before. */
SEC("lsm/file_open") ASMPROG int past_previous_result(void) { asm volatile("r2 = *(u64 *)(r1 + 16); r0 = 0; exit;"); }
