#include "probes.h"
GPL;
/* The kernel's own context of programs of many types, casts to types, and packets of hooks that get the kernel's structure. */
struct sk_buff { unsigned int len; unsigned char *head; struct net_device *dev; } KOBJ;
struct net_device { int ifindex; } KOBJ;
struct xdp_buff { void *data; unsigned int frame_sz; struct xdp_rxq_info *rxq; } KOBJ;
struct xdp_rxq_info { struct net_device *dev; } KOBJ;
struct bpf_sock_ops_kern { struct sock *sk; } KOBJ;
struct sk_msg { struct sock *sk; } KOBJ;
struct nf_hook_state { unsigned char hook; struct net_device *in; } KOBJ;
struct bpf_nf_ctx { const struct nf_hook_state *state; struct sk_buff *skb; } KOBJ;
struct bpf_perf_event_data_kern { void *data; } KOBJ;
KF void *bpf_cast_to_kern_ctx(void *obj);
KF u64 bpf_dynptr_size(const struct bpf_dynptr *p);
#define TYPE_OF(t) __builtin_btf_type_id(*(t *)0, 0)
#define KERNEL(t) __builtin_btf_type_id(*(t *)0, 1)
RINGBUF(ring);

SEC("tc") int tc_len(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("tc") int tc_dev(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->dev->ifindex & 1; }
SEC("tc") int tc_written(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); k->len = 0; return 0; }
SEC("tc") int tc_moved(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx((void *)s + 8); return k->len & 1; }
SEC("tc") int tc_back(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return bpf_skb_pull_data((void *)k, 0) & 1; }
SEC("xdp") int xdp_size(struct xdp_md *x) { struct xdp_buff *k = bpf_cast_to_kern_ctx(x); return k->frame_sz & 1; }
SEC("xdp") int xdp_dev(struct xdp_md *x) { struct xdp_buff *k = bpf_cast_to_kern_ctx(x); return k->rxq->dev->ifindex & 1; }
SEC("socket") int socket_len(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("cgroup_skb/ingress") int cgroup_len(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("sockops") int sockops_sk(void *c) { struct bpf_sock_ops_kern *k = bpf_cast_to_kern_ctx(c); return k->sk ? 1 : 0; }
SEC("sk_msg") int msg_sk(void *c) { struct sk_msg *k = bpf_cast_to_kern_ctx(c); return k->sk ? 1 : 0; }
SEC("sk_skb/stream_parser") int skb_parser(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("kprobe") int kprobe_regs(void *c) { struct pt_regs *k = bpf_cast_to_kern_ctx(c); return k->ip & 1; }
SEC("tp_btf/sched_switch") int tp_btf_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("lsm/file_open") int lsm_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : -1; }
SEC("perf_event") int perf_context(void *c) { struct bpf_perf_event_data_kern *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("syscall") int syscall_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("iter/task") int iter_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("sk_lookup") int lookup_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("netfilter") int netfilter_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("cgroup/sockopt") int sockopt_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("cgroup/getsockopt") int getsockopt_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("flow_dissector") int flow_context(void *c) { __u64 *k = bpf_cast_to_kern_ctx(c); return k ? 0 : 1; }
SEC("lwt_in") int lwt_context(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
/* In functions. */
static __noinline int in_static(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("tc") int tc_static(struct __sk_buff *s) { return in_static(s); }
__noinline int in_global(struct __sk_buff *s) { struct sk_buff *k = bpf_cast_to_kern_ctx(s); return k->len & 1; }
SEC("tc") int tc_global(struct __sk_buff *s) { return in_global(s); }
/* Casts: to a kernel type, of a number, of a pointer that is trusted; what comes of it is not. */
SEC("lsm/file_open") int cast_file(void *c) { struct file *f = bpf_rdonly_cast((void *)4096, KERNEL(struct file)); return f->f_flags == 3 ? -1 : 0; }
SEC("lsm/file_open") int cast_put(void *c) { struct file *f = bpf_rdonly_cast((void *)4096, KERNEL(struct file)); bpf_put_file(f); return 0; }
SEC("lsm/file_open") int cast_acquire(void *c) { struct task_struct *t = bpf_rdonly_cast(bpf_get_current_task_btf(), KERNEL(struct task_struct)); t = bpf_task_acquire(t); if (t) bpf_task_release(t); return 0; }
SEC("lsm/file_open") int cast_written(void *c) { struct task_struct *t = bpf_rdonly_cast(bpf_get_current_task_btf(), KERNEL(struct task_struct)); t->pid = 3; return 0; }
SEC("lsm/file_open") int cast_walk(void *c) { struct task_struct *t = bpf_rdonly_cast(bpf_get_current_task_btf(), KERNEL(struct task_struct)); return t->real_parent->real_parent->pid == 3 ? -1 : 0; }
SEC("lsm/file_open") int cast_null_checked(void *c) { struct task_struct *t = bpf_rdonly_cast(0, KERNEL(struct task_struct)); return t && t->pid == 3 ? -1 : 0; }
SEC("tc") int cast_context(struct __sk_buff *s) { struct sk_buff *k = bpf_rdonly_cast(s, KERNEL(struct sk_buff)); return k->len & 1; }
SEC("tc") int cast_packet(struct __sk_buff *s) { struct net_device *k = bpf_rdonly_cast((void *)(long)s->data, KERNEL(struct net_device)); return k->ifindex & 1; }
SEC("tc") int cast_record(struct __sk_buff *s) { int r; void *m = bpf_ringbuf_reserve(&ring, 64, 0); if (!m) return 0; struct net_device *k = bpf_rdonly_cast(m, KERNEL(struct net_device)); r = k->ifindex; bpf_ringbuf_submit(m, 0); return r & 1; }
SEC("tc") int cast_record_only(struct __sk_buff *s) { void *m = bpf_ringbuf_reserve(&ring, 64, 0); if (!m) return 0; m = bpf_rdonly_cast(m, KERNEL(struct net_device)); bpf_ringbuf_submit(m, 0); return 0; }
SEC("tc") int cast_type_of_number(struct __sk_buff *s) { void *k = bpf_rdonly_cast(s, -1); return k ? 1 : 0; }
SEC("tc") int cast_void_byte(struct __sk_buff *s) { unsigned char *k = bpf_rdonly_cast(s, 0); return k[100000] & 1; }
SEC("tc") int cast_void_written(struct __sk_buff *s) { char *k = bpf_rdonly_cast(s, 0); k[0] = 1; return 0; }
SEC("tc") int cast_void_moved(struct __sk_buff *s) { unsigned char *k = bpf_rdonly_cast(s, 0); k += s->mark; return k[0] & 1; }
SEC("tc") int cast_void_helper(struct __sk_buff *s) { unsigned char *k = bpf_rdonly_cast(s, 0); return bpf_ringbuf_output(&ring, k, 8, 0) & 1; }
SEC("tc") int cast_void_null(struct __sk_buff *s) { unsigned char *k = bpf_rdonly_cast(s, 0); return k ? *k & 1 : 0; }
SEC("tc") int cast_void_unaligned(struct __sk_buff *s) { unsigned char *k = bpf_rdonly_cast(s, 0); return *(volatile __u64 *)(k + 3) & 1; }
/* Netfilter: its context and a dynptr over its packet. */
SEC("netfilter") int netfilter_hook(struct bpf_nf_ctx *c) { return c->state->hook & 1; }
SEC("netfilter") int netfilter_written(struct bpf_nf_ctx *c) { *(volatile __u64 *)c = 0; return 0; }
SEC("netfilter") int netfilter_two(struct bpf_nf_ctx *c) { return 2; }
SEC("netfilter") int netfilter_half(struct bpf_nf_ctx *c) { return *(volatile __u32 *)c & 1; }
SEC("netfilter") int netfilter_past(struct bpf_nf_ctx *c) { return ((volatile __u64 *)c)[2] & 1; }
SEC("netfilter") int netfilter_dynptr(struct bpf_nf_ctx *c) { struct bpf_dynptr d; char b[4], *p; if (bpf_dynptr_from_skb((void *)c->skb, 0, &d)) return 1; p = bpf_dynptr_slice(&d, 0, b, 4); return p ? p[0] & 1 : 1; }
SEC("netfilter") int netfilter_dynptr_rdwr(struct bpf_nf_ctx *c) { struct bpf_dynptr d; char b[4], *p; if (bpf_dynptr_from_skb((void *)c->skb, 0, &d)) return 1; p = bpf_dynptr_slice_rdwr(&d, 0, b, 4); if (p) p[0] = 1; return 1; }
SEC("netfilter") int netfilter_dynptr_of_context(struct bpf_nf_ctx *c) { struct bpf_dynptr d; return bpf_dynptr_from_skb((void *)c, 0, &d) & 1; }
SEC("netfilter") int netfilter_dev(struct bpf_nf_ctx *c) { return c->skb->dev->ifindex & 1; }
SEC("netfilter") int netfilter_in(struct bpf_nf_ctx *c) { struct net_device *in = c->state->in; return in ? in->ifindex & 1 : 0; }
SEC("tp_btf/netif_receive_skb") int tracing_dynptr(__u64 *c) { struct bpf_dynptr d; char b[4]; if (bpf_dynptr_from_skb((void *)c[0], 0, &d)) return 0; bpf_dynptr_read(b, 4, &d, 0, 0); return 0; }
SEC("tp_btf/netif_receive_skb") int tracing_dynptr_write(__u64 *c) { struct bpf_dynptr d; char b[4] = {}; if (bpf_dynptr_from_skb((void *)c[0], 0, &d)) return 0; bpf_dynptr_write(&d, 0, b, 4, 0); return 0; }
SEC("fentry/ip_rcv") int fentry_dynptr(__u64 *c) { struct bpf_dynptr d; return bpf_dynptr_from_skb((void *)c[0], 0, &d) & 0; }
