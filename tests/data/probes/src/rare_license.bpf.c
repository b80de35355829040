#include "probes.h"
/* A license that is not compatible with the GPL. */
char LICENSE[] SEC("license") = "Proprietary";
ARRAY(arr, struct bytes48, 1);
/* Helpers for everyone. */
SEC("tc") int free_helpers(struct __sk_buff *s) { __u32 k = 0; struct bytes48 *v = bpf_map_lookup_elem(&arr, &k); return v ? v->b[0] & 1 : bpf_get_prandom_u32() & 1; }
/* A helper for the GPL only. */
SEC("kprobe") int restricted_helper(void *c) { char b[8]; bpf_probe_read_kernel(b, 8, 0); return b[0]; }
SEC("tc") int restricted_print(struct __sk_buff *s) { static const char f[] = "x"; bpf_trace_printk(f, 2); return 0; }
/* Reading a kernel object. */
SEC("tp_btf/sched_switch") int BPF_PROG(restricted_walk, bool preempt, struct task_struct *prev) { KEEP(prev->pid); return 0; }
/* A kernel function. */
SEC("tc") int restricted_kfunc(struct __sk_buff *s) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return 0; }
/* Tracing without walking. */
SEC("tp_btf/sched_switch") int restricted_nothing(void *c) { return 0; }
/* The copy from user memory. */
SEC("uprobe.s") int restricted_copy(void *c) { char b[8]; bpf_copy_from_user(b, 8, 0); return b[0]; }
/* bpf_perf_event_output and the time. */
SEC("tc") int free_time(struct __sk_buff *s) { return bpf_ktime_get_ns() & 1; }
SEC("tc") int restricted_coarse_time(struct __sk_buff *s) { return bpf_ktime_get_coarse_ns() & 1; }
SEC("tc") int restricted_jiffies(struct __sk_buff *s) { return bpf_jiffies64() & 1; }
SEC("tc") int restricted_processor(struct __sk_buff *s) { return bpf_get_smp_processor_id() & 1; }
/* bpf_loop with a callback. */
static long c_nothing(__u32 i, void *c) { return 0; }
SEC("tc") int free_loop(struct __sk_buff *s) { bpf_loop(3, c_nothing, 0, 0); return 0; }
/* LSM programs. */
SEC("lsm/file_open") int restricted_hook(void *c) { return 0; }
