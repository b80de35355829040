/* Kernel functions that are declared otherwise than some kernel has them: a loader does not find these. */
#include "vmlinux_min.h"
GPL;

/* 6.12 has it without an argument, 7.2 with the context. */
extern bool bpf_session_is_return(void) __weak __ksym;
/* No kernel has it like this. */
extern void bpf_rcu_read_lock___asked(int how) __ksym;

SEC("kprobe.session/do_nanosleep") int session(struct pt_regs *ctx) { return bpf_session_is_return() ? 0 : 1; }
SEC("lsm.s/file_open") int strong(void *ctx) { bpf_rcu_read_lock___asked(1); return 0; }
