// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the arguments of a new program from its own memory. bprm_committed_creds is the only LSM hook that may sleep on 5.10.
#include "types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

__u64 execs;
long ret = 1;
__u32 pid;
char argv[64];
char filename[64];

SEC("lsm.s/bprm_committed_creds")
int BPF_PROG(audit_exec, struct linux_binprm *bprm)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	unsigned long start = BPF_CORE_READ(task, mm, arg_start);

	execs++;
	pid = bpf_get_current_pid_tgid() >> 32;
	bpf_probe_read_kernel_str(filename, sizeof(filename), bprm->filename);
	ret = bpf_copy_from_user(argv, sizeof(argv), (void *)start);
	bpf_printk("exec %s by %d", filename, pid);
	return 0;
}
