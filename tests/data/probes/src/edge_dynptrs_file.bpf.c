#include "probes.h"
GPL;
/* Dynptrs over files and over packets of kernel contexts, and copies from user memory into dynptrs. */
#define S "lsm.s/file_open"
#define A "lsm/file_open"
RINGBUF(ring);
KF int bpf_dynptr_from_file(struct file *file, u32 flags, struct bpf_dynptr *d);
KF int bpf_dynptr_file_discard(struct bpf_dynptr *d);
KF int bpf_dynptr_clone(const struct bpf_dynptr *p, struct bpf_dynptr *clone);
KF int bpf_dynptr_adjust(const struct bpf_dynptr *p, u64 start, u64 end);
KF int bpf_probe_read_user_dynptr(struct bpf_dynptr *d, u64 off, u64 size, const void *p);
KF int bpf_copy_from_user_str_dynptr(struct bpf_dynptr *d, u64 off, u64 size, const void *p);
KF int bpf_copy_from_user_task_dynptr(struct bpf_dynptr *d, u64 off, u64 size, const void *p, struct task_struct *t);
KF int bpf_probe_read_kernel_str_dynptr(struct bpf_dynptr *d, u64 off, u64 size, const void *p);
KF int bpf_verify_pkcs7_signature(struct bpf_dynptr *data, struct bpf_dynptr *sig, struct bpf_key *keys);

/* Made, read, given back. */
SEC(S) int BPF_PROG(file_read, struct file *f) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_read(b, 8, &d, 0, 0); bpf_dynptr_file_discard(&d); return 0; }
/* In a program that does not sleep. */
SEC(A) int BPF_PROG(file_read_atomic, struct file *f) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_read(b, 8, &d, 0, 0); bpf_dynptr_file_discard(&d); return 0; }
/* Not given back. */
SEC(S) int BPF_PROG(file_leak, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); return 0; }
/* Making it failed: it must be given back none the less. */
SEC(S) int BPF_PROG(file_leak_on_error, struct file *f) { struct bpf_dynptr d; if (bpf_dynptr_from_file(f, 0, &d)) return 0; bpf_dynptr_file_discard(&d); return 0; }
/* Given back twice. */
SEC(S) int BPF_PROG(file_discarded_twice, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_file_discard(&d); bpf_dynptr_file_discard(&d); return 0; }
/* Used afterwards. */
SEC(S) int BPF_PROG(file_read_late, struct file *f) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_file_discard(&d); bpf_dynptr_read(b, 8, &d, 0, 0); return 0; }
/* A slice, and the slice afterwards. */
SEC(S) int BPF_PROG(file_slice, struct file *f) { struct bpf_dynptr d; char b[8], *p; int r = 0; bpf_dynptr_from_file(f, 0, &d); p = bpf_dynptr_slice(&d, 0, b, 8); if (p) r = p[0]; bpf_dynptr_file_discard(&d); return r == 3 ? -1 : 0; }
SEC(S) int BPF_PROG(file_slice_late, struct file *f) { struct bpf_dynptr d; char b[8], *p; int r = 0; bpf_dynptr_from_file(f, 0, &d); p = bpf_dynptr_slice(&d, 0, b, 8); bpf_dynptr_file_discard(&d); if (p) r = p[0]; return r == 3 ? -1 : 0; }
/* No buffer for the slice; a writable slice; a piece. */
SEC(S) int BPF_PROG(file_slice_no_buffer, struct file *f) { struct bpf_dynptr d; char *p; int r = 0; bpf_dynptr_from_file(f, 0, &d); p = bpf_dynptr_slice(&d, 0, 0, 8); if (p) r = p[0]; bpf_dynptr_file_discard(&d); return r == 3 ? -1 : 0; }
SEC(S) int BPF_PROG(file_slice_rdwr, struct file *f) { struct bpf_dynptr d; char b[8], *p; bpf_dynptr_from_file(f, 0, &d); p = bpf_dynptr_slice_rdwr(&d, 0, b, 8); if (p) p[0] = 1; bpf_dynptr_file_discard(&d); return 0; }
SEC(S) int BPF_PROG(file_data, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_data(&d, 0, 8); bpf_dynptr_file_discard(&d); return 0; }
/* Written. */
SEC(S) int BPF_PROG(file_write, struct file *f) { struct bpf_dynptr d; char b[8] = {}; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_write(&d, 0, b, 8, 0); bpf_dynptr_file_discard(&d); return 0; }
/* A clone, used after its first was given back, or given back itself. */
SEC(S) int BPF_PROG(file_clone_late, struct file *f) { struct bpf_dynptr d, c; char b[8]; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_clone(&d, &c); bpf_dynptr_file_discard(&d); bpf_dynptr_read(b, 8, &c, 0, 0); return 0; }
SEC(S) int BPF_PROG(file_clone_discarded, struct file *f) { struct bpf_dynptr d, c; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_clone(&d, &c); bpf_dynptr_file_discard(&c); return 0; }
SEC(S) int BPF_PROG(file_clone_both_discarded, struct file *f) { struct bpf_dynptr d, c; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_clone(&d, &c); bpf_dynptr_file_discard(&c); bpf_dynptr_file_discard(&d); return 0; }
/* A file's dynptr given back as a record, and a record as a file. */
SEC(S) int BPF_PROG(file_submitted, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(record_discarded_as_file, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 8, 0, &d); bpf_dynptr_file_discard(&d); return 0; }
/* A file that is not known to live. */
SEC(S) int file_walked(void *c) { struct task_struct *t = bpf_get_current_task_btf(); struct bpf_dynptr d; struct file *f = t->mm->exe_file; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_file_discard(&d); return 0; }
/* A file that the program holds, released before the dynptr. */
SEC(S) int file_released_first(void *c) { struct bpf_dynptr d; struct file *f = bpf_get_task_exe_file(bpf_get_current_task_btf()); if (!f) return 0; bpf_dynptr_from_file(f, 0, &d); bpf_put_file(f); bpf_dynptr_file_discard(&d); return 0; }
SEC(S) int file_read_after_release(void *c) { struct bpf_dynptr d; char b[8]; struct file *f = bpf_get_task_exe_file(bpf_get_current_task_btf()); if (!f) return 0; bpf_dynptr_from_file(f, 0, &d); bpf_put_file(f); bpf_dynptr_read(b, 8, &d, 0, 0); bpf_dynptr_file_discard(&d); return 0; }
SEC(S) int file_released_last(void *c) { struct bpf_dynptr d; struct file *f = bpf_get_task_exe_file(bpf_get_current_task_btf()); if (!f) return 0; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_file_discard(&d); bpf_put_file(f); return 0; }
/* Where sleeping is not allowed. */
SEC(S) int BPF_PROG(file_read_rcu, struct file *f) { struct bpf_dynptr d; char b[8]; bpf_dynptr_from_file(f, 0, &d); bpf_rcu_read_lock(); bpf_dynptr_read(b, 8, &d, 0, 0); bpf_rcu_read_unlock(); bpf_dynptr_file_discard(&d); return 0; }
SEC(S) int BPF_PROG(file_made_rcu, struct file *f) { struct bpf_dynptr d; bpf_rcu_read_lock(); bpf_dynptr_from_file(f, 0, &d); bpf_rcu_read_unlock(); bpf_dynptr_file_discard(&d); return 0; }
/* In a function. */
static __noinline int give_back(struct bpf_dynptr *d) { return bpf_dynptr_file_discard(d); }
SEC(S) int BPF_PROG(file_discarded_in_static, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); give_back(&d); return 0; }
__noinline int read_some(struct bpf_dynptr *d) { char b[8]; return bpf_dynptr_read(b, 8, d, 0, 0); }
SEC(S) int BPF_PROG(file_read_in_global, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); read_some(&d); bpf_dynptr_file_discard(&d); return 0; }
SEC(S) int BPF_PROG(file_overwritten, struct file *f) { struct bpf_dynptr d; bpf_dynptr_from_file(f, 0, &d); *(volatile __u64 *)&d = 0; return 0; }
SEC("tp_btf/sched_switch") int file_in_tracepoint(void *c) { struct bpf_dynptr d; struct task_struct *t = bpf_get_current_task_btf(); struct file *f = bpf_get_task_exe_file(t); if (!f) return 0; bpf_dynptr_from_file(f, 0, &d); bpf_dynptr_file_discard(&d); bpf_put_file(f); return 0; }
/* Copies from user memory into a record. */
SEC(S) int user_to_record(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_copy_from_user_dynptr(&d, 0, 8, (void *)4096); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(A) int user_to_record_atomic(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_copy_from_user_dynptr(&d, 0, 8, (void *)4096); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(A) int probe_to_record_atomic(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_probe_read_user_dynptr(&d, 0, 8, (void *)4096); bpf_probe_read_kernel_str_dynptr(&d, 0, 8, (void *)4096); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(S) int user_to_record_rcu(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_rcu_read_lock(); bpf_copy_from_user_str_dynptr(&d, 0, 8, (void *)4096); bpf_rcu_read_unlock(); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(S) int task_to_record(void *c) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_copy_from_user_task_dynptr(&d, 0, 8, (void *)4096, bpf_get_current_task_btf()); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC("tc") int probe_in_tc(struct __sk_buff *s) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_probe_read_user_dynptr(&d, 0, 8, (void *)4096); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
/* An attribute into a record, and into a dynptr over a file. */
SEC(S) int BPF_PROG(xattr_to_record, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_get_file_xattr(f, "user.a", &d); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
SEC(S) int BPF_PROG(xattr_after_submit, struct file *f) { struct bpf_dynptr d; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_submit_dynptr(&d, 0); bpf_get_file_xattr(f, "user.a", &d); return 0; }
/* A signature over two records, one of them gone. */
SEC(S) int signature(void *c) { struct bpf_dynptr d, e; struct bpf_key *y = bpf_lookup_system_key(0); if (!y) return 0; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &e); bpf_verify_pkcs7_signature(&d, &e, y); bpf_ringbuf_submit_dynptr(&d, 0); bpf_ringbuf_discard_dynptr(&e, 0); bpf_key_put(y); return 0; }
SEC(S) int signature_gone(void *c) { struct bpf_dynptr d, e; struct bpf_key *y = bpf_lookup_system_key(0); if (!y) return 0; bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &e); bpf_ringbuf_discard_dynptr(&e, 0); bpf_verify_pkcs7_signature(&d, &e, y); bpf_ringbuf_submit_dynptr(&d, 0); bpf_key_put(y); return 0; }
SEC(S) int key_gone(void *c) { struct bpf_dynptr d; struct bpf_key *y = bpf_lookup_system_key(0); if (!y) return 0; bpf_key_put(y); bpf_ringbuf_reserve_dynptr(&ring, 16, 0, &d); bpf_verify_pkcs7_signature(&d, &d, y); bpf_ringbuf_submit_dynptr(&d, 0); return 0; }
