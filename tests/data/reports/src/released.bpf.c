/* A buffer that is only a number to the kernel. */
#include "vmlinux_min.h"
#include <bpf/bpf_tracing.h>
GPL;


SEC("lsm.s/file_open") int BPF_PROG(buffer_released, struct file *f)
{
	struct task_struct *t = bpf_task_from_pid(1);

	if (!t)
		return 0;
	bpf_task_release(t);
	return bpf_path_d_path(&f->f_path, (char *)t + 8, 16);
}
