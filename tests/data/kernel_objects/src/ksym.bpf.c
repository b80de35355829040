#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char _license[] SEC("license")="GPL";
struct rq { int cpu; unsigned nr_running; } __attribute__((preserve_access_index));
extern const struct rq runqueues __ksym;
extern const int bpf_prog_active __ksym;
extern const int not_there __ksym __weak;
extern const void bpf_link_fops1 __ksym __weak;
extern const void init_task __ksym;
extern void bpf_rcu_read_lock(void) __ksym __weak;
#define SHOW(p) asm volatile("r1 = %0; r2 = 0; call 1" :: "r"((unsigned long)(p)) : "r0","r1","r2","r3","r4","r5")
SEC("raw_tp/sys_enter") int k_rq(void*c){ SHOW(&runqueues); return 0;}
SEC("raw_tp/sys_enter") int k_rq_deref(void*c){ return runqueues.cpu;}
SEC("raw_tp/sys_enter") int k_rq_this(void*c){ struct rq*r=bpf_this_cpu_ptr(&runqueues); return r->cpu;}
SEC("raw_tp/sys_enter") int k_rq_this_show(void*c){ struct rq*r=bpf_this_cpu_ptr(&runqueues); SHOW(r); return 0;}
SEC("raw_tp/sys_enter") int k_rq_per(void*c){ struct rq*r=bpf_per_cpu_ptr(&runqueues,0); return r->cpu;}
SEC("raw_tp/sys_enter") int k_rq_per_chk(void*c){ struct rq*r=bpf_per_cpu_ptr(&runqueues,0); if(!r) return 0; return r->cpu;}
SEC("raw_tp/sys_enter") int k_act(void*c){ SHOW(&bpf_prog_active); return 0;}
SEC("raw_tp/sys_enter") int k_act_this(void*c){ int*r=bpf_this_cpu_ptr(&bpf_prog_active); return *r;}
SEC("raw_tp/sys_enter") int k_act_this_w(void*c){ int*r=bpf_this_cpu_ptr(&bpf_prog_active); *r=3; return 0;}
SEC("raw_tp/sys_enter") int k_act_this_8(void*c){ long*r=bpf_this_cpu_ptr(&bpf_prog_active); return *r;}
SEC("raw_tp/sys_enter") int k_weak(void*c){ if(&not_there) return not_there; return 0;}
SEC("raw_tp/sys_enter") int k_void(void*c){ SHOW(&init_task); return 0;}
SEC("raw_tp/sys_enter") int k_func(void*c){ if(bpf_rcu_read_lock) return 1; return 0;}
SEC("raw_tp/sys_enter") int k_func_show(void*c){ SHOW(bpf_rcu_read_lock); return 0;}
