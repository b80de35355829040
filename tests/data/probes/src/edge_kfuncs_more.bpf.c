#include "probes.h"
GPL;
/* Masks, ciphers, attributes, sockets and packets that kernel functions change. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
struct cpumask { unsigned long bits[1]; } KOBJ;
struct bpf_crypto_ctx;
struct bpf_crypto_params { char type[14]; __u8 reserved[2]; char algo[128]; __u8 key[256]; __u32 key_len; __u32 authsize; };
KF struct bpf_cpumask *bpf_cpumask_acquire(struct bpf_cpumask *m);
KF void bpf_cpumask_set_cpu(u32 cpu, struct bpf_cpumask *m);
KF bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *m);
KF bool bpf_cpumask_and(struct bpf_cpumask *d, const struct cpumask *a, const struct cpumask *b);
KF void bpf_cpumask_copy(struct bpf_cpumask *d, const struct cpumask *s);
KF u32 bpf_cpumask_first(const struct cpumask *m);
KF int bpf_cpumask_populate(struct cpumask *m, void *src, unsigned long src__sz);
KF struct bpf_crypto_ctx *bpf_crypto_ctx_create(const struct bpf_crypto_params *p, u32 p__sz, int *err);
KF struct bpf_crypto_ctx *bpf_crypto_ctx_acquire(struct bpf_crypto_ctx *c);
KF void bpf_crypto_ctx_release(struct bpf_crypto_ctx *c);
KF int bpf_crypto_encrypt(struct bpf_crypto_ctx *c, const struct bpf_dynptr *s, const struct bpf_dynptr *d, const struct bpf_dynptr *siv__nullable);
KF int bpf_xdp_pull_data(struct xdp_md *x, u32 len);
KF int bpf_dynptr_from_skb_meta(struct __sk_buff *s, u64 flags, struct bpf_dynptr *d);
KF int bpf_set_dentry_xattr(struct dentry *d, const char *name__str, const struct bpf_dynptr *v, int flags);
KF int bpf_get_dentry_xattr(struct dentry *d, const char *name__str, struct bpf_dynptr *v);
KF int bpf_cgroup_read_xattr(struct cgroup *c, const char *name__str, struct bpf_dynptr *v);
KF struct inode *bpf_real_data_inode(struct file *f);
KF struct task_struct *bpf_task_from_vpid(s32 vpid);
KF int bpf_send_signal_task(struct task_struct *t, int sig, int type, u64 value);
KF struct cgroup *bpf_task_get_cgroup1(struct task_struct *t, int hierarchy);
KF int bpf_strncasecmp(const char *a, const char *b, unsigned long n);
KF int bpf_strstr(const char *a, const char *b);
RINGBUF(ring);
ARRAY(arr, struct bytes48, 1);
const char names[] = "user.name";
char other_names[8] = "user.a";

SEC(A) int mask_and(void *c) { struct bpf_cpumask *a = bpf_cpumask_create(), *b; if (!a) return 0; b = bpf_cpumask_create(); if (!b) { bpf_cpumask_release(a); return 0; } bpf_cpumask_and(a, (void *)a, (void *)b); bpf_cpumask_release(a); bpf_cpumask_release(b); return 0; }
SEC(A) int mask_copy_of_task(void *c) { struct bpf_cpumask *a = bpf_cpumask_create(); if (!a) return 0; bpf_cpumask_copy(a, (void *)bpf_get_current_task_btf()); bpf_cpumask_release(a); return 0; }
SEC(A) int mask_first_null(void *c) { return bpf_cpumask_first(0) & 0; }
SEC(A) int mask_populated(void *c) { u64 w = 5; struct bpf_cpumask *a = bpf_cpumask_create(); if (!a) return 0; bpf_cpumask_populate((void *)a, &w, 8); bpf_cpumask_release(a); return 0; }
SEC(A) int mask_populated_short(void *c) { u64 w = 5; struct bpf_cpumask *a = bpf_cpumask_create(); if (!a) return 0; bpf_cpumask_populate((void *)a, &w, 16); bpf_cpumask_release(a); return 0; }
SEC(A) int mask_acquired(void *c) { struct bpf_cpumask *a = bpf_cpumask_create(), *b; if (!a) return 0; b = bpf_cpumask_acquire(a); bpf_cpumask_release(a); bpf_cpumask_set_cpu(1, b); bpf_cpumask_release(b); return 0; }
SEC(A) int mask_acquired_leak(void *c) { struct bpf_cpumask *a = bpf_cpumask_create(); if (!a) return 0; bpf_cpumask_acquire(a); bpf_cpumask_release(a); return 0; }
SEC("tc") int mask_in_tc(void *c) { struct bpf_cpumask *a = bpf_cpumask_create(); if (a) bpf_cpumask_release(a); return 0; }
SEC("syscall") int cipher(void *c) { struct bpf_crypto_params p = {}; int err; struct bpf_crypto_ctx *x = bpf_crypto_ctx_create(&p, sizeof(p), &err); if (x) bpf_crypto_ctx_release(x); return 0; }
SEC("syscall") int cipher_leak(void *c) { struct bpf_crypto_params p = {}; int err; struct bpf_crypto_ctx *x = bpf_crypto_ctx_create(&p, sizeof(p), &err); return x ? 1 : 0; }
SEC("syscall") int cipher_section(void *c) { struct bpf_crypto_params p = {}; int err; bpf_rcu_read_lock(); struct bpf_crypto_ctx *x = bpf_crypto_ctx_create(&p, sizeof(p), &err); bpf_rcu_read_unlock(); if (x) bpf_crypto_ctx_release(x); return 0; }
SEC("tc") int cipher_tc(void *c) { struct bpf_crypto_params p = {}; int err; struct bpf_crypto_ctx *x = bpf_crypto_ctx_create(&p, sizeof(p), &err); if (x) bpf_crypto_ctx_release(x); return 0; }
SEC("xdp") int pulled(struct xdp_md *x) { char *p, *e; bpf_xdp_pull_data(x, 20); p = (void *)(long)x->data; e = (void *)(long)x->data_end; if (p + 20 > e) return 1; return p[19] & 1 ? 1 : 2; }
SEC("xdp") int pulled_old_pointer(struct xdp_md *x) { char *p = (void *)(long)x->data, *e = (void *)(long)x->data_end; if (p + 20 > e) return 1; bpf_xdp_pull_data(x, 20); return p[19] & 1 ? 1 : 2; }
static __noinline int pull_static(struct xdp_md *x) { return bpf_xdp_pull_data(x, 20); }
SEC("xdp") int pulled_static(struct xdp_md *x) { char *p = (void *)(long)x->data, *e = (void *)(long)x->data_end; if (p + 20 > e) return 1; pull_static(x); return p[19] & 1 ? 1 : 2; }
__noinline int pull_global(struct xdp_md *x) { return bpf_xdp_pull_data(x, 20); }
SEC("xdp") int pulled_global(struct xdp_md *x) { char *p = (void *)(long)x->data, *e = (void *)(long)x->data_end; if (p + 20 > e) return 1; pull_global(x); return p[19] & 1 ? 1 : 2; }
SEC("xdp") int pulled_slice(struct xdp_md *x) { struct bpf_dynptr d; char *p; if (bpf_dynptr_from_xdp(x, 0, &d)) return 1; p = bpf_dynptr_slice(&d, 0, 0, 4); if (!p) return 1; bpf_xdp_pull_data(x, 20); return p[0] & 1 ? 1 : 2; }
SEC("tc") int meta(struct __sk_buff *s) { struct bpf_dynptr d; char *p; if (bpf_dynptr_from_skb_meta(s, 0, &d)) return 0; p = bpf_dynptr_slice_rdwr(&d, 0, 0, 4); if (p) p[0] = 1; return 0; }
SEC("tc") int meta_written(struct __sk_buff *s) { struct bpf_dynptr d; char *p, b[4] = {}; if (bpf_dynptr_from_skb_meta(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, 0, 4); if (!p) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return p[0] & 1; }
SEC("tc") int meta_pulled(struct __sk_buff *s) { struct bpf_dynptr d; char *p; if (bpf_dynptr_from_skb_meta(s, 0, &d)) return 0; p = bpf_dynptr_slice(&d, 0, 0, 4); if (!p) return 0; bpf_skb_pull_data(s, 0); return p[0] & 1; }
SEC("cgroup_skb/ingress") int meta_cgroup(struct __sk_buff *s) { struct bpf_dynptr d; return bpf_dynptr_from_skb_meta(s, 0, &d) & 1; }
SEC("xdp") int meta_xdp(struct __sk_buff *s) { struct bpf_dynptr d; return bpf_dynptr_from_skb_meta(s, 0, &d) & 1; }
SEC(S) int BPF_PROG(attribute, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_get_dentry_xattr(f->f_path.dentry, names, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(attribute_other_name, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_get_dentry_xattr(f->f_path.dentry, other_names, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(attribute_stack_name, struct file *f) { struct bpf_dynptr d; char n[8] = "user.a"; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_get_dentry_xattr(f->f_path.dentry, n, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(attribute_name_moved, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_get_dentry_xattr(f->f_path.dentry, names + 5, &d); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(attribute_set, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_set_dentry_xattr(f->f_path.dentry, names, &d, 0); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC(A) int BPF_PROG(attribute_set_atomic, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_set_dentry_xattr(f->f_path.dentry, names, &d, 0); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC("lsm.s/inode_setxattr") int BPF_PROG(attribute_set_in_setter, void *m, struct dentry *e) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_set_dentry_xattr(e, names, &d, 0); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC("lsm.s/inode_getxattr") int BPF_PROG(attribute_set_in_getter, struct dentry *e) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_set_dentry_xattr(e, names, &d, 0); bpf_ringbuf_discard_dynptr(&d, 0); return 0; }
SEC("tp_btf/sched_switch") int attribute_of_group(void *c) { struct bpf_dynptr d; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_cgroup_read_xattr(g, names, &d); bpf_ringbuf_discard_dynptr(&d, 0); bpf_cgroup_release(g); return 0; }
SEC(A) int attribute_of_group_lsm(void *c) { struct bpf_dynptr d; struct cgroup *g = bpf_cgroup_from_id(1); if (!g) return 0; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_cgroup_read_xattr(g, names, &d); bpf_ringbuf_discard_dynptr(&d, 0); bpf_cgroup_release(g); return 0; }
SEC(S) int BPF_PROG(real_inode, struct file *f) { struct inode *i = bpf_real_data_inode(f); return i && i->i_mode == 3 ? -1 : 0; }
SEC(S) int BPF_PROG(real_inode_unchecked, struct file *f) { struct inode *i = bpf_real_data_inode(f); return i->i_mode == 3 ? -1 : 0; }
SEC(A) int BPF_PROG(real_inode_atomic, struct file *f) { struct inode *i = bpf_real_data_inode(f); return i && i->i_mode == 3 ? -1 : 0; }
SEC(A) int by_vpid(void *c) { struct task_struct *t = bpf_task_from_vpid(1); if (t) bpf_task_release(t); return 0; }
SEC(A) int signalled(void *c) { return bpf_send_signal_task(bpf_get_current_task_btf(), 9, 0, 0) & 0; }
SEC(A) int signalled_walked(void *c) { return bpf_send_signal_task(bpf_get_current_task_btf()->real_parent, 9, 0, 0) & 0; }
SEC("tc") int signalled_tc(void *c) { struct task_struct *t = bpf_task_from_pid(1); if (!t) return 0; bpf_send_signal_task(t, 9, 0, 0); bpf_task_release(t); return 0; }
SEC(A) int old_group(void *c) { struct cgroup *g = bpf_task_get_cgroup1(bpf_get_current_task_btf(), 1); if (g) bpf_cgroup_release(g); return 0; }
SEC("tc") int text_compared(void *c) { return bpf_strncasecmp(names, other_names, 4) & 1; }
SEC("tc") int text_number(void *c) { return bpf_strstr((void *)4096, names) & 1; }
SEC("kprobe") int text_kprobe(void *c) { return bpf_strlen((void *)4096) & 1; }
