#include "probes.h"
GPL;
/* An exception in a function that holds something: what its own frame holds, and what is held further up. */
KF void bpf_throw(u64 cookie);
KF void bpf_preempt_disable(void);
KF void bpf_preempt_enable(void);
#define SUB static __noinline int

SUB in_section(struct __sk_buff *s) { bpf_rcu_read_lock(); if (s->mark) bpf_throw(1); bpf_rcu_read_unlock(); return s->len; }
SEC("tc") int throws_in_section_of_function(struct __sk_buff *s) { return in_section(s) & 1; }
SUB not_preempted(struct __sk_buff *s) { bpf_preempt_disable(); if (s->mark) bpf_throw(1); bpf_preempt_enable(); return s->len; }
SEC("tc") int throws_not_preempted_in_function(struct __sk_buff *s) { return not_preempted(s) & 1; }
SUB only_throws(struct __sk_buff *s) { if (s->mark) bpf_throw(1); return s->len; }
SEC("tc") int throws_below_section(struct __sk_buff *s) { int r; bpf_rcu_read_lock(); r = only_throws(s); bpf_rcu_read_unlock(); return r & 1; }
SEC("tc") int throws_below_not_preempted(struct __sk_buff *s) { int r; bpf_preempt_disable(); r = only_throws(s); bpf_preempt_enable(); return r & 1; }
SUB further_down(struct __sk_buff *s) { int r; bpf_rcu_read_lock(); r = only_throws(s); bpf_rcu_read_unlock(); return r; }
SEC("tc") int throws_two_below_section(struct __sk_buff *s) { return further_down(s) & 1; }
SEC("tc") int throws_in_section(struct __sk_buff *s) { bpf_rcu_read_lock(); if (s->mark) bpf_throw(1); bpf_rcu_read_unlock(); return s->len & 1; }
SEC("tc") int throws_after_section(struct __sk_buff *s) { bpf_rcu_read_lock(); bpf_rcu_read_unlock(); return only_throws(s) & 1; }
/* A global function is judged alone, so its section is the outermost. */
__noinline int global_section(struct __sk_buff *s) { bpf_rcu_read_lock(); if (s->mark) bpf_throw(1); bpf_rcu_read_unlock(); return s->len; }
SEC("tc") int throws_in_section_of_global(struct __sk_buff *s) { return global_section(s) & 1; }
